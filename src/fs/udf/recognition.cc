#include "fs/udf/recognition.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <isofuse/bytes.h>
#include <isofuse/limits.h>

#include "fs/udf/disc.h"

namespace isofuse::udf {
namespace {

enum class Kind { kOther, kNsr, kEnd };

/// 2/9.1.2, and ECMA-119 8.1.2 on bridge discs.
Kind kind_of(std::string_view identifier) {
  if (identifier == "NSR02" || identifier == "NSR03") return Kind::kNsr;
  for (const std::string_view other : {"BEA01", "CD001", "BOOT2", "CDW02"})
    if (identifier == other) return Kind::kOther;
  return Kind::kEnd;  // TEA01, or nothing of the sequence
}

}  // namespace

Recognition read_recognition_sequence(const Source& image, std::uint32_t block_bytes,
                                      std::uint64_t session_offset) {
  Recognition out;
  const std::uint64_t step = std::max(disc::kVolumeStructureBytes, block_bytes);
  const std::uint64_t begin = session_offset + disc::kRecognitionOffset;
  const auto look = [&](std::uint64_t where) -> Result<Kind> {
    std::array<std::byte, sizeof(disc::VolumeStructureHead)> bytes;
    ISOFUSE_TRY(image.read(where, bytes));
    const auto head = ISOFUSE_TRY(ByteView(bytes).read<disc::VolumeStructureHead>(0));
    const std::string_view identifier(head.identifier, sizeof head.identifier);
    const Kind kind = kind_of(identifier);
    if (kind != Kind::kEnd) out.structures.emplace_back(identifier);
    return kind;
  };
  for (std::uint32_t i = 0; i < kVolumeStructuresMax; ++i) {
    const std::uint64_t where = begin + i * step;
    const auto kind = look(where);
    if (!kind) {
      out.recognised = i == 0 && kind.error().code == Errc::kIo;
      break;
    }
    Kind found = *kind;
    if (found == Kind::kOther && step > disc::kVolumeStructureBytes)
      if (const auto second = look(where + disc::kVolumeStructureBytes); second)
        found = *second == Kind::kNsr ? Kind::kNsr : Kind::kOther;
    if (found == Kind::kNsr) out.recognised = true;
    if (found != Kind::kOther) break;
  }
  return out;
}

std::uint64_t recognition_sequence_bytes(const Source& image, std::uint32_t block_bytes) {
  const std::uint64_t step = std::max(disc::kVolumeStructureBytes, block_bytes);
  for (std::uint32_t i = 0; i < kVolumeStructuresMax; ++i) {
    std::array<std::byte, sizeof(disc::VolumeStructureHead)> bytes;
    if (!image.read(disc::kRecognitionOffset + i * step, bytes)) return i * step;
    const auto head = ByteView(bytes).read<disc::VolumeStructureHead>(0);
    const std::string_view identifier(head->identifier, sizeof head->identifier);
    if (identifier == "TEA01") return (i + 1) * step;
    if (kind_of(identifier) == Kind::kEnd) return i * step;
  }
  return kVolumeStructuresMax * step;
}

}  // namespace isofuse::udf
