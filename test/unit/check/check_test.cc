// The check of whole discs, and the view of boot images, on a disc with both file systems.
#include <isofuse/check.h>

#include <algorithm>
#include <string>
#include <vector>

#include <isofuse/open.h>
#include <isofuse/read.h>

#include "support/catch.h"
#include "support/udf_builder.h"

namespace isofuse {
namespace {

using test::Bytes;
using test::operator+;
namespace build = test::udf;

constexpr std::uint32_t kRoot = 60, kSub = 61, kData = 62, kCatalog = 63, kBoot = 64;

Bytes catalog() {
  Bytes validation =
      test::bytes_of({1, 0, 0, 0}) + Bytes(24) + test::bytes_of({0xAA, 0x55, 0x55, 0xAA});
  return validation + test::bytes_of({0x88, 0, 0, 0, 0, 0, 4, 0}) + test::little32(kBoot) +
         Bytes(20);
}

/// The path tables of its ISO 9660 side are empty, as some writers leave them.
build::VolumeDisc disc() {
  build::VolumeSpec spec;
  spec.recognition.clear();
  build::VolumeDisc out = build::plain_volume({}, spec);
  out.sector(16, test::make_descriptor({.root_lbn = kRoot}));
  out.sector(17, test::make_boot_record(kCatalog));
  out.sector(18, test::make_terminator());
  std::uint32_t sector = 19;
  for (const char* identifier : {"BEA01", "NSR02", "TEA01"})
    out.sector(sector++, build::volume_structure(identifier));
  test::RecordSpec sub = test::file_record("SUB", kSub, 2048);
  sub.flags = test::kDirectoryFlag;
  out.directory({.lbn = kRoot, .parent_lbn = kRoot},
                {test::file_record("A", kData, 100), test::file_record("B", kData, 100), sub});
  out.directory({.lbn = kSub, .parent_lbn = kRoot}, {});
  out.sector(kCatalog, catalog());
  out.sector(kBoot, test::pattern(2048));
  return out;
}

struct Checked {
  CheckReport report;
  std::vector<Finding> findings;
  [[nodiscard]] bool says(const std::string& text) const {
    return std::ranges::any_of(findings, [&](const Finding& finding) {
      return finding.text.find(text) != std::string::npos;
    });
  }
};

Checked check_disc(const build::VolumeDisc& made) {
  const auto image = made.source();
  Checked out;
  const auto report = check(
      image, {}, [&](const Finding& finding) { out.findings.push_back(finding); },
      [](std::uint64_t done, std::uint64_t total) { return done <= total; });
  REQUIRE(report);
  out.report = *report;
  return out;
}

TEST_CASE("a sound disc with two file systems") {
  const Checked checked = check_disc(disc());
  for (const Finding& finding : checked.findings) INFO(finding.text);
  CHECK(checked.report.damage == 0);
  CHECK(checked.report.finished);
  CHECK(checked.report.directories == 3);
  CHECK(checked.report.files == 2);
  CHECK(checked.says("primary tree: has no path table"));
}

TEST_CASE("damage to either side of it is told") {
  auto wrong = disc();
  Bytes broken = catalog();
  broken[4] = std::byte{1};
  wrong.sector(kCatalog, broken);
  CHECK(check_disc(wrong).says("the sum of its validation entry is wrong"));

  wrong = disc();
  test::RecordSpec overlapping = test::file_record("C", kData, 50);
  wrong.directory({.lbn = kSub, .parent_lbn = kRoot}, {overlapping});
  CHECK(check_disc(wrong).says("50 bytes are those of /sub/c too"));

  wrong = disc();
  wrong.directory({.lbn = kSub, .parent_lbn = kRoot}, {test::file_record("FAR", 1U << 30U, 100)});
  CHECK(check_disc(wrong).says("100 of its 100 bytes lie outside of the image"));
}

TEST_CASE("boot images as files") {
  const auto made = disc();
  const auto image = made.source();
  Options options;
  options.view = View::kIso;
  options.boot = true;
  const auto opened = open_filesystem(image, options);
  REQUIRE(opened);
  const Filesystem& shown = **opened;
  const auto root = shown.directory(shown.root());
  REQUIRE(root);
  const auto at = (*root)->find("[BOOT]");
  REQUIRE(at);
  const NodeId boot = (*root)->entry(*at).node;
  CHECK(shown.attributes(boot)->type == FileType::kDirectory);
  CHECK(*shown.parent(boot) == shown.root());
  CHECK(shown.extended_attributes(boot)->empty());
  CHECK_FALSE(shown.link_target(boot));
  CHECK_FALSE(shown.extent(boot, 0));
  const auto listing = shown.directory(boot);
  REQUIRE(listing);
  REQUIRE((*listing)->size() == 1);
  CHECK((*listing)->entry(0).name == "1-bios.img");
  const NodeId file = (*listing)->entry(0).node;
  CHECK(shown.attributes(file)->size_bytes == 2048);
  CHECK_FALSE(shown.directory(file));
  Bytes contents(4096);
  const auto read = read_bytes(shown, image, file, 0, contents);
  REQUIRE(read);
  contents.resize(*read);
  CHECK(contents == test::pattern(2048));
  options.boot = false;
  CHECK_FALSE((*(*open_filesystem(image, options))->directory(shown.root()))->find("[BOOT]"));
}

}  // namespace
}  // namespace isofuse
