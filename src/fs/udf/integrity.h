#pragma once
// The logical volume integrity sequence (ECMA-167 3/8.8.2): open or closed, free space, revisions.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fs/udf/disc.h"
#include "fs/udf/medium.h"

namespace isofuse::udf {

/// The last integrity descriptor.
struct Integrity {
  disc::IntegrityDescriptor descriptor{};
  std::vector<std::uint32_t> free_blocks;  ///< of each partition; kSpaceUnknown where not known
  std::vector<std::uint32_t> size_blocks;
  std::optional<disc::IntegrityImplementationUse> use;
  std::vector<std::uint64_t> locations;  ///< blocks of all that were read, this one the last
};

/// Follows the sequence; nothing where there is none, or it is damaged (which is harmless to who
/// only reads). At most kIntegrityDescriptorsMax descriptors.
[[nodiscard]] std::optional<Integrity> read_integrity(const Medium& medium,
                                                      const disc::ExtentDescriptor& extent,
                                                      std::vector<std::string>& damage);

}  // namespace isofuse::udf
