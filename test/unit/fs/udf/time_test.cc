#include "fs/udf/time.h"

#include "support/catch.h"
#include "support/udf_builder.h"

using namespace isofuse;
namespace build = test::udf;

namespace {

Timestamp decode(const build::StampSpec& spec) {
  const test::Bytes bytes = build::stamp(spec);
  return udf::to_timestamp(*ByteView(bytes).read<udf::disc::Timestamp>(0));
}

}  // namespace

TEST_CASE("a time of UDF is decoded", "[udf][time]") {
  CHECK(decode({}) == Timestamp{test::kRecordedAtSeconds, 0});
  CHECK(decode({.centiseconds = 12, .hundreds_of_microseconds = 34, .microseconds = 56}) ==
        Timestamp{test::kRecordedAtSeconds, 123'456'000});
  CHECK(decode({.centiseconds = 99, .hundreds_of_microseconds = 99, .microseconds = 99}) ==
        Timestamp{test::kRecordedAtSeconds, 999'999'000});
}

TEST_CASE("a local time counts its zone, a time of another type none", "[udf][time]") {
  struct Case {
    std::uint16_t type_and_zone;
    int minutes_east;
  };
  const Case c = GENERATE(Case{0x1000, 0}, Case{0x103C, 60}, Case{0x1FC4, -60}, Case{0x15A0, 1440},
                          Case{0x1A60, -1440}, Case{0x17FF, 2047}, Case{0x1802, -2046},
                          Case{0x1801, 0},  // -2047: not specified
                          Case{0x1800, -2048}, Case{0x003C, 0}, Case{0x203C, 0}, Case{0xF03C, 0});
  CAPTURE(c.type_and_zone);
  CHECK(decode({.type_and_zone = c.type_and_zone}).seconds ==
        test::kRecordedAtSeconds - c.minutes_east * 60);
}

TEST_CASE("years before 1970 and after 2038 are times", "[udf][time]") {
  CHECK(decode({.year = 1969, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 59}) ==
        Timestamp{-1, 0});
  CHECK(decode({.year = 2100}).seconds - decode({.year = 2099}).seconds == 365 * 86'400);
  CHECK(decode({.year = 0xFFFF}).seconds > decode({.year = 9999}).seconds);  // as in the kernel
}

TEST_CASE("fields out of range of a stamp are carried over", "[udf][time]") {
  CHECK(decode({.day = 32}) == decode({.month = 2, .day = 1}));
  CHECK(decode({.hour = 27}) == decode({.day = 3}));
}

TEST_CASE("a stamp without a year and a month is the epoch", "[udf][time]") {
  CHECK(decode({.type_and_zone = 0, .year = 0, .month = 0, .day = 0, .hour = 0}) == Timestamp{});
  CHECK(decode({.year = 2001, .month = 0}) == decode({.year = 2000, .month = 12}));
}

TEST_CASE("fractions of which a part is out of range count as none", "[udf][time]") {
  CHECK(decode({.centiseconds = 100, .microseconds = 5}).nanoseconds == 0);
  CHECK(decode({.centiseconds = 5, .hundreds_of_microseconds = 100}).nanoseconds == 0);
  CHECK(decode({.centiseconds = 5, .microseconds = 255}).nanoseconds == 0);
}
