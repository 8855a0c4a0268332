#include "base/calendar.h"

#include <limits>

#include "support/catch.h"

using namespace isofuse;

TEST_CASE("dates are seconds since 1970", "[calendar]") {
  CHECK(seconds_since_1970({}) == 0);
  CHECK(seconds_since_1970({2000, 1, 2, 3, 4, 5}) == 946'782'245);
  CHECK(seconds_since_1970({1969, 12, 31, 23, 59, 59}) == -1);
  CHECK(seconds_since_1970({2000, 3, 1}) - seconds_since_1970({2000, 2, 28}) == 2 * 86'400);
  CHECK(seconds_since_1970({1900, 3, 1}) - seconds_since_1970({1900, 2, 28}) == 86'400);
  CHECK(seconds_since_1970({2038, 1, 19, 3, 14, 8}) == std::int64_t{1} << 31U);
}

TEST_CASE("fields of a date out of range are carried over", "[calendar]") {
  CHECK(seconds_since_1970({2000, 1, 32}) == seconds_since_1970({2000, 2, 1}));
  CHECK(seconds_since_1970({2000, 1, 1, 24}) == seconds_since_1970({2000, 1, 2}));
  CHECK(seconds_since_1970({2000, 1, 1, 0, 60}) == seconds_since_1970({2000, 1, 1, 1}));
  CHECK(seconds_since_1970({2000, 1, 1, 0, 0, 60}) == seconds_since_1970({2000, 1, 1, 0, 1}));
}

TEST_CASE("seconds are written as ISO 8601 wants it", "[calendar]") {
  CHECK(iso_8601(0) == "1970-01-01T00:00:00Z");
  CHECK(iso_8601(946'782'245) == "2000-01-02T03:04:05Z");
  CHECK(iso_8601(-1) == "1969-12-31T23:59:59Z");
}

TEST_CASE("seconds are dates, leap days among them", "[calendar]") {
  for (const std::int64_t year : {1, 400, 1600, 1900, 1970, 2000, 2024, 2100}) {
    CAPTURE(year);
    const std::int64_t first = seconds_since_1970({year, 1, 1});
    const std::int64_t last = seconds_since_1970({year, 12, 31, 23, 59, 59});
    for (std::int64_t day = first; day <= last; day += 86'400) {
      const CivilTime time = civil_time(day);
      REQUIRE(time.year == year);
      REQUIRE(time.month >= 1);
      REQUIRE(time.month <= 12);
      REQUIRE(time.day >= 1);
      REQUIRE(time.day <= 31);
      REQUIRE(seconds_since_1970(time) == day);
    }
    CHECK(seconds_since_1970(civil_time(last)) == last);
  }
  CHECK(iso_8601(seconds_since_1970({2000, 2, 29, 12})) == "2000-02-29T12:00:00Z");
}

TEST_CASE("where time_t has 32 bits, what it cannot say is the first or the last that it can",
          "[calendar]") {
  CHECK(to_time_t<std::int32_t>(946'782'245) == 946'782'245);
  CHECK(to_time_t<std::int32_t>(std::int64_t{1} << 31U) ==
        std::numeric_limits<std::int32_t>::max());
  CHECK(to_time_t<std::int32_t>(seconds_since_1970({1900, 1, 1})) ==
        std::numeric_limits<std::int32_t>::min());
  CHECK(to_time_t<std::int64_t>(seconds_since_1970({2100, 1, 1})) == 4'102'444'800);
  CHECK(to_timespec({-1, 999'999'999}).tv_sec == -1);
  CHECK(to_timespec({-1, 999'999'999}).tv_nsec == 999'999'999);
}

TEST_CASE("the years that a disc can say can be written", "[calendar]") {
  for (const std::int64_t year : {-32'768, 0, 10'000, 32'767}) {
    CAPTURE(year);
    CHECK_FALSE(iso_8601(seconds_since_1970({year, 1, 1})).empty());
  }
  CHECK(iso_8601(-1'096'193'779'200) == "-32767-01-01T00:00:00Z");
  CHECK(iso_8601(-1'096'193'779'201) == "-32768-12-31T23:59:59Z");
  CHECK(iso_8601(-62'167'219'201) == "-001-12-31T23:59:59Z");
  CHECK(iso_8601(seconds_since_1970({32'767, 12, 31, 23, 59, 59})) == "32767-12-31T23:59:59Z");
}
