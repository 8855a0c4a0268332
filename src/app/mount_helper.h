#pragma once
// The same program under the name "mount.isofuse": mount(8), "EXTERNAL HELPERS", calls it for
// `mount -t isofuse` with options of another meaning than isofuse's own (-f, -s), and reads its
// exit status by other rules. A link to the program and not a program of its own: what differs is
// the command line, and of a script that would only translate one, -f, -s and -N could not be
// right.
#include <string_view>
#include <variant>

#include "app/exit_status.h"
#include "app/settings.h"

namespace isofuse::app {

/// Whether a program that was called by `name` (argv[0]) is to be mount(8)'s helper.
[[nodiscard]] bool is_mount_helper(std::string_view name);

/// What mount(8) asks for: SPEC DIR [-sfnv] [-N NAMESPACE] [-o OPTIONS] [-t TYPE]. Else a
/// Failure{kUsage}.
[[nodiscard]] std::variant<Request, Failure> parse_helper_arguments(int argc,
                                                                    const char* const* argv);

/// The status of ours as mount(8), "EXIT STATUS", counts, which hands it on as its own: bits, so
/// that ours would say something else.
[[nodiscard]] int mount_status(ExitStatus status);

}  // namespace isofuse::app
