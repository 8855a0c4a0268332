#include "fs/udf/directory_parser.h"

#include <isofuse/limits.h>

#include "fs/udf/metadata_partition.h"
#include "support/catch.h"
#include "support/failing_source.h"
#include "support/small_volume.h"

using namespace isofuse;
using namespace isofuse::udf;
using test::Bytes;
using test::operator+;
namespace build = test::udf;
using build::cs0;
using build::EntrySpec;
using build::FidSpec;
using build::Kind;
using build::SmallVolume;
using Names = std::vector<std::string>;

namespace {

constexpr std::uint32_t kEntryBlock = 9;

Allocation allocation_of(SmallVolume& volume, const EntrySpec& spec) {
  volume.entry(kEntryBlock, spec);
  FileEntry entry;
  REQUIRE(entry.fetch(volume.logical(), {kEntryBlock, 0}));
  auto out = Allocation::collect(volume.logical(), entry);
  REQUIRE(out);
  return std::move(*out);
}
Allocation embedded(SmallVolume& volume, const Bytes& descriptors) {
  return allocation_of(volume, {.type = build::kDirectoryType, .data = descriptors});
}

Names names_of(const Directory& directory) {
  Names out;
  for (std::size_t i = 0; i < directory.size(); ++i) out.emplace_back(directory.entry(i).name);
  return out;
}
Names list(SmallVolume& volume, const Allocation& allocation, const DirectoryRules& rules = {}) {
  const auto parsed = parse_directory(volume.logical(), allocation, rules);
  REQUIRE(parsed);
  return names_of(**parsed);
}
Names list(const Bytes& descriptors, const DirectoryRules& rules = {}) {
  SmallVolume volume;
  return list(volume, embedded(volume, descriptors), rules);
}

}  // namespace

TEST_CASE("a node is the address of an ICB", "[udf][directory_parser]") {
  CHECK(to_node({0, 0}).v == std::uint64_t{1} << 32U);
  for (const BlockAddress icb : {BlockAddress{0, 0}, BlockAddress{0xFFFF'FFFF, 0},
                                 BlockAddress{5, 2}, BlockAddress{7, 0xFFFE}}) {
    CHECK(to_icb(to_node(icb)) == icb);
    CHECK(to_node(icb).v < kNodeIdLimit);
  }
}

TEST_CASE("a directory has all entries but its parent's, in order", "[udf][directory_parser]") {
  SmallVolume volume;
  const auto parsed = parse_directory(
      volume.logical(),
      embedded(volume,
               build::directory(3, {{.identifier = cs0("file"), .lbn = 20},
                                    {.identifier = cs0("dir"), .lbn = 21, .characteristics = 2},
                                    {.identifier = cs0(u"\u65E5"), .lbn = 22, .partition = 3}})),
      {});
  REQUIRE(parsed);
  const Directory& directory = **parsed;
  CHECK(names_of(directory) == Names{"file", "dir", "日"});
  CHECK(directory.entry(0).node == to_node({20, 0}));
  CHECK(directory.entry(0).type == FileType::kUnknown);
  CHECK(directory.entry(1).type == FileType::kDirectory);
  CHECK(directory.entry(2).node == to_node({22, 3}));
}

TEST_CASE("hidden and deleted entries are shown to who asks", "[udf][directory_parser]") {
  const Bytes descriptors = build::directory(
      3, {{.identifier = cs0("plain")},
          {.identifier = cs0("hidden"), .characteristics = build::kHidden},
          {.identifier = cs0("deleted"), .characteristics = build::kDeleted},
          {.identifier = cs0("both"), .characteristics = build::kDeleted | build::kHidden},
          {.identifier = "\xFEgone", .characteristics = build::kDeleted}});
  CHECK(list(descriptors) == Names{"plain"});
  CHECK(list(descriptors, {.show_hidden = true}) == Names{"plain", "hidden"});
  CHECK(list(descriptors, {.show_deleted = true}) == Names{"plain", "deleted"});
  CHECK(list(descriptors, {.show_hidden = true, .show_deleted = true}) ==
        Names{"plain", "hidden", "deleted", "both"});
}

TEST_CASE("an entry whose name is none is shown under another", "[udf][directory_parser]") {
  CHECK(list(build::directory(3, {{.identifier = "\x07xx"},
                                  {.identifier = cs0("a")},
                                  {.identifier = ""},
                                  {.identifier = cs0("a")}})) == Names{"_", "a", "_~2", "a~2"});
}

TEST_CASE("implementation use stands before the name", "[udf][directory_parser]") {
  CHECK(list(build::directory(3, {{.identifier = cs0("name"), .implementation_use = Bytes(33)},
                                  {.identifier = cs0("next")}})) == Names{"name", "next"});
}

TEST_CASE("the padding of the last descriptor may be left out", "[udf][directory_parser]") {
  Bytes descriptors = build::directory(3, {{.identifier = cs0("a")}});
  const Bytes last =
      build::tagged({.identifier = 257, .crc_bytes = 24},
                    test::little32(0x0400'0001) + build::long_ad(2048, 7) + build::little16(0) +
                        test::bytes_of(cs0("xyz")));  // 42 bytes
  CHECK(list(descriptors + last) == Names{"a", "xyz"});
}

TEST_CASE("descriptors may cross blocks and extents anywhere", "[udf][directory_parser]") {
  const std::uint32_t block_bytes = GENERATE(512U, 2048U);
  std::vector<FidSpec> entries;
  Names expected;
  for (std::uint32_t i = 0; i < 300; ++i) {
    expected.push_back("name-" + std::to_string(i * i));
    entries.push_back({.identifier = cs0(expected.back()), .lbn = i});
  }
  const Bytes descriptors = build::directory(3, entries);
  SmallVolume volume(4096, block_bytes);
  Bytes extents;
  for (std::uint32_t i = 0; i * block_bytes < descriptors.size(); ++i) {
    const auto from = descriptors.begin() + i * block_bytes;
    const auto left = static_cast<std::uint32_t>(descriptors.end() - from);
    volume.put(3000 - 2 * i, Bytes(from, from + std::min(left, block_bytes)));
    extents = extents + build::short_ad(std::min(left, block_bytes), 3000 - 2 * i);
  }
  CHECK(list(volume, allocation_of(volume, {.type = build::kDirectoryType,
                                            .data = extents,
                                            .kind = Kind::kShort,
                                            .information_bytes = descriptors.size()})) == expected);
}

TEST_CASE("a damaged descriptor costs itself", "[udf][directory_parser]") {
  const Bytes good = build::fid({.identifier = cs0("bad")});  // 44 bytes
  const Bytes bad =
      GENERATE_COPY(Bytes(44), test::pattern(44), Bytes(44, std::byte{0xFF}),
                    build::tagged({.identifier = 258}, Bytes(good.begin() + 16, good.end())),
                    build::fid({.identifier = cs0("bad"), .identifier_bytes = 200}),
                    build::changed(good, 36, test::bytes_of({0xFF, 0xFF})));
  SmallVolume volume;
  const Bytes head = build::directory(3, {{.identifier = cs0("before")}});
  const Allocation allocation =
      embedded(volume, head + bad + build::fid({.identifier = cs0("after")}) +
                           build::fid({.identifier = cs0("last")}));
  CHECK(list(volume, allocation) == Names{"before", "after", "last"});
  CHECK_FALSE(walk_directory(volume.logical(), allocation, 0, [](const FileIdentifier&) {
                return true;
              }).value());
}

TEST_CASE("a descriptor with a wrong sum is shown where its lengths fit, as in the kernel",
          "[udf][directory_parser]") {
  const Bytes good = build::fid({.identifier = cs0("bad")});
  const Bytes bad = GENERATE_COPY(
      build::tagged({.identifier = 257, .crc = 1}, Bytes(good.begin() + 16, good.end())),
      build::tagged({.identifier = 257, .version = 9}, Bytes(good.begin() + 16, good.end())));
  SmallVolume volume;
  const Bytes head = build::directory(3, {{.identifier = cs0("before")}});
  const Allocation allocation =
      embedded(volume, head + bad + build::fid({.identifier = cs0("after")}));
  CHECK(list(volume, allocation) == Names{"before", "bad", "after"});
  CHECK_FALSE(walk_directory(volume.logical(), allocation, 0, [](const FileIdentifier&) {
                return true;
              }).value());
}

TEST_CASE("any byte of a directory may be wrong without harm", "[udf][directory_parser]") {
  const Bytes good = build::directory(
      3, {{.identifier = cs0("one")}, {.identifier = cs0("two")}, {.identifier = cs0("three")}});
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bytes = good;
    bytes[i] ^= std::byte{0x41};
    CAPTURE(i);
    REQUIRE(list(bytes).size() >= 2);
  }
}

TEST_CASE("a directory ends where its length does", "[udf][directory_parser]") {
  const Bytes whole = build::directory(3, {{.identifier = cs0("one")}, {.identifier = cs0("two")}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::size_t count = list(build::sized(whole, size)).size();
    CAPTURE(size);
    // Each descriptor ends with two bytes of padding, which may be missing at the end.
    CHECK(count == (size >= 40 + 44 + 42 ? 2U : size >= 40 + 42 ? 1U : 0U));
  }
}

TEST_CASE("the location of a descriptor does not matter", "[udf][directory_parser]") {
  CHECK(list(build::directory(3, {{.identifier = cs0("a"), .location = 0xFFFF'FFFF}})) ==
        Names{"a"});
}

TEST_CASE("a directory of nothing, or of holes, is empty", "[udf][directory_parser]") {
  SmallVolume volume;
  CHECK(list(Bytes{}).empty());
  CHECK(list(volume, allocation_of(volume, {.type = build::kDirectoryType,
                                            .kind = Kind::kShort,
                                            .information_bytes = 100'000}))
            .empty());
}

TEST_CASE("a hole in a directory costs nothing, however long it is", "[udf][directory_parser]") {
  SmallVolume volume;
  volume.put(20, build::directory(3, {{.identifier = cs0("before")}}));
  volume.put(30, build::fid({.identifier = cs0("after")}));
  const std::uint32_t hole = GENERATE(2048U, 100U << 20U);
  const Allocation allocation = allocation_of(
      volume,
      {.type = build::kDirectoryType,
       .data = build::short_ad(2048, 20) + build::short_ad(hole, 0, 2) + build::short_ad(2048, 30),
       .kind = Kind::kShort,
       .information_bytes = std::uint64_t{4096} + hole});
  const std::size_t before = volume.image().reads();
  CHECK(list(volume, allocation) == Names{"before", "after"});
  CHECK(volume.image().reads() - before < 20);
  // The information length alone makes one, too.
  const Allocation endless = allocation_of(volume, {.type = build::kDirectoryType,
                                                    .data = build::short_ad(2048, 20),
                                                    .kind = Kind::kShort,
                                                    .information_bytes = std::uint64_t{1} << 60U});
  CHECK(list(volume, endless) == Names{"before"});
  CHECK(parent_of(volume.logical(), endless).value() == BlockAddress{3, 0});
}

TEST_CASE("a directory that the image cuts off is shown as far as it goes",
          "[udf][directory_parser]") {
  SmallVolume volume(100);
  volume.put(99, build::directory(3, {{.identifier = cs0("there")}}));
  const Allocation allocation = allocation_of(volume, {.type = build::kDirectoryType,
                                                       .data = build::short_ad(8192, 99),
                                                       .kind = Kind::kShort,
                                                       .information_bytes = 8192});
  CHECK(list(volume, allocation) == Names{"there"});
}

TEST_CASE("the parent is where the first entry leads", "[udf][directory_parser]") {
  SmallVolume volume;
  CHECK(parent_of(volume.logical(), embedded(volume, build::directory(77, {}, 2))).value() ==
        BlockAddress{77, 2});
  CHECK(
      parent_of(volume.logical(), embedded(volume, build::fid({.identifier = cs0("a")}))).value() ==
      std::nullopt);
  CHECK(parent_of(volume.logical(), embedded(volume, {})).value() == std::nullopt);
}

TEST_CASE("the mirror of a damaged directory is read instead", "[udf][directory_parser]") {
  SmallVolume volume;
  const auto file = [&](std::uint32_t lbn, std::uint32_t at) {
    volume.put(lbn, build::file_entry(lbn, {.data = build::short_ad(4 * 2048, at),
                                            .kind = Kind::kShort,
                                            .information_bytes = 4 * 2048}));
  };
  file(20, 100);
  file(21, 200);
  std::vector<std::string> damage;
  auto partition = MetadataPartition::open(
      volume.logical(), 0,
      *ByteView(build::metadata_map(20, 21)).read<disc::MetadataPartitionMap>(0), damage);
  REQUIRE(partition);
  volume.logical().add(std::move(*partition));
  const Bytes whole = build::directory(3, {{.identifier = cs0("one")}, {.identifier = cs0("two")}});
  volume.put(201, whole);
  const EntrySpec spec{.type = build::kDirectoryType,
                       .data = build::long_ad(2048, 1, 1),
                       .kind = Kind::kLong,
                       .information_bytes = whole.size()};
  SECTION("damaged in the middle") {
    Bytes damaged = whole;
    damaged[60] = std::byte{0xFF};
    volume.put(101, damaged);
    CHECK(list(volume, allocation_of(volume, spec)) == Names{"one", "two"});
  }
  SECTION("gone altogether") {
    const Allocation allocation = allocation_of(volume, spec);
    CHECK(list(volume, allocation) == Names{"one", "two"});
    CHECK(parent_of(volume.logical(), allocation).value() == BlockAddress{3, 0});
  }
  SECTION("both damaged: what shows more") {
    Bytes damaged = whole;
    damaged[40] = std::byte{0xFF};  // the identifier of the first one's tag
    volume.put(201, damaged);
    CHECK(list(volume, allocation_of(volume, spec)) == Names{"two"});
  }
  SECTION("not to be read at all") {
    volume.put(101, whole);
    const Allocation allocation = allocation_of(volume, spec);
    const test::ScratchedSource scratched(volume.image(), volume.place(101), volume.place(102));
    LogicalVolume logical(Medium(scratched, 2048));
    logical.add(std::make_unique<PhysicalPartition>(logical.medium(), 0, 4096));
    auto over = MetadataPartition::open(
        logical, 0, *ByteView(build::metadata_map(20, 21)).read<disc::MetadataPartitionMap>(0),
        damage);
    logical.add(std::move(*over));
    CHECK(parent_of(logical, allocation).value() == BlockAddress{3, 0});
    const auto parsed = parse_directory(logical, allocation, {});
    REQUIRE(parsed);
    CHECK(names_of(**parsed) == Names{"one", "two"});
  }
}

TEST_CASE("a directory that cannot be read is an error, not a shorter one",
          "[udf][directory_parser][faults]") {
  SmallVolume volume;
  std::vector<FidSpec> entries;
  for (std::uint32_t i = 0; i < 5000; ++i)
    entries.push_back({.identifier = cs0("name" + std::to_string(i)), .lbn = i});
  const Bytes descriptors = build::directory(3, entries);
  for (std::uint32_t i = 0; i * 2048 < descriptors.size(); ++i) {
    const auto from = descriptors.begin() + i * 2048;
    volume.put(100 + i,
               Bytes(from, from + std::min<std::ptrdiff_t>(2048, descriptors.end() - from)));
  }
  const Allocation allocation = allocation_of(
      volume, {.type = build::kDirectoryType,
               .data = build::short_ad(static_cast<std::uint32_t>(descriptors.size()), 100),
               .kind = Kind::kShort,
               .information_bytes = descriptors.size()});
  test::FailingSource failing(volume.image());
  LogicalVolume logical(Medium(failing, 2048));
  logical.add(std::make_unique<PhysicalPartition>(logical.medium(), 0, 4096));
  for (std::size_t n = 0;; ++n) {
    failing.fail_after(n);
    const auto parsed = parse_directory(logical, allocation, {});
    if (parsed) {
      CHECK((*parsed)->size() == 5000);
    } else {
      CHECK(parsed.error().code == Errc::kIo);
    }
    if (!failing.has_failed()) break;
  }
}
