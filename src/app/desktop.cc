#include "app/desktop.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <initializer_list>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>

#include "base/charset.h"

namespace isofuse::app {
namespace {

constexpr std::chrono::milliseconds kEndPoll{10};
/// xdg-open ends at once where it hands the folder to a desktop, and where it fails. Where it has
/// started the file manager itself it stays as long as that.
constexpr std::chrono::seconds kOpenWait{2};
constexpr std::chrono::seconds kNotifyWait{3};
constexpr int kNotFound = 127;  // as shells say it

/// Starts a program that shares nothing with this process: no terminal, no descriptors, no blocked
/// signals, no working directory. Its process number, or 0 where it cannot be started.
pid_t start(const std::vector<std::string>& command) {
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (posix_spawn_file_actions_init(&actions) != 0) return 0;
  if (posix_spawnattr_init(&attributes) != 0) {
    posix_spawn_file_actions_destroy(&actions);
    return 0;
  }
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawn_file_actions_addchdir_np(&actions, "/");
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
  pid_t child = 0;
  const int err =
      posix_spawnp(&child, words[0].c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return err == 0 ? child : 0;
}

/// The exit status of `child`, or nothing where it goes on after `wait`.
std::optional<int> status_within(pid_t child, std::chrono::seconds wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  int status = 0;
  while (std::chrono::steady_clock::now() < until) {
    if (waitpid(child, &status, WNOHANG) == child)
      return WIFEXITED(status) ? WEXITSTATUS(status) : kNotFound;
    std::this_thread::sleep_for(kEndPoll);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> open_file_manager(const std::string& folder) {
  // Between us and xdg-open stands a process that ends: so xdg-open is no child of the mount's.
  const pid_t between = fork();
  if (between < 0) return std::strerror(errno);
  if (between == 0) {
    const pid_t child = start({"xdg-open", folder});
    _exit(child == 0 ? kNotFound : status_within(child, kOpenWait).value_or(0));
  }
  int status = 0;
  while (waitpid(between, &status, 0) < 0 && errno == EINTR) {
  }
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : kNotFound;
  if (code == 0) return std::nullopt;
  if (code == kNotFound) return "xdg-open was not found; install the package xdg-utils";
  return fmt::format("xdg-open failed with exit status {}", code);
}

std::string notification_text(const std::string& text) {
  std::string out;
  for (const char c : valid_utf8(text, '?')) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\0':
        break;
      default:
        out += c;
    }
  }
  return out;
}

void notify(const std::string& title, const std::string& text) {
  const pid_t child = start({"notify-send", "--app-name=isofuse", "--icon=isofuse", "--", title,
                             notification_text(text)});
  if (child == 0 || status_within(child, kNotifyWait)) return;
  kill(child, SIGKILL);
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace isofuse::app
