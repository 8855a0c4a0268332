#include "app/mount_point.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support/catch.h"

namespace isofuse::app {
namespace {

namespace fs = std::filesystem;

/// A fresh current directory, removed at the end.
class InNewDirectory {
 public:
  InNewDirectory() : before_(fs::current_path()) {
    std::string name = (fs::temp_directory_path() / "isofuse-test-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = fs::canonical(name);
    fs::current_path(path_);
  }
  ~InNewDirectory() {
    fs::current_path(before_);
    fs::remove_all(path_);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path before_;
  fs::path path_;
};

using Made = std::unique_ptr<MountPoint>;

TEST_CASE("a directory named after the image is made and removed") {
  const InNewDirectory here;
  {
    auto found = MountPoint::after_image("/somewhere/debian-12.iso");
    const Made& made = std::get<Made>(found);
    CHECK(made->path() == (here.path() / "debian-12").string());
    CHECK(made->was_made());
    CHECK(fs::is_directory("debian-12"));
  }
  CHECK_FALSE(fs::exists("debian-12"));
}

TEST_CASE("a name that is taken gets a number") {
  const InNewDirectory here;
  fs::create_directories("disc/full");
  std::ofstream("disc (2)") << "a file";
  auto found = MountPoint::after_image("disc.iso");
  CHECK(std::get<Made>(found)->path() == (here.path() / "disc (3)").string());
}

TEST_CASE("an empty directory of that name is used and kept") {
  const InNewDirectory here;
  fs::create_directory("disc");
  {
    auto found = MountPoint::after_image("disc.iso");
    CHECK(std::get<Made>(found)->path() == (here.path() / "disc").string());
    CHECK_FALSE(std::get<Made>(found)->was_made());
  }
  CHECK(fs::exists("disc"));
}

TEST_CASE("a named mount point must be there, or -p makes it") {
  const InNewDirectory here;
  const auto absent = MountPoint::named("nowhere", false);
  REQUIRE(failure_of(absent) != nullptr);
  CHECK(failure_of(absent)->status == ExitStatus::kMountPointAbsent);
  {
    const auto made = MountPoint::named("nowhere", true);
    REQUIRE(failure_of(made) == nullptr);
    CHECK(fs::is_directory("nowhere"));
  }
  CHECK_FALSE(fs::exists("nowhere"));
  const auto orphan = MountPoint::named("no/where", true);
  CHECK(failure_of(orphan)->status == ExitStatus::kMountPointAbsent);
  std::ofstream("file") << "x";
  const auto file = MountPoint::named("file", true);
  CHECK(failure_of(file)->status == ExitStatus::kMountPointNotDirectory);
}

TEST_CASE("an open descriptor from mount.fuse3 is not looked at") {
  const auto found = MountPoint::named("/dev/fd/987", false);
  REQUIRE(failure_of(found) == nullptr);
  CHECK(std::get<Made>(found)->path() == "/dev/fd/987");
}

TEST_CASE("waiting for the end of a directory that is gone, or free, returns at once") {
  const InNewDirectory here;
  wait_for_end("gone");
  fs::create_directory("free");
  wait_for_end("free");
  SUCCEED();
}

}  // namespace
}  // namespace isofuse::app
