#include "fuse/operations.h"

namespace isofuse::fuse {

fuse_lowlevel_ops operations() {
  fuse_lowlevel_ops ops{};
  ops.init = op_init;
  ops.lookup = op_lookup;
  ops.getattr = op_getattr;
  ops.access = op_access;
  ops.statfs = op_statfs;
  ops.readlink = op_readlink;
  ops.open = op_open;
  ops.opendir = op_opendir;
  ops.read = op_read;
  ops.lseek = op_lseek;
  ops.readdir = op_readdir;
  ops.readdirplus = op_readdirplus;
  ops.getxattr = op_getxattr;
  ops.listxattr = op_listxattr;
  return ops;
}

}  // namespace isofuse::fuse
