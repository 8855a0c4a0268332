#pragma once
// Extended attributes (ECMA-167 4/14.10) and named streams (4/9.2), as Linux shows them.
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <isofuse/filesystem.h>
#include <isofuse/result.h>

#include "fs/udf/icb.h"
#include "fs/udf/logical_volume.h"

namespace isofuse::udf {

struct DeviceNumber {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
};

/// The device specification (4/14.10.7) of a device file, if it is recorded.
[[nodiscard]] Result<std::optional<DeviceNumber>> device_number(const LogicalVolume& volume,
                                                                const FileEntry& entry);

/// The named streams and the extended attributes of a file, as isofuse(1), "Extended attributes",
/// says: streams as `user.NAME`, OS/2's attributes as `user.NAME`, those of the Macintosh as
/// `user.com.apple.FinderInfo` and `user.com.apple.ResourceFork`. What is longer than Linux allows
/// (kXattrBytesMax), and what UDF keeps for itself, is left out; a damaged stream costs itself.
/// Of two of one name the first counts. At most kXattrsMax and kXattrsBytesMax.
Result<std::vector<ExtendedAttribute>> extended_attributes(const LogicalVolume& volume,
                                                           const FileEntry& entry);

}  // namespace isofuse::udf
