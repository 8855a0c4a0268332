#include "app/user_folder.h"

#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "app/mount_point.h"
#include "support/catch.h"

namespace isofuse::app {
namespace {

namespace fs = std::filesystem;

using Found = std::unique_ptr<UserFolder>;

class NewDirectory {
 public:
  NewDirectory() {
    std::string name = (fs::temp_directory_path() / "isofuse-test-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = fs::canonical(name);
  }
  ~NewDirectory() { fs::remove_all(path_); }
  [[nodiscard]] std::string at(const char* name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::vector<std::string> paths(const FolderHints& hints) {
  std::vector<std::string> out;
  for (const FolderPlace& place : folder_places(hints)) out.push_back(place.path);
  return out;
}

TEST_CASE("the media folder comes first, then home, then the runtime directory") {
  CHECK(paths({"anna", "/home/anna", "/run/user/1000"}) ==
        std::vector<std::string>{"/run/media/anna", "/media/anna", "/home/anna/isofuse",
                                 "/run/user/1000/isofuse"});
  const auto places = folder_places({"anna", "/home/anna", ""});
  CHECK_FALSE(places[0].ours);
  CHECK_FALSE(places[1].ours);
  CHECK(places[2].ours);
}

TEST_CASE("what is not known, or not absolute, gives no place") {
  CHECK(paths({"", "", ""}).empty());
  CHECK(paths({"an/na", "home", "run"}).empty());
}

TEST_CASE("a folder of ours is made, and removed when it is empty") {
  const NewDirectory home;
  {
    auto found = UserFolder::find({{home.at("isofuse"), true}});
    CHECK(std::get<Found>(found)->path() == home.at("isofuse"));
    CHECK(fs::is_directory(home.at("isofuse")));
  }
  CHECK_FALSE(fs::exists(home.at("isofuse")));
  {
    auto found = UserFolder::find({{home.at("isofuse"), true}});
    REQUIRE(failure_of(found) == nullptr);
    fs::create_directory(home.at("isofuse/disc"));
  }
  CHECK(fs::exists(home.at("isofuse/disc")));
  remove_user_folder(home.at("isofuse"));
  CHECK(fs::exists(home.at("isofuse/disc")));
  fs::remove(home.at("isofuse/disc"));
  remove_user_folder(home.at("isofuse"));
  CHECK_FALSE(fs::exists(home.at("isofuse")));
}

TEST_CASE("a media folder is taken as it is, and kept") {
  const NewDirectory media;
  fs::create_directory(media.at("anna"));
  {
    auto found = UserFolder::find({{media.at("nobody"), false}, {media.at("anna"), false}});
    CHECK(std::get<Found>(found)->path() == media.at("anna"));
  }
  CHECK(fs::exists(media.at("anna")));
}

TEST_CASE("a place that cannot be used is passed over, and none is a failure") {
  const NewDirectory home;
  std::ofstream(home.at("file")) << "x";
  std::ofstream(home.at("isofuse")) << "x";
  auto found = UserFolder::find({{home.at("file"), false},
                                 {home.at("file/isofuse"), true},
                                 {home.at("isofuse"), true},
                                 {home.at("absent/isofuse"), true},
                                 {home.at("good"), true}});
  CHECK(std::get<Found>(found)->path() == home.at("good"));
  const auto none = UserFolder::find({{home.at("absent/isofuse"), true}});
  REQUIRE(failure_of(none) != nullptr);
  CHECK(failure_of(none)->status == ExitStatus::kMountPointNotPermitted);
  CHECK(failure_of(none)->message.find(home.at("absent/isofuse")) != std::string::npos);
  CHECK(failure_of(UserFolder::find({})) != nullptr);
}

TEST_CASE("who finds a folder has it alone") {
  const NewDirectory home;
  const std::vector<FolderPlace> places = {{home.at("isofuse"), true}};
  auto first = UserFolder::find(places);
  REQUIRE(failure_of(first) == nullptr);
  remove_user_folder(home.at("isofuse"));
  CHECK(fs::exists(home.at("isofuse")));  // somebody is about to use it
  std::atomic<bool> has_it{false};
  std::thread second([&] {
    const auto found = UserFolder::find(places);
    has_it = failure_of(found) == nullptr && fs::exists(home.at("isofuse"));
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK_FALSE(has_it);
  first = Failure{};  // removes the folder for which the other one waits, and lets it go on
  second.join();
  CHECK(has_it);
}

TEST_CASE("directories in a folder get numbers, and what was left behind is taken again") {
  const NewDirectory home;
  auto found = UserFolder::find({{home.at("isofuse"), true}});
  const UserFolder& folder = *std::get<Found>(found);
  fs::create_directories(folder.path() + "/disc/full");
  fs::create_directory(folder.path() + "/disc (3)");
  auto second = MountPoint::in_folder(folder, "disc");
  REQUIRE(failure_of(second) == nullptr);
  CHECK(std::get<0>(second)->path() == folder.path() + "/disc (2)");
  // Held by the one above as by a mount that is about to end: not taken, though it is empty.
  auto third = MountPoint::in_folder(folder, "disc");
  CHECK(std::get<0>(third)->path() == folder.path() + "/disc (3)");
  CHECK(std::get<0>(third)->was_made());
  third = Failure{};
  CHECK_FALSE(fs::exists(folder.path() + "/disc (3)"));
}

}  // namespace
}  // namespace isofuse::app
