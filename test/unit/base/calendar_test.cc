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

TEST_CASE("the years that a disc can say can be written", "[calendar]") {
  for (const std::int64_t year : {-32'768, 0, 10'000, 32'767}) {
    CAPTURE(year);
    CHECK_FALSE(iso_8601(seconds_since_1970({year, 1, 1})).empty());
  }
}
