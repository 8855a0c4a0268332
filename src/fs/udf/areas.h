#pragma once
// Which blocks of a medium a UDF volume takes, and for what.
#include <cstdint>
#include <string_view>
#include <vector>

#include "fs/udf/volume.h"

namespace isofuse::udf {

struct Area {
  std::string_view kind;  ///< as isofuse(1) lists them
  std::uint64_t start_block = 0;
  std::uint64_t blocks = 0;
  [[nodiscard]] std::uint64_t end() const { return start_block + blocks; }
};

/// In the order of the medium. They are what descriptors say, so they may overlap, or reach past
/// the end of the image.
[[nodiscard]] std::vector<Area> used_areas(const Volume& volume);

}  // namespace isofuse::udf
