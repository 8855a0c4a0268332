#pragma once
// The times of UDF as seconds since 1970.
#include <isofuse/node.h>

#include "fs/udf/disc.h"

namespace isofuse::udf {

/// ECMA-167 1/7.3. As in the kernel: a time of unknown zone counts as UTC, fields out of range are
/// carried over, years are not negative, and fractions of which a part is out of range count as
/// none. A stamp without a year and a month is not recorded: the epoch.
[[nodiscard]] Timestamp to_timestamp(const disc::Timestamp& time);

}  // namespace isofuse::udf
