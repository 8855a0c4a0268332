#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include <isofuse/limits.h>

#include "fuse/answer.h"
#include "fuse/attributes.h"
#include "fuse/operations.h"
#include "fuse/pusher.h"

namespace isofuse::fuse {
namespace {

/// No kernel asks for more at a time; what it may ask for is not ours to trust.
constexpr std::size_t kListingBytesMax = 1U << 20U;

/// The nodes of the files in a listing, as a range.
struct FileRange {
  std::optional<NodeId> first, last;
  void add(NodeId node) {
    first = std::min(first.value_or(node), node);
    last = std::max(last.value_or(node), node);
  }
};

/// A piece of a listing. Positions are stable: 0 is ".", 1 is "..", 2 + i the i-th entry, and the
/// offset that goes with each is the position of the next one.
class Listing {
 public:
  Listing(fuse_req_t req, std::size_t size_bytes, bool with_attributes)
      : req_(req),
        capacity_(std::min(size_bytes, kListingBytesMax)),
        buffer_(std::make_unique_for_overwrite<char[]>(capacity_)),
        with_attributes_(with_attributes) {}

  /// False where there is no room left.
  bool add(std::string_view name, const fuse_entry_param& entry, std::uint64_t position) {
    char text[kNameBytesMax + 1];
    const std::size_t length = std::min(name.size(), kNameBytesMax);
    std::memcpy(text, name.data(), length);
    text[length] = '\0';
    const auto next = static_cast<off_t>(position + 1);
    const std::size_t room = capacity_ - used_;
    char* const at = buffer_.get() + used_;
    const std::size_t needed = with_attributes_
                                   ? fuse_add_direntry_plus(req_, at, room, text, &entry, next)
                                   : fuse_add_direntry(req_, at, room, text, &entry.attr, next);
    if (needed > room) return false;
    used_ += needed;
    return true;
  }
  void send() { fuse_reply_buf(req_, buffer_.get(), used_); }

 private:
  fuse_req_t req_;
  std::size_t capacity_;
  std::size_t used_ = 0;
  std::unique_ptr<char[]> buffer_;
  bool with_attributes_;
};

/// An entry whose node is not given to the kernel (number 0): it is listed, and looked up when
/// somebody asks for more.
fuse_entry_param name_only(NodeId node, FileType type) {
  fuse_entry_param entry{};
  entry.attr.st_ino = node.v;
  entry.attr.st_mode = to_mode(type);
  return entry;
}

/// "." and "..". The kernel does not want their nodes, only the numbers that programs see.
fuse_entry_param dot_entry(const Filesystem& filesystem, NodeId node) {
  fuse_entry_param entry = name_only(node, FileType::kDirectory);
  if (const Result<Attributes> attributes = filesystem.attributes(node); attributes)
    entry.attr.st_ino = attributes->inode_number;
  return entry;
}

/// Never fails: what cannot be read is still listed by its name, so that a damaged record costs
/// itself only and its user learns of it when he touches it.
fuse_entry_param list_entry(const Mount& mount, FuseNode parent, const DirectoryEntry& entry) {
  const Result<Attributes> attributes = mount.filesystem.attributes(entry.node);
  if (!attributes) return name_only(entry.node, entry.type);
  const Result<FuseNode> child =
      child_node(mount.filesystem, parent, entry.name, entry, *attributes);
  if (!child) {
    fuse_entry_param without_node = name_only(entry.node, attributes->type);
    without_node.attr.st_ino = attributes->inode_number;
    return without_node;
  }
  return to_entry(mount.number(*child), *attributes);
}

void fill(Listing& listing, const Mount& mount, FuseNode node, const Directory& directory,
          std::uint64_t position, FileRange& files) {
  const Filesystem& filesystem = mount.filesystem;
  if (position == 0) {
    if (!listing.add(".", dot_entry(filesystem, node.node), position)) return;
    ++position;
  }
  if (position == 1) {
    const NodeId up = filesystem.parent(node.node).value_or(node.node);
    if (!listing.add("..", dot_entry(filesystem, up), position)) return;
    ++position;
  }
  for (; position - 2 < directory.size(); ++position) {
    const DirectoryEntry entry = directory.entry(position - 2);
    const fuse_entry_param shown = list_entry(mount, node, entry);
    if (!listing.add(entry.name, shown, position)) return;
    if (S_ISREG(shown.attr.st_mode)) files.add(entry.node);
  }
}

void list(const char* operation, fuse_req_t req, fuse_ino_t number, std::size_t size, off_t offset,
          bool with_attributes) {
  answer(operation, req, number, [&]() -> Result<void> {
    if (offset < 0) return Error{Errc::kInvalid, "listing at a negative offset"};
    const Mount& mount = mount_of(req);
    const FuseNode node = mount.node(number);
    const auto directory = ISOFUSE_TRY(mount.filesystem.directory(node.node));
    Listing listing(req, size, with_attributes);
    FileRange files;
    fill(listing, mount, node, *directory, static_cast<std::uint64_t>(offset), files);
    // The kernel takes pages of files whose nodes it was given, so a plain list of names is none.
    if (Pusher* const pusher = mount.pusher; with_attributes && files.first && pusher != nullptr)
      pusher->listed(node.node, *files.first, *files.last);
    listing.send();
    return {};
  });
}

}  // namespace

void op_readdir(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
                fuse_file_info* /*file*/) {
  list("readdir", req, number, size, offset, false);
}

void op_readdirplus(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
                    fuse_file_info* /*file*/) {
  list("readdirplus", req, number, size, offset, true);
}

}  // namespace isofuse::fuse
