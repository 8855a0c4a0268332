#include "fuse/answer.h"
#include "fuse/operations.h"

namespace isofuse::fuse {

// There is nothing to open: a node's number says all. A kernel that can do without is told so once
// (ENOSYS), and then opens and closes files without us, keeping pages and listings across opens; an
// older one is told to keep them each time.

void op_open(fuse_req_t req, fuse_ino_t /*number*/, fuse_file_info* file) {
  if (mount_of(req).kernel_opens_files) {
    fuse_reply_err(req, ENOSYS);
    return;
  }
  file->keep_cache = 1;
  fuse_reply_open(req, file);
}

void op_opendir(fuse_req_t req, fuse_ino_t /*number*/, fuse_file_info* file) {
  if (mount_of(req).kernel_opens_directories) {
    fuse_reply_err(req, ENOSYS);
    return;
  }
  file->keep_cache = 1;
  file->cache_readdir = 1;
  fuse_reply_open(req, file);
}

}  // namespace isofuse::fuse
