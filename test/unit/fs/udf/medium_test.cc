#include "fs/udf/medium.h"

#include "support/catch.h"
#include "support/udf_builder.h"

using namespace isofuse;
using namespace isofuse::udf;
using test::MemorySource;
namespace build = test::udf;

TEST_CASE("blocks follow each other in an image", "[udf][medium]") {
  const std::uint32_t block_bytes = GENERATE(512U, 1024U, 2048U, 4096U);
  const MemorySource image(std::uint64_t{100} * block_bytes + 17);
  const Medium medium(image, block_bytes);
  CHECK(medium.size_blocks() == 100);
  CHECK(medium.run_at(0).image_offset == 0);
  CHECK(medium.run_at(99).image_offset == std::uint64_t{99} * block_bytes);
  CHECK(medium.run_at(7).blocks > 0xFFFF'FFFFU);
  // The farthest block that an address can name.
  CHECK(medium.run_at(0x1'FFFF'FFFEU).image_offset == std::uint64_t{0x1'FFFF'FFFEU} * block_bytes);
}

TEST_CASE("link blocks of a raw CD-RW are not counted", "[udf][medium]") {
  struct Case {
    std::uint64_t image_blocks, blocks;
  };
  const Case c = GENERATE(Case{0, 0}, Case{1, 1}, Case{32, 32}, Case{38, 32}, Case{39, 32},
                          Case{40, 33}, Case{71, 64}, Case{78, 64}, Case{79, 65});
  const MemorySource image(c.image_blocks * 2048);
  CAPTURE(c.image_blocks);
  CHECK(Medium(image, 2048, true).size_blocks() == c.blocks);
}

TEST_CASE("runs of a raw CD-RW end at its link blocks", "[udf][medium]") {
  const MemorySource image(std::uint64_t{390} * 2048);
  const Medium medium(image, 2048, true);
  CHECK(medium.run_at(0).image_offset == 0);
  CHECK(medium.run_at(0).blocks == 32);
  CHECK(medium.run_at(31).image_offset == std::uint64_t{31} * 2048);
  CHECK(medium.run_at(31).blocks == 1);
  CHECK(medium.run_at(32).image_offset == std::uint64_t{39} * 2048);
  CHECK(medium.run_at(70).image_offset == std::uint64_t{2 * 39 + 6} * 2048);
  CHECK(medium.run_at(70).blocks == 26);
}

TEST_CASE("a block is fetched with the place where it stands", "[udf][medium]") {
  MemorySource image(std::uint64_t{80} * 2048);
  image.put(std::uint64_t{39} * 2048, test::bytes_of("block 32"));
  StoredBlock block;
  REQUIRE(block.fetch(Medium(image, 2048, true), 32));
  CHECK(block.view().where() == std::uint64_t{39} * 2048);
  CHECK(block.view().size() == 2048);
  CHECK(block.view().chars().substr(0, 8) == "block 32");
  const auto behind = block.fetch(Medium(image, 2048), 80);
  REQUIRE_FALSE(behind);
  CHECK(behind.error().code == Errc::kTruncated);
  CHECK(behind.error().offset == std::uint64_t{80} * 2048);
}
