#pragma once
// The volume descriptors of one session (ECMA-119 6.7.1, 8), and which of them are there.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <isofuse/result.h>
#include <isofuse/source.h>

#include "fs/iso9660/disc.h"
#include "fs/iso9660/record.h"

namespace isofuse::iso9660 {

/// One tree of a disc.
struct Volume {
  Layout layout;
  std::uint64_t descriptor_offset = 0;
  std::uint64_t root_offset = 0;  ///< image offset of the root directory's "."
  std::uint32_t root_bytes = 0;   ///< as the descriptor says; "." decides
  std::uint64_t volume_space_blocks = 0;
  bool both_orders_agree = true;
  std::uint8_t joliet_level = 0;
  disc::VolumeDescriptor descriptor{};  ///< High Sierra's is brought into this form
};

struct BootRecordInfo {
  std::uint8_t version = 0;
  std::string system;
  std::uint32_t catalog_lbn = 0;
};

/// What stands in the descriptors of one session.
struct VolumeDescriptors {
  std::uint32_t session_sector = 0;
  std::optional<Volume> primary;   ///< the first; a High Sierra descriptor counts
  std::optional<Volume> joliet;    ///< the first with an escape sequence of Joliet
  std::optional<Volume> enhanced;  ///< ISO 9660:1999: type 2, version 2
  std::vector<BootRecordInfo> boot_records;
  bool terminated = false;
  /// Where UDF's volume recognition sequence was seen among them ("BEA01", "NSR02", ...).
  bool udf_bridge = false;
};

/// Reads the descriptors from sector 16 of the session on, 84 at most, as the kernel does: unknown
/// ones are passed over, and nothing behind the first Joliet descriptor is used (but reported:
/// boot records). kNotRecognised where there is neither a primary, a Joliet nor an enhanced one.
Result<VolumeDescriptors> read_volume_descriptors(const Source& image,
                                                  std::uint32_t session_sector);

}  // namespace isofuse::iso9660
