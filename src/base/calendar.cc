#include "base/calendar.h"

#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace isofuse {

std::int64_t seconds_since_1970(const CivilTime& time) {
  // March is the first month, so that the leap day is the last day of a year.
  std::int64_t year = time.year;
  std::int64_t month = time.month - 2;
  if (month <= 0) {
    month += 12;
    year -= 1;
  }
  const std::int64_t days =
      year / 4 - year / 100 + year / 400 + 367 * month / 12 + time.day + year * 365 - 719499;
  return ((days * 24 + time.hour) * 60 + time.minute) * 60 + time.second;
}

std::string iso_8601(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

}  // namespace isofuse
