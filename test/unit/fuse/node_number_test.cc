#include "fuse/node_number.h"

#include "support/catch.h"
#include "support/fake_filesystem.h"

namespace isofuse::fuse {
namespace {

constexpr NodeId kRoot{0x9000};

/// Looks `spelled` up as op_lookup does.
Result<FuseNode> look_up(const Filesystem& filesystem, FuseNode parent, std::string_view spelled) {
  const auto directory = ISOFUSE_TRY(filesystem.directory(parent.node));
  const auto index = directory->find(spelled);
  if (!index) return Error{Errc::kNotFound, "no such name"};
  const DirectoryEntry entry = directory->entry(*index);
  const Attributes attributes = ISOFUSE_TRY(filesystem.attributes(entry.node));
  return child_node(filesystem, parent, spelled, entry, attributes);
}

TEST_CASE("the root changes places with number 1") {
  CHECK(to_number({kRoot, 0}, kRoot) == 1);
  CHECK(from_number(1, kRoot) == FuseNode{kRoot, 0});
  CHECK(to_number({NodeId{1}, 0}, kRoot) == kRoot.v);
  CHECK(from_number(kRoot.v, kRoot) == FuseNode{NodeId{1}, 0});
}

TEST_CASE("numbers and tags go to the kernel and back") {
  const std::uint64_t node = GENERATE(as<std::uint64_t>{}, 1, 2, 0x9000, 0x9001, 0xffffffffffff);
  const std::uint16_t tag = GENERATE(as<std::uint16_t>{}, 0, 1, 0x8000, 0xffff);
  const FuseNode before{NodeId{node}, tag};
  CHECK(from_number(to_number(before, kRoot), kRoot) == before);
}

TEST_CASE("a directory in its own place has no tag") {
  test::FakeFilesystem filesystem(kRoot.v);
  filesystem.directory_node(kRoot.v, kRoot.v).entries = {{"a", 10}};
  filesystem.directory_node(10, kRoot.v).entries = {{"b", 11}};
  filesystem.directory_node(11, 10);
  const auto a = look_up(filesystem, {kRoot, 0}, "a");
  REQUIRE(a);
  CHECK(*a == FuseNode{NodeId{10}, 0});
  const auto b = look_up(filesystem, *a, "b");
  REQUIRE(b);
  CHECK(*b == FuseNode{NodeId{11}, 0});
}

TEST_CASE("each other spelling of a directory is a node of its own, of a file it is not") {
  test::FakeFilesystem filesystem(kRoot.v, {.fold_case = true, .ignore_trailing_dots = true});
  filesystem.directory_node(kRoot.v, kRoot.v).entries = {{"Docs", 10}, {"File", 11}};
  filesystem.directory_node(10, kRoot.v).entries = {{"sub", 12}};
  filesystem.file_node(11);
  filesystem.directory_node(12, 10);
  const auto exact = look_up(filesystem, {kRoot, 0}, "Docs");
  const auto lower = look_up(filesystem, {kRoot, 0}, "docs");
  const auto upper = look_up(filesystem, {kRoot, 0}, "DOCS");
  const auto dots = look_up(filesystem, {kRoot, 0}, "Docs..");
  REQUIRE((exact && lower && upper && dots));
  CHECK(exact->tag == 0);
  CHECK(lower->tag != 0);
  CHECK(upper->tag != 0);
  CHECK(dots->tag != 0);
  CHECK(lower->tag != upper->tag);
  CHECK(lower->node == exact->node);
  // The same way always leads to the same node.
  CHECK(*look_up(filesystem, {kRoot, 0}, "docs") == *lower);
  // What lies below a further way is a further way too, whatever its name.
  const auto below = look_up(filesystem, *lower, "sub");
  REQUIRE(below);
  CHECK(below->tag != 0);
  CHECK(below->node == NodeId{12});
  CHECK(*look_up(filesystem, {kRoot, 0}, "file") == FuseNode{NodeId{11}, 0});
}

TEST_CASE("of two records that lead to one directory the first is its place") {
  test::FakeFilesystem filesystem(kRoot.v);
  filesystem.directory_node(kRoot.v, kRoot.v).entries = {{"one", 10}, {"two", 10}};
  filesystem.directory_node(10, kRoot.v);
  CHECK(look_up(filesystem, {kRoot, 0}, "one")->tag == 0);
  CHECK(look_up(filesystem, {kRoot, 0}, "two")->tag != 0);
}

TEST_CASE("a directory whose '..' leads elsewhere is reached by a further way") {
  test::FakeFilesystem filesystem(kRoot.v);
  filesystem.directory_node(kRoot.v, kRoot.v).entries = {{"a", 10}, {"b", 11}};
  filesystem.directory_node(10, kRoot.v).entries = {{"shared", 12}};
  filesystem.directory_node(11, kRoot.v).entries = {{"shared", 12}};
  filesystem.directory_node(12, 11);
  CHECK(look_up(filesystem, {NodeId{10}, 0}, "shared")->tag != 0);
  CHECK(look_up(filesystem, {NodeId{11}, 0}, "shared")->tag == 0);
}

TEST_CASE("a directory above itself cannot be entered") {
  test::FakeFilesystem filesystem(kRoot.v);
  filesystem.directory_node(kRoot.v, kRoot.v).entries = {{"a", 10}, {"self", kRoot.v}};
  filesystem.directory_node(10, kRoot.v).entries = {{"b", 11}, {"self", 10}};
  filesystem.directory_node(11, 10).entries = {{"up", 10}, {"top", kRoot.v}};
  for (const auto& [parent, name] : {std::pair{kRoot, "self"}, std::pair{NodeId{10}, "self"},
                                     std::pair{NodeId{11}, "up"}, std::pair{NodeId{11}, "top"}}) {
    const auto found = look_up(filesystem, {parent, 0}, name);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Errc::kLoop);
  }
}

TEST_CASE("two directories that claim each other for a parent do not make an endless tree") {
  test::FakeFilesystem filesystem(kRoot.v);
  filesystem.directory_node(kRoot.v, kRoot.v).entries = {{"a", 10}};
  filesystem.directory_node(10, 11).entries = {{"b", 11}};
  filesystem.directory_node(11, 10).entries = {{"a", 10}};
  const auto a = look_up(filesystem, {kRoot, 0}, "a");
  REQUIRE(a);
  CHECK(a->tag != 0);
  const auto b = look_up(filesystem, *a, "b");
  if (b) {  // 11 lies on 10's way up, by what 10's ".." says
    const auto again = look_up(filesystem, *b, "a");
    REQUIRE_FALSE(again);
    CHECK(again.error().code == Errc::kLoop);
  } else {
    CHECK(b.error().code == Errc::kLoop);
  }
}

TEST_CASE("a chain of '..' that never ends is given up") {
  test::FakeFilesystem filesystem(kRoot.v);
  filesystem.directory_node(kRoot.v, kRoot.v).entries = {{"a", 10}};
  filesystem.directory_node(10, 20).entries = {{"c", 30}};
  filesystem.directory_node(20, 21);
  filesystem.directory_node(21, 20);
  filesystem.directory_node(30, 21);
  const auto a = look_up(filesystem, {kRoot, 0}, "a");
  REQUIRE(a);
  CHECK(look_up(filesystem, *a, "c").has_value());
}

TEST_CASE("a record at a place without a number is damage") {
  test::FakeFilesystem filesystem(kRoot.v);
  filesystem.directory_node(kRoot.v, kRoot.v);
  const auto zero = child_node(filesystem, {kRoot, 0}, "x", {"x", NodeId{0}}, Attributes{});
  REQUIRE_FALSE(zero);
  CHECK(zero.error().code == Errc::kCorrupt);
  CHECK_FALSE(child_node(filesystem, {kRoot, 0}, "x", {"x", NodeId{kNodeIdLimit}}, Attributes{}));
}

}  // namespace
}  // namespace isofuse::fuse
