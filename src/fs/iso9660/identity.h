#pragma once
// What blkid(8), and through it udev and lsblk, call an ISO 9660 disc.
#include <nlohmann/json_fwd.hpp>

#include "fs/iso9660/volume.h"

namespace isofuse::iso9660 {

/// The members of "identity" in isofuse(1), "JSON". blkid knows no sessions, so `found` are the
/// descriptors from sector 16 on. REQUIRES: one of them is there, as read_volume_descriptors says.
[[nodiscard]] nlohmann::ordered_json identity(const VolumeDescriptors& found);

}  // namespace isofuse::iso9660
