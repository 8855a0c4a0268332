#include <isofuse/bytes.h>

#include <cstdint>
#include <limits>

#include "support/catch.h"
#include "support/iso_builder.h"

using namespace isofuse;
using test::bytes_of;

namespace {
struct Three {
  std::uint8_t bytes[3];
};
}  // namespace

TEST_CASE("integers are read in the order in which they are recorded", "[bytes]") {
  const auto bytes = bytes_of({1, 2, 3, 4, 5, 6, 7, 0x88});
  const ByteView view(bytes);
  CHECK(view.read<Little16>(0)->get() == 0x0201);
  CHECK(view.read<Little32>(1)->get() == 0x05040302);
  CHECK(view.read<Little64>(0)->get() == 0x8807060504030201);
  CHECK(view.read<Big16>(0)->get() == 0x0102);
  CHECK(view.read<Big32>(4)->get() == 0x05060788);
  CHECK(view.read<Big64>(0)->get() == 0x0102030405060788);
}

TEST_CASE("a number in both orders is that of its first half, and tells whether they agree",
          "[bytes]") {
  const auto same = bytes_of({0x78, 0x56, 0x34, 0x12, 0x12, 0x34, 0x56, 0x78});
  CHECK(ByteView(same).read<Both32>(0)->get() == 0x12345678);
  CHECK(ByteView(same).read<Both32>(0)->agrees());
  const auto damaged = GENERATE(range(0, 8));
  auto other = same;
  other[static_cast<std::size_t>(damaged)] ^= std::byte{1};
  CHECK_FALSE(ByteView(other).read<Both32>(0)->agrees());
  CHECK((ByteView(other).read<Both32>(0)->get() == 0x12345678) == (damaged >= 4));
}

TEST_CASE("a view gives what lies inside it, and an error with the image offset for the rest",
          "[bytes]") {
  const auto bytes = bytes_of("0123456789");
  const ByteView view(bytes, 1000);
  CHECK(view.slice(0, 10)->chars() == "0123456789");
  CHECK(view.slice(3, 4)->chars() == "3456");
  CHECK(view.slice(3, 4)->where() == 1003);
  CHECK(view.slice(3, 4)->slice(2, 1)->where() == 1005);
  CHECK(view.slice(10, 0)->empty());
  CHECK(view.tail(8).chars() == "89");
  CHECK(view.tail(8).where() == 1008);
  CHECK(view.tail(10).empty());
  CHECK(view.tail(11).empty());
  CHECK(view.tail(std::numeric_limits<std::uint64_t>::max()).empty());

  struct Range {
    std::uint64_t pos, length;
  };
  constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();
  const Range range = GENERATE(Range{0, 11}, Range{10, 1}, Range{11, 0}, Range{5, kHuge},
                               Range{5, kHuge - 4}, Range{kHuge, 0}, Range{kHuge, kHuge});
  const auto outside = view.slice(range.pos, range.length);
  REQUIRE_FALSE(outside);
  CHECK(outside.error().code == Errc::kCorrupt);
  CHECK(outside.error().offset == 1000 + range.pos);
}

TEST_CASE("a structure is read only where all of it lies inside the view", "[bytes]") {
  const auto bytes = bytes_of("01234");
  const ByteView view(bytes, 7);
  CHECK(view.read<Three>(2)->bytes[0] == '2');
  const std::uint64_t pos =
      GENERATE(std::uint64_t{3}, std::uint64_t{5}, std::uint64_t{6}, ~std::uint64_t{0} - 1);
  const auto outside = view.read<Three>(pos);
  REQUIRE_FALSE(outside);
  CHECK(outside.error().code == Errc::kCorrupt);
  CHECK(outside.error().offset == 7 + pos);
}

TEST_CASE("an empty view holds nothing", "[bytes]") {
  CHECK(ByteView().empty());
  CHECK(ByteView().slice(0, 0)->empty());
  CHECK_FALSE(ByteView().read<Three>(0));
}

TEST_CASE("sums and products that do not fit are nothing", "[bytes]") {
  constexpr std::uint32_t kMax = std::numeric_limits<std::uint32_t>::max();
  CHECK(checked_add(kMax - 1, 1U) == kMax);
  CHECK_FALSE(checked_add(kMax, 1U).has_value());
  CHECK(checked_mul(0x8000U, 0x8000U) == 0x4000'0000U);
  CHECK_FALSE(checked_mul(0x1'0000U, 0x1'0000U).has_value());
}

TEST_CASE("a range is inside an image only where all of it is", "[bytes]") {
  constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();
  CHECK(inside(0, 10, 10));
  CHECK(inside(10, 0, 10));
  CHECK_FALSE(inside(1, 10, 10));
  CHECK_FALSE(inside(11, 0, 10));
  CHECK_FALSE(inside(2, kHuge, 10));
  CHECK_FALSE(inside(kHuge, 2, 10));
}

TEST_CASE("a result is its value or its error", "[result]") {
  const Result<int> good(3);
  CHECK(good.has_value());
  CHECK(*good == 3);
  CHECK(good.value_or(4) == 3);
  const Result<int> bad(Error{Errc::kIo, "no", 5, 6});
  CHECK_FALSE(bad.has_value());
  CHECK(bad.value_or(4) == 4);
  CHECK(bad.error().sys_errno == 6);
  const auto chain = [](const Result<int>& in) -> Result<long> {
    const int value = ISOFUSE_TRY(in);
    return value * 2L;
  };
  CHECK(*chain(good) == 6);
  CHECK(chain(bad).error().offset == 5);
  CHECK(Result<void>().has_value());
  CHECK(Result<void>(Error{Errc::kLoop, "x"}).error().code == Errc::kLoop);
}
