#include "app/mounted_image.h"

#include "support/catch.h"

namespace isofuse::app {
namespace {

MountEntry entry(const char* options) {
  return {"0:43", "/home/anna/isofuse/DISC", std::string(kMountType), "/srv/a.iso", options};
}

TEST_CASE("only one's own mounts and root's count") {
  CHECK(is_mounted_by(entry("ro,user_id=1000,group_id=1000"), 1000));
  CHECK(is_mounted_by(entry("ro,user_id=0,group_id=0,allow_other"), 1000));
  CHECK_FALSE(is_mounted_by(entry("ro,user_id=1001,group_id=1000,allow_other"), 1000));
  CHECK_FALSE(is_mounted_by(entry("ro,user_id=10001"), 1000));
  CHECK_FALSE(is_mounted_by(entry("ro,user_id=1000x"), 1000));
  CHECK_FALSE(is_mounted_by(entry("ro,user_id="), 0));
  CHECK_FALSE(is_mounted_by(entry("ro,xuser_id=1000"), 1000));
  CHECK_FALSE(is_mounted_by(entry(""), 0));
}

TEST_CASE("what is not there, or not mounted, is mounted nowhere") {
  CHECK_FALSE(find_mount_of_image("/no such image"));
  CHECK_FALSE(find_mount_of_image("/proc/self/exe"));
}

}  // namespace
}  // namespace isofuse::app
