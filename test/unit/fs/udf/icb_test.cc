#include "fs/udf/icb.h"

#include <isofuse/limits.h>

#include "fs/udf/time.h"
#include "support/catch.h"
#include "support/failing_source.h"
#include "support/small_volume.h"

using namespace isofuse;
using namespace isofuse::udf;
using test::Bytes;
namespace build = test::udf;
using build::SmallVolume;

TEST_CASE("a file entry is decoded field by field", "[udf][icb]") {
  const bool extended = GENERATE(false, true);
  CAPTURE(extended);
  SmallVolume volume;
  volume.entry(9, {.extended = extended,
                   .type = build::kSymlinkType,
                   .data = test::bytes_of("contents"),
                   .information_bytes = 0x0123'4567'89AB'CDEF,
                   .attributes = test::bytes_of("attributes!!"),
                   .uid = 0x1234'5678,
                   .gid = 0x8765'4321,
                   .permissions = 0x7FFF,
                   .link_count = 0xABCD,
                   .more_flags = disc::kSetUid,
                   .blocks_recorded = 0xFEDC'BA98'7654'3210,
                   .accessed = build::stamp({.year = 2001}),
                   .modified = build::stamp({.year = 2002}),
                   .changed = build::stamp({.year = 2003}),
                   .attributes_icb = build::long_ad(2048, 30, 1),
                   .streams_icb = build::long_ad(2048, 31, 2)});
  FileEntry entry;
  REQUIRE(entry.fetch(volume.logical(), {9, 0}));
  CHECK(entry.type() == disc::IcbFileType::kSymbolicLink);
  CHECK(entry.information_bytes() == 0x0123'4567'89AB'CDEF);
  CHECK(entry.head().uid.get() == 0x1234'5678);
  CHECK(entry.head().gid.get() == 0x8765'4321);
  CHECK(entry.head().permissions.get() == 0x7FFF);
  CHECK(entry.head().link_count.get() == 0xABCD);
  CHECK(entry.flags() == (3 | disc::kSetUid));
  CHECK(entry.descriptor_kind() == disc::DescriptorKind::kEmbedded);
  CHECK(entry.blocks_recorded() == 0xFEDC'BA98'7654'3210);
  CHECK(entry.accessed().year.get() == 2001);
  CHECK(entry.modified().year.get() == 2002);
  CHECK(entry.attributes_changed().year.get() == 2003);
  const std::uint64_t begin = volume.place(9) + (extended ? 216 : 176);
  CHECK(entry.extended_attributes().chars() == "attributes!!");
  CHECK(entry.extended_attributes().where() == begin);
  CHECK(entry.descriptors().chars() == "contents");
  CHECK(entry.descriptors().where() == begin + 12);
  CHECK(entry.extended_attributes_icb() == BlockAddress{30, 1});
  CHECK(entry.streams_icb() == (extended ? std::optional(BlockAddress{31, 2}) : std::nullopt));
  CHECK(entry.where() == BlockAddress{9, 0});
}

TEST_CASE("a long descriptor of no length leads nowhere", "[udf][icb]") {
  SmallVolume volume;
  volume.entry(9, {.extended = true,
                   .attributes_icb = build::long_ad(0, 30),
                   .streams_icb = build::long_ad(0, 31, 0, 1)});
  FileEntry entry;
  REQUIRE(entry.fetch(volume.logical(), {9, 0}));
  CHECK_FALSE(entry.extended_attributes_icb());
  CHECK_FALSE(entry.streams_icb());
}

TEST_CASE("what is no file entry is refused with its place", "[udf][icb]") {
  struct Case {
    const char* what;
    Bytes block;
    Errc code;
    std::uint64_t offset;
  };
  const Case c = GENERATE(
      Case{"nothing", {}, Errc::kCorrupt, 0},
      Case{"another descriptor", build::terminator(9), Errc::kCorrupt, 0},
      Case{"a terminal entry", build::tagged({.identifier = 260, .location = 9}, Bytes(20)),
           Errc::kCorrupt, 0},
      Case{"another place", build::file_entry(8, {}), Errc::kCorrupt, 0},
      Case{"another strategy", build::file_entry(9, {.strategy = 1}), Errc::kUnsupported, 0},
      Case{"attributes past the block", build::file_entry(9, {.attributes_bytes = 1873}),
           Errc::kCorrupt, 176},
      Case{"attributes far past the block", build::file_entry(9, {.attributes_bytes = 0xFFFF'FFFF}),
           Errc::kCorrupt, 176},
      Case{"data past the block", build::file_entry(9, {.data_bytes = 1873}), Errc::kCorrupt, 176},
      Case{"data far past the block",
           build::file_entry(9, {.attributes = Bytes(4), .data_bytes = 0xFFFF'FFFF}),
           Errc::kCorrupt, 180},
      Case{"extended, data past the block",
           build::file_entry(9, {.extended = true, .data_bytes = 1833}), Errc::kCorrupt, 216});
  CAPTURE(c.what);
  SmallVolume volume;
  volume.put(9, c.block);
  FileEntry entry;
  const auto fetched = entry.fetch(volume.logical(), {9, 0});
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().code == c.code);
  CHECK(fetched.error().offset == volume.place(9) + c.offset);
}

TEST_CASE("an entry may fill its block", "[udf][icb]") {
  const std::uint32_t block_bytes = GENERATE(512U, 1024U, 2048U, 4096U);
  SmallVolume volume(64, block_bytes);
  volume.entry(9, {.data = Bytes(block_bytes - 176)});
  FileEntry entry;
  REQUIRE(entry.fetch(volume.logical(), {9, 0}));
  CHECK(entry.descriptors().size() == block_bytes - 176);
}

TEST_CASE("an indirect entry leads to the entry", "[udf][icb]") {
  SmallVolume volume;
  volume.logical().add(std::make_unique<PhysicalPartition>(volume.logical().medium(), 100, 10));
  volume.put(9, build::indirect_entry(9, 20));
  volume.put(20, build::indirect_entry(20, 5, 1));
  volume.put(105, build::file_entry(5, {.uid = 77}));
  FileEntry entry;
  REQUIRE(entry.fetch(volume.logical(), {9, 0}));
  CHECK(entry.head().uid.get() == 77);
  CHECK(entry.where() == BlockAddress{5, 1});  // short descriptors count from here
}

TEST_CASE("an indirect entry that leads nowhere is refused with its place", "[udf][icb]") {
  SmallVolume volume;
  volume.put(9, build::indirect_entry(9, 20, 0, 0));
  volume.put(10, build::indirect_entry(10, 21));
  volume.put(11, build::indirect_entry(11, 0, 7));
  FileEntry entry;
  const auto none = entry.fetch(volume.logical(), {9, 0});
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::kCorrupt);
  CHECK(none.error().offset == volume.place(9));
  const auto empty = entry.fetch(volume.logical(), {10, 0});
  REQUIRE_FALSE(empty);
  CHECK(empty.error().offset == volume.place(21));
  CHECK(entry.fetch(volume.logical(), {11, 0}).error().code == Errc::kCorrupt);
}

TEST_CASE("by strategy 4096 the newest entry of the chain prevails", "[udf][icb]") {
  SmallVolume volume;
  volume.entry(9, {.uid = 1, .strategy = 4096});
  FileEntry entry;
  REQUIRE(entry.fetch(volume.logical(), {9, 0}));  // no newer one was recorded
  CHECK(entry.head().uid.get() == 1);

  volume.put(10, build::indirect_entry(10, 20));
  volume.entry(20, {.extended = true, .uid = 2, .strategy = 4096});
  volume.put(21, build::indirect_entry(21, 30));
  volume.entry(30, {.uid = 3, .strategy = 4096});
  REQUIRE(entry.fetch(volume.logical(), {9, 0}));
  CHECK(entry.head().uid.get() == 3);
  CHECK(entry.where() == BlockAddress{30, 0});
  CHECK_FALSE(entry.streams_icb());  // nothing is left of the extended one

  volume.put(31, build::indirect_entry(31, 40, 0, 0));  // recorded, but leads nowhere
  REQUIRE(entry.fetch(volume.logical(), {9, 0}));
  CHECK(entry.head().uid.get() == 3);
  volume.put(31, build::terminator(31));
  REQUIRE(entry.fetch(volume.logical(), {9, 0}));
  CHECK(entry.head().uid.get() == 3);
}

TEST_CASE("a chain of ICBs that does not end is given up", "[udf][icb]") {
  SmallVolume volume;
  volume.put(9, build::indirect_entry(9, 9));  // itself
  volume.put(10, build::indirect_entry(10, 11));
  volume.put(11, build::indirect_entry(11, 10));
  volume.entry(20, {.strategy = 4096});
  volume.put(21, build::indirect_entry(21, 20));
  for (const std::uint32_t lbn : {9U, 10U, 20U}) {
    CAPTURE(lbn);
    FileEntry entry;
    const auto fetched = entry.fetch(volume.logical(), {lbn, 0});
    REQUIRE_FALSE(fetched);
    CHECK(fetched.error().code == Errc::kLoop);
    CHECK((fetched.error().offset == volume.place(lbn)));
  }
}

TEST_CASE("a chain of the largest length is followed to its end", "[udf][icb]") {
  SmallVolume volume;
  const std::uint32_t links =
      GENERATE(std::uint32_t{kIndirectEntriesMax}, std::uint32_t{kIndirectEntriesMax} + 1);
  for (std::uint32_t i = 0; i < links; ++i) volume.put(i, build::indirect_entry(i, i + 1));
  volume.entry(links, {});
  FileEntry entry;
  const auto fetched = entry.fetch(volume.logical(), {0, 0});
  CHECK(fetched.has_value() == (links == kIndirectEntriesMax));
  if (!fetched) CHECK(fetched.error().code == Errc::kLoop);
}

TEST_CASE("an older entry is not shown where it cannot be read whether there is a newer one",
          "[udf][icb][faults]") {
  SmallVolume volume;
  volume.entry(9, {.uid = 1, .strategy = 4096});
  volume.put(10, build::indirect_entry(10, 20));
  volume.entry(20, {.uid = 2});
  test::FailingSource failing(volume.image());
  LogicalVolume logical(Medium(failing, 2048));
  logical.add(std::make_unique<PhysicalPartition>(logical.medium(), 0, 100));
  failing.fail_after(1);
  FileEntry entry;
  const auto fetched = entry.fetch(logical, {9, 0});
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().code == Errc::kIo);
  CHECK(fetched.error().offset == volume.place(10));
}
