#include "fs/iso9660/volume.h"

#include <string>

#include <isofuse/limits.h>

#include "support/catch.h"
#include "support/failing_source.h"
#include "support/iso_builder.h"

using namespace isofuse;
using namespace isofuse::iso9660;
using test::Bytes;
using test::Disc;
using test::make_descriptor;
using test::make_terminator;

namespace {

constexpr std::uint64_t kFirst = 16 * 2048;

Disc with_sectors(const std::vector<Bytes>& sectors) {
  Disc disc;
  std::uint32_t sector = 16;
  for (const Bytes& bytes : sectors) disc.sector(sector++, bytes);
  return disc;
}

Result<VolumeDescriptors> scan(const std::vector<Bytes>& sectors) {
  const auto image = with_sectors(sectors).source();
  return read_volume_descriptors(image, 0);
}

Bytes joliet(const std::string& escape = "%/E", std::uint32_t root_lbn = 30) {
  return make_descriptor({.type = 2, .root_lbn = root_lbn, .escape = escape});
}

Bytes enhanced() { return make_descriptor({.type = 2, .version = 2, .root_lbn = 40}); }

}  // namespace

TEST_CASE("a primary descriptor says where the root is, and more", "[volume]") {
  const auto found = scan({make_descriptor({.volume_identifier = "LABEL",
                                            .space_blocks = 1234,
                                            .root_lbn = 25,
                                            .root_bytes = 4096,
                                            .root_xattr_blocks = 2}),
                           make_terminator()});
  REQUIRE(found);
  REQUIRE(found->primary);
  CHECK(found->terminated);
  CHECK_FALSE(found->joliet);
  CHECK_FALSE(found->enhanced);
  CHECK(found->boot_records.empty());
  CHECK_FALSE(found->udf_bridge);
  CHECK(found->primary->descriptor_offset == kFirst);
  CHECK(found->primary->root_offset == (25 + 2) * 2048);
  CHECK(found->primary->root_bytes == 4096);
  CHECK(found->primary->volume_space_blocks == 1234);
  CHECK(found->primary->layout.block_bytes == 2048);
  CHECK_FALSE(found->primary->layout.high_sierra);
  CHECK(found->primary->both_orders_agree);
  CHECK(found->primary->joliet_level == 0);
}

TEST_CASE("all kinds of descriptors are found in any order before Joliet's", "[volume]") {
  const auto found = scan({test::make_boot_record(77), enhanced(), make_descriptor({.type = 3}),
                           make_descriptor({}), joliet(), make_terminator()});
  REQUIRE(found);
  REQUIRE(found->primary);
  REQUIRE(found->joliet);
  REQUIRE(found->enhanced);
  CHECK(found->primary->descriptor_offset == kFirst + 3 * 2048);
  CHECK(found->joliet->root_offset == 30 * 2048);
  CHECK(found->enhanced->root_offset == 40 * 2048);
  REQUIRE(found->boot_records.size() == 1);
  CHECK(found->boot_records[0].system == "EL TORITO SPECIFICATION");
  CHECK(found->boot_records[0].catalog_lbn == 77);
}

TEST_CASE("nothing behind the first Joliet descriptor is used but boot records", "[volume]") {
  const auto found = scan({joliet("%/E", 30), make_descriptor({}), joliet("%/@", 31), enhanced(),
                           test::make_boot_record(77), make_terminator()});
  REQUIRE(found);
  CHECK_FALSE(found->primary);
  CHECK_FALSE(found->enhanced);
  CHECK(found->joliet->root_offset == 30 * 2048);
  CHECK(found->joliet->joliet_level == 3);
  CHECK(found->boot_records.size() == 1);
}

TEST_CASE("the first descriptor of a kind counts", "[volume]") {
  const auto found =
      scan({make_descriptor({.root_lbn = 21}), make_descriptor({.root_lbn = 22}), enhanced(),
            make_descriptor({.type = 2, .version = 2, .root_lbn = 41}), make_terminator()});
  CHECK(found->primary->root_offset == 21 * 2048);
  CHECK(found->enhanced->root_offset == 40 * 2048);
}

TEST_CASE("the escape sequence tells the level of Joliet", "[volume]") {
  struct Case {
    std::string escape;
    unsigned level;
  };
  const Case c = GENERATE(Case{"%/@", 1}, Case{"%/C", 2}, Case{"%/E", 3});
  const auto found = scan({make_descriptor({}), joliet(c.escape), make_terminator()});
  REQUIRE(found->joliet);
  CHECK(found->joliet->joliet_level == c.level);
}

TEST_CASE("an unknown level hides the Joliet descriptors behind it, as in the kernel", "[volume]") {
  const auto found = scan({make_descriptor({}), joliet("%/X"), joliet("%/E"), make_terminator()});
  REQUIRE(found);
  CHECK(found->primary);
  CHECK_FALSE(found->joliet);
}

TEST_CASE("a supplementary descriptor with another escape sequence is no tree", "[volume]") {
  const std::string escape = GENERATE("", "%", "%-@", "/%E", "(B");
  const auto found = scan({make_descriptor({}), joliet(escape), make_terminator()});
  CHECK_FALSE(found->joliet);
  CHECK_FALSE(found->enhanced);
}

TEST_CASE("an escape sequence in a primary descriptor means nothing", "[volume]") {
  const auto found = scan({make_descriptor({.escape = "%/E"}), make_terminator()});
  CHECK(found->primary);
  CHECK(found->primary->joliet_level == 0);
  CHECK_FALSE(found->joliet);
}

TEST_CASE("sectors with other identifiers are passed over", "[volume]") {
  const auto found = scan({Bytes(2048), make_descriptor({.identifier = "BEA01"}),
                           make_descriptor({.identifier = "NSR02"}), test::pattern(2048),
                           make_descriptor({}), make_terminator()});
  REQUIRE(found->primary);
  CHECK(found->primary->descriptor_offset == kFirst + 4 * 2048);
  CHECK(found->udf_bridge);
}

TEST_CASE("nothing behind the terminator is seen", "[volume]") {
  const auto found = scan({make_descriptor({}), make_terminator(), joliet()});
  CHECK(found->terminated);
  CHECK_FALSE(found->joliet);
  CHECK(scan({make_terminator(), make_descriptor({})}).error().code == Errc::kNotRecognised);
}

TEST_CASE("a missing terminator is survived", "[volume]") {
  const auto found = scan({make_descriptor({})});
  REQUIRE(found);
  CHECK(found->primary);
  CHECK_FALSE(found->terminated);
}

TEST_CASE("descriptors are looked for in 84 sectors", "[volume]") {
  std::vector<Bytes> sectors(kVolumeDescriptorsMax - 1, Bytes(2048));
  sectors.push_back(make_descriptor({}));
  CHECK(scan(sectors));
  sectors.insert(sectors.begin(), Bytes(2048));
  CHECK(scan(sectors).error().code == Errc::kNotRecognised);
}

TEST_CASE("blocks have 512, 1024 or 2048 bytes", "[volume]") {
  const std::uint16_t good = GENERATE(std::uint16_t{512}, std::uint16_t{1024}, std::uint16_t{2048});
  const auto found = scan({make_descriptor({.block_bytes = good}), make_terminator()});
  CHECK(found->primary->layout.block_bytes == good);
  CHECK(found->primary->root_offset == 20U * good);
}

TEST_CASE("the block size of a disc is its primary descriptor's", "[volume]") {
  const std::uint16_t other = GENERATE(std::uint16_t{0}, std::uint16_t{512}, std::uint16_t{4096});
  const auto found =
      scan({make_descriptor({}),
            make_descriptor(
                {.type = 2, .block_bytes = other, .root_lbn = 30, .escape = std::string("%/E")}),
            make_terminator()});
  REQUIRE(found);
  REQUIRE(found->joliet);
  CHECK(found->joliet->layout.block_bytes == 2048);
  CHECK(found->joliet->root_offset == 30 * 2048);
}

TEST_CASE("a descriptor with another block size is refused, with its place", "[volume]") {
  const std::uint16_t bad =
      GENERATE(std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{256}, std::uint16_t{1000},
               std::uint16_t{4096}, std::uint16_t{65535});
  const Bytes damaged = make_descriptor({.block_bytes = bad});
  const auto alone = scan({damaged, make_terminator()});
  REQUIRE_FALSE(alone);
  CHECK(alone.error().code == Errc::kCorrupt);
  CHECK(alone.error().offset == kFirst);
  // Where there is another, that one serves.
  const auto second = scan({damaged, make_descriptor({.root_lbn = 22}), make_terminator()});
  REQUIRE(second);
  CHECK(second->primary->root_offset == 22 * 2048);
  const auto other = scan({damaged, joliet(), make_terminator()});
  REQUIRE(other);
  CHECK_FALSE(other->primary);
  CHECK(other->joliet);
}

TEST_CASE("byte orders that disagree are told, and the little-endian half counts", "[volume]") {
  struct Field {
    std::size_t big_half;
    const char* name;
  };
  const Field field = GENERATE(Field{84, "space"}, Field{130, "block"}, Field{136, "path table"},
                               Field{156 + 6, "root extent"}, Field{156 + 14, "root size"});
  CAPTURE(field.name);
  Bytes descriptor = make_descriptor({});
  descriptor[field.big_half] ^= std::byte{1};
  const auto found = scan({descriptor, make_terminator()});
  REQUIRE(found);
  CHECK_FALSE(found->primary->both_orders_agree);
  CHECK(found->primary->root_offset == 20 * 2048);
  CHECK(found->primary->layout.block_bytes == 2048);
}

TEST_CASE("High Sierra is read where its first descriptor is the primary one", "[volume]") {
  const auto found = scan({test::make_high_sierra_descriptor(
                               {.volume_identifier = "OLD", .space_blocks = 99, .root_lbn = 27}),
                           test::make_high_sierra_terminator()});
  REQUIRE(found);
  REQUIRE(found->primary);
  CHECK(found->primary->layout.high_sierra);
  CHECK(found->primary->root_offset == 27 * 2048);
  CHECK(found->primary->volume_space_blocks == 99);
  CHECK(std::string(found->primary->descriptor.volume_identifier, 4) == "OLD ");
}

TEST_CASE("High Sierra without a primary descriptor is not recognised", "[volume]") {
  CHECK(scan({test::make_high_sierra_terminator()}).error().code == Errc::kNotRecognised);
  const auto bad = scan({test::make_high_sierra_descriptor({.block_bytes = 3})});
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Errc::kCorrupt);
}

TEST_CASE("High Sierra's letters behind a primary descriptor of ISO 9660 mean nothing",
          "[volume]") {
  const auto found =
      scan({make_descriptor({}), test::make_high_sierra_descriptor({.root_lbn = 27})});
  CHECK_FALSE(found->primary->layout.high_sierra);
  CHECK(found->primary->root_offset == 20 * 2048);
}

TEST_CASE("the descriptors of a session begin sixteen sectors into it", "[volume]") {
  Disc disc = with_sectors({make_descriptor({}), make_terminator()});
  disc.sector(100 + 16, make_descriptor({.root_lbn = 130}));
  disc.sector(100 + 17, make_terminator());
  const auto image = disc.source();
  CHECK(read_volume_descriptors(image, 0)->primary->root_offset == 20 * 2048);
  const auto second = read_volume_descriptors(image, 100);
  CHECK(second->session_sector == 100);
  CHECK(second->primary->root_offset == 130 * 2048);
  CHECK(read_volume_descriptors(image, 0xFFFFFFFF).error().code == Errc::kNotRecognised);
}

TEST_CASE("an image that is too short holds nothing", "[volume]") {
  const std::size_t size =
      GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{kFirst}, std::size_t{kFirst + 2047});
  const test::MemorySource image(size);
  const auto found = read_volume_descriptors(image, 0);
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::kNotRecognised);
}

TEST_CASE("a read that fails is told where nothing else is found", "[volume]") {
  const auto image = with_sectors({make_descriptor({})}).source();
  test::FailingSource failing(image);
  failing.fail_after(0);
  const auto found = read_volume_descriptors(failing, 0);
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::kIo);
}
