#include "fs/iso9660/sessions.h"

#include <isofuse/limits.h>

#include "support/catch.h"
#include "support/iso_builder.h"

using namespace isofuse;
using namespace isofuse::iso9660;
using test::Bytes;
using test::make_descriptor;
using test::MemorySource;

namespace {

void put(MemorySource& image, std::uint32_t start, std::uint32_t blocks,
         const std::string& label = "S") {
  image.put((std::uint64_t{start} + 16) * 2048,
            make_descriptor({.volume_identifier = label, .space_blocks = blocks}));
}

std::vector<std::uint32_t> starts(const Source& image) {
  std::vector<std::uint32_t> out;
  for (const Session& session : find_sessions(image)) out.push_back(session.start_sector);
  return out;
}
using Starts = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("a disc of one session has one", "[sessions]") {
  MemorySource image(500 * 2048);
  put(image, 0, 400, "LABEL");
  const auto sessions = find_sessions(image);
  REQUIRE(sessions.size() == 1);
  CHECK(sessions[0].start_sector == 0);
  CHECK(sessions[0].volume_blocks == 400);
  CHECK(sessions[0].volume_identifier == "LABEL");
}

TEST_CASE("without a primary descriptor there is no session", "[sessions]") {
  MemorySource image(500 * 2048);
  CHECK(find_sessions(image).empty());
  image.put(16 * 2048, make_descriptor({.type = 2}));
  CHECK(find_sessions(image).empty());
  CHECK(find_sessions(MemorySource(0)).empty());
}

TEST_CASE("the next session is found behind the end of the one before", "[sessions]") {
  MemorySource image(std::uint64_t{40'000} * 2048);
  put(image, 0, 400);
  SECTION("at once, with sizes from the start of the disc") {
    put(image, 400, 900);
    put(image, 900, 1000);
    CHECK(starts(image) == Starts{0, 400, 900});
  }
  SECTION("behind the gap of a CD, with sizes from the start of each") {
    put(image, 400 + 11400, 500);
    put(image, 400 + 11400 + 500 + 6900, 300);
    CHECK(starts(image) == Starts{0, 11800, 19200});
  }
  SECTION("but not behind a longer one") {
    put(image, 400 + kSessionGapSectorsMax + 1, 500);
    CHECK(starts(image) == Starts{0});
  }
}

TEST_CASE("on overwritable media the first session is at sector 32", "[sessions]") {
  MemorySource image(std::uint64_t{2000} * 2048);
  put(image, 0, 900);  // a copy of the newest
  put(image, 32, 400);
  put(image, 416, 900);
  CHECK(starts(image) == Starts{32, 416});
}

TEST_CASE("sizes that make no sense end the search", "[sessions]") {
  MemorySource image(std::uint64_t{2000} * 2048);
  const std::uint32_t blocks = GENERATE(0U, 1U, 1984U, 2000U, 0xFFFFFFFFU);
  put(image, 0, blocks);
  CHECK(starts(image) == Starts{0});
}

TEST_CASE("a disc has at most 99 sessions", "[sessions]") {
  MemorySource image(std::uint64_t{4000} * 2048);
  for (std::uint32_t i = 0; i < 150; ++i) put(image, i * 20, i * 20 + 20);
  CHECK(find_sessions(image).size() == kSessionsMax);
}
