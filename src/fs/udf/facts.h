#pragma once
// What `isofuse --info` tells of a UDF volume.
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "fs/udf/volume.h"

namespace isofuse::udf {

/// The logical volume identifier in UTF-8.
[[nodiscard]] std::string volume_label(const Volume& volume);

/// See Filesystem::format. The revision is that of the domain of the logical volume (UDF 2.1.5.3).
[[nodiscard]] std::string volume_format(const Volume& volume);

/// The space of the partition that files are added to: the one in which a virtual or metadata
/// partition lies. As in the kernel, free blocks are those of the integrity descriptor, or counted
/// in the bitmap of free space where it does not say; none where neither tells, nor on a medium
/// that is written once.
struct Space {
  std::uint64_t blocks_total = 0;
  std::uint64_t blocks_free = 0;
  /// Where the last partition ends on the medium; 0 on one that is written once, whose image ends
  /// with what was written.
  std::uint64_t blocks_of_image = 0;
};
[[nodiscard]] Space space_of(const Volume& volume);

/// See Filesystem::facts.
[[nodiscard]] nlohmann::ordered_json volume_facts(const Volume& volume);

}  // namespace isofuse::udf
