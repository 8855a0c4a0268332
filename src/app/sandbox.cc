#include "app/sandbox.h"

#include <fcntl.h>
#include <linux/cdrom.h>
#include <linux/landlock.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>
#include <memory>
#include <type_traits>
#include <vector>

#include <cap-ng.h>
#include <fmt/format.h>
#include <seccomp.h>

namespace isofuse::app {
namespace {

/// Of those that it has a process that writes as root keeps what giving files away takes.
bool give_up_capabilities(bool writes) {
  std::vector<unsigned> kept;
  for (const unsigned wanted : std::initializer_list<unsigned>{CAP_CHOWN, CAP_DAC_OVERRIDE,
                                                               CAP_FOWNER, CAP_FSETID, CAP_MKNOD}) {
    if (writes && capng_have_capability(CAPNG_PERMITTED, wanted) == 1) kept.push_back(wanted);
  }
  capng_clear(CAPNG_SELECT_ALL);
  for (const unsigned capability : kept) {
    capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
                 capability);
  }
  // The bounding set can only be lowered by who has CAP_SETPCAP; without new privileges it is of no
  // use to anybody else.
  return capng_apply(CAPNG_SELECT_ALL) == 0 || capng_apply(CAPNG_SELECT_CAPS) == 0;
}

/// Everything that writing a tree takes: directories are opened to be listed, files are never read.
constexpr std::uint64_t kRightsToWrite =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_SYM | (std::uint64_t{1} << 13U);  // REFER, unknown to older headers

/// No file system access at all, but for writing below `writable_directory`, if that is one: every
/// right that this kernel knows is handled, no other is granted. What is open stays usable. glibc
/// has no function for these calls.
int give_up_files(int writable_directory) {
  const long version =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  const bool writes = writable_directory >= 0;
  if (version <= (writes ? 1 : 0)) return 0;
  constexpr unsigned kRightsOfFirstVersion = 13;
  constexpr unsigned kRightsOfSecondVersion = 14;  // and REFER
  landlock_ruleset_attr rules{};
  rules.handled_access_fs =
      (std::uint64_t{1} << (version >= 2 ? kRightsOfSecondVersion : kRightsOfFirstVersion)) - 1;
  const auto ruleset =
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0));
  if (ruleset < 0) return 0;
  const landlock_path_beneath_attr below{kRightsToWrite, writable_directory};
  const bool granted = !writes || syscall(SYS_landlock_add_rule, ruleset,
                                          LANDLOCK_RULE_PATH_BENEATH, &below, 0) == 0;
  const bool done = granted && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  close(ruleset);
  return done ? static_cast<int>(version) : 0;
}

/// What answering requests needs, whatever its arguments.
constexpr int kAllowed[] = {
    // the image, /dev/fuse, and what is open besides
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(dup),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
    SCMP_SYS(fcntl),
    SCMP_SYS(fcntl64),
    SCMP_SYS(fstat),
    SCMP_SYS(fstat64),
    SCMP_SYS(lseek),
    SCMP_SYS(_llseek),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(ppoll_time64),
    SCMP_SYS(eventfd2),
    SCMP_SYS(signalfd4),
    // the supervisor and the log: sockets that are open
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(recvmsg),
    // memory
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    // threads, signals, time
    SCMP_SYS(futex),
    SCMP_SYS(futex_time64),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(tgkill),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_gettime64),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_nanosleep_time64),
    SCMP_SYS(nanosleep),
    // what libraries ask without harm
    SCMP_SYS(getrandom),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getuid32),
    SCMP_SYS(geteuid32),
    SCMP_SYS(getgid32),
    SCMP_SYS(getegid32),
};

/// What writing a tree takes besides. Modes, owners and attributes of files are set through
/// descriptors, which a file elsewhere does not get; times and owners of symbolic links are not.
constexpr int kAllowedToWrite[] = {
    SCMP_SYS(openat),    SCMP_SYS(mkdirat),     SCMP_SYS(mknodat),          SCMP_SYS(symlinkat),
    SCMP_SYS(linkat),    SCMP_SYS(unlinkat),    SCMP_SYS(newfstatat),       SCMP_SYS(fstatat64),
    SCMP_SYS(statx),     SCMP_SYS(fchmod),      SCMP_SYS(fchown),           SCMP_SYS(fchown32),
    SCMP_SYS(fchownat),  SCMP_SYS(utimensat),   SCMP_SYS(utimensat_time64), SCMP_SYS(fsetxattr),
    SCMP_SYS(ftruncate), SCMP_SYS(ftruncate64),
};

/// Argument `number` of a call, where its bits under `mask` are `value`. (The library's own macros
/// are C.)
scmp_arg_cmp masked(unsigned number, std::uint64_t mask, std::uint64_t value) {
  return {number, SCMP_CMP_MASKED_EQ, mask, value};
}
constexpr std::uint64_t kWhole = ~std::uint64_t{0};

bool filter_system_calls(bool writes) {
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(
      seccomp_init(SCMP_ACT_ERRNO(EPERM)), &seccomp_release);
  if (!filter) return false;
  bool good = true;
  const auto allow = [&](int call, auto... comparisons) {
    good = good && seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, sizeof...(comparisons),
                                    comparisons...) == 0;
  };
  for (const int call : kAllowed) allow(call);
  for (const int call : kAllowedToWrite) {
    if (writes) allow(call);
  }
  // Memory, but never code: neither new nor changed.
  const scmp_arg_cmp no_code = masked(2, PROT_EXEC, 0);
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect)}) allow(call, no_code);
    // Threads, but no processes. clone3 hides its flags from filters: glibc then uses clone.
#ifdef __s390__
  allow(SCMP_SYS(clone), masked(1, CLONE_THREAD, CLONE_THREAD));
#else
  allow(SCMP_SYS(clone), masked(0, CLONE_THREAD, CLONE_THREAD));
#endif
  good = good && seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
  // A drive is asked where its last session begins.
  allow(SCMP_SYS(ioctl), masked(1, kWhole, CDROMMULTISESSION));
  // How wide the terminal is that progress is drawn on.
  allow(SCMP_SYS(ioctl), masked(0, kWhole, STDERR_FILENO), masked(1, kWhole, TIOCGWINSZ));
  // Its own name, as threads have one.
  allow(SCMP_SYS(prctl), masked(0, kWhole, PR_SET_NAME));
  return good && seccomp_load(filter.get()) == 0;
}

}  // namespace

Sandbox enter_sandbox(int writable_directory) {
  const bool writes = writable_directory >= 0;
  Sandbox out;
  out.root_changed =
      writes && geteuid() == 0 && fchdir(writable_directory) == 0 && chroot(".") == 0;
  out.no_capabilities = give_up_capabilities(writes && geteuid() == 0);
  out.no_new_privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  out.landlock_version = give_up_files(writable_directory);
  out.system_calls_filtered = filter_system_calls(writes);
  return out;
}

std::string describe(const Sandbox& sandbox) {
  std::string out;
  const auto add = [&out](bool holds, const std::string& what) {
    if (!out.empty()) out += ", ";
    out += holds ? what : "without " + what;
  };
  add(sandbox.no_new_privileges, "no_new_privs");
  add(sandbox.no_capabilities, "dropped capabilities");
  add(sandbox.system_calls_filtered, "seccomp");
  add(sandbox.landlock_version > 0, sandbox.landlock_version > 0
                                        ? fmt::format("landlock {}", sandbox.landlock_version)
                                        : "landlock");
  if (sandbox.root_changed) add(true, "a root of its own");
  return out;
}

}  // namespace isofuse::app
