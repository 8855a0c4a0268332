#include "fuse/mount.h"
#include "fuse/operations.h"

namespace isofuse::fuse {
namespace {

/// Read-ahead requests that may wait at a time. The kernel's own 12 are too few to keep a slow
/// medium busy; what an ordinary user may have is bounded by the fuse module's max_user_bgreq.
constexpr unsigned kBackgroundRequestsMax = 64;

}  // namespace

void op_init(void* userdata, fuse_conn_info* connection) {
  Mount& mount = *static_cast<Mount*>(userdata);
  const unsigned capable = connection->capable;
  mount.kernel_opens_files = (capable & FUSE_CAP_NO_OPEN_SUPPORT) != 0;
  mount.kernel_opens_directories =
      (capable & FUSE_CAP_NO_OPENDIR_SUPPORT) != 0 && !mount.auto_unmount;

  connection->want |=
      capable &
      (FUSE_CAP_ASYNC_READ | FUSE_CAP_ASYNC_DIO | FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_READDIRPLUS |
       FUSE_CAP_CACHE_SYMLINKS | FUSE_CAP_EXPORT_SUPPORT | FUSE_CAP_EXPLICIT_INVAL_DATA);
  // Whoever lists a directory most often wants the attributes too, and they cost us little; AUTO
  // would stop asking for them after the first piece. AUTO_INVAL_DATA watches for changes, of which
  // there are none. Splicing an answer is slower than writing it from the mapping.
  connection->want &= ~static_cast<unsigned>(FUSE_CAP_READDIRPLUS_AUTO | FUSE_CAP_AUTO_INVAL_DATA |
                                             FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE);
  // An upper bound: the kernel's own, 128 KiB, holds below it unless root raises it. (max_write,
  // which sets the largest READ, is at libfuse's largest already.)
  connection->max_readahead = kReadAheadBytesMax;
  connection->max_read = mount.read_bytes_max;
  connection->max_background = kBackgroundRequestsMax;
  connection->congestion_threshold = kBackgroundRequestsMax / 4 * 3;
}

}  // namespace isofuse::fuse
