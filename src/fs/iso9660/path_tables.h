#pragma once
// Path tables (ECMA-119 6.9, 9.4): a second list of all directories, which nothing but a check
// reads.
#include <cstdint>
#include <string>
#include <vector>

#include <isofuse/result.h>
#include <isofuse/source.h>

#include "fs/iso9660/disc.h"

namespace isofuse::iso9660 {

struct PathTableEntry {
  std::string identifier;  ///< as recorded; of the root: one zero byte
  std::uint32_t extent_lbn = 0;
  std::uint16_t parent = 0;  ///< the number of another entry, counted from 1
  std::uint64_t where = 0;   ///< in the image
  bool operator==(const PathTableEntry& other) const {
    return identifier == other.identifier && extent_lbn == other.extent_lbn &&
           parent == other.parent;
  }
};

enum class ByteOrder : std::uint8_t { kLittle, kBig };

/// The table of `length_bytes` at byte `offset` of the image; empty where only zeros stand there, as
/// some writers leave it. kCorrupt where an entry does not lie
/// in it, kTooLarge for more than kPathTableBytesMax, else as Source::read.
Result<std::vector<PathTableEntry>> read_path_table(const Source& image, std::uint64_t offset,
                                                    std::uint32_t length_bytes, ByteOrder order);

}  // namespace isofuse::iso9660
