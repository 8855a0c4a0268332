#include "app/preflight.h"

#include "support/catch.h"

namespace isofuse::app {
namespace {

TEST_CASE("fuse.conf says whether others may be let in") {
  CHECK_FALSE(allows_other(""));
  CHECK_FALSE(allows_other("#user_allow_other\n"));
  CHECK_FALSE(allows_other("user_allow_others"));
  CHECK(allows_other("user_allow_other"));
  CHECK(allows_other("# words\n  user_allow_other  # and more\nmount_max = 5\n"));
}

TEST_CASE("what libfuse and fusermount3 print becomes one line and a status") {
  const auto explained = [](std::string_view text) { return explain_refusal("/mnt", text); };
  CHECK(explained("fusermount3: option allow_other only allowed if 'user_allow_other' is set in "
                  "/etc/fuse.conf\n")
            .status == ExitStatus::kAllowOtherNotPermitted);
  CHECK(explained("fusermount3: mount failed: Operation not permitted\n").status ==
        ExitStatus::kMountRefused);
  CHECK(explained("fuse: mount failed: Device or resource busy\n").status ==
        ExitStatus::kMountPointBusy);
  const Failure other = explained("isofuse: error: fuse: one\nfusermount3: the last word\n");
  CHECK(other.status == ExitStatus::kMountRefused);
  CHECK(other.message == "/mnt: the mount was refused: the last word");
  CHECK_FALSE(explained("").message.empty());
}

}  // namespace
}  // namespace isofuse::app
