#include "fuse/attributes.h"

#include <sys/sysmacros.h>

#include "support/catch.h"

namespace isofuse::fuse {
namespace {

TEST_CASE("attributes become a stat") {
  Attributes attributes;
  attributes.type = FileType::kCharacterDevice;
  attributes.permissions = 04751;
  attributes.link_count = 3;
  attributes.uid = 7;
  attributes.gid = 8;
  attributes.device_major = 300;
  attributes.device_minor = 70000;
  attributes.inode_number = 0x123456789a;
  attributes.size_bytes = std::uint64_t{5} << 32U;
  attributes.stored_bytes = 513;
  attributes.modified = {-1, 999999999};
  const struct stat out = to_stat(attributes);
  CHECK(out.st_mode == (S_IFCHR | 04751));
  CHECK(out.st_nlink == 3);
  CHECK(out.st_uid == 7);
  CHECK(out.st_gid == 8);
  CHECK(major(out.st_rdev) == 300);
  CHECK(minor(out.st_rdev) == 70000);
  CHECK(out.st_ino == 0x123456789a);
  CHECK(out.st_size == off_t{5} << 32);
  CHECK(out.st_blocks == 2);
  CHECK(out.st_mtim.tv_sec == -1);
  CHECK(out.st_mtim.tv_nsec == 999999999);
}

TEST_CASE("every type has its mode bits") {
  CHECK(to_mode(FileType::kDirectory) == S_IFDIR);
  CHECK(to_mode(FileType::kRegular) == S_IFREG);
  CHECK(to_mode(FileType::kSymlink) == S_IFLNK);
  CHECK(to_mode(FileType::kBlockDevice) == S_IFBLK);
  CHECK(to_mode(FileType::kFifo) == S_IFIFO);
  CHECK(to_mode(FileType::kSocket) == S_IFSOCK);
  CHECK(to_mode(FileType::kUnknown) == 0);
}

}  // namespace
}  // namespace isofuse::fuse
