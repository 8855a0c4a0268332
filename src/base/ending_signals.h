#pragma once
// The signals that end a mount in order.
#include <csignal>

namespace isofuse {

/// SIGTERM, SIGINT and SIGHUP, but for those that somebody has ignored for us (nohup).
[[nodiscard]] inline sigset_t ending_signals() {
  sigset_t out{};
  sigemptyset(&out);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) == 0 && action.sa_handler != SIG_IGN)
      sigaddset(&out, number);
  }
  return out;
}

}  // namespace isofuse
