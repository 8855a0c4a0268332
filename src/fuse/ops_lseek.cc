#include <unistd.h>

#include <optional>

#include <isofuse/limits.h>

#include "fuse/answer.h"
#include "fuse/operations.h"

namespace isofuse::fuse {
namespace {

/// The first offset at or after `offset` that holds data, or that does not; nothing where `offset`
/// is not inside the file, or only a hole follows it. Gives up after as many runs as a file can
/// have: what it has not looked at then counts as data, which is always a lawful answer.
Result<std::optional<std::uint64_t>> seek(const Filesystem& filesystem, NodeId node,
                                          std::uint64_t offset, bool for_data) {
  using Found = std::optional<std::uint64_t>;
  std::uint64_t at = offset;
  for (std::size_t step = 0; step < kFileSectionsMax; ++step) {
    const Extent extent = ISOFUSE_TRY(filesystem.extent(node, at));
    if (extent.kind == Extent::Kind::kEnd) {
      if (for_data || at == offset) return Found{};
      return Found{at};  // lseek(2): there is a hole behind the end of every file
    }
    if ((extent.kind != Extent::Kind::kZeros) == for_data) return Found{at};
    at = extent.file_offset + extent.length_bytes;
  }
  if (for_data) return Found{at};
  const Attributes attributes = ISOFUSE_TRY(filesystem.attributes(node));
  return Found{attributes.size_bytes};
}

}  // namespace

void op_lseek(fuse_req_t req, fuse_ino_t number, off_t offset, int whence,
              fuse_file_info* /*file*/) {
  answer("lseek", req, number, [&]() -> Result<void> {
    if (whence != SEEK_DATA && whence != SEEK_HOLE)
      return Error{Errc::kInvalid, "seek of a kind that the kernel does itself"};
    const Mount& mount = mount_of(req);
    std::optional<std::uint64_t> found;
    if (offset >= 0)
      found = ISOFUSE_TRY(seek(mount.filesystem, mount.node(number).node,
                               static_cast<std::uint64_t>(offset), whence == SEEK_DATA));
    if (found)
      fuse_reply_lseek(req, static_cast<off_t>(*found));
    else
      fuse_reply_err(req, ENXIO);
    return {};
  });
}

}  // namespace isofuse::fuse
