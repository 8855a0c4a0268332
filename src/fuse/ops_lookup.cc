#include <string_view>

#include "fuse/answer.h"
#include "fuse/attributes.h"
#include "fuse/operations.h"

namespace isofuse::fuse {
namespace {

/// "." and "..", which only a kernel that was given a file handle from outside (NFS,
/// open_by_handle_at) asks for: it knows nothing but a number. A tagged directory is its own ".",
/// but its ".." is where the disc says it is.
Result<FuseNode> dot_node(const Filesystem& filesystem, FuseNode directory, std::string_view name) {
  if (name == ".") return directory;
  const NodeId up = ISOFUSE_TRY(filesystem.parent(directory.node));
  return FuseNode{up, 0};
}

Result<fuse_entry_param> find_entry(const Mount& mount, FuseNode parent, std::string_view name) {
  const Filesystem& filesystem = mount.filesystem;
  if (name == "." || name == "..") {
    const FuseNode node = ISOFUSE_TRY(dot_node(filesystem, parent, name));
    const Attributes attributes = ISOFUSE_TRY(filesystem.attributes(node.node));
    return to_entry(mount.number(node), attributes);
  }
  const auto directory = ISOFUSE_TRY(filesystem.directory(parent.node));
  const auto index = directory->find(name);
  if (!index) {  // number 0: the kernel remembers that there is no such name
    fuse_entry_param none{};
    none.entry_timeout = kForeverSeconds;
    return none;
  }
  const DirectoryEntry entry = directory->entry(*index);
  const Attributes attributes = ISOFUSE_TRY(filesystem.attributes(entry.node));
  const FuseNode child = ISOFUSE_TRY(child_node(filesystem, parent, name, entry, attributes));
  return to_entry(mount.number(child), attributes);
}

}  // namespace

void op_lookup(fuse_req_t req, fuse_ino_t parent, const char* name) {
  answer("lookup", req, parent, [&]() -> Result<void> {
    const Mount& mount = mount_of(req);
    const fuse_entry_param entry = ISOFUSE_TRY(find_entry(mount, mount.node(parent), name));
    fuse_reply_entry(req, &entry);
    return {};
  });
}

}  // namespace isofuse::fuse
