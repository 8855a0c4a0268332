#pragma once
// The times of ISO 9660 as seconds since 1970.
#include <isofuse/node.h>

#include <optional>

#include "fs/iso9660/disc.h"

namespace isofuse::iso9660 {

/// A stamp of a directory record. As in the kernel, fields out of range are carried over rather
/// than refused, and an offset of more than 13 hours (which 9.1.5 forbids) counts as none. All
/// fields zero: the epoch. `zone`: false in High Sierra.
[[nodiscard]] Timestamp to_timestamp(const disc::RecordingTime& time, bool zone = true);

/// A stamp of digits; nothing where it is not specified (8.4.26.1: all zeros) or has no digits.
[[nodiscard]] std::optional<Timestamp> to_timestamp(const disc::LongTime& time);
[[nodiscard]] std::optional<Timestamp> to_timestamp(const disc::HighSierraLongTime& time);

}  // namespace isofuse::iso9660
