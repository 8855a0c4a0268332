// isofuse: disc images as live directory trees. See isofuse(1).
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <utility>
#include <variant>

#include "app/arguments.h"
#include "app/commands.h"
#include "app/desktop.h"
#include "app/log_setup.h"
#include "app/mount_helper.h"
#include "fuse/session.h"

namespace isofuse::app {
namespace {

/// The one line of a failure, and its status as the caller counts.
int end_with(const Failure& failure, bool as_helper) {
  std::fprintf(stderr, "isofuse: %s\n", failure.message.c_str());
  return as_helper ? mount_status(failure.status) : static_cast<int>(failure.status);
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
    case Action::kStatus:
      return run_status(request);
    case Action::kInfo:
      return run_info(request);
    case Action::kCheck:
      return run_check(request);
    case Action::kList:
      return run_list(request);
    case Action::kCat:
      return run_cat(request);
    case Action::kExtract:
      return run_extract(request);
    case Action::kMount:
      break;
  }
  return run_mount(request);
}

std::variant<Request, Printed, Failure> parse(int argc, char** argv, bool as_helper) {
  if (!as_helper) return parse_arguments(argc, argv);
  auto parsed = parse_helper_arguments(argc, argv);
  if (auto* failure = std::get_if<Failure>(&parsed)) return std::move(*failure);
  return std::move(std::get<Request>(parsed));
}

int run(int argc, char** argv, bool as_helper) {
  const auto parsed = parse(argc, argv, as_helper);
  if (const auto* failure = std::get_if<Failure>(&parsed)) return end_with(*failure, as_helper);
  if (const auto* printed = std::get_if<Printed>(&parsed)) {
    const bool written = std::fputs(printed->text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    return static_cast<int>(written ? ExitStatus::kSuccess : ExitStatus::kInternal);
  }
  const auto& request = std::get<Request>(parsed);
  route_messages();
  request.debug ? log_to_stderr(true) : hold_log();
  fuse::route_log();
  const Done done = run(request);
  const Failure* const failure = failure_of(done);
  if (failure == nullptr) return static_cast<int>(ExitStatus::kSuccess);
  // fstab(5), nofail: nothing is said of what is not there.
  if (request.absent_is_no_failure && failure->status == ExitStatus::kImageAbsent) return 0;
  const int status = end_with(*failure, as_helper);
  if (request.notify) tell_desktop(request, failure->message);
  return status;
}

}  // namespace
}  // namespace isofuse::app

int main(int argc, char** argv) {
  const bool as_helper = argc > 0 && isofuse::app::is_mount_helper(argv[0]);
  try {
    return isofuse::app::run(argc, argv, as_helper);
  } catch (const std::exception& error) {
    return isofuse::app::end_with({isofuse::app::ExitStatus::kInternal, error.what()}, as_helper);
  }
}
