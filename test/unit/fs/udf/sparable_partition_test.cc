#include "fs/udf/sparable_partition.h"

#include "fs/udf/allocation.h"
#include "support/catch.h"
#include "support/failing_source.h"
#include "support/small_volume.h"

using namespace isofuse;
using namespace isofuse::udf;
using test::Bytes;
namespace build = test::udf;
using build::SmallVolume;
using build::sparing_table;

namespace {

constexpr std::uint32_t kStart = 1000;

struct Opened {
  Result<std::unique_ptr<Partition>> partition;
  std::vector<std::string> damage;
};
Opened open(const Source& image, const build::SparableSpec& spec, bool link_blocks = false) {
  const Bytes bytes = build::sparable_map(spec);
  std::vector<std::string> damage;
  auto partition =
      SparablePartition::open(Medium(image, 2048, link_blocks), kStart, 500,
                              *ByteView(bytes).read<disc::SparablePartitionMap>(0), damage);
  return {std::move(partition), std::move(damage)};
}

/// Where block `lbn` lies, as a block of the image, and how many follow it.
std::pair<std::uint64_t, std::uint64_t> at(const Opened& opened, std::uint32_t lbn) {
  REQUIRE(opened.partition);
  const auto run = (*opened.partition)->map(lbn, 0);
  REQUIRE(run);
  return {run->image_offset / 2048, run->blocks};
}
using Place = std::pair<std::uint64_t, std::uint64_t>;

}  // namespace

TEST_CASE("packets that went bad lie elsewhere", "[udf][sparable]") {
  SmallVolume volume;
  volume.put(10, sparing_table(10, {{64, 3000}, {32, 2000}, {0xFFFF'FFFF, 1}, {0xFFFF'FFF0, 1}}));
  const Opened opened = open(volume.image(), {.tables = {10}});
  CHECK(opened.damage.empty());
  CHECK((*opened.partition)->kind() == "sparable");
  CHECK((*opened.partition)->size_blocks() == 500);
  CHECK(at(opened, 0) == Place{1000, 32});
  CHECK(at(opened, 31) == Place{1031, 1});
  CHECK(at(opened, 32) == Place{2000, 32});
  CHECK(at(opened, 33) == Place{2001, 31});
  CHECK(at(opened, 63) == Place{2031, 1});
  CHECK(at(opened, 64) == Place{3000, 32});
  CHECK(at(opened, 96).first == 1096);
  CHECK(at(opened, 96).second > 1'000'000);
  CHECK(at(opened, 0xFFFF'FFFF).first == 1000ULL + 0xFFFF'FFFF);
}

TEST_CASE("of two entries for one packet the first counts", "[udf][sparable]") {
  SmallVolume volume;
  volume.put(10, sparing_table(10, {{32, 2000}, {32, 3000}}));
  CHECK(at(open(volume.image(), {.tables = {10}}), 32) == Place{2000, 32});
}

TEST_CASE("entries that are no packets are not looked at", "[udf][sparable]") {
  SmallVolume volume;
  volume.put(10, sparing_table(10, {{40, 2000}, {35, 2500}, {64, 3000}}));
  const Opened opened = open(volume.image(), {.tables = {10}});
  for (std::uint32_t lbn = 30; lbn < 64; ++lbn) {
    CAPTURE(lbn);
    CHECK(at(opened, lbn) == Place{1000 + lbn, 64 - lbn});
  }
  CHECK(at(opened, 64) == Place{3000, 32});
}

TEST_CASE("a run is never of no block, whatever a sparing table says", "[udf][sparable]") {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> entries;
    for (const std::byte b : test::pattern(30, seed))
      entries.emplace_back(std::to_integer<std::uint32_t>(b), 2000);
    SmallVolume volume;
    volume.put(10, sparing_table(10, entries));
    const Opened opened = open(volume.image(), {.tables = {10}});
    for (std::uint32_t lbn = 0; lbn < 300; ++lbn) {
      CAPTURE(seed, lbn);
      const auto [begin, blocks] = at(opened, lbn);
      REQUIRE(blocks > 0);
      // Each block of the run lies where it lies when it is asked for by itself.
      for (std::uint32_t i = 0; i < std::min<std::uint64_t>(blocks, 300 - lbn); ++i)
        REQUIRE(at(opened, lbn + i).first == begin + i);
    }
  }
}

TEST_CASE("packets have any power of two of blocks, and nothing else", "[udf][sparable]") {
  SmallVolume volume;
  volume.put(10, sparing_table(10, {{32, 2000}}));
  for (const std::uint16_t packet : {std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{16},
                                     std::uint16_t{32}, std::uint16_t{0x8000}})
    CHECK(open(volume.image(), {.packet_blocks = packet, .tables = {10}}).partition);
  CHECK(at(open(volume.image(), {.packet_blocks = 1, .tables = {10}}), 32) == Place{2000, 1});
  for (const std::uint16_t packet :
       {std::uint16_t{0}, std::uint16_t{3}, std::uint16_t{33}, std::uint16_t{0xFFFF}}) {
    const Opened opened = open(volume.image(), {.packet_blocks = packet, .tables = {10}});
    REQUIRE_FALSE(opened.partition);
    CHECK(opened.partition.error().code == Errc::kCorrupt);
  }
}

TEST_CASE("the first sparing table that is whole counts", "[udf][sparable]") {
  struct Case {
    const char* what;
    Bytes table;
    std::uint32_t table_bytes;
  };
  const Case c = GENERATE(
      Case{"nothing", {}, 2048}, Case{"another descriptor", build::terminator(10), 2048},
      Case{"another place", sparing_table(12, {{32, 9}}), 2048},
      Case{"another identifier", sparing_table(10, {{32, 9}}, "*UDF Something"), 2048},
      Case{"longer than its room",
           build::changed(sparing_table(10, {{32, 9}}), 48, test::bytes_of({0xFF, 0xFF})), 2048},
      Case{"a CRC over more than its room",
           build::tagged({.identifier = 0, .location = 10, .crc_bytes = 5000}, Bytes(40)), 2048});
  CAPTURE(c.what);
  SmallVolume volume;
  volume.put(10, c.table);
  volume.put(11, sparing_table(11, {{32, 2000}}));
  const Opened opened = open(volume.image(), {.table_bytes = c.table_bytes, .tables = {10, 11}});
  CHECK(at(opened, 32) == Place{2000, 32});
  REQUIRE(opened.damage.size() == 1);
  CHECK(opened.damage[0].find("sparing table 0") == 0);
  CHECK(opened.damage[0].find(std::to_string(10 * 2048)) != std::string::npos);
}

TEST_CASE("without a whole sparing table no packet is elsewhere", "[udf][sparable]") {
  SmallVolume volume;
  const Opened opened =
      open(volume.image(), {.tables = {10, 0xFFFF'FFFF, 4095, 4096}, .table_count = 255});
  CHECK(opened.damage.size() == 4);
  CHECK(at(opened, 32).first == 1032);
  CHECK(open(volume.image(), {.tables = {}}).damage.empty());
}

TEST_CASE("a sparing table may take several blocks", "[udf][sparable]") {
  SmallVolume volume;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> entries;
  for (std::uint32_t i = 0; i < 1000; ++i) entries.emplace_back(i * 32, 100'000 + i);
  const Bytes table = sparing_table(10, entries);
  for (std::uint32_t i = 0; i * 2048 < table.size(); ++i)
    volume.put(10 + i, Bytes(table.begin() + i * 2048,
                             table.begin() +
                                 std::min<std::ptrdiff_t>(
                                     (i + 1) * 2048, static_cast<std::ptrdiff_t>(table.size()))));
  const Opened opened = open(volume.image(), {.table_bytes = 8192, .tables = {10}});
  CHECK(opened.damage.empty());
  CHECK(at(opened, 999 * 32).first == 100'999);
}

TEST_CASE("a file is read from where its packets lie", "[udf][sparable]") {
  SmallVolume volume;
  volume.put(10, sparing_table(10, {{32, 2000}}));
  for (std::uint32_t i = 0; i < 4; ++i) {
    volume.put(1030 + i, test::pattern(2048, i));  // blocks 30 and 31; two bad ones
    if (i >= 2) volume.put(2000 + i - 2, test::pattern(2048, 100 + i));
  }
  Opened opened = open(volume.image(), {.tables = {10}});
  volume.logical().add(std::move(*opened.partition));
  volume.entry(
      9,
      {.data = build::long_ad(8192, 30, 1), .kind = build::Kind::kLong, .information_bytes = 8192});
  FileEntry entry;
  REQUIRE(entry.fetch(volume.logical(), {9, 0}));
  const auto file = Allocation::collect(volume.logical(), entry);
  Bytes bytes(8192);
  REQUIRE(file->read(volume.logical(), 0, bytes));
  using test::operator+;
  CHECK(bytes == test::pattern(2048, 0) + test::pattern(2048, 1) + test::pattern(2048, 102) +
                     test::pattern(2048, 103));
}

TEST_CASE("a sparing table that cannot be read is not taken for an empty one",
          "[udf][sparable][faults]") {
  SmallVolume volume;
  volume.put(10, sparing_table(10, {{32, 2000}}));
  volume.put(11, sparing_table(11, {{32, 2000}}));
  test::FailingSource failing(volume.image());
  failing.fail_after(0);
  CHECK(at(open(failing, {.tables = {10, 11}}), 32) == Place{2000, 32});
  CHECK(failing.has_failed());
  for (const std::size_t reads : {0U, 1U}) {
    failing.fail_after(reads);
    const Opened opened = open(failing, {.tables = {10}});
    REQUIRE_FALSE(opened.partition);
    CHECK(opened.partition.error().code == Errc::kIo);
    CHECK(opened.partition.error().offset == volume.place(10));
  }
}
