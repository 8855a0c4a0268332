// What a volume takes of its medium, and what its facts tell.
#include "fs/udf/areas.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include <nlohmann/json.hpp>

#include <isofuse/open.h>

#include "support/catch.h"
#include "support/options.h"
#include "support/udf_builder.h"

using namespace isofuse;
using test::Bytes;
using test::operator+;
namespace build = test::udf;
using Json = nlohmann::ordered_json;
using Areas = std::vector<std::tuple<std::string, std::uint64_t, std::uint64_t>>;

namespace {

Json facts_of(const build::VolumeDisc& disc) {
  const auto image = disc.source();
  const auto opened = open_filesystem(image, {});
  REQUIRE(opened);
  return (*opened)->facts();
}

Areas areas_of(const Json& facts) {
  Areas out;
  for (const Json& area : facts["areas"])
    out.emplace_back(area["kind"], area["start_block"], area["blocks"]);
  return out;
}

/// UDF 2.2.7.2: an implementation use volume descriptor that names people.
Bytes information(std::uint32_t location, std::string_view kind = "*UDF LV Info") {
  const Bytes body = test::little32(1) + build::entity(kind) + Bytes(64) +
                     build::dstring(build::cs0("TEST"), 128) +
                     build::dstring(build::cs0("Anna"), 36) +
                     build::dstring(build::cs0("Works"), 36) + build::dstring(build::cs0("+1"), 36);
  return build::tagged({.identifier = 4, .location = location}, build::sized(body, 496));
}

}  // namespace

TEST_CASE("the areas of a volume stand in the order of the medium", "[areas]") {
  const Json facts = facts_of(build::plain_volume({}));
  CHECK(areas_of(facts) == Areas{{"recognition sequence", 16, 3},
                                 {"main sequence", 96, 8},
                                 {"reserve sequence", 112, 8},
                                 {"integrity", 128, 1},
                                 {"anchor", 256, 1},
                                 {"partition", 272, 200},
                                 {"anchor", 511, 1}});
  CHECK(facts["image_blocks"] == 512);
  CHECK(facts["used_blocks"] == 100);
  CHECK(facts["free_blocks"] == 100);
  CHECK(facts["behind_blocks"] == 0);
  CHECK(facts["soft_write_protected"] == false);
}

TEST_CASE("more free blocks than there are count as none", "[areas]") {
  build::VolumeSpec spec;
  spec.integrity.free_blocks = {1000};
  CHECK(facts_of(build::plain_volume({}, spec))["used_blocks"] == 200);
}

TEST_CASE("an integrity sequence in a circle is one area each", "[areas]") {
  build::VolumeSpec spec;
  spec.integrity.next = build::extent_ad(2048, build::kIntegrityBlock);
  const Areas areas = areas_of(facts_of(build::plain_volume({}, spec)));
  CHECK(std::ranges::count(areas, std::string("integrity"),
                           [](const auto& area) { return std::get<0>(area); }) == 1);
}

TEST_CASE("spare packets that follow each other are one area", "[areas]") {
  build::VolumeSpec spec;
  spec.logical.maps = {build::sparable_map({.packet_blocks = 16, .tables = {140, 141}})};
  build::VolumeDisc disc = build::plain_volume({}, spec);
  disc.block(140, build::sparing_table(
                      140, {{0xFFFFFFFF, 208}, {0xFFFFFFFF, 176}, {0xFFFFFFFF, 192}, {64, 480}}));
  const Areas areas = areas_of(facts_of(disc));
  Areas spare;
  for (const auto& area : areas)
    if (std::get<0>(area) == "spare packets" || std::get<0>(area) == "sparing table")
      spare.push_back(area);
  CHECK(spare == Areas{{"sparing table", 140, 1},
                       {"sparing table", 141, 1},
                       {"spare packets", 176, 48},
                       {"spare packets", 480, 16}});
}

TEST_CASE("people are told of where they are named", "[facts]") {
  build::VolumeDisc disc = build::plain_volume({});
  CHECK_FALSE(facts_of(disc).contains("owner"));
  const std::uint32_t at = build::kMain.location + 3;  // the terminator moves on
  disc.block(at, information(at, "*Something else"));
  disc.block(at + 1, build::terminator(at + 1));
  CHECK_FALSE(facts_of(disc).contains("owner"));
  disc.block(at, information(at));
  const Json facts = facts_of(disc);
  CHECK(facts["owner"] == "Anna");
  CHECK(facts["organization"] == "Works");
  CHECK(facts["contact"] == "+1");
  CHECK(identity(disc.source())["publisher"] == "Anna");
}

TEST_CASE("the serial number sums up the file set", "[facts]") {
  build::VolumeDisc disc = build::plain_volume({});
  const std::string before = facts_of(disc)["windows_serial"];
  // The name of the copyright file: the first byte of a lane more, so one more in its sum.
  disc.part(0, build::changed(build::file_set(0), 336 - 16, test::bytes_of({1})));
  const std::string after = facts_of(disc)["windows_serial"];
  CHECK(before.size() == 8);
  CHECK(before != after);
}
