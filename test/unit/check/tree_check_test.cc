#include "check/tree_check.h"

#include "support/catch.h"
#include "support/fake_filesystem.h"
#include "support/memory_source.h"

namespace isofuse {
namespace {

using test::FakeFilesystem;

TEST_CASE("files that share all of their bytes do so on purpose, others overlap") {
  CHECK(find_overlaps({{{0, 10}, 1}, {{0, 10}, 2}, {{10, 20}, 3}}, 9).empty());
  const auto overlaps =
      find_overlaps({{{0, 100}, 1}, {{10, 20}, 2}, {{50, 60}, 3}, {{100, 110}, 4}}, 9);
  REQUIRE(overlaps.size() == 2);
  CHECK(overlaps[0].range == ByteRange{10, 20});
  CHECK(overlaps[0].first == 1);
  CHECK(overlaps[0].second == 2);
  CHECK(overlaps[1].second == 3);
  CHECK(find_overlaps({{{0, 100}, 1}, {{10, 20}, 2}, {{50, 60}, 3}}, 1).size() == 1);
}

struct Told {
  std::vector<Finding> findings;
  FindingHandler handler = [this](const Finding& finding) { findings.push_back(finding); };
};

void check_tree(const Filesystem& filesystem, const Source& image, Told& told) {
  Selection everything;
  everything.whole = true;
  TreeCheck tree(filesystem, image, told.handler);
  walk(filesystem, everything, tree);
}

TEST_CASE("what lies outside of the image is counted, with the file and the place") {
  FakeFilesystem disc(1);
  disc.directory_node(1, 1).entries = {{"whole", 2}, {"half", 3}, {"far", 4}};
  const auto file = [&](std::uint64_t node, std::uint64_t at) {
    auto& made = disc.file_node(node);
    made.size_bytes = 100;
    made.extents = {Extent{Extent::Kind::kImage, 0, 100, at}};
  };
  file(2, 900);
  file(3, 950);
  file(4, 5000);
  Told told;
  check_tree(disc, test::MemorySource(1000), told);
  REQUIRE(told.findings.size() == 2);
  CHECK(told.findings[0].path == "/half");
  CHECK(told.findings[0].text == "50 of its 100 bytes lie outside of the image");
  CHECK(told.findings[0].offset == 1000);
  CHECK(told.findings[1].path == "/far");
  CHECK(told.findings[1].offset == 5000);
}

TEST_CASE("a file whose size is not that of its data") {
  FakeFilesystem disc(1);
  disc.directory_node(1, 1).entries = {{"short", 2}};
  auto& made = disc.file_node(2);
  made.size_bytes = 100;
  made.extents = {Extent{Extent::Kind::kImage, 0, 60, 0}};
  Told told;
  check_tree(disc, test::MemorySource(1000), told);
  REQUIRE(told.findings.size() == 1);
  CHECK(told.findings[0].text == "has 100 bytes, but data of 60");
  CHECK(told.findings[0].kind == Finding::Kind::kDamage);
}

TEST_CASE("paths are found by the numbers of files") {
  FakeFilesystem disc(1);
  disc.directory_node(1, 1).entries = {{"a", 2}, {"sub", 3}};
  disc.directory_node(3, 1).entries = {{"b", 4}};
  disc.file_node(2);
  disc.file_node(4);
  const auto paths = find_paths(disc, {4});
  REQUIRE(paths.size() == 1);
  CHECK(paths.at(4) == "/sub/b");
  CHECK(find_paths(disc, {}).empty());
}

}  // namespace
}  // namespace isofuse
