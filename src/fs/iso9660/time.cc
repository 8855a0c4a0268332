#include "fs/iso9660/time.h"

#include <string_view>

#include "base/calendar.h"

namespace isofuse::iso9660 {
namespace {

constexpr int kZoneQuartersMax = 52;  // 13 hours
constexpr std::int64_t kQuarterSeconds = std::int64_t{15} * 60;

std::int64_t seconds_of(const CivilTime& time, int zone_quarters) {
  std::int64_t seconds = seconds_since_1970(time);
  if (zone_quarters >= -kZoneQuartersMax && zone_quarters <= kZoneQuartersMax)
    seconds -= zone_quarters * kQuarterSeconds;
  return seconds;
}

/// A number of digits; blanks and NULs, which some programs write for nothing, count as zero.
template <std::size_t N>
std::optional<int> number(const char (&digits)[N]) {
  int value = 0;
  for (const char c : digits) {
    if (c == ' ' || c == '\0') {
      value *= 10;
    } else if (c >= '0' && c <= '9') {
      value = value * 10 + (c - '0');
    } else {
      return std::nullopt;
    }
  }
  return value;
}

template <class Stamp>
std::optional<Timestamp> from_digits(const Stamp& t, int zone_quarters) {
  const auto year = number(t.year);
  const auto month = number(t.month);
  const auto day = number(t.day);
  const auto hour = number(t.hour);
  const auto minute = number(t.minute);
  const auto second = number(t.second);
  const auto hundredths = number(t.hundredths);
  if (!year || !month || !day || !hour || !minute || !second || !hundredths) return std::nullopt;
  if (*year == 0 || *month < 1 || *month > 12 || *day < 1 || *day > 31) return std::nullopt;
  constexpr std::uint32_t kHundredthNanoseconds = 10'000'000;
  return Timestamp{seconds_of({*year, *month, *day, *hour, *minute, *second}, zone_quarters),
                   static_cast<std::uint32_t>(*hundredths) * kHundredthNanoseconds};
}

}  // namespace

Timestamp to_timestamp(const disc::RecordingTime& t, bool zone) {
  if (t.years_since_1900 == 0 && t.month == 0 && t.day == 0 && t.hour == 0 && t.minute == 0 &&
      t.second == 0)
    return {};
  return {seconds_of({1900 + t.years_since_1900, t.month, t.day, t.hour, t.minute, t.second},
                     zone ? t.utc_offset_quarters : 0),
          0};
}

std::optional<Timestamp> to_timestamp(const disc::LongTime& t) {
  return from_digits(t, t.utc_offset_quarters);
}

std::optional<Timestamp> to_timestamp(const disc::HighSierraLongTime& t) {
  return from_digits(t, 0);
}

}  // namespace isofuse::iso9660
