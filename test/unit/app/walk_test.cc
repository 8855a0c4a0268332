#include <isofuse/walk.h>

#include <string>
#include <vector>

#include <isofuse/limits.h>

#include "app/progress.h"
#include "support/catch.h"
#include "support/fake_filesystem.h"

namespace isofuse::app {
namespace {

class Noter final : public Visitor {
 public:
  Step enter(const Visit& directory) override {
    seen.push_back("+" + std::string(directory.path) + (directory.selected ? "" : "?"));
    return seen.size() == stop_at ? Step::kStop : Step::kGoOn;
  }
  void leave(const Visit& directory) override { seen.push_back("-" + std::string(directory.path)); }
  Step file(const Visit& file) override {
    seen.emplace_back(file.path);
    CHECK(file.path.ends_with(file.name));
    return Step::kGoOn;
  }
  void failed(std::string_view path, const Error& error) override {
    failures.emplace_back(path);
    last = error.code;
  }
  std::vector<std::string> seen, failures;
  Errc last = Errc::kIo;
  std::size_t stop_at = 0;
};

using Names = std::vector<std::string>;

Selection everything() {
  Selection out;
  out.whole = true;
  return out;
}

void make_small_tree(test::FakeFilesystem& disc) {
  disc.directory_node(10, 10).entries = {{"a", 11}, {"d", 12}, {"z", 13}};
  disc.directory_node(12, 10).entries = {{"e", 14}, {"f", 15}};
  disc.directory_node(14, 12).entries = {{"g", 16}};
  for (const std::uint64_t file : {11U, 13U, 15U, 16U}) disc.file_node(file);
}

TEST_CASE("a walk visits directories before their contents and leaves them after") {
  test::FakeFilesystem disc(10);
  make_small_tree(disc);
  Noter noter;
  CHECK(walk(disc, everything(), noter));
  CHECK(noter.seen == Names{"+", "a", "+d", "+d/e", "d/e/g", "-d/e", "d/f", "-d", "z", "-"});
}

TEST_CASE("a walk visits what is selected, and the way to it") {
  test::FakeFilesystem disc(10);
  make_small_tree(disc);
  Selection selection;
  selection.add({"d", "e"});
  selection.add({"z"});
  Noter noter;
  CHECK(walk(disc, selection, noter));
  CHECK(noter.seen == Names{"+?", "+d?", "+d/e", "d/e/g", "-d/e", "-d", "z", "-"});
}

TEST_CASE("a walk that is stopped leaves the directories that it is in") {
  test::FakeFilesystem disc(10);
  make_small_tree(disc);
  Noter noter;
  noter.stop_at = 4;
  CHECK_FALSE(walk(disc, everything(), noter));
  CHECK(noter.seen == Names{"+", "a", "+d", "+d/e", "-d", "-"});
}

TEST_CASE("a directory that contains one above it is not entered again") {
  test::FakeFilesystem disc(10);
  disc.directory_node(10, 10).entries = {{"d", 11}};
  disc.directory_node(11, 10).entries = {{"self", 11}, {"up", 10}, {"f", 12}};
  disc.file_node(12);
  Noter noter;
  CHECK(walk(disc, everything(), noter));
  CHECK(noter.failures == Names{"d/self", "d/up"});
  CHECK(noter.last == Errc::kLoop);
  CHECK(noter.seen == Names{"+", "+d", "d/f", "-d", "-"});
}

TEST_CASE("directories that double their contents at each level end") {
  constexpr std::uint64_t kLevels = 40;  // 2^40 directories
  test::FakeFilesystem disc(10);
  for (std::uint64_t i = 0; i < kLevels; ++i)
    disc.directory_node(10 + i, 10).entries = {{"a", 11 + i}, {"b", 11 + i}};
  disc.directory_node(10 + kLevels, 10);
  Noter noter;
  CHECK(walk(disc, everything(), noter));
  CHECK(noter.last == Errc::kLoop);
  CHECK(noter.seen.size() < 10'000);
}

TEST_CASE("what lies too deep is not entered") {
  test::FakeFilesystem disc(10);
  for (std::uint64_t i = 10; i < 10 + 2 * kDirectoryDepthMax; ++i)
    disc.directory_node(i, i).entries = {{"d", i + 1}};
  Noter noter;
  CHECK(walk(disc, everything(), noter));
  CHECK(noter.last == Errc::kTooLarge);
  CHECK(noter.seen.size() == 2 * kDirectoryDepthMax);
}

TEST_CASE("paths on a disc") {
  test::FakeFilesystem disc(10);
  make_small_tree(disc);
  const auto names = [&](const char* path) {
    const auto place = find_path(disc, path, LastLink::kFollowed);
    REQUIRE(place);
    return place->names;
  };
  CHECK(names("d/e/g") == Names{"d", "e", "g"});
  CHECK(names("/d//./e/") == Names{"d", "e"});
  CHECK(names("") == Names{});
  CHECK(names("/../d/../../a") == Names{"a"});
  const auto wrong = [&](const char* path) {
    const auto place = find_path(disc, path, LastLink::kFollowed);
    REQUIRE_FALSE(place);
    return place.error().code;
  };
  CHECK(wrong("d/x") == Errc::kNotFound);
  CHECK(wrong("a/x") == Errc::kNotDirectory);
  CHECK(wrong("a/") == Errc::kNotDirectory);
}

TEST_CASE("the line of a progress") {
  const Progress progress(100U << 20U, "extracting");
  const std::string line = progress.line(50U << 20U, std::chrono::seconds(10), 79);
  CHECK(line.starts_with("extracting [####"));
  CHECK(line.ends_with("]  50 %  50.0 MiB of 100 MiB  5.0 MiB/s  0:10 left"));
  CHECK(line.size() <= 79);
  CHECK(progress.line(1, std::chrono::seconds(1), 20).size() == 20);
  CHECK(progress.line(0, std::chrono::seconds(0), 79).ends_with("]   0 %  0 B of 100 MiB"));
}

}  // namespace
}  // namespace isofuse::app
