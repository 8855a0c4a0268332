#include "app/status_page.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/catch.h"

namespace isofuse::app {
namespace {

std::string cut(std::string_view text) {
  std::array<char, 8> field{};
  field.fill('x');
  set_text(field, text);
  CHECK(field.back() == '\0');
  return get_text(field);
}

TEST_CASE("a text of the status page is cut between characters") {
  CHECK(cut("") == "");
  CHECK(cut("1234567") == "1234567");
  CHECK(cut("12345678") == "1234567");
  CHECK(cut("12345\u00e4") == "12345\u00e4");
  CHECK(cut("123456\u00e4") == "123456");
  CHECK(cut("12345\u20ac") == "12345");
  CHECK(cut("\x80\x80\x80\x80\x80\x80\x80\x80\x80") == "");
}

TEST_CASE("a text of the status page that has no end ends with its field") {
  std::array<char, 4> field{};
  field.fill('x');
  CHECK(get_text(field) == "xxxx");
}

/// Only programs named isofuse are looked at.
class Named {
 public:
  Named() {
    std::ifstream("/proc/self/comm") >> before_;
    std::ofstream("/proc/self/comm") << "isofuse-test";
  }
  Named(const Named&) = delete;
  Named& operator=(const Named&) = delete;
  ~Named() { std::ofstream("/proc/self/comm") << before_; }

 private:
  std::string before_;
};

std::size_t count_of(const std::string& image) {
  const auto pages = SharedStatus::find_all();
  return static_cast<std::size_t>(std::ranges::count_if(
      pages, [&](const auto& shared) { return get_text(shared->page().image) == image; }));
}

TEST_CASE("a status page is found as long as its maker has it") {
  const Named named;
  const std::string image = "/status_page_test/" + std::to_string(getpid());
  {
    const auto shared = SharedStatus::create();
    REQUIRE(shared);
    CHECK(count_of(image) == 0);
    set_text(shared->page().image, image);
    fuse::Counters::add(shared->page().counters.requests, 7);
    CHECK(count_of(image) == 1);
    const auto pages = SharedStatus::find_all();
    const auto found = std::ranges::find_if(
        pages, [&](const auto& other) { return get_text(other->page().image) == image; });
    REQUIRE(found != pages.end());
    CHECK((*found)->page().counters.requests == 7);
  }
  CHECK(count_of(image) == 0);
}

TEST_CASE("a status page keeps its size") {
  const Named named;
  const auto shared = SharedStatus::create();
  REQUIRE(shared);
  bool found = false;
  for (const auto& file : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code err;
    const std::string target = std::filesystem::read_symlink(file.path(), err).string();
    if (target.find("isofuse-status") == std::string::npos) continue;
    found = true;
    const int descriptor = std::stoi(file.path().filename().string());
    CHECK(ftruncate(descriptor, 10) != 0);
    CHECK(ftruncate(descriptor, 1 << 20) != 0);
  }
  CHECK(found);
}

}  // namespace
}  // namespace isofuse::app
