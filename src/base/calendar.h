#pragma once
// Dates of the Gregorian calendar as seconds.
#include <algorithm>
#include <cstdint>
#include <ctime>
#include <limits>
#include <string>

#include <isofuse/node.h>

namespace isofuse {

struct CivilTime {
  std::int64_t year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

/// Seconds from 1970-01-01 00:00 to `time`, both in the same zone. Fields out of range are carried
/// over arithmetically, in the way of the kernel's mktime64, so that no date of a disc is refused.
[[nodiscard]] std::int64_t seconds_since_1970(const CivilTime& time);

/// The date that many seconds after 1970-01-01 00:00; every field in its range. Any year: neither
/// time_t, which may have 32 bits, nor the years of std::chrono, which have 16, bound it.
[[nodiscard]] CivilTime civil_time(std::int64_t seconds);

/// "2026-11-24T12:00:00" with `between` for the T.
[[nodiscard]] std::string date_text(const CivilTime& time, char between);

/// The seconds as the system counts them: the first or the last that it can say, where a time_t of
/// 32 bits cannot say these.
template <class Seconds = std::time_t>
[[nodiscard]] constexpr Seconds to_time_t(std::int64_t seconds) {
  constexpr std::int64_t kFirst = std::numeric_limits<Seconds>::min();
  constexpr std::int64_t kLast = std::numeric_limits<Seconds>::max();
  return static_cast<Seconds>(std::clamp(seconds, kFirst, kLast));
}
[[nodiscard]] timespec to_timespec(const Timestamp& time);

/// "2026-11-24T12:00:00Z".
[[nodiscard]] std::string iso_8601(std::int64_t seconds);

}  // namespace isofuse
