#include "app/mount_table.h"

#include <filesystem>

#include "support/catch.h"

namespace isofuse::app {
namespace {

TEST_CASE("the kernel's table of mounts is read") {
  const auto table = parse_mount_table(
      "36 35 98:0 / / rw,noatime master:1 - ext4 /dev/root rw\n"
      "90 36 0:43 / /home/anna/my\\040disc ro,nosuid,nodev shared:7 master:2 - fuse.isofuse "
      "/srv/a\\134b\\011c.iso ro,user_id=1000\n"
      "a line that makes no sense\n"
      "91 36 0:44 / /mnt - fuse.isofuse\n");
  REQUIRE(table.size() == 2);
  CHECK(table[0].type == "ext4");
  CHECK(table[1].device == "0:43");
  CHECK(table[1].mount_point == "/home/anna/my disc");
  CHECK(table[1].type == kMountType);
  CHECK(table[1].source == "/srv/a\\b\tc.iso");
  CHECK(table[1].options == "ro,user_id=1000");
  CHECK(parse_mount_table("").empty());
}

TEST_CASE("paths are made absolute without touching their last part") {
  namespace fs = std::filesystem;
  const std::string here = fs::canonical(fs::current_path()).string();
  CHECK(absolute_path("no such thing") == here + "/no such thing");
  CHECK(absolute_path("no such thing/") == here + "/no such thing");
  CHECK(absolute_path(".") == here);
  CHECK(absolute_path("./") == here);
  CHECK(absolute_path("/") == "/");
  CHECK(absolute_path("/proc/../no such thing") == "/no such thing");
}

}  // namespace
}  // namespace isofuse::app
