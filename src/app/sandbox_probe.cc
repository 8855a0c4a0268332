#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

#include "app/sandbox.h"

namespace isofuse::app {

std::string probe_sandbox() {
  std::string out;
  const auto attempt = [&out](const char* what, auto&& call) {
    errno = 0;
    const bool succeeded = call() != -1;
    out += fmt::format("{}: {}\n", what, succeeded ? "succeeded" : std::strerror(errno));
  };
  attempt("open", [] { return open("/etc/passwd", O_RDONLY | O_CLOEXEC); });
  attempt("create",
          [] { return open("/tmp/isofuse-probe", O_WRONLY | O_CREAT | O_CLOEXEC, 0600); });
  attempt("unlink", [] { return unlink("/tmp/isofuse-probe"); });
  attempt("socket", [] { return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); });
  attempt("socket of the machine", [] { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); });
  attempt("exec", [] { return execl("/bin/true", "true", nullptr); });
  attempt("fork", [] {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    return child;
  });
  attempt("kill", [] { return kill(getppid(), 0); });
  attempt("ptrace",
          [] { return static_cast<int>(ptrace(PTRACE_ATTACH, getppid(), nullptr, nullptr)); });
  attempt("mount", [] { return mount("none", "/tmp", "tmpfs", 0, nullptr); });
  attempt("umount", [] { return umount2("/proc", MNT_DETACH); });
  attempt("setuid", [] { return setresuid(12345, 12345, 12345); });
  attempt("chroot", [] { return chroot("/"); });
  attempt("memory that is code", [] {
    return mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                   MAP_FAILED
               ? -1
               : 0;
  });
  attempt("undo no_new_privs", [] { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); });
  return out;
}

}  // namespace isofuse::app
