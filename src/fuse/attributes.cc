#include "fuse/attributes.h"

#include <sys/sysmacros.h>

#include "base/calendar.h"

namespace isofuse::fuse {
namespace {

constexpr std::uint64_t kStatBlockBytes = 512;

}  // namespace

mode_t to_mode(FileType type) {
  switch (type) {
    case FileType::kDirectory:
      return S_IFDIR;
    case FileType::kRegular:
      return S_IFREG;
    case FileType::kSymlink:
      return S_IFLNK;
    case FileType::kCharacterDevice:
      return S_IFCHR;
    case FileType::kBlockDevice:
      return S_IFBLK;
    case FileType::kFifo:
      return S_IFIFO;
    case FileType::kSocket:
      return S_IFSOCK;
    case FileType::kUnknown:
      break;
  }
  return 0;
}

struct stat to_stat(const Attributes& attributes) {
  struct stat out {};
  out.st_ino = attributes.inode_number;
  out.st_mode = to_mode(attributes.type) | (attributes.permissions & 07777U);
  out.st_nlink = attributes.link_count;
  out.st_uid = attributes.uid;
  out.st_gid = attributes.gid;
  out.st_rdev = makedev(attributes.device_major, attributes.device_minor);
  out.st_size = static_cast<off_t>(attributes.size_bytes);
  out.st_blocks = static_cast<blkcnt_t>(attributes.stored_bytes / kStatBlockBytes +
                                        (attributes.stored_bytes % kStatBlockBytes != 0 ? 1 : 0));
  // st_blksize stays 0: the kernel then says its page size, a better size for reads than 2048.
  out.st_atim = to_timespec(attributes.accessed);
  out.st_mtim = to_timespec(attributes.modified);
  out.st_ctim = to_timespec(attributes.changed);
  return out;
}

fuse_entry_param to_entry(std::uint64_t number, const Attributes& attributes) {
  fuse_entry_param entry{};
  entry.ino = number;
  entry.attr = to_stat(attributes);
  entry.attr_timeout = kForeverSeconds;
  entry.entry_timeout = kForeverSeconds;
  return entry;
}

}  // namespace isofuse::fuse
