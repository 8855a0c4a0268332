#include "fs/iso9660/record.h"

#include <algorithm>

#include "support/catch.h"
#include "support/iso_builder.h"

using namespace isofuse;
using namespace isofuse::iso9660;
using test::Bytes;
using test::operator+;
using test::make_record;
using test::RecordSpec;

TEST_CASE("a directory record is decoded field by field", "[record]") {
  const Bytes bytes = make_record({.identifier = "FILE.TXT;1",
                                   .extent_lbn = 0x12345678,
                                   .data_bytes = 0x9ABCDEF0,
                                   .flags = test::kHiddenFlag,
                                   .system_use = test::bytes_of("USE!"),
                                   .recorded_at = {1, 2, 3, 4, 5, 6, 0xFC},
                                   .xattr_blocks = 3,
                                   .unit_blocks = 4,
                                   .gap_blocks = 5});
  const auto record = Record::decode(ByteView(bytes, 5000), false);
  REQUIRE(record);
  CHECK(record->where() == 5000);
  CHECK(record->record_bytes() == 48);
  CHECK(record->identifier().chars() == "FILE.TXT;1");
  CHECK(record->identifier().where() == 5033);
  CHECK(record->system_use().chars() == "USE!");
  CHECK(record->system_use().where() == 5044);
  CHECK(record->flags() == test::kHiddenFlag);
  CHECK_FALSE(record->is_directory());
  CHECK_FALSE(record->more_sections());
  CHECK(record->head().extent_lbn.get() == 0x12345678);
  CHECK(record->head().data_bytes.get() == 0x9ABCDEF0);
  CHECK(record->head().xattr_blocks == 3);
  CHECK(record->head().unit_blocks == 4);
  CHECK(record->head().gap_blocks == 5);
  CHECK(record->head().recorded_at.years_since_1900 == 1);
  CHECK(record->head().recorded_at.utc_offset_quarters == -4);
  CHECK(record->head().volume_number.get() == 1);
  CHECK(record->data_offset({2048, false}) == (0x12345678ULL + 3) * 2048);
  CHECK(record->data_offset({512, false}) == (0x12345678ULL + 3) * 512);
}

TEST_CASE("the last block of all has a place", "[record]") {
  const Bytes bytes =
      make_record({.identifier = "A", .extent_lbn = 0xFFFFFFFF, .xattr_blocks = 255});
  const auto record = Record::decode(ByteView(bytes), false);
  CHECK(record->data_offset({2048, false}) == (0xFFFFFFFFULL + 255) * 2048);
}

TEST_CASE("the identifier is padded to an even length only where the record goes on", "[record]") {
  for (const std::string name : {"A", "AB", "ABC", "ABCD"}) {
    const Bytes bytes = make_record({.identifier = name, .system_use = test::bytes_of("XY")});
    const auto record = Record::decode(ByteView(bytes), false);
    REQUIRE(record);
    CHECK(record->identifier().chars() == name);
    CHECK(record->system_use().chars() == "XY");
  }
  // 9.1.12 is not kept by everyone: the record ends with an even identifier.
  const Bytes bytes = make_record({.identifier = "AB", .record_bytes = 35});
  const auto record = Record::decode(ByteView(bytes), false);
  REQUIRE(record);
  CHECK(record->identifier().chars() == "AB");
  CHECK(record->system_use().empty());
}

TEST_CASE("what follows a record is not part of it", "[record]") {
  const Bytes bytes = make_record({.identifier = "A"}) + test::bytes_of("other");
  const auto record = Record::decode(ByteView(bytes), false);
  CHECK(record->record_bytes() == 34);
  CHECK(record->system_use().empty());
}

TEST_CASE("a record of a single byte 0 or 1 is the directory or its parent", "[record]") {
  const Bytes self = make_record({.identifier = test::kSelf});
  const Bytes parent = make_record({.identifier = test::kParent});
  const Bytes two = make_record({.identifier = std::string("\0\0", 2)});
  const Bytes none = make_record({.identifier = ""});
  CHECK(Record::decode(ByteView(self), false)->is_self());
  CHECK_FALSE(Record::decode(ByteView(self), false)->is_parent());
  CHECK(Record::decode(ByteView(parent), false)->is_parent());
  CHECK_FALSE(Record::decode(ByteView(two), false)->is_self());
  CHECK_FALSE(Record::decode(ByteView(none), false)->is_self());
}

TEST_CASE("High Sierra has its flags where ISO 9660 has the zone", "[record]") {
  const Bytes bytes = make_record({.identifier = "A",
                                   .flags = test::kDirectoryFlag | test::kMultiExtentFlag,
                                   .high_sierra = true});
  const auto record = Record::decode(ByteView(bytes), true);
  CHECK(record->is_directory());
  CHECK(record->more_sections());
  CHECK_FALSE(Record::decode(ByteView(bytes), false)->is_directory());
}

TEST_CASE("a damaged record is refused with its place", "[record]") {
  struct Case {
    const char* what;
    RecordSpec spec;
    std::size_t cut_to;    // bytes that are left of it
    std::uint64_t offset;  // of the error, in the record
  };
  const Case c = GENERATE(
      Case{"length of zero", {.identifier = "NAME", .record_bytes = 0}, 255, 0},
      Case{"length below the fixed part", {.identifier = "NAME", .record_bytes = 32}, 255, 0},
      Case{"length without the identifier", {.identifier = "NAME", .record_bytes = 33}, 255, 33},
      Case{"length within the identifier", {.identifier = "NAME", .record_bytes = 36}, 255, 33},
      Case{"identifier too long", {.identifier = "NAME", .identifier_bytes = 200}, 255, 33},
      Case{"identifier just too long", {.identifier = "NAME", .identifier_bytes = 6}, 255, 33},
      Case{"length past the container", {.identifier = "NAME", .record_bytes = 255}, 38, 0},
      Case{"container ends in the identifier", {.identifier = "NAME"}, 35, 0},
      Case{"container ends in the fixed part", {.identifier = "NAME"}, 32, 0},
      Case{"container of one byte", {.identifier = "NAME"}, 1, 0},
      Case{"empty container", {.identifier = "NAME"}, 0, 0});
  CAPTURE(c.what);
  Bytes bytes = make_record(c.spec);
  bytes.resize(std::min(c.cut_to, bytes.size()));
  const auto record = Record::decode(ByteView(bytes, 7000), false);
  REQUIRE_FALSE(record);
  CHECK(record.error().code == Errc::kCorrupt);
  CHECK(record.error().offset == 7000 + c.offset);
}

TEST_CASE("any byte of a record may be wrong without harm", "[record]") {
  const Bytes good = make_record({.identifier = "FILE", .system_use = test::bytes_of("USE!")});
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (unsigned value = 0; value < 256; ++value) {
      Bytes bytes = good;
      bytes[i] = static_cast<std::byte>(value);
      if (const auto record = Record::decode(ByteView(bytes), false)) {
        REQUIRE(record->identifier().size() <= bytes.size() - 33);
        REQUIRE(33 + record->identifier().size() + record->system_use().size() <= bytes.size());
      }
    }
  }
}

TEST_CASE("a record is fetched with one read where it ends in its sector", "[record]") {
  test::MemorySource image(8192);
  image.put(3000, make_record({.identifier = "FILE"}));
  StoredRecord stored;
  REQUIRE(stored.fetch(image, 3000, false));
  CHECK(stored.record().identifier().chars() == "FILE");
  CHECK(stored.record().where() == 3000);
  CHECK(image.reads() == 1);
}

TEST_CASE("a record that crosses a sector is fetched whole", "[record]") {
  const std::uint64_t before = GENERATE(1U, 2U, 20U, 37U, 38U);
  test::MemorySource image(8192);
  image.put(4096 - before, make_record({.identifier = "CROSS", .system_use = test::bytes_of("U")}));
  StoredRecord stored;
  REQUIRE(stored.fetch(image, 4096 - before, false));
  CHECK(stored.record().identifier().chars() == "CROSS");
  CHECK(stored.record().record_bytes() == 40);
}

TEST_CASE("a record at the end of an image is fetched if it is whole", "[record]") {
  const Bytes bytes = make_record({.identifier = "LAST"});  // 38 bytes
  test::MemorySource image(4096);
  image.put(4096 - bytes.size(), bytes);
  StoredRecord stored;
  REQUIRE(stored.fetch(image, 4096 - bytes.size(), false));
  CHECK(stored.record().identifier().chars() == "LAST");

  image.resize(4095);
  const auto cut = stored.fetch(image, 4096 - bytes.size(), false);
  REQUIRE_FALSE(cut);
  CHECK(cut.error().code == Errc::kCorrupt);
  CHECK(cut.error().offset == 4096 - bytes.size());
}

TEST_CASE("no record is fetched from behind the image, nor where there is none", "[record]") {
  const test::MemorySource image(4096);
  StoredRecord stored;
  for (const std::uint64_t offset : {std::uint64_t{4096}, std::uint64_t{5000}, ~std::uint64_t{0}}) {
    const auto outside = stored.fetch(image, offset, false);
    REQUIRE_FALSE(outside);
    CHECK(outside.error().code == Errc::kTruncated);
    CHECK(outside.error().offset == offset);
  }
  const auto zero = stored.fetch(image, 100, false);
  REQUIRE_FALSE(zero);
  CHECK(zero.error().code == Errc::kCorrupt);
  CHECK(zero.error().offset == 100);
}
