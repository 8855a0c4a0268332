#include <sys/statvfs.h>
#include <unistd.h>

#include "fuse/answer.h"
#include "fuse/attributes.h"
#include "fuse/operations.h"

namespace isofuse::fuse {

void op_getattr(fuse_req_t req, fuse_ino_t number, fuse_file_info* /*file*/) {
  answer("getattr", req, number, [&]() -> Result<void> {
    const Mount& mount = mount_of(req);
    const Attributes attributes = ISOFUSE_TRY(mount.filesystem.attributes(mount.node(number).node));
    const struct stat out = to_stat(attributes);
    fuse_reply_attr(req, &out, kForeverSeconds);
    return {};
  });
}

void op_access(fuse_req_t req, fuse_ino_t number, int mask) {
  // Asked only without default_permissions: whoever may use the mount may read all of it, but a
  // file that nobody may execute stays so, as execve(2) would find.
  answer("access", req, number, [&]() -> Result<void> {
    const Mount& mount = mount_of(req);
    int refused = (mask & W_OK) != 0 ? EROFS : 0;
    if (refused == 0 && (mask & X_OK) != 0) {
      const Attributes attributes =
          ISOFUSE_TRY(mount.filesystem.attributes(mount.node(number).node));
      if (attributes.type == FileType::kRegular && (attributes.permissions & 0111U) == 0)
        refused = EACCES;
    }
    fuse_reply_err(req, refused);
    return {};
  });
}

void op_statfs(fuse_req_t req, fuse_ino_t number) {
  answer("statfs", req, number, [&]() -> Result<void> {
    const VolumeStats stats = mount_of(req).filesystem.stats();
    struct statvfs out {};
    out.f_bsize = stats.block_bytes;
    out.f_frsize = stats.block_bytes;
    out.f_blocks = stats.blocks_total;
    out.f_bfree = stats.blocks_free;
    out.f_bavail = 0;  // free space of a disc is not for those who cannot write to it
    out.f_namemax = stats.name_bytes_max;
    fuse_reply_statfs(req, &out);
    return {};
  });
}

}  // namespace isofuse::fuse
