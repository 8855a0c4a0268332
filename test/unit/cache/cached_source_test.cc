#include "cache/cached_source.h"

#include <algorithm>

#include "support/catch.h"
#include "support/failing_source.h"
#include "support/iso_builder.h"

using namespace isofuse;
using test::Bytes;
using test::MemorySource;

namespace {

Bytes read(const Source& source, std::uint64_t offset, std::size_t size) {
  Bytes out(size);
  REQUIRE(source.read(offset, out));
  return out;
}

Bytes part(const Bytes& bytes, std::size_t offset, std::size_t size) {
  const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(offset);
  return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace

TEST_CASE("a cached source gives the bytes of its image, wherever a read begins and ends",
          "[cache]") {
  const Bytes all = test::pattern(40'000);
  const MemorySource image(all);
  const CachedSource cached(image);
  for (int round = 0; round < 2; ++round) {
    std::uint32_t state = 1;
    for (int i = 0; i < 300; ++i) {
      state = state * 1664525U + 1013904223U;
      const std::size_t offset = (state >> 8U) % all.size();
      const std::size_t size = std::min<std::size_t>((state >> 4U) % 9000, all.size() - offset);
      REQUIRE(read(cached, offset, size) == part(all, offset, size));
    }
  }
  CHECK(image.bytes_read() <= all.size());  // no sector twice: all of it fits
}

TEST_CASE("a run of missing sectors takes one read, and those that are held none", "[cache]") {
  const MemorySource image(test::pattern(20 * 2048));
  const CachedSource cached(image);
  read(cached, 5 * 2048 + 7, 1);
  CHECK(image.reads() == 1);
  CHECK(image.bytes_read() == 2048);
  read(cached, 5 * 2048, 2048);
  CHECK(image.reads() == 1);
  read(cached, 2 * 2048 + 1, 6 * 2048);  // sectors 2 to 8; 5 is held
  CHECK(image.reads() == 3);
  CHECK(image.bytes_read() == 7 * 2048);
  read(cached, 2 * 2048, 7 * 2048);
  CHECK(image.reads() == 3);
}

TEST_CASE("a last sector that is not whole is read as far as it goes", "[cache]") {
  const Bytes all = test::pattern(2048 + 100);
  const MemorySource image(all);
  const CachedSource cached(image);
  CHECK(read(cached, 2048, 100) == part(all, 2048, 100));
  CHECK(read(cached, 2000, 148) == part(all, 2000, 148));
  Bytes more(101);
  const auto outside = cached.read(2048, more);
  REQUIRE_FALSE(outside);
  CHECK(outside.error().code == Errc::kTruncated);
  CHECK(outside.error().offset == 2048);
}

TEST_CASE("a read outside the image is refused, one of nothing is not", "[cache]") {
  const MemorySource image(test::pattern(4096));
  const CachedSource cached(image);
  Bytes one(1);
  Bytes none;
  CHECK(cached.read(4096, one).error().code == Errc::kTruncated);
  CHECK(cached.read(~std::uint64_t{0}, one).error().code == Errc::kTruncated);
  CHECK(cached.read(0, none));
  CHECK(cached.read(4096, none));
  CHECK(image.reads() == 0);
}

TEST_CASE("long reads go past the cache", "[cache]") {
  const Bytes all = test::pattern(200'000);
  const MemorySource image(all);
  const CachedSource cached(image);
  constexpr std::size_t kLong = CachedSource::kCachedReadBytesMax + 1;
  CHECK(read(cached, 1, kLong) == part(all, 1, kLong));
  CHECK(image.bytes_read() == kLong);
  CHECK(cached.counters().held_bytes == 0);
  read(cached, 1, kLong - 1);
  CHECK(cached.counters().held_bytes == 33 * 2048);
}

TEST_CASE("the cache stays within its bounds", "[cache]") {
  const MemorySource image(std::uint64_t{1} << 30U);
  const CachedSource cached(image, 64 * 2048);
  for (std::uint64_t i = 0; i < 1000; ++i) read(cached, i * 2048, 1);
  CHECK(cached.counters().held_bytes <= 64 * 2048);
  CHECK(cached.counters().misses == 1000);
}

TEST_CASE("a failed read leaves nothing in the cache", "[cache]") {
  const Bytes all = test::pattern(8192);
  const MemorySource image(all);
  test::FailingSource failing(image);
  const CachedSource cached(failing);
  failing.fail_after(0);
  Bytes out(4096);
  const auto failed = cached.read(0, out);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == Errc::kIo);
  CHECK(failed.error().sys_errno == EIO);
  CHECK(read(cached, 0, 4096) == part(all, 0, 4096));
}

TEST_CASE("what the image lends, the cached source lends", "[cache]") {
  MemorySource image(test::pattern(8192));
  const CachedSource cached(image);
  CHECK(cached.borrow(0, 10).empty());
  image.lend(true);
  CHECK(cached.borrow(5, 10).data() == image.borrow(5, 10).data());
}
