#include "fs/iso9660/sparse.h"

#include <algorithm>
#include <array>
#include <span>

namespace isofuse::iso9660 {
namespace {

// RRIP 1.12 4.1.7.1. Positions count from the start of the file section.
constexpr std::uint64_t kIndexBytes = 2048;    // an index block: 256 entries of a Both32
constexpr std::uint64_t kFirstIndex = 1;       // block 0 of the section holds no index
constexpr std::uint64_t kDataUnitBytes = 256;  // in which the starts of data are counted
constexpr unsigned kDepthMax = 7;
constexpr unsigned kDepthOfOldEntry = 3;  // RRIP 1.10 records no depth, and sizes of 32 bits
constexpr std::uint32_t kEmpty = 0x8000'0000U;
constexpr std::uint32_t kFurtherIndex = 0x4000'0000U;
constexpr std::uint32_t kNumberMask = 0x00FF'FFFFU;

}  // namespace

Result<Extent> sparse_extent(const Source& image, const FileSections& sections,
                             const SparseInfo& info, std::uint64_t offset) {
  if (offset >= info.size_bytes) return Extent{Extent::Kind::kEnd, offset, 0, 0};
  unsigned depth = info.table_depth == 0 ? kDepthOfOldEntry : info.table_depth;
  if (depth > kDepthMax) return Error{Errc::kCorrupt, "sparse file has an impossible depth"};
  std::uint64_t index_block = kFirstIndex;
  std::uint64_t begin = 0;  // of the part of the file that the index block covers
  // Ends: the depth falls with every turn.
  for (;; --depth) {
    // An entry stands for 256^depth bytes; the index for 256 times that (at depth 7: 2^64).
    const unsigned shift = 8 * depth;
    const std::uint64_t entry = (offset - begin) >> shift;
    if (entry >= 256) return Error{Errc::kCorrupt, "sparse file is larger than its index"};
    std::array<std::byte, sizeof(Both32)> bytes;
    ISOFUSE_TRY(sections.read(image, index_block * kIndexBytes + entry * sizeof(Both32), bytes));
    const std::uint32_t value = ISOFUSE_TRY(ByteView(bytes).read<Both32>(0)).get();
    const std::uint64_t region = begin + (entry << shift);
    const std::uint64_t length = std::min(std::uint64_t{1} << shift, info.size_bytes - region);
    if ((value & kEmpty) != 0) return Extent{Extent::Kind::kZeros, region, length, 0};
    if ((value & kFurtherIndex) != 0 && depth > 1) {
      index_block = value & kNumberMask;
      begin = region;
      continue;
    }
    // Contiguous in the section, which may itself be in pieces; what lies past its end is what
    // was left of a last region: zeros.
    const std::uint64_t in_region = offset - region;
    const std::uint64_t at = (value & kNumberMask) * kDataUnitBytes + in_region;
    Extent run = sections.extent(at);
    run.file_offset = offset;
    if (run.kind == Extent::Kind::kEnd)
      return Extent{Extent::Kind::kZeros, offset, length - in_region, 0};
    run.length_bytes = std::min(run.length_bytes, length - in_region);
    return run;
  }
}

}  // namespace isofuse::iso9660
