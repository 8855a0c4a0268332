#include "fuse/listing.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <isofuse/limits.h>

#include "fuse/attributes.h"
#include "fuse/lowlevel.h"

namespace isofuse::fuse {
namespace {

/// No kernel asks for more at a time; what it may ask for is not ours to trust.
constexpr std::size_t kListingBytesMax = 1U << 20U;

class Writer {
 public:
  explicit Writer(const ListingRequest& request)
      : capacity_(std::min(request.bytes_max, kListingBytesMax)),
        with_attributes_(request.with_attributes) {
    listing_.bytes = std::make_unique_for_overwrite<char[]>(capacity_);
    listing_.next_position = request.position;
  }

  /// False where there is no room left. The offset that goes with each entry is the position of the
  /// next one.
  bool add(std::string_view name, const fuse_entry_param& entry) {
    char text[kNameBytesMax + 1];
    const std::size_t length = std::min(name.size(), kNameBytesMax);
    std::memcpy(text, name.data(), length);
    text[length] = '\0';
    const auto next = static_cast<off_t>(listing_.next_position + 1);
    const std::size_t room = capacity_ - listing_.used_bytes;
    char* const at = listing_.bytes.get() + listing_.used_bytes;
    // libfuse has no use for the request, and a listing made ahead has none.
    const std::size_t needed = with_attributes_
                                   ? fuse_add_direntry_plus(nullptr, at, room, text, &entry, next)
                                   : fuse_add_direntry(nullptr, at, room, text, &entry.attr, next);
    if (needed > room) return false;
    listing_.used_bytes += needed;
    ++listing_.next_position;
    return true;
  }
  void add_file(NodeId node) {
    listing_.first_file = std::min(listing_.first_file.value_or(node), node);
    listing_.last_file = std::max(listing_.last_file.value_or(node), node);
  }
  [[nodiscard]] std::uint64_t position() const { return listing_.next_position; }
  Listing finish(bool at_end) {
    listing_.at_end = at_end;
    return std::move(listing_);
  }

 private:
  std::size_t capacity_;
  bool with_attributes_;
  Listing listing_;
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

}  // namespace

Listing make_listing(const Mount& mount, const Directory& directory,
                     const ListingRequest& request) {
  Writer writer(request);
  const Filesystem& filesystem = mount.filesystem;
  const FuseNode node = mount.node(request.number);
  if (writer.position() == 0 && !writer.add(".", dot_entry(filesystem, node.node)))
    return writer.finish(false);
  if (writer.position() == 1) {
    const NodeId up = filesystem.parent(node.node).value_or(node.node);
    if (!writer.add("..", dot_entry(filesystem, up))) return writer.finish(false);
  }
  while (writer.position() - 2 < directory.size()) {
    const DirectoryEntry entry = directory.entry(static_cast<std::size_t>(writer.position() - 2));
    const fuse_entry_param shown = list_entry(mount, node, entry);
    if (!writer.add(entry.name, shown)) return writer.finish(false);
    if (S_ISREG(shown.attr.st_mode)) writer.add_file(entry.node);
  }
  return writer.finish(true);
}

}  // namespace isofuse::fuse
