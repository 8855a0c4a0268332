#include "fuse/answer.h"
#include "fuse/operations.h"

namespace isofuse::fuse {

void op_readlink(fuse_req_t req, fuse_ino_t number) {
  answer("readlink", req, number, [&]() -> Result<void> {
    const Mount& mount = mount_of(req);
    const std::string target = ISOFUSE_TRY(mount.filesystem.link_target(mount.node(number).node));
    fuse_reply_readlink(req, target.c_str());
    return {};
  });
}

}  // namespace isofuse::fuse
