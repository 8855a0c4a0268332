// isofuse: disc images as live directory trees. See isofuse(1).
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>

#include "app/arguments.h"
#include "app/commands.h"
#include "app/desktop.h"
#include "app/log_setup.h"
#include "fuse/session.h"

namespace isofuse::app {
namespace {

int end_with(const Failure& failure) {
  std::fprintf(stderr, "isofuse: %s\n", failure.message.c_str());
  return static_cast<int>(failure.status);
}

/// Who reads the line on a terminal need not be told twice.
void tell_desktop(const Request& request, const std::string& message) {
  if (isatty(STDERR_FILENO) != 0) return;
  notify(request.action == Action::kUnmount ? "The disc image stays mounted"
                                            : "The disc image cannot be shown",
         message);
}

Done run(const Request& request) {
  switch (request.action) {
    case Action::kUnmount:
      return run_unmount(request);
    case Action::kInfo:
      return run_info(request);
    case Action::kMount:
      break;
  }
  return run_mount(request);
}

int run(int argc, char** argv) {
  const auto parsed = parse_arguments(argc, argv);
  if (const auto* failure = std::get_if<Failure>(&parsed)) return end_with(*failure);
  if (const auto* printed = std::get_if<Printed>(&parsed)) {
    const bool written = std::fputs(printed->text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    return static_cast<int>(written ? ExitStatus::kSuccess : ExitStatus::kInternal);
  }
  const auto& request = std::get<Request>(parsed);
  request.debug ? log_to_stderr(true) : hold_log();
  fuse::route_log();
  const Done done = run(request);
  const Failure* const failure = failure_of(done);
  if (failure == nullptr) return static_cast<int>(ExitStatus::kSuccess);
  const int status = end_with(*failure);
  if (request.notify) tell_desktop(request, failure->message);
  return status;
}

}  // namespace
}  // namespace isofuse::app

int main(int argc, char** argv) {
  try {
    return isofuse::app::run(argc, argv);
  } catch (const std::exception& error) {
    return isofuse::app::end_with({isofuse::app::ExitStatus::kInternal, error.what()});
  }
}
