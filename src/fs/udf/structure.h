#pragma once
// What is recorded twice on a UDF disc, compared.
#include <isofuse/finding.h>

#include "fs/udf/volume.h"

namespace isofuse::udf {

/// See Filesystem::check_structure. The anchors with each other, the main volume descriptor
/// sequence with the reserve one, the metadata file with its mirror; and whether the volume was
/// closed. The damage that opening met is not told again.
void check_structure(const Volume& volume, const FindingHandler& found);

}  // namespace isofuse::udf
