#include "fuse/errno_map.h"

#include <cerrno>

#include "support/catch.h"

namespace isofuse::fuse {
namespace {

TEST_CASE("every error has an errno that the kernel takes") {
  CHECK(to_errno({Errc::kCorrupt}) == EIO);
  CHECK(to_errno({Errc::kTruncated}) == EIO);
  CHECK(to_errno({Errc::kUnsupported}) == EOPNOTSUPP);
  CHECK(to_errno({Errc::kNotFound}) == ENOENT);
  CHECK(to_errno({Errc::kNotDirectory}) == ENOTDIR);
  CHECK(to_errno({Errc::kNotLink}) == EINVAL);
  CHECK(to_errno({Errc::kLoop}) == ELOOP);
  CHECK(to_errno({Errc::kIo, "", Error::kNowhere, ENXIO}) == ENXIO);
}

TEST_CASE("an errno that libfuse would refuse becomes EIO") {
  const int number = GENERATE(0, -5, 1000, 4096);
  CHECK(to_errno({Errc::kIo, "", Error::kNowhere, number}) == EIO);
}

}  // namespace
}  // namespace isofuse::fuse
