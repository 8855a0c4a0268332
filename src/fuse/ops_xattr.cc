#include <string>
#include <string_view>

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

}  // namespace

void op_getxattr(fuse_req_t req, fuse_ino_t number, const char* name, size_t size) {
  answer("getxattr", req, number, [&]() -> Result<void> {
    const Mount& mount = mount_of(req);
    const auto attributes =
        ISOFUSE_TRY(mount.filesystem.extended_attributes(mount.node(number).node));
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
