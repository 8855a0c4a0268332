#include "fs/udf/time.h"

#include "base/calendar.h"

namespace isofuse::udf {
namespace {

constexpr unsigned kTypeShift = 12;
constexpr unsigned kTypeLocal = 1;       // 1/7.3.1
constexpr int kZoneUnspecified = -2047;  // 1/7.3.1
constexpr unsigned kFractionMax = 99;

/// Minutes east of UTC: the lower twelve bits, signed.
int zone_minutes(unsigned type_and_zone) {
  if (type_and_zone >> kTypeShift != kTypeLocal) return 0;
  int minutes = static_cast<int>(type_and_zone & 0x0FFFU);
  if (minutes >= 0x0800) minutes -= 0x1000;
  return minutes == kZoneUnspecified ? 0 : minutes;
}

}  // namespace

Timestamp to_timestamp(const disc::Timestamp& time) {
  const std::uint16_t year = time.year.get();
  if (year == 0 && time.month == 0) return {};
  Timestamp out;
  out.seconds =
      seconds_since_1970({year, time.month, time.day, time.hour, time.minute, time.second});
  constexpr std::int64_t kMinuteSeconds = 60;
  out.seconds -= zone_minutes(time.type_and_zone.get()) * kMinuteSeconds;
  if (time.centiseconds <= kFractionMax && time.hundreds_of_microseconds <= kFractionMax &&
      time.microseconds <= kFractionMax)
    out.nanoseconds = 1000 * (time.centiseconds * 10'000U + time.hundreds_of_microseconds * 100U +
                              time.microseconds);
  return out;
}

}  // namespace isofuse::udf
