#include "fs/iso9660/time.h"

#include <cstdint>
#include <cstring>
#include <string_view>

#include "support/catch.h"

using namespace isofuse;
using namespace isofuse::iso9660;

namespace {

disc::LongTime long_time(std::string_view digits, int zone = 0) {
  disc::LongTime out{};
  REQUIRE(digits.size() == 16);
  std::memcpy(&out, digits.data(), digits.size());
  out.utc_offset_quarters = static_cast<std::int8_t>(zone);
  return out;
}

}  // namespace

TEST_CASE("the stamps of directory records become seconds since 1970", "[time]") {
  struct Case {
    disc::RecordingTime in;
    std::int64_t seconds;
  };
  const Case c = GENERATE(
      Case{{70, 1, 1, 0, 0, 0, 0}, 0}, Case{{70, 1, 1, 0, 0, 1, 0}, 1},
      Case{{69, 12, 31, 23, 59, 59, 0}, -1}, Case{{100, 1, 2, 3, 4, 5, 0}, 946'782'245},
      Case{{100, 2, 29, 0, 0, 0, 0}, 951'782'400}, Case{{100, 3, 1, 0, 0, 0, 0}, 951'868'800},
      Case{{138, 1, 19, 3, 14, 8, 0}, 2'147'483'648},  // 2038
      Case{{255, 12, 31, 23, 59, 59, 0}, 5'869'583'999},
      Case{{0, 1, 1, 0, 0, 0, 0}, -2'208'988'800});
  CHECK(to_timestamp(c.in) == Timestamp{c.seconds, 0});
}

TEST_CASE("the zone is taken off, where it is one", "[time]") {
  struct Case {
    int quarters;
    std::int64_t seconds;
  };
  const Case c =
      GENERATE(Case{0, 0}, Case{4, -3600}, Case{-20, 18000}, Case{1, -900}, Case{52, -46800},
               Case{-52, 46800}, Case{53, 0}, Case{-53, 0}, Case{127, 0}, Case{-128, 0});
  const disc::RecordingTime time{70, 1, 1, 0, 0, 0, static_cast<std::int8_t>(c.quarters)};
  CHECK(to_timestamp(time).seconds == c.seconds);
  CHECK(to_timestamp(time, false).seconds == 0);
  CHECK(to_timestamp(long_time("1970010100000000", c.quarters))->seconds == c.seconds);
}

TEST_CASE("a stamp of zeros is the epoch, whatever its zone", "[time]") {
  CHECK(to_timestamp(disc::RecordingTime{0, 0, 0, 0, 0, 0, 0}) == Timestamp{});
  CHECK(to_timestamp(disc::RecordingTime{0, 0, 0, 0, 0, 0, 8}) == Timestamp{});
}

TEST_CASE("fields out of range are carried over", "[time]") {
  CHECK(to_timestamp(disc::RecordingTime{70, 1, 32, 0, 0, 0, 0}) ==
        to_timestamp(disc::RecordingTime{70, 2, 1, 0, 0, 0, 0}));
  CHECK(to_timestamp(disc::RecordingTime{70, 1, 1, 24, 60, 60, 0}).seconds == 86400 + 3660);
  // No field, however wrong, makes it do worse.
  for (unsigned value = 0; value < 256; ++value) {
    const auto v = static_cast<std::uint8_t>(value);
    const Timestamp stamp = to_timestamp(disc::RecordingTime{v, v, v, v, v, v, -128});
    CHECK(stamp.seconds > -3'000'000'000);
    CHECK(stamp.seconds < 7'000'000'000);
  }
}

TEST_CASE("stamps of digits become seconds and nanoseconds", "[time]") {
  struct Case {
    std::string_view in;
    Timestamp out;
  };
  const Case c = GENERATE(
      Case{"1970010100000000", {0, 0}}, Case{"1970010100000099", {0, 990'000'000}},
      Case{"2001020304050607", {981'173'106, 70'000'000}},
      Case{"1969123123595950", {-1, 500'000'000}}, Case{"9999123123595900", {253'402'300'799, 0}},
      Case{"0001010100000000", {-62'135'596'800, 0}}, Case{"2001020304050   ", {981'173'100, 0}});
  CAPTURE(c.in);
  CHECK(to_timestamp(long_time(c.in)) == c.out);
}

TEST_CASE("stamps of digits that say nothing are nothing", "[time]") {
  const std::string_view digits =
      GENERATE("0000000000000000", "                ", "2001000100000000", "2001130100000000",
               "2001010000000000", "2001013200000000", "200X010100000000", "2001010100000-10");
  CAPTURE(digits);
  CHECK_FALSE(to_timestamp(long_time(digits)).has_value());
}

TEST_CASE("stamps of High Sierra have no zone", "[time]") {
  disc::HighSierraLongTime time{};
  std::memcpy(&time, "2001020304050607", 16);
  CHECK(to_timestamp(time) == Timestamp{981'173'106, 70'000'000});
  CHECK_FALSE(to_timestamp(disc::HighSierraLongTime{}).has_value());
}
