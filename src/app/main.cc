// isofuse: disc images as live directory trees. See isofuse(1).
#include <cstdio>
#include <exception>

#include "app/arguments.h"
#include "app/commands.h"
#include "app/log_setup.h"
#include "fuse/session.h"

namespace isofuse::app {
namespace {

int end_with(const Failure& failure) {
  std::fprintf(stderr, "isofuse: %s\n", failure.message.c_str());
  return static_cast<int>(failure.status);
}

Done run(const Request& request) {
  switch (request.action) {
    case Action::kUnmount:
      return run_unmount(request);
    case Action::kInfo:
      return run_info(request);
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

int run(int argc, char** argv) {
  const auto parsed = parse_arguments(argc, argv);
  if (const auto* failure = std::get_if<Failure>(&parsed)) return end_with(*failure);
  if (const auto* printed = std::get_if<Printed>(&parsed)) {
    const bool written = std::fputs(printed->text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    return static_cast<int>(written ? ExitStatus::kSuccess : ExitStatus::kInternal);
  }
  const Request& request = std::get<Request>(parsed);
  request.debug ? log_to_stderr(true) : hold_log();
  fuse::route_log();
  const Done done = run(request);
  if (const Failure* failure = failure_of(done)) return end_with(*failure);
  return static_cast<int>(ExitStatus::kSuccess);
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
