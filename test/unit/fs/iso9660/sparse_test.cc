#include "fs/iso9660/sparse.h"

#include <vector>

#include "support/catch.h"
#include "support/iso_builder.h"

using namespace isofuse;
using namespace isofuse::iso9660;
using test::Bytes;
using test::MemorySource;
using test::operator+;

namespace {

constexpr std::uint32_t kEmpty = 0x80000000;
constexpr std::uint32_t kIndex = 0x40000000;
constexpr std::uint64_t kData = 100 * 2048;  // where the file section begins

/// A section of 16 blocks of 2048 bytes; block 0 holds no index.
struct Section {
  MemorySource image{kData + (1U << 20U)};
  FileSections sections;
  explicit Section(std::uint32_t bytes = 16 * 2048) {
    const Bytes record = test::make_record(test::file_record("S", 100, bytes));
    const auto decoded = Record::decode(ByteView(record), false);
    sections = *FileSections::collect(image, {}, *decoded);
  }
  /// Fills index block `block`: entry `i` has `values[i]`, all others are empty.
  void index(std::uint32_t block, const std::vector<std::uint32_t>& values) {
    Bytes bytes;
    for (std::size_t i = 0; i < 256; ++i)
      bytes = std::move(bytes) + test::both32(i < values.size() ? values[i] : kEmpty);
    image.put(kData + block * 2048, bytes);
  }
  [[nodiscard]] Extent at(const SparseInfo& info, std::uint64_t offset) const {
    const auto run = sparse_extent(image, sections, info, offset);
    REQUIRE(run);
    return *run;
  }
};

void check(const Extent& run, Extent::Kind kind, std::uint64_t offset, std::uint64_t length,
           std::uint64_t in_section = 0) {
  CHECK(run.kind == kind);
  CHECK(run.file_offset == offset);
  CHECK(run.length_bytes == length);
  if (kind == Extent::Kind::kImage) CHECK(run.image_offset == kData + in_section);
}
constexpr auto kZeros = Extent::Kind::kZeros;
constexpr auto kImage = Extent::Kind::kImage;
constexpr auto kEnd = Extent::Kind::kEnd;

}  // namespace

TEST_CASE("at depth 1 an entry stands for 256 bytes", "[sparse]") {
  Section s;
  s.index(1, {kEmpty, 16, kEmpty, 17});
  const SparseInfo info{1000, 1};
  check(s.at(info, 0), kZeros, 0, 256);
  check(s.at(info, 100), kZeros, 0, 256);
  check(s.at(info, 256), kImage, 256, 256, 16 * 256);
  check(s.at(info, 300), kImage, 300, 212, 16 * 256 + 44);
  check(s.at(info, 768), kImage, 768, 232, 17 * 256);  // cut at the end of the file
  check(s.at(info, 1000), kEnd, 1000, 0);
  check(s.at(info, ~std::uint64_t{0}), kEnd, ~std::uint64_t{0}, 0);
}

TEST_CASE("the bits that are reserved mean nothing", "[sparse]") {
  Section s;
  s.index(1, {0x3F000010, kIndex | 17});  // no further index at depth 1
  check(s.at({600, 1}, 0), kImage, 0, 256, 16 * 256);
  check(s.at({600, 1}, 256), kImage, 256, 256, 17 * 256);
}

TEST_CASE("a further index has the next depth below", "[sparse]") {
  Section s;
  s.index(1, {kEmpty, kIndex | 2, 16});
  s.index(2, {24, kEmpty});
  const SparseInfo info{200'000, 2};
  check(s.at(info, 0), kZeros, 0, 65536);
  check(s.at(info, 65536), kImage, 65536, 256, 24 * 256);
  check(s.at(info, 65536 + 256), kZeros, 65536 + 256, 256);
  check(s.at(info, 131072 + 5), kImage, 131072 + 5, 16 * 2048 - 16 * 256 - 5, 16 * 256 + 5);
  check(s.at(info, 196608), kZeros, 196608, 200'000 - 196608);
}

TEST_CASE("at the greatest depth a file has up to 2^64 bytes", "[sparse]") {
  Section s;
  std::vector<std::uint32_t> last(256, kEmpty);
  last[255] = kIndex | 1;  // the index names itself
  s.index(1, last);
  const SparseInfo info{~std::uint64_t{0}, 7};
  check(s.at(info, 0), kZeros, 0, std::uint64_t{1} << 56U);
  const Extent run = s.at(info, ~std::uint64_t{0} - 1);
  CHECK(run.kind != kEnd);  // seven steps, then whatever stands there
  CHECK(run.length_bytes >= 1);
}

TEST_CASE("an old entry without a depth has three", "[sparse]") {
  Section s;
  s.index(1, {kIndex | 2});
  s.index(2, {kIndex | 3});
  s.index(3, {16});
  check(s.at({1000, 0}, 0), kImage, 0, 256, 16 * 256);
  check(s.at({1000, 0}, 256), kZeros, 256, 256);
}

TEST_CASE("a depth of more than seven is damage", "[sparse]") {
  const Section s;
  const auto depth = static_cast<std::uint8_t>(GENERATE(8, 64, 255));
  const auto run = sparse_extent(s.image, s.sections, {1000, depth}, 0);
  REQUIRE_FALSE(run);
  CHECK(run.error().code == Errc::kCorrupt);
}

TEST_CASE("a file that is larger than its index can say is damage, there", "[sparse]") {
  Section s;
  s.index(1, {});
  CHECK(sparse_extent(s.image, s.sections, {70'000, 1}, 65535));
  const auto run = sparse_extent(s.image, s.sections, {70'000, 1}, 65536);
  REQUIRE_FALSE(run);
  CHECK(run.error().code == Errc::kCorrupt);
}

TEST_CASE("data that reaches past the section ends in zeros", "[sparse]") {
  Section s(2 * 2048 + 16 * 256 + 10);
  s.index(1, {32, 1000});
  check(s.at({512, 1}, 0), kImage, 0, 10, 32 * 256);
  check(s.at({512, 1}, 10), kZeros, 10, 246);
  check(s.at({512, 1}, 256), kZeros, 256, 256);
}

TEST_CASE("an index outside the section is damage", "[sparse]") {
  Section s;
  s.index(1, {kIndex | 0xFFFFFF});
  const auto run = sparse_extent(s.image, s.sections, {1000, 2}, 0);
  REQUIRE_FALSE(run);
  CHECK(run.error().code == Errc::kCorrupt);
  const Section small(2048);
  CHECK(sparse_extent(small.image, small.sections, {1000, 1}, 0).error().code == Errc::kCorrupt);
}
