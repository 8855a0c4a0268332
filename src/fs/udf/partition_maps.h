#pragma once
// The partition maps of a logical volume (ECMA-167 3/10.7), made into partitions.
#include <memory>
#include <string>
#include <vector>

#include <isofuse/options.h>
#include <isofuse/result.h>

#include "fs/udf/logical_volume.h"
#include "fs/udf/volume_sequence.h"

namespace isofuse::udf {

/// Adds a partition to `volume` for each map of `sequence`: physical and sparable ones first, since
/// tables and metadata files lie in these. What cannot be read becomes a null partition, and is
/// named in `damage`. kNotFound where `vat=` asks for a table that is not there, kIo where the
/// system could not read what a partition needs: trying again may help. REQUIRES: sequence.logical.
Result<void> add_partitions(const VolumeSequence& sequence, const Options& options,
                            LogicalVolume& volume, std::vector<std::string>& damage);

}  // namespace isofuse::udf
