#include "app/background.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace isofuse::app {
namespace {

constexpr int kSignalStatus = 128;  // as shells count

/// The process that was called: ends as the other one did, or well once that is ready.
[[noreturn]] void wait_for(pid_t child, int pipe) {
  char ready = 0;
  ssize_t got = 0;
  while ((got = read(pipe, &ready, 1)) < 0 && errno == EINTR) {
  }
  if (got == 1) _exit(static_cast<int>(ExitStatus::kSuccess));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : kSignalStatus + WTERMSIG(status));
}

}  // namespace

Outcome<std::unique_ptr<Background>> Background::begin() {
  const Failure failed{ExitStatus::kInternal, "no process could be made for the background"};
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return failed;
  const pid_t child = fork();
  if (child < 0) return failed;
  if (child > 0) {
    close(ends[1]);
    wait_for(child, ends[0]);
  }
  close(ends[0]);
  return std::unique_ptr<Background>(new Background(ends[1]));
}

Background::~Background() {
  if (pipe_ >= 0) close(pipe_);
}

void Background::ready() {
  setsid();
  static_cast<void>(!chdir("/"));
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  leave_terminal(null);
  if (null > STDERR_FILENO) close(null);
  const char yes = 1;
  static_cast<void>(!write(pipe_, &yes, 1));
  close(pipe_);
  pipe_ = -1;
}

void leave_terminal(int null) {
  if (null < 0) return;
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (descriptor != null) dup2(null, descriptor);
}

}  // namespace isofuse::app
