#pragma once
// A UDF volume: recognised, its descriptors read, its file set found.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <isofuse/options.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

#include "fs/udf/integrity.h"
#include "fs/udf/logical_volume.h"
#include "fs/udf/volume_sequence.h"

namespace isofuse::udf {

struct Volume {
  std::vector<std::string> structures;  ///< of the recognition sequence
  FoundVolume found;
  std::unique_ptr<LogicalVolume> logical;
  std::optional<Integrity> integrity;
  disc::FileSetDescriptor file_set{};
  BlockAddress root_icb;
  std::vector<std::string> damage;  ///< what is wrong with the volume, in words
};

/// Tries block sizes of 512, 1024, 2048 and 4096 bytes as the kernel does, or the one that bs=
/// names. kNotRecognised where there is no recognition sequence (with novrs: no anchor); any other
/// error where the volume cannot be read beyond that. `image` must outlive the volume.
Result<Volume> open_volume(const Source& image, const Options& options);

}  // namespace isofuse::udf
