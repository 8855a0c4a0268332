#pragma once
// Dates of the Gregorian calendar as seconds.
#include <cstdint>
#include <string>

namespace isofuse {

struct CivilTime {
  std::int64_t year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

/// Seconds from 1970-01-01 00:00 to `time`, both in the same zone. Fields out of range are carried
/// over arithmetically, in the way of the kernel's mktime64, so that no date of a disc is refused.
[[nodiscard]] std::int64_t seconds_since_1970(const CivilTime& time);

/// "2026-11-24T12:00:00Z".
[[nodiscard]] std::string iso_8601(std::int64_t seconds);

}  // namespace isofuse
