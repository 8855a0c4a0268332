#pragma once
// Answers in the place of a process that was killed.

#include "fuse/counters.h"

namespace isofuse::fuse {

/// Refuses (ENOTCONN) the requests of a connection that nobody else answers any more: those that
/// wait in the kernel's queue, and those that the dead process had taken, of which `counters` has
/// the numbers: nothing in it is believed, since to refuse what nobody asked does no harm. A thread
/// of that process may wait in the kernel, deaf to SIGKILL, for a page of which it had taken the
/// READ itself; and as long as it does, the connection has no end. `descriptor` is that
/// connection's /dev/fuse. REQUIRES: nobody else reads from it.
void refuse_requests(int descriptor, const Counters& counters);

}  // namespace isofuse::fuse
