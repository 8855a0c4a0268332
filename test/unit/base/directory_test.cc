#include <isofuse/directory.h>

#include <set>
#include <string>
#include <vector>

#include <isofuse/limits.h>

#include "support/catch.h"

using namespace isofuse;
using namespace std::string_literals;

namespace {

constexpr NameRule kStrict{};
constexpr NameRule kRelaxed{.fold_case = true};
constexpr NameRule kJoliet{.fold_case = true, .ignore_trailing_dots = true};

std::shared_ptr<const Directory> build(const std::vector<std::string>& names,
                                       NameRule rule = kStrict) {
  DirectoryBuilder builder(rule);
  std::uint64_t node = 100;
  for (const std::string& name : names) REQUIRE(builder.add(name, {node++}, FileType::kRegular));
  return builder.finish();
}

std::vector<std::string> names_of(const Directory& directory) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < directory.size(); ++i) out.emplace_back(directory.entry(i).name);
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("an empty directory finds nothing", "[directory]") {
  const auto directory = build({});
  CHECK(directory->size() == 0);
  CHECK_FALSE(directory->find("a"));
  CHECK_FALSE(directory->find(""));
}

TEST_CASE("entries come in the order in which they were added, and are found by name",
          "[directory]") {
  const auto directory = build({"b", "a", "c"});
  CHECK(names_of(*directory) == Names{"b", "a", "c"});
  CHECK(directory->find("a") == 1U);
  CHECK(directory->entry(1).node == NodeId{101});
  CHECK(directory->entry(1).type == FileType::kRegular);
  CHECK_FALSE(directory->find("A"));
  CHECK_FALSE(directory->find("a."));
  CHECK_FALSE(directory->find(""));
}

TEST_CASE("names that cannot stand are made safe", "[directory]") {
  struct Case {
    std::string in, out;
  };
  const Case c =
      GENERATE(Case{"", "_"}, Case{".", "_"}, Case{"..", "__"}, Case{"...", "..."},
               Case{"a/b", "a_b"}, Case{"/", "_"}, Case{"//", "__"}, Case{"../x", ".._x"},
               Case{"a\0b"s, "a"}, Case{"\0b"s, "_"}, Case{".\0b"s, "_"}, Case{"..\0"s, "__"},
               Case{std::string(kNameBytesMax, 'x'), std::string(kNameBytesMax, 'x')},
               Case{std::string(kNameBytesMax + 9, 'x'), std::string(kNameBytesMax, 'x')},
               Case{"\xFF\n", "\xFF\n"});
  const auto directory = build({c.in});
  CHECK(names_of(*directory) == Names{c.out});
  CHECK(directory->find(c.out) == 0U);
}

TEST_CASE("names that repeat get the first free number", "[directory]") {
  CHECK(names_of(*build({"a", "a", "a"})) == Names{"a", "a~2", "a~3"});
  CHECK(names_of(*build({"a~2", "a", "a", "a"})) == Names{"a~2", "a", "a~3", "a~4"});
  CHECK(names_of(*build({"a", "a", "a~2"})) == Names{"a", "a~2", "a~2~2"});
  CHECK(names_of(*build({"", ".", "/", "_"})) == Names{"_", "_~2", "_~3", "_~4"});
  CHECK(names_of(*build({"a", "A"}, kRelaxed)) == Names{"a", "A"});
}

TEST_CASE("a numbered name is cut so that it fits", "[directory]") {
  const std::string longest(kNameBytesMax, 'x');
  const auto directory = build({longest, longest});
  const std::string second(directory->entry(1).name);
  CHECK(second == std::string(kNameBytesMax - 2, 'x') + "~2");
  CHECK(directory->find(second) == 1U);
}

TEST_CASE("where case does not count, an exact match comes first, then the first in disc order",
          "[directory]") {
  const auto directory = build({"Readme", "README", "other"}, kRelaxed);
  CHECK(directory->find("README") == 1U);
  CHECK(directory->find("Readme") == 0U);
  CHECK(directory->find("readme") == 0U);
  CHECK(directory->find("OTHER") == 2U);
  CHECK_FALSE(directory->find("other."));
  CHECK_FALSE(build({"\xC4"}, kRelaxed)->find("\xE4"));
}

TEST_CASE("where trailing dots do not count, they count on neither side", "[directory]") {
  const auto directory = build({"name", "dot.", "..x", "..."}, kJoliet);
  CHECK(directory->find("NAME...") == 0U);
  CHECK(directory->find("dot") == 1U);
  CHECK(directory->find("dot..") == 1U);
  CHECK(directory->find("..X") == 2U);
  CHECK(directory->find("....") == 3U);
  CHECK_FALSE(directory->find("x"));
}

TEST_CASE("the first match in disc order stays the first while the index grows", "[directory]") {
  DirectoryBuilder builder(kRelaxed);
  for (int i = 0; i < 500; ++i) {
    CHECK(builder.add("x" + std::to_string(i), {1}, FileType::kRegular));
    CHECK(builder.add("X" + std::to_string(i), {2}, FileType::kRegular));
  }
  const auto directory = builder.finish();
  const std::size_t i = GENERATE(0U, 1U, 7U, 255U, 256U, 499U);
  CHECK(directory->find("x" + std::to_string(i)) == 2 * i);
  CHECK(directory->find("X" + std::to_string(i)) == 2 * i + 1);
}

TEST_CASE("only the first entry that leads to a directory is the first", "[directory]") {
  DirectoryBuilder builder(kStrict);
  CHECK(builder.add("a", {7}, FileType::kDirectory));
  CHECK(builder.add("b", {7}, FileType::kDirectory));
  CHECK(builder.add("c", {8}, FileType::kDirectory));
  CHECK(builder.add("d", {7}, FileType::kRegular));
  const auto directory = builder.finish();
  CHECK(directory->entry(0).first_to_node);
  CHECK_FALSE(directory->entry(1).first_to_node);
  CHECK(directory->entry(2).first_to_node);
  CHECK(directory->entry(3).first_to_node);
}

TEST_CASE("a hundred thousand equal names stay apart", "[directory]") {
  // With a search from ~2 on for each, this would be five thousand million probes.
  constexpr std::size_t kMany = 100'000;
  DirectoryBuilder builder(kStrict);
  for (std::size_t i = 0; i < kMany; ++i) REQUIRE(builder.add("same", {i}, FileType::kRegular));
  const auto directory = builder.finish();
  REQUIRE(directory->size() == kMany);
  CHECK(directory->entry(kMany - 1).name == "same~" + std::to_string(kMany));
  CHECK(directory->find("same~777") == 776U);
}

TEST_CASE("a directory takes a limited number of entries", "[directory]") {
  DirectoryBuilder builder(kStrict);
  for (std::size_t i = 0; i < kDirectoryEntriesMax; ++i)
    if (!builder.add(std::to_string(i), {i}, FileType::kRegular)) FAIL("full too early");
  CHECK_FALSE(builder.add("more", {1}, FileType::kRegular));
  const auto directory = builder.finish();
  CHECK(directory->size() == kDirectoryEntriesMax);
  CHECK(directory->find(std::to_string(kDirectoryEntriesMax - 1)) == kDirectoryEntriesMax - 1);
  CHECK_FALSE(directory->find("more"));
}

TEST_CASE("the names of a directory take a limited number of bytes", "[directory]") {
  DirectoryBuilder builder(kStrict);
  const std::size_t fit = kDirectoryNamesBytesMax / kNameBytesMax;
  for (std::size_t i = 0; i < fit; ++i) {
    std::string name = std::to_string(i);
    name.resize(kNameBytesMax, 'n');
    if (!builder.add(name, {i}, FileType::kRegular)) FAIL("full too early");
  }
  CHECK_FALSE(builder.add(std::string(kNameBytesMax, 'x'), {1}, FileType::kRegular));
  CHECK(builder.add("short", {2}, FileType::kRegular));
  const auto directory = builder.finish();
  CHECK(directory->size() == fit + 1);
  CHECK(directory->memory_bytes() < kDirectoryNamesBytesMax + fit * 100);
}

TEST_CASE("the memory of a directory is counted", "[directory]") {
  const auto small = build({"a"});
  const auto large = build(Names(1000, std::string(100, 'n')));
  CHECK(small->memory_bytes() >= sizeof(Directory));
  CHECK(large->memory_bytes() >= 100'000);
  CHECK(large->memory_bytes() < 200'000);
}
