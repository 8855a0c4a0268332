// isofuse: disc images as live directory trees. See isofuse(1).
#include <cstdio>
#include <exception>
#include <utility>
#include <variant>

#include "app/arguments.h"
#include "app/commands.h"
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
  const Request& request = std::get<Request>(parsed);
  request.debug ? log_to_stderr(true) : hold_log();
  fuse::route_log();
  const Done done = run(request);
  if (const Failure* failure = failure_of(done)) {
    // fstab(5), nofail: nothing is said of what is not there.
    if (request.absent_is_no_failure && failure->status == ExitStatus::kImageAbsent) return 0;
    return end_with(*failure, as_helper);
  }
  return static_cast<int>(ExitStatus::kSuccess);
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
