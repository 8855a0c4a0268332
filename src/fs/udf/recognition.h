#pragma once
// The volume recognition sequence (ECMA-167 2/8.3, UDF 2.1.7): whether this is UDF at all.
#include <cstdint>
#include <string>
#include <vector>

#include <isofuse/source.h>

namespace isofuse::udf {

struct Recognition {
  /// NSR02 or NSR03 was seen, or the place where the sequence begins cannot be read: as the kernel
  /// does, a disc that is still open then gets the benefit of the doubt.
  bool recognised = false;
  std::vector<std::string> structures;  ///< identifiers, in order, up to the NSR
};

/// Reads the sequence of the session that begins at byte `session_offset`, for blocks of this size.
/// As in the kernel, identifiers of other standards are passed over, unknown ones end the sequence,
/// and with blocks of 4096 bytes structures may stand 2048 bytes apart (seen: Windows 10).
[[nodiscard]] Recognition read_recognition_sequence(const Source& image, std::uint32_t block_bytes,
                                                    std::uint64_t session_offset);

/// How many bytes the sequence of the first session takes, with what ends it (TEA01).
[[nodiscard]] std::uint64_t recognition_sequence_bytes(const Source& image,
                                                       std::uint32_t block_bytes);

}  // namespace isofuse::udf
