#include "fs/iso9660/path_tables.h"

#include "support/catch.h"
#include "support/iso_builder.h"

namespace isofuse::iso9660 {
namespace {

using test::Bytes;
using test::operator+;

Bytes entry(std::string_view identifier, std::uint32_t lbn, unsigned parent) {
  Bytes out = test::bytes_of({static_cast<unsigned>(identifier.size()), 0}) + test::little32(lbn) +
              test::bytes_of({parent, 0}) + test::bytes_of(identifier);
  if (identifier.size() % 2 == 1) out.push_back({});
  return out;
}

Result<std::vector<PathTableEntry>> read(const Bytes& table) {
  return read_path_table(test::MemorySource(table), 0, static_cast<std::uint32_t>(table.size()),
                         ByteOrder::kLittle);
}

TEST_CASE("a path table, with its padding") {
  const auto table =
      read(entry(std::string(1, '\0'), 20, 1) + entry("ABC", 21, 1) + entry("DE", 22, 2));
  REQUIRE(table);
  REQUIRE(table->size() == 3);
  CHECK((*table)[1].identifier == "ABC");
  CHECK((*table)[1].extent_lbn == 21);
  CHECK((*table)[2].parent == 2);
  CHECK((*table)[2].where == 10 + 12);
}

TEST_CASE("the same in the other byte order") {
  const Bytes big = test::bytes_of({1, 0, 0, 0, 0, 20, 0, 1, 0, 0});
  const auto table = read_path_table(test::MemorySource(big), 0, 10, ByteOrder::kBig);
  REQUIRE(table);
  CHECK((*table)[0].extent_lbn == 20);
  CHECK((*table)[0].parent == 1);
}

TEST_CASE("path tables that are broken, absent or too large") {
  CHECK(read(Bytes(100)).value().empty());
  const auto cut = read(entry("A", 20, 1) + test::bytes_of({200, 0, 1, 2}));
  REQUIRE_FALSE(cut);
  CHECK(cut.error().code == Errc::kCorrupt);
  CHECK(cut.error().offset == 10);
  CHECK_FALSE(read(entry("A", 20, 1) + test::bytes_of({200, 0, 1, 0, 0, 0, 1, 0, 65, 66})));
  const test::MemorySource small(100);
  CHECK(read_path_table(small, 0, 1U << 30U, ByteOrder::kBig).error().code == Errc::kTooLarge);
  CHECK(read_path_table(small, 90, 20, ByteOrder::kBig).error().code == Errc::kTruncated);
}

}  // namespace
}  // namespace isofuse::iso9660
