#pragma once
// What a process that reads a disc gives up before it looks at the first byte of it.
#include <string>

namespace isofuse::app {

/// What holds. Each part stands alone: a kernel that lacks one still grants the others.
struct Sandbox {
  bool no_new_privileges = false;
  bool no_capabilities = false;
  bool system_calls_filtered = false;
  int landlock_version = 0;  ///< 0: this kernel has none
};

/// Gives up, for this thread and all that it makes, whatever serving a disc does not need: new
/// privileges (setuid programs included), capabilities, opening of files, and every system call
/// that is not in the list. For ever; REQUIRES: no other thread runs.
///
/// What the C library would open later is opened first: the time zone, the log, character sets are
/// the caller's business.
[[nodiscard]] Sandbox enter_sandbox();

/// "no_new_privs, no capabilities, seccomp, landlock 2", for the log.
[[nodiscard]] std::string describe(const Sandbox& sandbox);

/// Tries what a sandbox must refuse, and tells how it ended: one line for each, "open: Operation
/// not permitted". For tests; only where the program is built with -Dtest_hooks=true.
[[nodiscard]] std::string probe_sandbox();

}  // namespace isofuse::app
