#include "app/mount_helper.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/arguments.h"
#include "app/option_table.h"

namespace isofuse::app {
namespace {

constexpr std::string_view kName = "mount.isofuse";

// mount(8), "EXIT STATUS".
constexpr int kIncorrectInvocation = 1;
constexpr int kSystemError = 2;
constexpr int kMountFailure = 32;

Failure usage(const std::string& what) {
  return {ExitStatus::kUsage, what + "; see mount(8) and isofuse(1)"};
}

/// mount.fuse3 gives up rights before it calls isofuse. Here they would be kept, unsaid.
bool is_of_mount_fuse(std::string_view option) {
  return option == "drop_privileges" || option.starts_with("setuid=");
}

struct Parsed {
  Request request;
  std::vector<std::string> paths;
  std::vector<std::string> option_lists;
  std::string type;
  bool no_table = false;
};

void declare(CLI::App& app, Parsed& parsed) {
  app.add_option("SPEC", parsed.paths)->expected(2);
  app.add_option("-o", parsed.option_lists)->allow_extra_args(false)->take_all();
  app.add_flag("-f", parsed.request.fake);
  app.add_flag("-s", parsed.request.settings.sloppy);
  app.add_flag("-v", parsed.request.verbose);
  app.add_flag("-n", parsed.no_table);  // there is none: the kernel's is the only one
  app.add_option("-N", parsed.request.mount_namespace);
  app.add_option("-t", parsed.type);
  app.set_help_flag();
}

std::variant<Request, Failure> check(Parsed& parsed) {
  if (parsed.paths.size() != 2) return usage("an image and a directory are needed");
  if (!parsed.type.empty() && parsed.type != "isofuse" && parsed.type != "fuse.isofuse")
    return usage(fmt::format("-t {}: isofuse has no subtypes", parsed.type));
  Request& request = parsed.request;
  request.image = parsed.paths[0];
  request.mount_point = parsed.paths[1];
  request.settings.called_by_mount = true;
  for (const std::string& list : parsed.option_lists) {
    for (const std::string& option : split_options(list)) {
      if (is_of_mount_fuse(option))
        return usage(fmt::format("-o {} is mount.fuse3's; it needs the type fuse.isofuse", option));
      if (option == "nofail") request.absent_is_no_failure = true;
    }
  }
  if (const auto wrong = set_all_options(parsed.option_lists, request.settings))
    return usage(*wrong);
  return request;
}

}  // namespace

bool is_mount_helper(std::string_view name) {
  return name.substr(name.rfind('/') + 1) == kName;  // npos + 1 is 0
}

std::variant<Request, Failure> parse_helper_arguments(int argc, const char* const* argv) {
  CLI::App app("", std::string(kName));
  Parsed parsed;
  declare(app, parsed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return usage(error.what());
  }
  return check(parsed);
}

int mount_status(ExitStatus status) {
  switch (status) {
    case ExitStatus::kSuccess:
      return 0;
    case ExitStatus::kUsage:
      return kIncorrectInvocation;
    case ExitStatus::kInternal:
      return kSystemError;
    default:
      return kMountFailure;
  }
}

}  // namespace isofuse::app
