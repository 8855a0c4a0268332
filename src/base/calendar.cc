#include "base/calendar.h"

#include <chrono>

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

CivilTime civil_time(std::int64_t seconds) {
  constexpr std::int64_t kDaySeconds = 86'400;
  constexpr std::int64_t kEraDays = 146'097;  // after which the calendar repeats itself
  constexpr std::int64_t kEraYears = 400;
  const std::int64_t second_of_day = (seconds % kDaySeconds + kDaySeconds) % kDaySeconds;
  const std::int64_t days = (seconds - second_of_day) / kDaySeconds;
  const std::int64_t day_of_era = (days % kEraDays + kEraDays) % kEraDays;
  const std::int64_t eras = (days - day_of_era) / kEraDays;
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<std::chrono::days::rep>(day_of_era)))};
  return {int{date.year()} + eras * kEraYears,
          unsigned{date.month()},
          unsigned{date.day()},
          second_of_day / 3600,
          second_of_day / 60 % 60,
          second_of_day % 60};
}

std::string date_text(const CivilTime& time, char between) {
  return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", time.year, time.month, time.day,
                     between, time.hour, time.minute, time.second);
}

timespec to_timespec(const Timestamp& time) {
  timespec out{};
  out.tv_sec = to_time_t(time.seconds);
  out.tv_nsec = static_cast<long>(time.nanoseconds);
  return out;
}

std::string iso_8601(std::int64_t seconds) { return date_text(civil_time(seconds), 'T') + "Z"; }

}  // namespace isofuse
