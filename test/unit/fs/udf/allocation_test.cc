#include "fs/udf/allocation.h"

#include <isofuse/limits.h>

#include "support/catch.h"
#include "support/failing_source.h"
#include "support/small_volume.h"

using namespace isofuse;
using namespace isofuse::udf;
using test::Bytes;
using test::operator+;
namespace build = test::udf;
using build::EntrySpec;
using build::Kind;
using build::short_ad;
using build::SmallVolume;

namespace {

constexpr std::uint32_t kEntryBlock = 9;

Result<Allocation> collect(SmallVolume& volume, const EntrySpec& spec) {
  volume.entry(kEntryBlock, spec);
  FileEntry entry;
  REQUIRE(entry.fetch(volume.logical(), {kEntryBlock, 0}));
  return Allocation::collect(volume.logical(), entry);
}

/// A file of `bytes` whose extents are `descriptors`.
Allocation file_of(SmallVolume& volume, std::uint64_t bytes, const Bytes& descriptors,
                   Kind kind = Kind::kShort) {
  auto out = collect(volume, {.data = descriptors, .kind = kind, .information_bytes = bytes});
  REQUIRE(out);
  return std::move(*out);
}

struct Run {
  Extent::Kind kind = Extent::Kind::kEnd;
  std::uint64_t file_offset = 0, length_bytes = 0, image_offset = 0;
  bool operator==(const Run&) const = default;
};
Run run_at(SmallVolume& volume, const Allocation& file, std::uint64_t offset) {
  const auto run = file.extent(volume.logical(), offset);
  REQUIRE(run);
  return {run->kind, run->file_offset, run->length_bytes, run->image_offset};
}
constexpr auto kImage = Extent::Kind::kImage;
constexpr auto kZeros = Extent::Kind::kZeros;

}  // namespace

TEST_CASE("descriptors of each kind say where a file lies", "[udf][allocation]") {
  SmallVolume volume;
  volume.put(20, test::pattern(2048, 1));
  volume.put(30, test::pattern(2048, 2));
  const auto [kind, descriptors] =
      GENERATE(std::pair{Kind::kShort, short_ad(2048, 20) + short_ad(1000, 30)},
               std::pair{Kind::kLong, build::long_ad(2048, 20) + build::long_ad(1000, 30)},
               std::pair{Kind::kExtended, build::ext_ad(2048, 20) + build::ext_ad(1000, 30)});
  const Allocation file = file_of(volume, 3048, descriptors, kind);
  CHECK(file.length_bytes() == 3048);
  CHECK(file.extent_count() == 2);
  CHECK(run_at(volume, file, 0) == Run{kImage, 0, 2048, volume.place(20)});
  CHECK(run_at(volume, file, 2047) == Run{kImage, 0, 2048, volume.place(20)});
  CHECK(run_at(volume, file, 2048) == Run{kImage, 2048, 1000, volume.place(30)});
  CHECK(run_at(volume, file, 3048).kind == Extent::Kind::kEnd);
  CHECK(run_at(volume, file, ~std::uint64_t{0}).kind == Extent::Kind::kEnd);
  Bytes bytes(3048);
  REQUIRE(file.read(volume.logical(), 0, bytes));
  CHECK(bytes == test::pattern(2048, 1) + build::sized(test::pattern(2048, 2), 1000));
}

TEST_CASE("data may stand in the entry", "[udf][allocation]") {
  SmallVolume volume;
  const auto file = collect(volume, {.data = test::bytes_of("embedded"), .attributes = Bytes(8)});
  REQUIRE(file);
  CHECK(run_at(volume, *file, 3) == Run{kImage, 0, 8, volume.place(kEntryBlock) + 184});
  CHECK(run_at(volume, *file, 8).kind == Extent::Kind::kEnd);
  CHECK(file->lies_in(0));
  Bytes bytes(5);
  REQUIRE(file->read(volume.logical(), 3, bytes));
  CHECK(test::text_of(bytes) == "edded");
}

TEST_CASE("embedded data that is shorter than the file is refused with its place",
          "[udf][allocation]") {
  SmallVolume volume;
  const auto file = collect(volume, {.data = test::bytes_of("embedded"), .information_bytes = 9});
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Errc::kCorrupt);
  CHECK(file.error().offset == volume.place(kEntryBlock) + 176);
  // More of it is not the file's.
  const auto shorter =
      collect(volume, {.data = test::bytes_of("embedded"), .information_bytes = 3});
  CHECK(run_at(volume, *shorter, 0) == Run{kImage, 0, 3, volume.place(kEntryBlock) + 176});
}

TEST_CASE("extents that are not recorded are zeros", "[udf][allocation]") {
  SmallVolume volume;
  const unsigned type = GENERATE(1U, 2U);
  const Allocation file =
      file_of(volume, 6144, short_ad(2048, 20) + short_ad(2048, 21, type) + short_ad(2048, 22));
  CHECK(file.extent_count() == 3);
  CHECK(run_at(volume, file, 3000) == Run{kZeros, 2048, 2048, 0});
  CHECK(run_at(volume, file, 4096) == Run{kImage, 4096, 2048, volume.place(22)});
  volume.put(21, test::pattern(2048));
  Bytes bytes(2048, std::byte{1});
  REQUIRE(file.read(volume.logical(), 2048, bytes));
  CHECK(bytes == Bytes(2048));
}

TEST_CASE("a compressed extent is not supported, one whose lengths differ but are not recorded is",
          "[udf][allocation]") {
  SmallVolume volume;
  const auto packed =
      collect(volume, {.data = build::ext_ad(2048, 20) + build::ext_ad(2048, 21, 0, 0, 2048, 4096),
                       .kind = Kind::kExtended,
                       .information_bytes = 4096});
  REQUIRE_FALSE(packed);
  CHECK(packed.error().code == Errc::kUnsupported);
  CHECK(packed.error().offset == volume.place(kEntryBlock) + 176 + 20);
  const Allocation hole =
      file_of(volume, 2048, build::ext_ad(2048, 0, 0, 2, 0, 2048), Kind::kExtended);
  CHECK(run_at(volume, hole, 0) == Run{kZeros, 0, 2048, 0});
}

TEST_CASE("an extent may hold less of the file than its length", "[udf][allocation]") {
  SmallVolume volume;
  const Allocation file =
      file_of(volume, 3000, build::ext_ad(2048, 20, 0, 0, 1000, 1000) + build::ext_ad(2048, 30),
              Kind::kExtended);
  CHECK(run_at(volume, file, 0) == Run{kImage, 0, 1000, volume.place(20)});
  CHECK(run_at(volume, file, 1000) == Run{kImage, 1000, 2000, volume.place(30)});
}

TEST_CASE("extents that follow each other are joined", "[udf][allocation]") {
  SmallVolume volume;
  SECTION("on the disc") {
    const Allocation file =
        file_of(volume, 8192, short_ad(2048, 20) + short_ad(4096, 21) + short_ad(2048, 23));
    CHECK(file.extent_count() == 1);
    CHECK(run_at(volume, file, 0) == Run{kImage, 0, 8192, volume.place(20)});
    CHECK(run_at(volume, file, 5000) == Run{kImage, 4096, 4096, volume.place(22)});
  }
  SECTION("not where a block is half full") {
    const Allocation file = file_of(volume, 4000, short_ad(2000, 20) + short_ad(2048, 21));
    CHECK(file.extent_count() == 2);
    CHECK(run_at(volume, file, 2000) == Run{kImage, 2000, 2000, volume.place(21)});
  }
  SECTION("not backwards, nor over a gap") {
    CHECK(file_of(volume, 4096, short_ad(2048, 21) + short_ad(2048, 20)).extent_count() == 2);
    CHECK(file_of(volume, 4096, short_ad(2048, 20) + short_ad(2048, 22)).extent_count() == 2);
    CHECK(file_of(volume, 4096, short_ad(2048, 20) + short_ad(2048, 20)).extent_count() == 2);
  }
  SECTION("not in another partition") {
    volume.logical().add(std::make_unique<PhysicalPartition>(volume.logical().medium(), 100, 10));
    const Allocation file =
        file_of(volume, 4096, build::long_ad(2048, 20) + build::long_ad(2048, 21, 1), Kind::kLong);
    CHECK(file.extent_count() == 2);
    CHECK(run_at(volume, file, 2048) == Run{kImage, 2048, 2048, volume.place(121)});
    CHECK_FALSE(file.lies_in(0));
    CHECK_FALSE(file.lies_in(1));
  }
  SECTION("holes, wherever they say they lie, but not holes of the other kind") {
    CHECK(file_of(volume, 4096, short_ad(2048, 5, 2) + short_ad(2048, 1, 2)).extent_count() == 1);
    CHECK(file_of(volume, 4096, short_ad(2048, 0, 2) + short_ad(2048, 0, 1)).extent_count() == 2);
  }
}

TEST_CASE("a descriptor of no length ends the extents", "[udf][allocation]") {
  SmallVolume volume;
  const Allocation file =
      file_of(volume, 4096, short_ad(2048, 20) + short_ad(0, 0) + short_ad(2048, 30));
  CHECK(run_at(volume, file, 2048) == Run{kZeros, 2048, 2048, 0});
  // A hole of no length ends nothing: the kernel looks at all 32 bits.
  const Allocation other =
      file_of(volume, 4096, short_ad(2048, 20) + short_ad(0, 0, 2) + short_ad(2048, 30));
  CHECK(run_at(volume, other, 2048) == Run{kImage, 2048, 2048, volume.place(30)});
}

TEST_CASE("what the extents lack of the file reads as zeros", "[udf][allocation]") {
  SmallVolume volume;
  const Allocation file = file_of(volume, 10'000, short_ad(2048, 20));
  CHECK(run_at(volume, file, 9'999) == Run{kZeros, 2048, 10'000 - 2048, 0});
  const Allocation none = file_of(volume, 10'000, {});
  CHECK(run_at(volume, none, 0) == Run{kZeros, 0, 10'000, 0});
  const Allocation huge = file_of(volume, ~std::uint64_t{0}, short_ad(2048, 20));
  CHECK(run_at(volume, huge, ~std::uint64_t{0} - 1) ==
        Run{kZeros, 2048, ~std::uint64_t{0} - 2048, 0});
}

TEST_CASE("what the extents have beyond the file does not count", "[udf][allocation]") {
  SmallVolume volume;
  const Allocation file =
      file_of(volume, 3000,
              short_ad(2048, 20) + short_ad(2048, 30) + short_ad(2048, 40) + short_ad(2048, 50, 3));
  CHECK(file.extent_count() == 2);
  CHECK(run_at(volume, file, 2999) == Run{kImage, 2048, 952, volume.place(30)});
  const Allocation empty = file_of(volume, 0, short_ad(2048, 20));
  CHECK(empty.extent_count() == 0);
  CHECK(run_at(volume, empty, 0).kind == Extent::Kind::kEnd);
}

TEST_CASE("half a descriptor at the end is none", "[udf][allocation]") {
  SmallVolume volume;
  const Allocation file = file_of(volume, 4096, short_ad(2048, 20) + Bytes(7, std::byte{1}));
  CHECK(file.extent_count() == 2);
  CHECK(run_at(volume, file, 2048).kind == kZeros);
}

TEST_CASE("a kind of descriptors that is not known is refused with its place",
          "[udf][allocation]") {
  SmallVolume volume;
  const auto kind = static_cast<Kind>(GENERATE(4, 5, 6, 7));
  const std::size_t bytes = GENERATE(0U, 8U, 16U, 40U);
  CAPTURE(bytes);
  const auto file =
      collect(volume, {.data = Bytes(bytes), .kind = kind, .information_bytes = 4096});
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Errc::kUnsupported);
  CHECK(file.error().offset == volume.place(kEntryBlock) + 176);
}

TEST_CASE("extents go on in allocation extent descriptors", "[udf][allocation]") {
  SmallVolume volume;
  volume.put(50, build::allocation_extent(
                     50, short_ad(2048, 30) + short_ad(2048, 60, 3) + short_ad(2048, 99)));
  volume.put(60, build::allocation_extent(60, short_ad(2048, 40)));
  const Allocation file =
      file_of(volume, 6144, short_ad(2048, 20) + short_ad(2048, 50, 3) + short_ad(2048, 98));
  CHECK(file.extent_count() == 3);
  CHECK(run_at(volume, file, 2048) == Run{kImage, 2048, 2048, volume.place(30)});
  CHECK(run_at(volume, file, 4096) == Run{kImage, 4096, 2048, volume.place(40)});
  // Of no length: nothing follows.
  const Allocation ended = file_of(volume, 6144, short_ad(2048, 20) + short_ad(0, 50, 3));
  CHECK(run_at(volume, ended, 2048) == Run{kZeros, 2048, 4096, 0});
}

TEST_CASE("a damaged allocation extent descriptor is refused with its place", "[udf][allocation]") {
  struct Case {
    const char* what;
    Bytes block;
    std::uint64_t offset;
  };
  const Case c = GENERATE(
      Case{"nothing", {}, 0}, Case{"another descriptor", build::terminator(50), 0},
      Case{"another place", build::allocation_extent(51, short_ad(2048, 30)), 0},
      Case{"too long", build::allocation_extent(50, short_ad(2048, 30), 2025), 24},
      Case{"much too long", build::allocation_extent(50, short_ad(2048, 30), 0xFFFF'FFFF), 24});
  CAPTURE(c.what);
  SmallVolume volume;
  volume.put(50, c.block);
  const auto file = collect(volume, {.data = short_ad(2048, 20) + short_ad(2048, 50, 3),
                                     .kind = Kind::kShort,
                                     .information_bytes = 4096});
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Errc::kCorrupt);
  CHECK(file.error().offset == volume.place(50) + c.offset);
}

TEST_CASE("allocation extent descriptors that lead in a circle are given up", "[udf][allocation]") {
  SmallVolume volume;
  volume.put(50, build::allocation_extent(50, short_ad(2048, 51, 3)));
  volume.put(51, build::allocation_extent(51, short_ad(2048, 50, 3)));
  const auto file = collect(
      volume, {.data = short_ad(2048, 50, 3), .kind = Kind::kShort, .information_bytes = 1});
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Errc::kLoop);
  CHECK((file.error().offset == volume.place(50) + 24 ||
         file.error().offset == volume.place(51) + 24));
}

TEST_CASE("a circle that a file's length ends is followed that far", "[udf][allocation]") {
  SmallVolume volume;
  volume.put(50, build::allocation_extent(50, short_ad(2048, 20) + short_ad(2048, 50, 3)));
  const Allocation file = file_of(volume, 10'000, short_ad(2048, 50, 3));
  CHECK(file.extent_count() == 5);
  CHECK(run_at(volume, file, 9'999) == Run{kImage, 8192, 1808, volume.place(20)});
}

TEST_CASE("a file of too many extents is refused", "[udf][allocation]") {
  SmallVolume volume;
  Bytes descriptors;
  for (std::uint32_t i = 0; i < 250; ++i)
    descriptors = descriptors + short_ad(2048, 20 + i % 2 * 9);
  volume.put(50, build::allocation_extent(50, descriptors + short_ad(2048, 50, 3)));
  const auto file = collect(volume, {.data = short_ad(2048, 50, 3),
                                     .kind = Kind::kShort,
                                     .information_bytes = std::uint64_t{1} << 40U});
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Errc::kTooLarge);
  CHECK(file.error().offset > volume.place(50));
  CHECK(file.error().offset < volume.place(51));
  CHECK(kExtentsMax == 1U << 20U);
}

TEST_CASE("an extent that reaches past what can be addressed costs itself", "[udf][allocation]") {
  SmallVolume volume;
  const Allocation file = file_of(volume, 3 * 2048, short_ad(3 * 2048, 0xFFFF'FFFE));
  CHECK(run_at(volume, file, 2048).image_offset == volume.place(0xFFFF'FFFFU));
  const auto past = file.extent(volume.logical(), 4096);
  REQUIRE_FALSE(past);
  CHECK(past.error().code == Errc::kCorrupt);
}

TEST_CASE("an extent in a partition that is not there costs itself", "[udf][allocation]") {
  SmallVolume volume;
  const Allocation file =
      file_of(volume, 4096, build::long_ad(2048, 20) + build::long_ad(2048, 20, 7), Kind::kLong);
  CHECK(run_at(volume, file, 0).kind == kImage);
  CHECK(file.extent(volume.logical(), 2048).error().code == Errc::kCorrupt);
  Bytes bytes(4096);
  CHECK(file.read(volume.logical(), 0, bytes).error().code == Errc::kCorrupt);
}

TEST_CASE("reading more than the file has, or what the image lacks, is an error",
          "[udf][allocation]") {
  SmallVolume volume(100);
  Bytes bytes(2049);
  const Allocation file = file_of(volume, 2048, short_ad(2048, 20));
  CHECK(file.read(volume.logical(), 0, bytes).error().code == Errc::kCorrupt);
  CHECK(file.read(volume.logical(), 2048, std::span(bytes).first(0)));
  const Allocation behind = file_of(volume, 2048, short_ad(2048, 100));
  const auto cut = behind.read(volume.logical(), 0, std::span(bytes).first(1));
  REQUIRE_FALSE(cut);
  CHECK(cut.error().code == Errc::kTruncated);
  CHECK(cut.error().offset == volume.place(100));
}
