#pragma once
// What `isofuse --info` tells of an ISO 9660 disc.
#include <string>

#include <nlohmann/json_fwd.hpp>

#include <isofuse/source.h>

#include "fs/iso9660/select.h"
#include "fs/iso9660/volume.h"

namespace isofuse::iso9660 {

/// The volume identifier in UTF-8, without padding.
[[nodiscard]] std::string volume_label(const Volume& volume);

/// See Filesystem::format.
[[nodiscard]] std::string volume_format(const Selection& selection);

/// See Filesystem::facts. Looks for sessions and boot images, so it reads more than a mount does.
[[nodiscard]] nlohmann::ordered_json volume_facts(const Source& image, const Selection& selection);

}  // namespace isofuse::iso9660
