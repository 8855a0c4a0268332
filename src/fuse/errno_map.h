#pragma once
// The one place where an Error of the library becomes an errno of the kernel.
#include <isofuse/result.h>

namespace isofuse::fuse {

/// Always in 1..999: libfuse refuses to send anything else.
[[nodiscard]] int to_errno(const Error& error);

}  // namespace isofuse::fuse
