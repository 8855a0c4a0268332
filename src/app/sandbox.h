#pragma once
// What a process that reads a disc gives up before it looks at the first byte of it.
#include <string>

namespace isofuse::app {

/// What holds. Each part stands alone: a kernel that lacks one still grants the others.
struct Sandbox {
  bool no_new_privileges = false;
  bool no_capabilities = false;
  bool system_calls_filtered = false;
  int landlock_version = 0;   ///< 0: this kernel has none
  bool root_changed = false;  ///< root, with a writable directory: that is its root
};

/// Gives up, for this thread and all that it makes, whatever serving a disc does not need: new
/// privileges (setuid programs included), capabilities, opening of files, and every system call
/// that is not in the list. For ever; REQUIRES: no other thread runs.
///
/// What the C library would open later is opened first: the time zone, the log, character sets are
/// the caller's business.
///
/// With a `writable_directory`, a descriptor: below it files of any kind may be made, changed and
/// removed, and nothing above it. Landlock sees to that (version 2: with the first one hard links
/// would not work, so there is none), and for root chroot(2), too, so that it keeps what it needs
/// to give files away and make devices. What is left to an ordinary user who breaks out is to
/// change the times of the own files elsewhere. REQUIRES: umask 0.
[[nodiscard]] Sandbox enter_sandbox(int writable_directory = -1);

/// "no_new_privs, no capabilities, seccomp, landlock 2", for the log.
[[nodiscard]] std::string describe(const Sandbox& sandbox);

/// Tries what a sandbox must refuse, and tells how it ended: one line for each, "open: Operation
/// not permitted". For tests; only where the program is built with -Dtest_hooks=true.
[[nodiscard]] std::string probe_sandbox();

}  // namespace isofuse::app
