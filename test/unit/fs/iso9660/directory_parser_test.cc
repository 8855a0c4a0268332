#include "fs/iso9660/directory_parser.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/failing_source.h"
#include "support/iso_builder.h"

using namespace isofuse;
using namespace isofuse::iso9660;
using test::Bytes;
using test::Disc;
using test::file_record;
using test::make_record;
using test::MemorySource;
using test::RecordSpec;
using test::operator+;
namespace susp = test::susp;
using Names = std::vector<std::string>;

namespace {

constexpr std::uint32_t kLbn = 20;
constexpr std::uint64_t kAt = kLbn * 2048;

std::shared_ptr<const Directory> parse(const Source& image, std::uint32_t bytes,
                                       const Tree& tree = {}) {
  const Bytes self = make_record({.identifier = test::kSelf,
                                  .extent_lbn = kLbn,
                                  .data_bytes = bytes,
                                  .flags = test::kDirectoryFlag});
  const auto record = Record::decode(ByteView(self), false);
  const FileSections sections = *FileSections::collect(image, tree.layout, *record);
  const auto parsed = parse_directory(image, tree, sections);
  REQUIRE(parsed);
  return *parsed;
}

Names names_of(const Directory& directory) {
  Names out;
  for (std::size_t i = 0; i < directory.size(); ++i) out.emplace_back(directory.entry(i).name);
  return out;
}

/// A directory of `records`, behind "." and ".." of 34 bytes each.
Disc disc_of(const std::vector<RecordSpec>& records, std::uint32_t data_bytes = 2048) {
  Disc disc;
  disc.directory({.lbn = kLbn, .parent_lbn = kLbn, .data_bytes = data_bytes}, records);
  disc.sector(99, Bytes(2048));
  return disc;
}

Names list(const std::vector<RecordSpec>& records, const Tree& tree = {}) {
  return names_of(*parse(disc_of(records).source(), 2048, tree));
}

RecordSpec with_flags(const std::string& name, std::uint8_t flags, std::uint32_t lbn = 50) {
  RecordSpec out = file_record(name, lbn, 10);
  out.flags = flags;
  return out;
}

Tree rock_ridge() {
  Tree tree;
  tree.rock_ridge = true;
  return tree;
}

}  // namespace

TEST_CASE("a directory lists its records in order, without itself and its parent", "[dirparse]") {
  const auto directory =
      parse(disc_of({file_record("B.;1", 50, 10), test::directory_record("DIR", 60),
                     file_record("A.;1", 51, 10)})
                .source(),
            2048);
  CHECK(names_of(*directory) == Names{"b", "dir", "a"});
  CHECK(directory->entry(0).type == FileType::kRegular);
  CHECK(directory->entry(0).node == NodeId{kAt + 68});
  CHECK(directory->entry(1).type == FileType::kDirectory);
  CHECK(directory->entry(1).node == NodeId{60 * 2048});  // its own "."
  CHECK(directory->entry(2).node == NodeId{kAt + 68 + 38 + 36});
}

TEST_CASE("a directory in High Sierra is known by its record", "[dirparse]") {
  Tree tree;
  tree.layout.high_sierra = true;
  Disc disc;
  disc.directory({.lbn = kLbn, .parent_lbn = kLbn, .high_sierra = true},
                 {test::directory_record("DIR", 60)});
  disc.sector(70, Bytes(2048));
  const auto image = disc.source();
  const auto directory = parse(image, 2048, tree);
  REQUIRE(names_of(*directory) == Names{"dir"});
  CHECK(directory->entry(0).node == NodeId{kAt + 68});
  CHECK(directory->entry(0).type == FileType::kDirectory);
}

TEST_CASE("the rest of a sector behind the last record in it is not read", "[dirparse]") {
  Bytes two = make_record(file_record("A", 50, 1));
  two.resize(100);
  two = two + make_record(file_record("IGNORED", 50, 1));
  two.resize(2048);
  two = two + make_record(file_record("B", 50, 1));
  MemorySource image(100 * 2048);
  image.put(kAt, two);
  CHECK(names_of(*parse(image, 4096)) == Names{"a", "b"});
  // The stated size says how many sectors there are.
  CHECK(names_of(*parse(image, 2048)) == Names{"a"});
}

TEST_CASE("a directory whose size is no multiple of a sector is read to its size", "[dirparse]") {
  const Bytes a = make_record(file_record("A", 50, 1));
  MemorySource image(100 * 2048);
  image.put(kAt, a + a);
  CHECK(names_of(*parse(image, static_cast<std::uint32_t>(2 * a.size()))) == Names{"a", "a~2"});
  CHECK(names_of(*parse(image, static_cast<std::uint32_t>(a.size() + 1))).size() == 2);
  CHECK(names_of(*parse(image, static_cast<std::uint32_t>(a.size()))) == Names{"a"});
  CHECK(parse(image, 0)->size() == 0);
}

TEST_CASE("records may cross sectors", "[dirparse]") {
  const std::size_t crosses_at = GENERATE(1U, 10U, 33U, 39U);  // bytes in the first sector
  Bytes bytes;
  while (bytes.size() + 36 <= 2048 - crosses_at - 36)
    bytes = std::move(bytes) + make_record(file_record("X", 50, 1, Bytes(2)));
  RecordSpec filler = file_record("FILLER", 50, 1);
  filler.system_use = Bytes(2048 - crosses_at - bytes.size() > 80 ? 20 : 0);
  Bytes last = make_record(filler);
  last.resize(2048 - crosses_at - bytes.size());
  REQUIRE(last.size() < 256);
  last[0] = static_cast<std::byte>(last.size());
  if (last.size() >= 40) bytes = std::move(bytes) + last;
  REQUIRE(bytes.size() == 2048 - crosses_at);
  bytes = std::move(bytes) + make_record(file_record("CROSS", 50, 1, Bytes(2)));
  MemorySource image(100 * 2048);
  image.put(kAt, bytes);
  const auto directory = parse(image, 4096);
  const auto found = directory->find("cross");
  REQUIRE(found);
  CHECK(directory->entry(*found).node == NodeId{kAt + 2048 - crosses_at});
}

TEST_CASE("a large directory is complete across the chunks in which it is read", "[dirparse]") {
  // Records of 150 bytes without regard to sectors: they cross sectors and chunks of 64 KiB.
  Bytes bytes;
  constexpr std::size_t kMany = 3000;
  for (std::size_t i = 0; i < kMany; ++i) {
    const std::string name = "N" + std::to_string(10000 + i);
    const Bytes record = make_record(file_record(name, 50, 1, Bytes(150 - 40)));
    bytes.insert(bytes.end(), record.begin(), record.end());
  }
  REQUIRE(bytes.size() == kMany * 150);
  MemorySource image(kAt + 500 * 2048);
  image.put(kAt, bytes);
  const auto directory = parse(image, static_cast<std::uint32_t>(bytes.size()));
  REQUIRE(directory->size() == kMany);
  for (std::size_t i = 0; i < kMany; ++i) {
    REQUIRE(directory->entry(i).name == "n" + std::to_string(10000 + i));
    REQUIRE(directory->entry(i).node == NodeId{kAt + i * 150});
  }
}

TEST_CASE("hidden files are left out where the options say so", "[dirparse]") {
  const std::vector<RecordSpec> records = {with_flags("A", test::kHiddenFlag), with_flags("B", 0)};
  CHECK(list(records) == Names{"a", "b"});
  Tree tree;
  tree.hide = true;
  CHECK(list(records, tree) == Names{"b"});
}

TEST_CASE("associated files are shown where the options say so", "[dirparse]") {
  const std::vector<RecordSpec> records = {with_flags("A", test::kAssociatedFlag),
                                           with_flags("A", 0)};
  CHECK(list(records) == Names{"a"});
  Tree tree;
  tree.show_associated = true;
  CHECK(list(records, tree) == Names{"a", "a~2"});
}

TEST_CASE("a file of several sections is one entry, known by its first record", "[dirparse]") {
  const auto directory = parse(disc_of({with_flags("A", test::kMultiExtentFlag, 50),
                                        with_flags("A", test::kMultiExtentFlag, 51),
                                        with_flags("A", 0, 52), with_flags("B", 0, 53)})
                                   .source(),
                               2048);
  CHECK(names_of(*directory) == Names{"a", "b"});
  CHECK(directory->entry(0).node == NodeId{kAt + 68});
}

TEST_CASE("a file that is never closed is shown all the same", "[dirparse]") {
  CHECK(list({with_flags("A", test::kMultiExtentFlag), with_flags("B", 0)}) == Names{"a", "b"});
  CHECK(list({with_flags("A", test::kMultiExtentFlag), with_flags("B", test::kMultiExtentFlag)}) ==
        Names{"a", "b"});
  CHECK(list({with_flags("A", test::kMultiExtentFlag)}) == Names{"a"});
}

TEST_CASE("names that repeat or cannot stand stay reachable", "[dirparse]") {
  Tree tree = rock_ridge();
  CHECK(list({file_record("A", 50, 1, susp::nm("x")), file_record("B", 50, 1, susp::nm("x")),
              file_record("C", 50, 1, susp::nm("..")), file_record("D", 50, 1, susp::nm("a/b")),
              file_record("", 50, 1)},
             tree) == Names{"x", "x~2", "__", "a_b", "_"});
}

TEST_CASE("Rock Ridge names replace plain ones, where there are any", "[dirparse]") {
  const std::vector<RecordSpec> records = {file_record("A.;1", 50, 1, susp::nm("Long Name")),
                                           file_record("B.;1", 50, 1)};
  CHECK(list(records, rock_ridge()) == Names{"Long Name", "b"});
  CHECK(list(records) == Names{"a", "b"});
}

TEST_CASE("SP's bytes are skipped in every record", "[dirparse]") {
  Tree tree = rock_ridge();
  tree.skip_bytes = 5;
  CHECK(list({file_record("A", 50, 1, Bytes(5) + susp::nm("name"))}, tree) == Names{"name"});
  CHECK(list({file_record("A", 50, 1, Bytes(4))}, tree) == Names{"a"});
}

TEST_CASE("relocated directories are shown where CL says, not where they lie", "[dirparse]") {
  const auto directory =
      parse(disc_of({file_record("A", 50, 1, susp::nm("here") + susp::cl(70)),
                     test::directory_record("RR", 70, susp::nm("there") + susp::re())})
                .source(),
            2048, rock_ridge());
  REQUIRE(names_of(*directory) == Names{"here"});
  CHECK(directory->entry(0).node == NodeId{70 * 2048});
  CHECK(directory->entry(0).type == FileType::kDirectory);
}

TEST_CASE("a directory leads to itself, even where it has a CL", "[dirparse]") {
  const auto directory =
      parse(disc_of({test::directory_record("A", 60, susp::cl(70))}).source(), 2048, rock_ridge());
  REQUIRE(directory->size() == 1);
  CHECK(directory->entry(0).node == NodeId{60 * 2048});
}

TEST_CASE("PX tells the type of an entry", "[dirparse]") {
  struct Case {
    std::uint32_t mode;
    FileType type;
  };
  const Case c =
      GENERATE(Case{0100644, FileType::kRegular}, Case{0040755, FileType::kDirectory},
               Case{0120777, FileType::kSymlink}, Case{0020600, FileType::kCharacterDevice},
               Case{0060600, FileType::kBlockDevice}, Case{0010600, FileType::kFifo},
               Case{0140600, FileType::kSocket}, Case{0, FileType::kUnknown},
               Case{0170000, FileType::kUnknown});
  const auto directory =
      parse(disc_of({file_record("A", 50, 1, susp::px(c.mode))}).source(), 2048, rock_ridge());
  CHECK(directory->entry(0).type == c.type);
}

TEST_CASE("a damaged record costs the rest of its sector, no more", "[dirparse]") {
  RecordSpec bad = file_record("BAD", 50, 1);
  bad.identifier_bytes = 200;
  Bytes bytes = make_record(file_record("A", 50, 1)) + make_record(bad) +
                make_record(file_record("LOST", 50, 1));
  bytes.resize(2048);
  bytes = bytes + make_record(file_record("B", 50, 1));
  MemorySource image(100 * 2048);
  image.put(kAt, bytes);
  CHECK(names_of(*parse(image, 4096)) == Names{"a", "b"});
}

TEST_CASE("a directory that reaches past the image has the records that are there", "[dirparse]") {
  Bytes bytes;
  for (int i = 0; i < 40; ++i) {
    Bytes sector = make_record(file_record("N" + std::to_string(i), 50, 1));
    sector.resize(2048);
    bytes = std::move(bytes) + sector;
  }
  for (const std::size_t sectors : {std::size_t{3}, std::size_t{35}}) {
    MemorySource image(kAt + sectors * 2048);
    image.put(kAt,
              Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(sectors * 2048)));
    CHECK(parse(image, 40 * 2048)->size() == sectors);
  }
  const MemorySource before(kAt);
  CHECK(parse(before, 2048)->size() == 0);
}

TEST_CASE("a directory that cannot be read is an error, not a shorter directory", "[dirparse]") {
  const auto image = disc_of({file_record("A", 50, 1)}).source();
  test::FailingSource failing(image);
  const Bytes self =
      make_record({.identifier = test::kSelf, .extent_lbn = kLbn, .data_bytes = 2048});
  const auto record = Record::decode(ByteView(self), false);
  const FileSections sections = *FileSections::collect(image, {}, *record);
  failing.fail_after(0);
  const auto parsed = parse_directory(failing, {}, sections);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == Errc::kIo);
}

TEST_CASE("a name in a continuation area that cannot be read is an error, not another name",
          "[dirparse]") {
  Disc disc = disc_of({file_record("A", 50, 1, susp::ce(30, 0, 9))});
  disc.block(30, susp::nm("true"));  // 9 bytes
  const auto image = disc.source();
  REQUIRE(names_of(*parse(image, 2048, rock_ridge())) == Names{"true"});
  test::FailingSource failing(image);
  const Bytes self =
      make_record({.identifier = test::kSelf, .extent_lbn = kLbn, .data_bytes = 2048});
  const auto record = Record::decode(ByteView(self), false);
  const FileSections sections = *FileSections::collect(image, {}, *record);
  failing.fail_after(1);
  const auto parsed = parse_directory(failing, rock_ridge(), sections);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == Errc::kIo);
}

TEST_CASE("an interleaved directory knows where its records lie", "[dirparse]") {
  MemorySource image(100 * 2048);
  Bytes first = make_record(file_record("A", 50, 1));
  first.resize(2048);
  image.put(kAt, first);
  image.put(kAt + 2 * 2048, make_record(file_record("B", 50, 1)));
  const Bytes self = make_record({.identifier = test::kSelf,
                                  .extent_lbn = kLbn,
                                  .data_bytes = 4096,
                                  .flags = test::kDirectoryFlag,
                                  .unit_blocks = 1,
                                  .gap_blocks = 1});
  const auto record = Record::decode(ByteView(self), false);
  const auto parsed = parse_directory(image, {}, *FileSections::collect(image, {}, *record));
  REQUIRE(parsed);
  CHECK(names_of(**parsed) == Names{"a", "b"});
  CHECK((*parsed)->entry(1).node == NodeId{kAt + 2 * 2048});
}
