#include "fs/udf/integrity.h"

#include <isofuse/limits.h>

#include "support/catch.h"
#include "support/failing_source.h"
#include "support/udf_builder.h"

using namespace isofuse;
using namespace isofuse::udf;
using test::Bytes;
namespace build = test::udf;

namespace {

disc::ExtentDescriptor extent_of(std::uint32_t location, std::uint32_t blocks) {
  return *ByteView(build::extent_ad(blocks * 2048, location)).read<disc::ExtentDescriptor>(0);
}

struct Read {
  std::optional<Integrity> integrity;
  std::vector<std::string> damage;
};
Read read(const test::Disc& disc, std::uint32_t location = 10, std::uint32_t blocks = 4) {
  const auto image = disc.source();
  Read out;
  out.integrity = read_integrity(Medium(image, 2048), extent_of(location, blocks), out.damage);
  return out;
}

test::Disc empty_disc() {
  test::Disc disc;
  disc.block(99, Bytes(2048));
  return disc;
}

}  // namespace

TEST_CASE("an integrity descriptor is decoded", "[udf][integrity]") {
  test::Disc disc = empty_disc();
  disc.block(10, build::integrity(10, {.type = 0, .free_blocks = {5, 6}, .size_blocks = {7, 8}}));
  const Read found = read(disc);
  REQUIRE(found.integrity);
  CHECK(found.integrity->descriptor.type.get() == 0);
  CHECK(found.integrity->free_blocks == std::vector<std::uint32_t>{5, 6});
  CHECK(found.integrity->size_blocks == std::vector<std::uint32_t>{7, 8});
  REQUIRE(found.integrity->use);
  CHECK(found.integrity->use->file_count.get() == 3);
  CHECK(found.integrity->use->directory_count.get() == 2);
  CHECK(found.integrity->use->revision_to_write_max.get() == 0x0250);
}

TEST_CASE("the last descriptor of an extent counts, and the extent that it leads to",
          "[udf][integrity]") {
  test::Disc disc = empty_disc();
  disc.block(10, build::integrity(10, {.files = 1}));
  disc.block(11, build::integrity(11, {.next = build::extent_ad(2 * 2048, 20), .files = 2}));
  CHECK(read(disc).integrity->use->file_count.get() == 2);  // nothing stands there
  disc.block(20, build::integrity(20, {.files = 3}));
  disc.block(21, build::terminator(21));
  const Read found = read(disc);
  CHECK(found.integrity->use->file_count.get() == 3);
}

TEST_CASE("no sequence, or an empty one, is nothing", "[udf][integrity]") {
  CHECK_FALSE(read(empty_disc(), 10, 0).integrity);
  test::Disc disc = empty_disc();
  disc.block(10, build::terminator(10));
  const Read ended = read(disc);
  CHECK_FALSE(ended.integrity);
  CHECK(ended.damage.empty());
  CHECK_FALSE(read(disc, 0xFFFF'FFFF, 4).integrity);
}

TEST_CASE("a damaged integrity descriptor is named and left out", "[udf][integrity]") {
  const Bytes damaged = GENERATE(
      test::pattern(512), build::integrity(11), build::integrity(10, {.partition_count = 247}),
      build::integrity(10, {.partition_count = 0xFFFF'FFFF}),
      build::tagged({.identifier = 9, .location = 10, .crc = 1}, Bytes(64)));
  test::Disc disc = empty_disc();
  disc.block(10, damaged);
  const Read found = read(disc);
  CHECK_FALSE(found.integrity);
  REQUIRE(found.damage.size() == 1);
  CHECK(found.damage[0].find("integrity") == 0);
}

TEST_CASE("the implementation use may be missing or too short", "[udf][integrity]") {
  test::Disc disc = empty_disc();
  disc.block(10, build::integrity(10, {.use_bytes = 45}));
  const Read found = read(disc);
  REQUIRE(found.integrity);
  CHECK_FALSE(found.integrity->use);
  CHECK(found.damage.empty());
  // It does not fit into the block behind tables that just do.
  disc.block(10, build::integrity(10, {.free_blocks = std::vector<std::uint32_t>(123),
                                       .size_blocks = std::vector<std::uint32_t>(123)}));
  CHECK(read(disc).integrity);
}

TEST_CASE("an integrity sequence that does not end is given up", "[udf][integrity]") {
  test::Disc disc = empty_disc();
  disc.block(10, build::integrity(10, {.next = build::extent_ad(2048, 11), .files = 1}));
  disc.block(11, build::integrity(11, {.next = build::extent_ad(2048, 10), .files = 1}));
  const Read found = read(disc);
  CHECK(found.integrity);
  REQUIRE(found.damage.size() == 1);
  CHECK(found.damage[0].find("does not end") != std::string::npos);
}

TEST_CASE("an integrity sequence of the largest length is read to its end", "[udf][integrity]") {
  test::Disc disc;
  const std::uint32_t last = 10 + std::uint32_t{kIntegrityDescriptorsMax} - 1;
  for (std::uint32_t at = 10; at <= last; ++at)
    disc.block(at, build::integrity(
                       at, {.next = build::extent_ad(at < last ? 2048 : 0, at + 1), .files = at}));
  const Read found = read(disc, 10, 1);
  CHECK(found.integrity->use->file_count.get() == last);
  CHECK(found.damage.empty());
}

TEST_CASE("a sequence that cannot be read is nothing", "[udf][integrity]") {
  test::Disc disc = empty_disc();
  disc.block(10, build::integrity(10));
  const auto image = disc.source();
  test::FailingSource failing(image);
  failing.fail_after(0);
  std::vector<std::string> damage;
  CHECK_FALSE(read_integrity(Medium(failing, 2048), extent_of(10, 2), damage));
}
