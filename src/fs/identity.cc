#include <nlohmann/json.hpp>

#include <isofuse/open.h>

#include "fs/iso9660/identity.h"
#include "fs/udf/identity.h"

namespace isofuse {

nlohmann::ordered_json identity(const Source& image) {
  // On a bridge disc blkid names UDF, whichever of the two is shown.
  if (auto found = udf::find_identity(image, true)) return std::move(*found);
  if (const auto found = iso9660::read_volume_descriptors(image, 0))
    return iso9660::identity(*found);
  return udf::find_identity(image, false).value_or(nullptr);
}

}  // namespace isofuse
