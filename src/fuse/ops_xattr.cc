#include <linux/limits.h>

#include <cerrno>
#include <string>
#include <string_view>

#include <isofuse/extents.h>

#include "fuse/answer.h"
#include "fuse/operations.h"

namespace isofuse::fuse {
namespace {

/// The answer to both requests: the size where only that was asked for (size 0), else the bytes.
void send_value(fuse_req_t req, std::string_view value, std::size_t size) {
  if (size == 0)
    fuse_reply_xattr(req, value.size());
  else if (value.size() > size)
    fuse_reply_err(req, ERANGE);
  else
    fuse_reply_buf(req, value.data(), value.size());
}

/// Where the file lies. Only who knows the name gets it: listed, it would be copied along by cp -a
/// and rsync -X, to places where it is not true any more.
Result<void> send_extents(fuse_req_t req, const Mount& mount, NodeId node, std::size_t size) {
  const auto extents = file_extents(mount.filesystem, node);
  if (!extents && extents.error().code == Errc::kInvalid) {  // no file
    fuse_reply_err(req, ENODATA);
    return {};
  }
  if (!extents && extents.error().code != Errc::kTooLarge) return extents.error();
  const std::string text = extents ? describe_extents(*extents) : std::string();
  if (!extents || text.size() > XATTR_SIZE_MAX)
    fuse_reply_err(req, E2BIG);
  else
    send_value(req, text, size);
  return {};
}

}  // namespace

void op_getxattr(fuse_req_t req, fuse_ino_t number, const char* name, size_t size) {
  answer("getxattr", req, number, [&]() -> Result<void> {
    const Mount& mount = mount_of(req);
    const NodeId node = mount.node(number).node;
    if (name == kExtentsAttribute) return send_extents(req, mount, node, size);
    const auto attributes = ISOFUSE_TRY(mount.filesystem.extended_attributes(node));
    for (const ExtendedAttribute& attribute : attributes) {
      if (attribute.name != name) continue;
      send_value(req, attribute.value, size);
      return {};
    }
    fuse_reply_err(req, ENODATA);
    return {};
  });
}

void op_listxattr(fuse_req_t req, fuse_ino_t number, size_t size) {
  answer("listxattr", req, number, [&]() -> Result<void> {
    const Mount& mount = mount_of(req);
    const auto attributes =
        ISOFUSE_TRY(mount.filesystem.extended_attributes(mount.node(number).node));
    std::string names;  // each ends with a NUL
    for (const ExtendedAttribute& attribute : attributes) {
      names += attribute.name;
      names += '\0';
    }
    send_value(req, names, size);
    return {};
  });
}

}  // namespace isofuse::fuse
