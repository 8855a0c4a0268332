#include "app/mount_helper.h"

#include <vector>

#include "support/catch.h"

namespace isofuse::app {
namespace {

std::variant<Request, Failure> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "/sbin/mount.isofuse");
  return parse_helper_arguments(static_cast<int>(arguments.size()), arguments.data());
}

Request request(std::vector<const char*> arguments) {
  auto parsed = parse(std::move(arguments));
  if (const auto* failure = std::get_if<Failure>(&parsed)) FAIL(failure->message);
  return std::get<Request>(parsed);
}

std::string refusal(std::vector<const char*> arguments) {
  const auto parsed = parse(std::move(arguments));
  const auto* const failure = std::get_if<Failure>(&parsed);
  REQUIRE(failure != nullptr);
  CHECK(failure->status == ExitStatus::kUsage);
  return failure->message;
}

TEST_CASE("the program is mount(8)'s helper by its name alone") {
  CHECK(is_mount_helper("/sbin/mount.isofuse"));
  CHECK(is_mount_helper("mount.isofuse"));
  CHECK_FALSE(is_mount_helper("/usr/bin/isofuse"));
  CHECK_FALSE(is_mount_helper("/mount.isofuse/isofuse"));
  CHECK_FALSE(is_mount_helper("mount.isofuse.old"));
  CHECK_FALSE(is_mount_helper(""));
}

TEST_CASE("what mount(8) asks of its helper") {
  const Request plain = request({"/srv/a.iso", "/mnt", "-o", "rw,norock"});
  CHECK(plain.action == Action::kMount);
  CHECK(plain.image == "/srv/a.iso");
  CHECK(plain.mount_point == "/mnt");
  CHECK(plain.settings.called_by_mount);
  CHECK_FALSE(plain.settings.disc.rock_ridge);
  CHECK_FALSE(plain.foreground);
  CHECK_FALSE(plain.fake);
  CHECK_FALSE(plain.single_threaded);

  const Request all =
      request({"a.iso", "d", "-sfnv", "-N", "/proc/7/fd/3", "-o", "ro", "-t", "fuse.isofuse"});
  CHECK(all.fake);
  CHECK(all.verbose);
  CHECK(all.settings.sloppy);
  CHECK(all.mount_namespace == "/proc/7/fd/3");
  // Its -f and -s are not ours.
  CHECK_FALSE(all.foreground);
  CHECK_FALSE(all.single_threaded);
}

TEST_CASE("unknown options are ignored where mount(8) says so, bad values never") {
  CHECK(request({"a.iso", "d", "-s", "-o", "nonsense,norock"}).settings.disc.rock_ridge == false);
  CHECK(refusal({"a.iso", "d", "-o", "nonsense"}).find("nonsense") != std::string::npos);
  CHECK(refusal({"a.iso", "d", "-s", "-o", "map=sideways"}).find("map") != std::string::npos);
}

TEST_CASE("nofail is heeded in the helper") {
  CHECK(request({"a.iso", "d", "-o", "ro,nofail"}).absent_is_no_failure);
  CHECK_FALSE(request({"a.iso", "d", "-o", "ro"}).absent_is_no_failure);
}

TEST_CASE("rights that would not be given up are not promised") {
  CHECK(refusal({"a.iso", "d", "-o", "ro,drop_privileges"}).find("fuse.isofuse") !=
        std::string::npos);
  CHECK(refusal({"a.iso", "d", "-s", "-o", "setuid=anna"}).find("setuid=anna") !=
        std::string::npos);
}

TEST_CASE("what is no call of mount(8) is refused") {
  refusal({});
  refusal({"a.iso"});
  refusal({"a.iso", "d", "e"});
  refusal({"a.iso", "d", "-x"});
  refusal({"a.iso", "d", "-t", "isofuse.other"});
}

TEST_CASE("statuses become those of mount(8)") {
  for (const ExitStatus status : kExitStatuses) {
    const int expected = status == ExitStatus::kSuccess    ? 0
                         : status == ExitStatus::kUsage    ? 1
                         : status == ExitStatus::kInternal ? 2
                                                           : 32;
    CHECK(mount_status(status) == expected);
  }
}

}  // namespace
}  // namespace isofuse::app
