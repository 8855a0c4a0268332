#include "app/desktop.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "support/catch.h"

namespace isofuse::app {
namespace {

namespace fs = std::filesystem;

TEST_CASE("a notification shows a text as it stands") {
  CHECK(notification_text("/a/b.iso: not a disc") == "/a/b.iso: not a disc");
  CHECK(notification_text("<b>a & b</b>") == "&lt;b&gt;a &amp; b&lt;/b&gt;");
  CHECK(notification_text("a\\nb") == "a\\\\nb");
  CHECK(notification_text("caf\xE9") == "caf?");
  CHECK(notification_text(std::string("a\0b", 3)) == "ab");
}

/// A folder that is all of PATH, with the programs that a test puts there.
class OnlyPath {
 public:
  OnlyPath() : before_(getenv("PATH")) {
    std::string name = (fs::temp_directory_path() / "isofuse-test-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
    setenv("PATH", path_.c_str(), 1);
  }
  ~OnlyPath() {
    setenv("PATH", before_.c_str(), 1);
    fs::remove_all(path_);
  }
  void program(const char* name, const std::string& script) const {
    std::ofstream(path_ / name) << "#!/bin/sh\n" << script << "\n";
    fs::permissions(path_ / name, fs::perms::owner_all);
  }
  [[nodiscard]] std::string at(const char* name) const { return (path_ / name).string(); }

 private:
  std::string before_;
  fs::path path_;
};

TEST_CASE("a file manager that cannot be started is told of") {
  const OnlyPath path;
  CHECK(open_file_manager("/").value_or("").find("was not found") != std::string::npos);
  path.program("xdg-open", "exit 4");
  CHECK(open_file_manager("/").value_or("").find("4") != std::string::npos);
  path.program("xdg-open", "[ \"$1\" = '/a b' ] && [ $PWD = / ] && ! [ -t 2 ]");
  CHECK_FALSE(open_file_manager("/a b"));
}

TEST_CASE("a notification that nobody takes does not hold up the command") {
  const OnlyPath path;
  notify("title", "text");  // there is no notify-send
  path.program("notify-send", "for last; do :; done; echo \"$last\" >" + path.at("said"));
  notify("title", "a<b");
  std::string said;
  std::getline(std::ifstream(path.at("said")), said);
  CHECK(said == "a&lt;b");
  path.program("notify-send", "exec /bin/sleep 60");
  const auto before = std::chrono::steady_clock::now();
  notify("title", "text");
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(10));
}

}  // namespace
}  // namespace isofuse::app
