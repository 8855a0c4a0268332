// Which of the file systems of a disc is shown.
#include <isofuse/open.h>

#include "support/catch.h"
#include "support/options.h"
#include "support/udf_builder.h"

using namespace isofuse;
using test::Bytes;
using test::options_with;
namespace build = test::udf;
namespace susp = test::susp;

namespace {

enum class Iso { kNone, kPlain, kRockRidge, kJoliet };

/// A bridge disc: UDF with `udf_entries` in its root, ISO 9660 with `iso_entries`.
build::VolumeDisc bridge(std::uint32_t udf_entries, Iso iso, std::uint32_t iso_entries,
                         bool recognised = true) {
  std::vector<build::FidSpec> fids;
  for (std::uint32_t i = 0; i < udf_entries; ++i)
    fids.push_back({.identifier = build::cs0("udf" + std::to_string(i)), .lbn = 10});
  build::VolumeSpec spec;
  spec.recognition.clear();
  build::VolumeDisc disc = build::plain_volume(fids, spec);
  std::uint32_t sector = 16;
  if (iso != Iso::kNone) {
    disc.sector(sector++, test::make_descriptor({.root_lbn = 60}));
    if (iso == Iso::kJoliet)
      disc.sector(sector++, test::make_descriptor({.type = 2, .root_lbn = 60, .escape = "%/E"}));
    disc.sector(sector++, test::make_terminator());
    std::vector<test::RecordSpec> records;
    for (std::uint32_t i = 0; i < iso_entries; ++i)
      records.push_back(test::file_record("F" + std::to_string(i), 62, 1));
    Bytes use;
    if (iso == Iso::kRockRidge) {
      using test::operator+;
      use = susp::sp() + susp::er();
    }
    disc.directory({.lbn = 60, .parent_lbn = 60, .self_use = use}, records);
  }
  if (recognised)
    for (const char* identifier : {"BEA01", "NSR02", "TEA01"})
      disc.sector(sector++, build::volume_structure(identifier));
  return disc;
}

View shown(const build::VolumeDisc& disc, const Options& options = {}) {
  const auto image = disc.source();
  const auto opened = open_filesystem(image, options);
  REQUIRE(opened);
  return (*opened)->view();
}
std::size_t count(const build::VolumeDisc& disc, const Options& options = {}) {
  const auto image = disc.source();
  const auto opened = open_filesystems(image, options);
  return opened ? opened->size() : 0;
}

}  // namespace

TEST_CASE("a bridge disc is shown as UDF unless Rock Ridge says as much", "[open]") {
  CHECK(count(bridge(3, Iso::kRockRidge, 3)) == 2);
  CHECK(shown(bridge(3, Iso::kPlain, 3)) == View::kUdf);
  CHECK(shown(bridge(3, Iso::kPlain, 9)) == View::kUdf);
  CHECK(shown(bridge(3, Iso::kJoliet, 9)) == View::kUdf);
  CHECK(shown(bridge(3, Iso::kRockRidge, 2)) == View::kUdf);
  CHECK(shown(bridge(3, Iso::kRockRidge, 3)) == View::kRockRidge);
  CHECK(shown(bridge(3, Iso::kRockRidge, 4)) == View::kRockRidge);
  CHECK(shown(bridge(0, Iso::kRockRidge, 0)) == View::kRockRidge);
}

TEST_CASE("options that speak of ISO 9660 ask for it", "[open]") {
  const auto disc = bridge(3, Iso::kRockRidge, 1);
  CHECK(shown(disc, options_with([](Options& o) { o.rock_ridge = false; })) == View::kIso);
  CHECK(shown(disc, options_with([](Options& o) { o.joliet = false; })) == View::kRockRidge);
  CHECK(shown(bridge(3, Iso::kNone, 0), options_with([](Options& o) { o.joliet = false; })) ==
        View::kUdf);
}

TEST_CASE("view= leaves one file system", "[open]") {
  const auto disc = bridge(1, Iso::kRockRidge, 3);
  const auto with = [](View view) { return options_with([&](Options& o) { o.view = view; }); };
  CHECK(shown(disc, with(View::kUdf)) == View::kUdf);
  CHECK(count(disc, with(View::kUdf)) == 1);
  CHECK(shown(disc, with(View::kIso)) == View::kIso);
  CHECK(shown(disc, with(View::kRockRidge)) == View::kRockRidge);
  CHECK(count(disc, with(View::kRockRidge)) == 1);
}

TEST_CASE("without a recognition sequence UDF is taken where nothing else is", "[open]") {
  CHECK(shown(bridge(1, Iso::kNone, 0, false)) == View::kUdf);
  CHECK(shown(bridge(1, Iso::kPlain, 1, false)) == View::kIso);
  CHECK(count(bridge(1, Iso::kPlain, 1, false)) == 1);
  CHECK(shown(bridge(1, Iso::kPlain, 1, false),
              options_with([](Options& o) { o.need_recognition = false; })) == View::kUdf);
}

TEST_CASE("where one side of a bridge disc is damaged the other is shown", "[open]") {
  auto udf_damaged = bridge(1, Iso::kPlain, 1);
  udf_damaged.part(0, Bytes(2048));
  CHECK(shown(udf_damaged) == View::kIso);
  CHECK(count(udf_damaged) == 1);
  auto iso_damaged = bridge(1, Iso::kRockRidge, 1);
  iso_damaged.sector(16, test::bytes_of(std::string("\x01"
                                                    "CD001\x01")));
  iso_damaged.sector(16, Bytes(2048));
  iso_damaged.sector(16, build::volume_structure("BEA01"));
  CHECK(shown(iso_damaged) == View::kUdf);
}

TEST_CASE("a disc of UDF alone that is damaged says what is wrong with it", "[open]") {
  auto disc = bridge(1, Iso::kNone, 0);
  disc.part(0, Bytes(2048));
  const auto image = disc.source();
  const auto opened = open_filesystems(image, {});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::kCorrupt);
  CHECK(opened.error().offset == disc.offset(0));
}
