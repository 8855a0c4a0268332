#pragma once
// What the program does, one function for each.
#include "app/exit_status.h"
#include "app/settings.h"

namespace isofuse::app {

/// Mounts; returns when the mount has ended (in the process that served it).
[[nodiscard]] Done run_mount(const Request& request);

/// Unmounts by directory or by image.
[[nodiscard]] Done run_unmount(const Request& request);

/// Prints what mounts have done so far.
[[nodiscard]] Done run_status(const Request& request);

/// Prints what the image is.
[[nodiscard]] Done run_info(const Request& request);

/// Prints what is wrong with the disc.
[[nodiscard]] Done run_check(const Request& request);

/// Prints what is on the disc.
[[nodiscard]] Done run_list(const Request& request);

/// Writes files of the disc to the standard output.
[[nodiscard]] Done run_cat(const Request& request);

/// Copies files of the disc into a directory.
[[nodiscard]] Done run_extract(const Request& request);

}  // namespace isofuse::app
