#pragma once
// One function for each request of FUSE that a read-only disc needs. What is not here libfuse
// answers itself: FORGET (we keep no table, so there is nothing to forget), FLUSH and RELEASE
// (nothing is open), and everything that writes, which the kernel refuses with EROFS on a mount
// that is read-only and never sends.
#include "fuse/lowlevel.h"

namespace isofuse::fuse {

void op_init(void* userdata, fuse_conn_info* connection);                  // ops_init.cc
void op_lookup(fuse_req_t req, fuse_ino_t parent, const char* name);       // ops_lookup.cc
void op_getattr(fuse_req_t req, fuse_ino_t number, fuse_file_info* file);  // ops_attributes.cc
void op_access(fuse_req_t req, fuse_ino_t number, int mask);               // ops_attributes.cc
void op_statfs(fuse_req_t req, fuse_ino_t number);                         // ops_attributes.cc
void op_readlink(fuse_req_t req, fuse_ino_t number);                       // ops_readlink.cc
void op_open(fuse_req_t req, fuse_ino_t number, fuse_file_info* file);     // ops_open.cc
void op_opendir(fuse_req_t req, fuse_ino_t number, fuse_file_info* file);  // ops_open.cc
void op_read(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
             fuse_file_info* file);  // ops_read.cc
void op_lseek(fuse_req_t req, fuse_ino_t number, off_t offset, int whence,
              fuse_file_info* file);  // ops_read.cc
void op_readdir(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
                fuse_file_info* file);  // ops_readdir.cc
void op_readdirplus(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
                    fuse_file_info* file);  // ops_readdir.cc
void op_getxattr(fuse_req_t req, fuse_ino_t number, const char* name, size_t size);  // ops_xattr.cc
void op_listxattr(fuse_req_t req, fuse_ino_t number, size_t size);                   // ops_xattr.cc

/// All of the above, for fuse_session_new.
[[nodiscard]] fuse_lowlevel_ops operations();

}  // namespace isofuse::fuse
