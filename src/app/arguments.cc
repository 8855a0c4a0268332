#include "app/arguments.h"

#include <unistd.h>

#include <memory>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/completion.h"
#include "app/option_table.h"

#ifndef ISOFUSE_VERSION
#define ISOFUSE_VERSION "unknown"
#endif

namespace isofuse::app {
namespace {

constexpr char kUsage[] =
    "Usage: isofuse [OPTIONS] IMAGE [MOUNTPOINT]\n"
    "       isofuse --open [-o OPTION[,...]] IMAGE\n"
    "       isofuse -u IMAGE|MOUNTPOINT\n"
    "       isofuse --status [--json] [IMAGE|MOUNTPOINT]\n"
    "       isofuse --info [--json] IMAGE\n"
    "       isofuse --check [--json] IMAGE\n"
    "       isofuse --list [--json | --names | -0] IMAGE [PATH...]\n"
    "       isofuse --cat IMAGE PATH...\n"
    "       isofuse --extract [--overwrite] IMAGE DIRECTORY [PATH...]\n\n"
    "Mounts a disc image (or a disc drive) as a live, read-only directory tree.\n"
    "Without MOUNTPOINT, a directory named after the image is made in the current one,\n"
    "its path is printed, and it is removed at unmount.\n";

/// CLI11 cannot know that there are several ways to call us.
class Formatter : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* /*app*/, std::string /*name*/) const override {
    return kUsage;
  }
};

Failure usage(const std::string& what) {
  return {ExitStatus::kUsage, what + "; see 'isofuse --help'"};
}

struct Parsed {
  Request request;
  std::vector<std::string> paths;
  std::vector<std::string> option_lists;
  std::string completion;
  bool unmount = false;
  bool status = false;
  bool info = false;
  bool check = false;
  bool list = false;
  bool cat = false;
  bool extract = false;
};

void declare(CLI::App& app, Parsed& parsed) {
  Request& request = parsed.request;
  app.formatter(std::make_shared<Formatter>());
  app.add_option("IMAGE", parsed.paths)
      ->expected(0, CLI::detail::expected_max_vector_size)
      ->group("");  // the usage says it
  app.add_option("-o", parsed.option_lists, "Mount options, see below; may be given again")
      ->type_name("OPTION[,...]")
      ->allow_extra_args(false)
      ->take_all();
  app.add_flag("-u,--unmount", parsed.unmount,
               "Unmount what is mounted at a directory, or every mount of an image");
  app.add_flag("--status", parsed.status, "Print what your mounts, or one, have done so far");
  app.add_flag("--info", parsed.info, "Print what the image is; mount nothing");
  app.add_flag("--check", parsed.check, "Read everything, and print what is wrong; mount nothing");
  app.add_flag("--open", request.open,
               "Mount in a folder of yours, and show that in the file manager");
  app.add_flag("--notify", request.notify, "Tell of a failure on the desktop, too (--open does)");
  app.add_flag("--list", parsed.list, "Print what is on the disc, or at PATH; mount nothing");
  app.add_flag("--cat", parsed.cat, "Write the file at PATH to the standard output");
  app.add_flag("--extract", parsed.extract, "Copy the disc, or what is at PATH, into DIRECTORY");
  app.add_flag("--json", request.json, "With --info, --check, --list, --status: for programs");
  app.add_flag("--names", request.names_only, "With --list: paths alone, one a line");
  app.add_flag("-0,--null", request.end_names_with_nul,
               "With --list: paths alone, each ended by a NUL");
  app.add_flag("--overwrite", request.overwrite, "With --extract: replace files that are there");
  app.add_flag("-p", request.make_mount_point,
               "Make MOUNTPOINT if it is absent, and remove it at unmount");
  app.add_flag("-f,--foreground", request.foreground, "Stay in the foreground; messages to stderr");
  app.add_flag("-d,--debug", request.debug, "Print every request; implies -f");
  app.add_flag("-s", request.single_threaded, "Answer one request at a time");
  app.add_option("--completion", parsed.completion,
                 "Print a script that completes this command line")
      ->type_name("bash|zsh|fish")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  app.set_help_flag("-h,--help", "Print this");
  app.set_version_flag("-V,--version", "isofuse " ISOFUSE_VERSION, "Print the version");
  app.footer(option_help() + "\nThe manual, isofuse(1), says more, and lists the exit statuses.");
}

/// All flags as they were declared.
std::vector<FlagRow> flag_rows(const CLI::App& app) {
  std::vector<FlagRow> out;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) continue;
    FlagRow row;
    for (const std::string& name : option->get_snames()) row.names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) row.names.push_back("--" + name);
    row.help = option->get_description();
    // "bash|zsh|fish:{bash,zsh,fish}": what we declared, and what the validator adds.
    const std::string type = option->get_type_name();
    if (type.find('|') != std::string::npos)
      row.choices = CLI::detail::split(type.substr(0, type.find(':')), '|');
    out.push_back(std::move(row));
  }
  return out;
}

/// Which of the actions it is, and whether its flags are. What is wrong, or nothing.
std::optional<std::string> set_action(Parsed& parsed) {
  struct Choice {
    bool chosen;
    Action action;
    const char* flag;
  };
  Request& request = parsed.request;
  const char* chosen = nullptr;
  for (const Choice& choice :
       {Choice{parsed.unmount, Action::kUnmount, "-u"},
        Choice{parsed.status, Action::kStatus, "--status"},
        Choice{parsed.info, Action::kInfo, "--info"},
        Choice{parsed.check, Action::kCheck, "--check"},
        Choice{parsed.list, Action::kList, "--list"}, Choice{parsed.cat, Action::kCat, "--cat"},
        Choice{parsed.extract, Action::kExtract, "--extract"}}) {
    if (!choice.chosen) continue;
    if (chosen != nullptr) return fmt::format("{} and {} exclude each other", chosen, choice.flag);
    chosen = choice.flag;
    request.action = choice.action;
  }
  const bool list = request.action == Action::kList;
  if (request.json && !list && request.action != Action::kInfo &&
      request.action != Action::kCheck && request.action != Action::kStatus)
    return "--json needs --info, --check, --list or --status";
  if (request.names_only && !list) return "--names needs --list";
  if (request.end_names_with_nul && !list) return "-0 needs --list";
  if (request.json && (request.names_only || request.end_names_with_nul))
    return "--json excludes --names and -0";
  if (request.overwrite && request.action != Action::kExtract) return "--overwrite needs --extract";
  if (request.open && request.action != Action::kMount)
    return fmt::format("--open and {} exclude each other", chosen);
  return std::nullopt;
}

/// What each of the paths is. What is wrong, or nothing.
std::optional<std::string> set_paths(Parsed& parsed) {
  Request& request = parsed.request;
  const std::vector<std::string>& paths = parsed.paths;
  if (paths.empty()) return std::nullopt;
  request.image = paths[0];
  const Action action = request.action;
  if (action == Action::kList || action == Action::kCat || action == Action::kExtract) {
    const std::size_t own = action == Action::kExtract ? 2 : 1;
    if (paths.size() < own) return "--extract needs a directory to write to";
    if (action == Action::kCat && paths.size() == own) return "--cat needs the path of a file";
    if (own == 2) request.directory = paths[1];
    request.disc_paths.assign(paths.begin() + static_cast<std::ptrdiff_t>(own), paths.end());
    return std::nullopt;
  }
  const std::size_t paths_max = action == Action::kMount && !request.open ? 2 : 1;
  if (paths.size() > paths_max)
    return fmt::format("'{}' is one argument too many", paths[paths_max]);
  if (paths.size() > 1) request.mount_point = paths[1];
  return std::nullopt;
}

/// CLI11 takes "[a,b]" for a list of two; as "./[a,b]" it is the same path, on a disc too.
std::string without_list_syntax(std::string_view argument) {
  const bool list = argument.starts_with('[') && argument.ends_with(']');
  return list ? fmt::format("./{}", argument) : std::string(argument);
}

/// What the parser cannot know: which arguments go together.
std::variant<Request, Printed, Failure> check(Parsed& parsed) {
  Request& request = parsed.request;
  if (const auto wrong = set_action(parsed)) return usage(*wrong);
  // Without a path --status tells of all mounts.
  if (parsed.paths.empty() && request.action != Action::kStatus)
    return usage(parsed.unmount ? "-u needs a directory or an image" : "no image was given");
  if (const auto wrong = set_paths(parsed)) return usage(*wrong);
  if (request.make_mount_point && request.mount_point.empty())
    return usage("-p needs a mount point");

  if (const auto wrong = set_all_options(parsed.option_lists, request.settings))
    return usage(*wrong);
  request.foreground = request.foreground || request.debug;
  request.notify = request.notify || request.open;
  return request;
}

}  // namespace

std::optional<std::string> set_all_options(const std::vector<std::string>& lists,
                                           Settings& settings) {
  // Where a disc records no owner its files belong to who mounts it; -o uid= comes after.
  settings.disc.default_uid = getuid();
  settings.disc.default_gid = getgid();
  for (const std::string& list : lists) {
    if (auto wrong = set_options(list, settings)) return wrong;
  }
  if (settings.allow_other && settings.allow_root)
    return "-o allow_other and -o allow_root exclude each other";
  return std::nullopt;
}

std::variant<Request, Printed, Failure> parse_arguments(int argc, const char* const* argv) {
  CLI::App app("", "isofuse");
  Parsed parsed;
  declare(app, parsed);
  try {
    std::vector<std::string> arguments;  // CLI11 wants the last one first, without the program
    for (int i = argc - 1; i > 0; --i) arguments.push_back(without_list_syntax(argv[i]));
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return Printed{app.help()};
  } catch (const CLI::CallForVersion& version) {
    return Printed{std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return usage(error.what());
  }
  if (!parsed.completion.empty())
    return Printed{completion_script(parsed.completion, flag_rows(app), option_rows()).value()};
  return check(parsed);
}

}  // namespace isofuse::app
