#include "fs/iso9660/file_sections.h"

#include <string>
#include <vector>

#include <isofuse/limits.h>

#include "support/catch.h"
#include "support/iso_builder.h"

using namespace isofuse;
using namespace isofuse::iso9660;
using test::Bytes;
using test::make_record;
using test::MemorySource;
using test::RecordSpec;
using test::operator+;

namespace {

constexpr std::uint64_t kAt = 20 * 2048;

/// The sections of a file whose records are `specs`, one after the other from block 20 on.
FileSections sections_of(const std::vector<RecordSpec>& specs, Layout layout = {}) {
  Bytes records;
  for (const RecordSpec& spec : specs) {
    const Bytes record = make_record(spec);
    if (records.size() % 2048 + record.size() > 2048)
      records.resize((records.size() / 2048 + 1) * 2048);
    records = std::move(records) + record;
  }
  MemorySource image(kAt + records.size() + 65536);
  image.put(kAt, records);
  StoredRecord first;
  REQUIRE(first.fetch(image, kAt, layout.high_sierra));
  return *FileSections::collect(image, layout, first.record());
}

RecordSpec section(std::uint32_t lbn, std::uint32_t bytes, bool more,
                   const std::string& name = "F") {
  return {.identifier = name,
          .extent_lbn = lbn,
          .data_bytes = bytes,
          .flags = more ? test::kMultiExtentFlag : std::uint8_t{0}};
}

void check_run(const Extent& run, std::uint64_t offset, std::uint64_t length, std::uint64_t image) {
  CHECK(run.kind == Extent::Kind::kImage);
  CHECK(run.file_offset == offset);
  CHECK(run.length_bytes == length);
  CHECK(run.image_offset == image);
}

}  // namespace

TEST_CASE("a file of one section is one run", "[sections]") {
  const FileSections file = sections_of({section(100, 5000, false)});
  CHECK(file.length_bytes() == 5000);
  check_run(file.extent(0), 0, 5000, 100 * 2048);
  check_run(file.extent(4999), 4999, 1, 100 * 2048 + 4999);
  CHECK(file.extent(5000).kind == Extent::Kind::kEnd);
  CHECK(file.extent(~std::uint64_t{0}).kind == Extent::Kind::kEnd);
}

TEST_CASE("data begins behind the extended attribute record", "[sections]") {
  RecordSpec spec = section(100, 5000, false);
  spec.xattr_blocks = 3;
  check_run(sections_of({spec}).extent(10), 10, 4990, 103 * 2048 + 10);
}

TEST_CASE("an empty file has no run", "[sections]") {
  const FileSections file = sections_of({section(100, 0, false)});
  CHECK(file.length_bytes() == 0);
  CHECK(file.extent(0).kind == Extent::Kind::kEnd);
}

TEST_CASE("sections follow each other, wherever they lie", "[sections]") {
  const FileSections file =
      sections_of({section(200, 4096, true), section(100, 1000, true), section(300, 2048, false)});
  CHECK(file.length_bytes() == 7144);
  check_run(file.extent(0), 0, 4096, 200 * 2048);
  check_run(file.extent(4096), 4096, 1000, 100 * 2048);
  check_run(file.extent(5095), 5095, 1, 100 * 2048 + 999);
  check_run(file.extent(5096), 5096, 2048, 300 * 2048);
}

TEST_CASE("empty sections are passed over", "[sections]") {
  const FileSections file =
      sections_of({section(1, 0, true), section(2, 10, true), section(3, 0, true),
                   section(4, 0, true), section(5, 10, true), section(6, 0, false)});
  CHECK(file.length_bytes() == 20);
  check_run(file.extent(0), 0, 10, 2 * 2048);
  check_run(file.extent(10), 10, 10, 5 * 2048);
  CHECK(file.extent(20).kind == Extent::Kind::kEnd);
}

TEST_CASE("a file of more than 4 GiB has the sum of its sections", "[sections]") {
  const FileSections file =
      sections_of({section(1000, 0xFFFFF800, true), section(3'000'000, 0xFFFFF800, false)});
  CHECK(file.length_bytes() == 2 * 0xFFFFF800ULL);
  check_run(file.extent(0xFFFFF800ULL + 5), 0xFFFFF800ULL + 5, 0xFFFFF800ULL - 5,
            3'000'000ULL * 2048 + 5);
}

TEST_CASE("records of a file may go on in the next sectors, more than a hundred", "[sections]") {
  std::vector<RecordSpec> specs;
  for (std::uint32_t i = 0; i < 250; ++i) specs.push_back(section(1000 + 2 * i, 2048, i != 249));
  const FileSections file = sections_of(specs);
  CHECK(file.length_bytes() == 250 * 2048);
  check_run(file.extent(249 * 2048), 249 * 2048, 2048, (1000 + 498) * 2048);
}

TEST_CASE("a record of another name ends a file that goes on", "[sections]") {
  const FileSections file =
      sections_of({section(100, 10, true), section(200, 20, true, "G"), section(300, 30, false)});
  CHECK(file.length_bytes() == 10);
}

TEST_CASE("what follows the last section is another file", "[sections]") {
  CHECK(sections_of({section(100, 10, false), section(200, 20, false)}).length_bytes() == 10);
}

TEST_CASE("a file that goes on where no record follows has what there is", "[sections]") {
  CHECK(sections_of({section(100, 10, true)}).length_bytes() == 10);
  MemorySource image(kAt + 34);  // the image ends with the record
  image.put(kAt, make_record(section(100, 10, true)));
  StoredRecord first;
  REQUIRE(first.fetch(image, kAt, false));
  CHECK(FileSections::collect(image, {}, first.record())->length_bytes() == 10);
}

TEST_CASE("a file has a limited number of sections", "[sections]") {
  // 60 records of 34 bytes in each sector, and a few more than are allowed.
  const std::size_t sectors = kFileSectionsMax / 60 + 2;
  MemorySource image(kAt + (sectors + 20) * 2048);
  const Bytes record = make_record(section(100, 1, true));
  Bytes sector;
  for (int i = 0; i < 60; ++i) sector = std::move(sector) + record;
  sector.resize(2048);
  Bytes all;
  for (std::size_t i = 0; i < sectors; ++i) all.insert(all.end(), sector.begin(), sector.end());
  image.put(kAt, all);
  StoredRecord first;
  REQUIRE(first.fetch(image, kAt, false));
  CHECK(FileSections::collect(image, {}, first.record())->length_bytes() == kFileSectionsMax);
}

TEST_CASE("an interleaved file is its units without the gaps", "[sections]") {
  RecordSpec spec = section(100, 2048 * 5 + 7, false);
  spec.unit_blocks = 2;
  spec.gap_blocks = 3;
  const FileSections file = sections_of({spec});
  CHECK(file.length_bytes() == 2048 * 5 + 7);
  check_run(file.extent(0), 0, 4096, 100 * 2048);
  check_run(file.extent(4095), 4095, 1, 100 * 2048 + 4095);
  check_run(file.extent(4096), 4096, 4096, 105 * 2048);
  check_run(file.extent(8192), 8192, 2048 + 7, 110 * 2048);
  CHECK(file.extent(2048 * 5 + 7).kind == Extent::Kind::kEnd);
}

TEST_CASE("an extended attribute record takes the first unit of an interleaved file",
          "[sections]") {
  RecordSpec spec = section(100, 8192, false);
  spec.unit_blocks = 2;
  spec.gap_blocks = 3;
  spec.xattr_blocks = 1;
  const FileSections file = sections_of({spec});
  check_run(file.extent(0), 0, 4096, 105 * 2048);
  check_run(file.extent(4096), 4096, 4096, 110 * 2048);
}

TEST_CASE("a file is interleaved only with a unit and a gap", "[sections]") {
  RecordSpec spec = section(100, 8192, false);
  spec.unit_blocks = 2;
  check_run(sections_of({spec}).extent(0), 0, 8192, 100 * 2048);
  spec.unit_blocks = 0;
  spec.gap_blocks = 2;
  check_run(sections_of({spec}).extent(0), 0, 8192, 100 * 2048);
}

TEST_CASE("blocks of 512 bytes count as such", "[sections]") {
  RecordSpec spec = section(101, 3000, false);
  spec.unit_blocks = 1;
  spec.gap_blocks = 1;
  const FileSections file = sections_of({spec}, {512, false});
  check_run(file.extent(600), 600, 424, 103 * 512 + 88);
}

TEST_CASE("cruft leaves the low 24 bits of a size", "[sections]") {
  FileSections file = sections_of({section(100, 0x03000010, false)});
  file.cut_to_24_bits();
  CHECK(file.length_bytes() == 0x10);
  check_run(file.extent(1), 1, 15, 100 * 2048 + 1);
  CHECK(file.extent(16).kind == Extent::Kind::kEnd);
}

TEST_CASE("the recorded bytes of a file are read across its sections", "[sections]") {
  const FileSections file = sections_of({section(40, 3, true), section(41, 3, false)});
  MemorySource image(64 * 2048);
  image.put(40 * 2048, test::bytes_of("abcXXX"));
  image.put(41 * 2048, test::bytes_of("defXXX"));
  Bytes out(4);
  REQUIRE(file.read(image, 1, out));
  CHECK(test::text_of(out) == "bcde");
  const auto past = file.read(image, 3, out);
  REQUIRE_FALSE(past);
  CHECK(past.error().code == Errc::kCorrupt);
  Bytes none;
  CHECK(file.read(image, 100, none));
}

TEST_CASE("the next record is looked for in the next blocks, but not for ever", "[sections]") {
  MemorySource image(100 * 2048);
  image.put(13 * 2048, make_record({.identifier = "NEXT"}));
  StoredRecord stored;
  REQUIRE(fetch_next_record(image, {}, 10 * 2048 + 5, stored));
  CHECK(stored.record().where() == 13 * 2048);
  const auto none = fetch_next_record(image, {}, 14 * 2048, stored);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::kCorrupt);
  CHECK(fetch_next_record(image, {}, 99 * 2048, stored).error().code == Errc::kTruncated);
}
