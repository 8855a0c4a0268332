// The partition maps, and the partitions that lie in other ones: virtual_partition.h,
// metadata_partition.h.
#include "fs/udf/partition_maps.h"

#include <isofuse/limits.h>

#include "fs/udf/metadata_partition.h"
#include "fs/udf/virtual_partition.h"
#include "support/catch.h"
#include "support/failing_source.h"
#include "support/options.h"
#include "support/small_volume.h"

using namespace isofuse;
using namespace isofuse::udf;
using test::Bytes;
using test::options_with;
using test::operator+;
namespace build = test::udf;
using build::EntrySpec;
using build::Kind;
using build::SmallVolume;

namespace {

constexpr std::uint32_t kStart = 1000;  // of partition 0
constexpr std::uint32_t kBlocks = 200;
constexpr std::uint32_t kImageBlocks = 2000;
constexpr std::uint8_t kVatType = 248;

/// The partitions that `maps` make over an image.
struct Opened {
  Opened(const Source& image, const std::vector<Bytes>& maps, const Options& options = {},
         const build::LogicalSpec& more = {})
      : logical(Medium(image, 2048)) {
    build::LogicalSpec spec = more;
    spec.maps = maps;
    const Bytes bytes = build::logical(0, spec);
    sequence.logical = *ByteView(bytes).read<disc::LogicalVolumeDescriptor>(0);
    sequence.partition_maps.assign(bytes.begin() + sizeof(disc::LogicalVolumeDescriptor),
                                   bytes.end());
    for (const std::uint16_t number : {std::uint16_t{0}, std::uint16_t{1}}) {
      const Bytes described = build::partition(
          0, {.number = number, .start = kStart + number * 300U, .blocks = kBlocks});
      sequence.partitions.push_back(*ByteView(described).read<disc::PartitionDescriptor>(0));
    }
    result = add_partitions(sequence, options, logical, damage);
  }
  [[nodiscard]] std::uint64_t block_of(std::uint32_t lbn, std::uint16_t partition,
                                       unsigned copy = 0) const {
    const auto run = logical.map({lbn, partition}, copy);
    REQUIRE(run);
    return run->image_offset / 2048;
  }
  [[nodiscard]] bool has(std::uint16_t partition) const {
    return partition < logical.partitions().size() && logical.partitions()[partition] != nullptr;
  }

  VolumeSequence sequence;
  LogicalVolume logical;
  std::vector<std::string> damage;
  Result<void> result;
};

/// Puts a file entry at block `lbn` of partition 0.
void put_entry(SmallVolume& volume, std::uint32_t lbn, const EntrySpec& spec) {
  volume.put(kStart + lbn, build::file_entry(lbn, spec));
}

/// A map that says of itself that it is `bytes` long.
Bytes cut(Bytes map, std::uint8_t bytes) {
  map[1] = std::byte{bytes};
  return build::sized(std::move(map), bytes);
}

}  // namespace

TEST_CASE("each map becomes a partition", "[udf][partition_maps]") {
  SmallVolume volume(kImageBlocks);
  const Opened opened(volume.image(), {build::physical_map(1), build::physical_map(0),
                                       build::sparable_map({.number = 1})});
  REQUIRE(opened.result);
  CHECK(opened.damage.empty());
  REQUIRE(opened.logical.partitions().size() == 3);
  CHECK(opened.logical.partitions()[0]->kind() == "physical");
  CHECK(opened.logical.partitions()[0]->size_blocks() == kBlocks);
  CHECK(opened.block_of(5, 0) == kStart + 305);
  CHECK(opened.block_of(5, 1) == kStart + 5);
  CHECK(opened.logical.partitions()[2]->kind() == "sparable");
}

TEST_CASE("a map that cannot be read costs its partition and is named", "[udf][partition_maps]") {
  struct Case {
    const char* what;
    Bytes map;
  };
  const Case c =
      GENERATE(Case{"no descriptor", build::physical_map(7)},
               Case{"another type", test::bytes_of({3, 6, 0, 0, 0, 0})},
               Case{"another kind",
                    build::sized(test::bytes_of({2, 64, 0, 0}) + build::entity("*Other"), 64)},
               Case{"type 1, too short", test::bytes_of({1, 5, 1, 0, 0})},
               Case{"type 2, too short", build::sized(test::bytes_of({2, 39}), 39)},
               Case{"sparable, too short", cut(build::sparable_map({}), 63)},
               Case{"metadata, too short", cut(build::metadata_map(1, 2), 63)},
               Case{"sparable, no packets", build::sparable_map({.packet_blocks = 0})},
               Case{"metadata over nothing", build::metadata_map(1, 2, 7)},
               Case{"metadata without files", build::metadata_map(1, 2)},
               Case{"virtual over nothing", build::virtual_map(0x0150, 7)},
               Case{"virtual without a table", build::virtual_map(0x0150)});
  CAPTURE(c.what);
  SmallVolume volume(kImageBlocks);
  const Opened opened(volume.image(), {c.map, build::physical_map()});
  REQUIRE(opened.result);
  CHECK_FALSE(opened.damage.empty());
  CHECK_FALSE(opened.has(0));
  CHECK(opened.has(1));
}

TEST_CASE("a table of maps that is cut off costs what is behind", "[udf][partition_maps]") {
  SmallVolume volume(kImageBlocks);
  const auto count = GENERATE(3U, 0xFFFF'FFFFU);
  const Opened more(volume.image(), {build::physical_map(), build::physical_map(1)}, {},
                    {.map_count = count});
  CHECK(more.logical.partitions().size() == 2);
  CHECK(more.damage.size() == 1);
  const Opened zero(volume.image(),
                    {build::physical_map(), test::bytes_of({1, 0}), build::physical_map()});
  CHECK(zero.logical.partitions().size() == 1);
  CHECK(zero.damage.size() == 1);
  const Opened fewer(volume.image(), {build::physical_map(), build::physical_map()}, {},
                     {.map_count = 1});
  CHECK(fewer.logical.partitions().size() == 1);
  CHECK(fewer.damage.empty());
}

TEST_CASE("a table of very many maps is read up to a limit", "[udf][partition_maps]") {
  SmallVolume volume(kImageBlocks);
  const std::vector<Bytes> maps(kPartitionMapsMax + 5, test::bytes_of({9, 2}));
  CHECK(Opened(volume.image(), maps).logical.partitions().size() == kPartitionMapsMax);
}

// --- virtual partitions

TEST_CASE("a virtual allocation table says where blocks lie", "[udf][virtual]") {
  const auto revision = static_cast<std::uint16_t>(GENERATE(0x0150, 0x0200, 0x0260));
  const bool embedded = GENERATE(false, true);
  const bool under_first = GENERATE(false, true);
  CAPTURE(revision, embedded);
  SmallVolume volume(kImageBlocks);
  const std::vector<std::uint32_t> entries = {10, 0xFFFF'FFFF, 30};
  const Bytes table = revision < 0x0200 ? build::vat_150(entries) : build::vat_200(entries);
  EntrySpec spec{.type = revision < 0x0200 ? std::uint8_t{0} : kVatType, .data = table};
  if (!embedded) {
    volume.put(kStart + 50, table);
    spec = {.type = spec.type,
            .data = build::short_ad(static_cast<std::uint32_t>(table.size()), 50),
            .kind = Kind::kShort,
            .information_bytes = table.size()};
  }
  const std::uint32_t icb = kImageBlocks - kStart - 1;
  put_entry(volume, icb, spec);
  std::vector<Bytes> maps = {build::physical_map(), build::virtual_map(revision)};
  if (!under_first) std::swap(maps[0], maps[1]);
  const Opened opened(volume.image(), maps);
  REQUIRE(opened.result);
  CHECK(opened.damage.empty());
  const std::uint16_t reference = under_first ? 1 : 0;
  REQUIRE(opened.has(reference));
  const auto& partition =
      dynamic_cast<const VirtualPartition&>(*opened.logical.partitions()[reference]);
  CHECK(partition.kind() == "virtual");
  CHECK(partition.size_blocks() == 3);
  CHECK(partition.facts().icb_lbn == icb);
  CHECK(partition.facts().header.has_value() == (revision >= 0x0200));
  CHECK(opened.block_of(0, reference) == kStart + 10);
  CHECK(opened.block_of(2, reference) == kStart + 30);
  CHECK(opened.logical.map({0, reference})->blocks == 1);
  for (const std::uint32_t lbn : {1U, 3U, 0xFFFF'FFFFU}) {
    const auto none = opened.logical.map({lbn, reference});
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Errc::kCorrupt);
  }
}

TEST_CASE("the table is looked for before the end of the image, and of the partition",
          "[udf][virtual]") {
  SmallVolume volume(kImageBlocks);
  const std::uint32_t last = kImageBlocks - kStart - 1;
  const std::uint32_t icb = GENERATE_COPY(last - 0, last - 2, last - kVatSearchBlocksMax + 1,
                                          kBlocks - 1, kBlocks - 150, 0U);
  CAPTURE(icb);
  put_entry(volume, icb, {.type = 0, .data = build::vat_150({10})});
  const Opened opened(volume.image(), {build::physical_map(), build::virtual_map(0x0150)});
  CHECK(opened.has(1));
}

TEST_CASE("a table too far from both ends is not found, lastblock= finds it", "[udf][virtual]") {
  SmallVolume volume(kImageBlocks);
  const std::uint32_t icb = kImageBlocks - kStart - 1 - kVatSearchBlocksMax;
  put_entry(volume, icb, {.type = 0, .data = build::vat_150({10})});
  const std::vector<Bytes> maps = {build::physical_map(), build::virtual_map(0x0150)};
  CHECK_FALSE(Opened(volume.image(), maps).has(1));
  CHECK(Opened(volume.image(), maps, options_with([&](Options& o) { o.last_block = kStart + icb; }))
            .has(1));
  CHECK_FALSE(
      Opened(volume.image(), maps, options_with([](Options& o) { o.last_block = 0; })).has(1));
}

TEST_CASE("a table of another file type is taken where nothing better is near the end",
          "[udf][virtual]") {
  SmallVolume volume(kImageBlocks);
  const std::uint32_t last = kImageBlocks - kStart - 1;
  const std::uint32_t icb = last - GENERATE(0U, 3U, 4U);
  put_entry(volume, icb, {.data = build::vat_150({10}, 0xFFFF'FFFF, "*Something")});
  const std::vector<Bytes> maps = {build::physical_map(), build::virtual_map(0x0150)};
  CHECK(Opened(volume.image(), maps).has(1) == (last - icb < 4));
  put_entry(volume, last - 20, {.type = 0, .data = build::vat_150({11})});
  CHECK(Opened(volume.image(), maps).block_of(0, 1) == kStart + 11);
}

TEST_CASE("a table that cannot be one is passed over", "[udf][virtual]") {
  struct Case {
    const char* what;
    std::uint16_t revision;
    EntrySpec entry;
  };
  const Case c = GENERATE(
      Case{"1.50, too short", 0x0150, {.type = 0, .data = Bytes(35)}},
      Case{"2.00, too short", 0x0200, {.type = kVatType, .data = Bytes(151)}},
      Case{"header too short", 0x0200, {.type = kVatType, .data = build::vat_200({1}, 0, 151)}},
      Case{"header longer than the table",
           0x0200,
           {.type = kVatType, .data = build::vat_200({1}, 0, 157)}},
      Case{"it lies in itself",
           0x0200,
           {.type = kVatType,
            .data = build::long_ad(2048, 0, 1),
            .kind = Kind::kLong,
            .information_bytes = 2048}},
      Case{"it lies nowhere",
           0x0200,
           {.type = kVatType,
            .data = build::long_ad(2048, 0, 7),
            .kind = Kind::kLong,
            .information_bytes = 2048}},
      Case{"embedded, cut off",
           0x0200,
           {.type = kVatType, .data = build::vat_200({1}), .information_bytes = 1000}},
      Case{"more entries than there are addresses",
           0x0200,
           {.type = kVatType,
            .data = build::vat_200({1}),
            .kind = Kind::kShort,
            .information_bytes = std::uint64_t{1} << 40U}});
  CAPTURE(c.what);
  SmallVolume volume(kImageBlocks);
  const std::uint32_t last = kImageBlocks - kStart - 1;
  put_entry(volume, last, c.entry);
  const std::vector<Bytes> maps = {build::physical_map(), build::virtual_map(c.revision)};
  const Opened alone(volume.image(), maps);
  CHECK(alone.result);
  CHECK_FALSE(alone.has(1));
  put_entry(volume, last - 10,
            c.revision < 0x0200 ? EntrySpec{.type = 0, .data = build::vat_150({12})}
                                : EntrySpec{.type = kVatType, .data = build::vat_200({12})});
  CHECK(Opened(volume.image(), maps).block_of(0, 1) == kStart + 12);
}

TEST_CASE("a table may have no entries, and a header longer than today's", "[udf][virtual]") {
  SmallVolume volume(kImageBlocks);
  put_entry(volume, kImageBlocks - kStart - 1,
            {.type = kVatType, .data = build::vat_200({99, 12}, 0, 156)});
  const std::vector<Bytes> maps = {build::physical_map(), build::virtual_map(0x0200)};
  const Opened opened(volume.image(), maps);
  CHECK(opened.block_of(0, 1) == kStart + 12);
  put_entry(volume, kImageBlocks - kStart - 1, {.type = kVatType, .data = build::vat_200({})});
  const Opened none(volume.image(), maps);
  REQUIRE(none.has(1));
  CHECK(none.logical.partitions()[1]->size_blocks() == 0);
}

TEST_CASE("vat= goes back to earlier tables", "[udf][virtual]") {
  SmallVolume volume(kImageBlocks);
  const bool revision_150 = GENERATE(false, true);
  const auto put = [&](std::uint32_t lbn, std::uint32_t entry, std::uint32_t previous) {
    put_entry(volume, lbn,
              revision_150
                  ? EntrySpec{.type = 0, .data = build::vat_150({entry}, previous)}
                  : EntrySpec{.type = kVatType, .data = build::vat_200({entry}, previous)});
  };
  put(kImageBlocks - kStart - 1, 30, 500);
  put(500, 20, 50);
  put(50, 10, 0xFFFF'FFFF);
  const std::vector<Bytes> maps = {build::physical_map(),
                                   build::virtual_map(revision_150 ? 0x0150 : 0x0200)};
  const auto with = [&](std::uint32_t generation) {
    return options_with([&](Options& o) { o.vat_generation = generation; });
  };
  CHECK(Opened(volume.image(), maps, with(0)).block_of(0, 1) == kStart + 30);
  CHECK(Opened(volume.image(), maps, with(1)).block_of(0, 1) == kStart + 20);
  CHECK(Opened(volume.image(), maps, with(2)).block_of(0, 1) == kStart + 10);
  for (const std::uint32_t generation : {3U, 5000U, 0xFFFF'FFFFU}) {
    const Opened none(volume.image(), maps, with(generation));
    REQUIRE_FALSE(none.result);
    CHECK(none.result.error().code == Errc::kNotFound);
  }
  put(50, 10, 50);  // a table that names itself
  CHECK(Opened(volume.image(), maps, with(4000)).block_of(0, 1) == kStart + 10);
  CHECK_FALSE(Opened(volume.image(), maps, with(5000)).result);
}

TEST_CASE("where no table is found because one cannot be read that is the error",
          "[udf][virtual][faults]") {
  SmallVolume volume(kImageBlocks);
  const Bytes table = build::vat_150({10});
  volume.put(kStart + 50, table);
  put_entry(volume, kImageBlocks - kStart - 1,
            {.type = 0,
             .data = build::short_ad(static_cast<std::uint32_t>(table.size()), 50),
             .kind = Kind::kShort,
             .information_bytes = table.size()});
  const std::vector<Bytes> maps = {build::physical_map(), build::virtual_map(0x0150)};
  for (const std::size_t reads : {0U, 1U}) {
    CAPTURE(reads);
    test::FailingSource failing(volume.image());
    failing.fail_after(reads);
    const Opened opened(failing, maps);
    if (opened.result) {
      CHECK(opened.block_of(0, 1) == kStart + 10);  // it was tried again
    } else {
      CHECK(opened.result.error().code == Errc::kIo);
    }
  }
}

TEST_CASE("a table that cannot be read does not give way to an older one",
          "[udf][virtual][faults]") {
  SmallVolume volume(kImageBlocks);
  const Bytes table = build::vat_150({10});
  volume.put(kStart + 50, table);
  put_entry(volume, kImageBlocks - kStart - 1,
            {.type = 0,
             .data = build::short_ad(static_cast<std::uint32_t>(table.size()), 50),
             .kind = Kind::kShort,
             .information_bytes = table.size()});
  put_entry(volume, kImageBlocks - kStart - 20, {.type = 0, .data = build::vat_150({99})});
  test::FailingSource failing(volume.image());
  failing.fail_after(1);  // its trailer
  const Opened opened(failing, {build::physical_map(), build::virtual_map(0x0150)});
  REQUIRE_FALSE(opened.result);
  CHECK(opened.result.error().code == Errc::kIo);
}

// --- metadata partitions

namespace {

/// A metadata file of `blocks` blocks from block `lbn` of partition 0 on.
EntrySpec metadata_file(std::uint32_t lbn, std::uint32_t blocks, std::uint8_t type = 250) {
  return {.extended = true,
          .type = type,
          .data = build::short_ad(blocks * 2048, lbn),
          .kind = Kind::kShort,
          .information_bytes = std::uint64_t{blocks} * 2048};
}
const std::vector<Bytes>& metadata_maps() {
  static const std::vector<Bytes> maps = {build::physical_map(), build::metadata_map(3, 4)};
  return maps;
}

}  // namespace

TEST_CASE("a metadata partition is a file of another one, twice", "[udf][metadata]") {
  SmallVolume volume(kImageBlocks);
  EntrySpec split = metadata_file(0, 8);
  split.data = build::short_ad(4 * 2048, 20) + build::short_ad(4 * 2048, 60);
  put_entry(volume, 3, split);
  put_entry(volume, 4, metadata_file(100, 8, 251));
  const Opened opened(volume.image(), metadata_maps());
  REQUIRE(opened.result);
  CHECK(opened.damage.empty());
  CHECK(opened.logical.partitions()[1]->kind() == "metadata");
  CHECK(opened.logical.partitions()[1]->size_blocks() == 8);
  CHECK(opened.logical.copies(1) == 2);
  CHECK(opened.block_of(1, 1) == kStart + 21);
  CHECK(opened.logical.map({1, 1})->blocks == 3);
  CHECK(opened.block_of(5, 1) == kStart + 61);
  CHECK(opened.block_of(5, 1, 1) == kStart + 105);
  const auto behind = opened.logical.map({8, 1});
  REQUIRE_FALSE(behind);
  CHECK(behind.error().code == Errc::kCorrupt);
  CHECK_FALSE(opened.logical.map({0xFFFF'FFFF, 1}));
}

TEST_CASE("one of the metadata files is enough", "[udf][metadata]") {
  const std::uint32_t whole = GENERATE(3U, 4U);
  SmallVolume volume(kImageBlocks);
  put_entry(volume, whole, metadata_file(20, 8));
  const Opened opened(volume.image(), metadata_maps());
  CHECK(opened.damage.size() == 1);
  REQUIRE(opened.has(1));
  CHECK(opened.logical.copies(1) == 1);
  CHECK(opened.logical.partitions()[1]->size_blocks() == 8);
  CHECK(opened.block_of(1, 1) == kStart + 21);
}

TEST_CASE("a block that one metadata file lacks is that of the other", "[udf][metadata]") {
  SmallVolume volume(kImageBlocks);
  EntrySpec hole = metadata_file(0, 8);
  hole.data = build::short_ad(4 * 2048, 20) + build::short_ad(4 * 2048, 0, 1);
  put_entry(volume, 3, hole);
  put_entry(volume, 4, metadata_file(100, 6));
  const Opened opened(volume.image(), metadata_maps());
  CHECK(opened.block_of(5, 1) == kStart + 105);
  CHECK_FALSE(opened.logical.map({7, 1}));
  CHECK(opened.block_of(1, 1, 1) == kStart + 101);
}

TEST_CASE("a metadata file that lies in itself, or in its entry, is none", "[udf][metadata]") {
  struct Case {
    const char* what;
    EntrySpec entry;
  };
  const Case c = GENERATE(
      Case{"in itself",
           {.data = build::long_ad(2048, 0, 1), .kind = Kind::kLong, .information_bytes = 2048}},
      Case{"in a partition that is not there",
           {.data = build::long_ad(2048, 0, 9), .kind = Kind::kLong, .information_bytes = 2048}},
      Case{"embedded", {.data = Bytes(100)}},
      Case{
          "its extents go on in itself",
          {.data = build::long_ad(2048, 0, 1, 3), .kind = Kind::kLong, .information_bytes = 2048}});
  CAPTURE(c.what);
  SmallVolume volume(kImageBlocks);
  put_entry(volume, 3, c.entry);
  volume.put(kStart + 4, build::indirect_entry(4, 0, 1));  // the mirror's entry is in itself
  const Opened opened(volume.image(), metadata_maps());
  CHECK(opened.result);
  CHECK_FALSE(opened.has(1));
  CHECK(opened.damage.size() == 3);
  CHECK(opened.logical.map({0, 1}).error().code == Errc::kCorrupt);
}

TEST_CASE("a metadata file of no length has no blocks", "[udf][metadata]") {
  SmallVolume volume(kImageBlocks);
  put_entry(volume, 3, metadata_file(20, 0));
  put_entry(volume, 4, metadata_file(20, 0));
  const Opened opened(volume.image(), metadata_maps());
  REQUIRE(opened.has(1));
  CHECK_FALSE(opened.logical.map({0, 1}));
}

TEST_CASE("a metadata partition may lie in a sparable one", "[udf][metadata]") {
  SmallVolume volume(kImageBlocks);
  volume.put(10, build::sparing_table(10, {{32, 1900}}));
  put_entry(volume, 3, metadata_file(30, 8));
  put_entry(volume, 4, metadata_file(30, 8));
  const Opened opened(volume.image(),
                      {build::metadata_map(3, 4), build::sparable_map({.tables = {10}})});
  REQUIRE(opened.has(0));
  CHECK(opened.block_of(1, 0) == kStart + 31);
  CHECK(opened.logical.map({1, 0})->blocks == 1);
  CHECK(opened.block_of(2, 0) == 1900);
}

TEST_CASE(
    "of two metadata files, one damaged and one that cannot be read, the reading is the error",
    "[udf][metadata][faults]") {
  SmallVolume volume(kImageBlocks);
  put_entry(volume, 4, metadata_file(20, 8));
  test::FailingSource failing(volume.image());
  failing.fail_after(1);
  const Opened opened(failing, metadata_maps());
  REQUIRE_FALSE(opened.result);
  CHECK(opened.result.error().code == Errc::kIo);
}
