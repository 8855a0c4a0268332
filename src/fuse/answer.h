#pragma once
// The frame of every request: one answer, whatever happens.
#include <cerrno>
#include <cstdint>
#include <new>

#include <isofuse/result.h>

#include "fuse/errno_map.h"
#include "fuse/lowlevel.h"
#include "fuse/mount.h"

namespace isofuse::fuse {

[[nodiscard]] inline Mount& mount_of(fuse_req_t req) {
  return *static_cast<Mount*>(fuse_req_userdata(req));
}

/// Into the mount's counters.
void count_request(Mount& mount) noexcept;

/// Tells the log of damage to the disc or failure of the system, and counts it; says nothing of the
/// everyday answers (no such file, not a directory).
void report_failure(Mount& mount, const char* operation, std::uint64_t number,
                    const Error& error) noexcept;

/// Runs `body`, and answers with its error if it failed. A body that succeeds has answered once, as
/// its last act: libfuse frees `req` in the first answer, whatever that call returns.
template <class Body>
void answer(const char* operation, fuse_req_t req, fuse_ino_t number, Body&& body) noexcept {
  Mount& mount = mount_of(req);
  count_request(mount);
  int err = 0;
  try {
    if (const Result<void> done = body(); !done) {
      report_failure(mount, operation, number, done.error());
      err = to_errno(done.error());
    }
  } catch (const std::bad_alloc&) {
    err = ENOMEM;
  } catch (...) {
    err = EIO;
  }
  if (err != 0) fuse_reply_err(req, err);
}

}  // namespace isofuse::fuse
