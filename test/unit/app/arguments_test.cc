#include "app/arguments.h"

#include <unistd.h>

#include <vector>

#include "support/catch.h"

namespace isofuse::app {
namespace {

std::variant<Request, Printed, Failure> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "isofuse");
  return parse_arguments(static_cast<int>(arguments.size()), arguments.data());
}

Request request(std::vector<const char*> arguments) {
  auto parsed = parse(std::move(arguments));
  if (const auto* failure = std::get_if<Failure>(&parsed)) FAIL(failure->message);
  return std::get<Request>(parsed);
}

TEST_CASE("an image, a mount point, and options before and after them") {
  const Request mount = request({"-o", "ro,norock", "a.iso", "dir", "-o", "nojoliet", "-f"});
  CHECK(mount.action == Action::kMount);
  CHECK(mount.image == "a.iso");
  CHECK(mount.mount_point == "dir");
  CHECK(mount.foreground);
  CHECK_FALSE(mount.settings.disc.rock_ridge);
  CHECK_FALSE(mount.settings.disc.joliet);
  CHECK(request({"a.iso"}).mount_point.empty());
  CHECK(request({"-ouid=5", "a.iso"}).settings.disc.uid == 5U);
  CHECK(request({"--", "-a.iso", "dir"}).image == "-a.iso");
}

TEST_CASE("a path in brackets is a path") {
  CHECK(request({"[a,b]"}).image == "./[a,b]");
  CHECK(request({"--cat", "a.iso", "[BOOT]"}).disc_paths == std::vector<std::string>{"./[BOOT]"});
}

TEST_CASE("files without an owner belong to the caller") {
  const Request mount = request({"a.iso"});
  CHECK(mount.settings.disc.default_uid == getuid());
  CHECK(mount.settings.disc.default_gid == getgid());
  CHECK_FALSE(mount.settings.disc.uid);
}

TEST_CASE("the other actions") {
  CHECK(request({"-u", "dir"}).action == Action::kUnmount);
  CHECK(request({"--info", "a.iso"}).action == Action::kInfo);
  CHECK(request({"--info", "--json", "a.iso"}).json);
  CHECK(request({"--check", "a.iso"}).action == Action::kCheck);
  CHECK(request({"-d", "a.iso"}).foreground);
  const Request open = request({"--open", "-o", "norock", "a.iso"});
  CHECK(open.action == Action::kMount);
  CHECK(open.open);
  CHECK(open.notify);
  CHECK_FALSE(open.settings.disc.rock_ridge);
  CHECK(request({"-u", "--notify", "dir"}).notify);
  CHECK_FALSE(request({"a.iso"}).notify);
  CHECK(std::holds_alternative<Printed>(parse({"--help"})));
  CHECK(std::get<Printed>(parse({"--version"})).text.starts_with("isofuse "));
}

TEST_CASE("the actions without a mount") {
  const Request list = request({"--list", "-o", "norock", "a.iso", "x", "y"});
  CHECK(list.action == Action::kList);
  CHECK(list.image == "a.iso");
  CHECK(list.disc_paths == std::vector<std::string>{"x", "y"});
  CHECK_FALSE(list.settings.disc.rock_ridge);
  CHECK(request({"--list", "-0", "a.iso"}).end_names_with_nul);
  CHECK(request({"--cat", "a.iso", "f"}).disc_paths == std::vector<std::string>{"f"});
  const Request extract = request({"--extract", "--overwrite", "a.iso", "dir", "x"});
  CHECK(extract.action == Action::kExtract);
  CHECK(extract.directory == "dir");
  CHECK(extract.overwrite);
  CHECK(extract.disc_paths == std::vector<std::string>{"x"});
}

TEST_CASE("what makes no sense is a matter of usage") {
  const std::vector<std::vector<const char*>> bad = {
      {},
      {"-u"},
      {"a.iso", "b", "c"},
      {"-u", "a", "b"},
      {"--info", "a", "b"},
      {"--json", "a.iso"},
      {"-u", "--info", "a"},
      {"-p", "a.iso"},
      {"--open"},
      {"--open", "a.iso", "dir"},
      {"--open", "-p", "a.iso"},
      {"--open", "-u", "a.iso"},
      {"--open", "--info", "a.iso"},
      {"--cat", "a.iso"},
      {"--extract", "a.iso"},
      {"--list"},
      {"--list", "--cat", "a.iso", "f"},
      {"--list", "--json", "-0", "a.iso"},
      {"--names", "a.iso"},
      {"-0", "a.iso"},
      {"--overwrite", "--list", "a.iso"},
      {"--nonsense", "a.iso"},
      {"-o", "nonsense", "a.iso"},
      {"-o", "allow_other,allow_root", "a.iso"},
  };
  for (const auto& arguments : bad) {
    const auto parsed = parse(arguments);
    REQUIRE(std::holds_alternative<Failure>(parsed));
    const Failure& failure = std::get<Failure>(parsed);
    CHECK(failure.status == ExitStatus::kUsage);
    CHECK(failure.message.find('\n') == std::string::npos);
  }
}

}  // namespace
}  // namespace isofuse::app
