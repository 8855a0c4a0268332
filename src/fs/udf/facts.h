#pragma once
// What `isofuse --info` tells of a UDF volume.
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "fs/udf/volume.h"

namespace isofuse::udf {

/// The logical volume identifier in UTF-8.
[[nodiscard]] std::string volume_label(const Volume& volume);

/// Blocks that are free, as the integrity descriptor says, or counted in the bitmap of free space
/// where it does not; nothing where neither tells, and for a medium that is written once.
[[nodiscard]] std::optional<std::uint64_t> free_blocks(const Volume& volume);

/// See Filesystem::facts.
[[nodiscard]] nlohmann::ordered_json volume_facts(const Volume& volume);

}  // namespace isofuse::udf
