#pragma once
// Attributes as the kernel wants them.
#include <sys/stat.h>

#include <isofuse/node.h>

#include "fuse/lowlevel.h"

namespace isofuse::fuse {

/// Nothing on a disc ever changes, so the kernel may keep names and attributes for ever: some
/// thirty years, in seconds. (The largest numbers there are have wrapped around in kernels.)
inline constexpr double kForeverSeconds = 1e9;

[[nodiscard]] mode_t to_mode(FileType type);
[[nodiscard]] struct stat to_stat(const Attributes& attributes);
[[nodiscard]] fuse_entry_param to_entry(std::uint64_t number, const Attributes& attributes);

}  // namespace isofuse::fuse
