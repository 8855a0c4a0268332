#include "fs/udf/areas.h"

#include <algorithm>

#include "fs/udf/recognition.h"
#include "fs/udf/sparable_partition.h"

namespace isofuse::udf {

std::vector<Area> used_areas(const Volume& volume) {
  const std::uint64_t block_bytes = volume.logical->block_bytes();
  std::vector<Area> out;
  const auto add = [&out](std::string_view kind, std::uint64_t start_block, std::uint64_t blocks) {
    if (blocks != 0) out.push_back({kind, start_block, blocks});
  };
  const auto add_extent = [&](std::string_view kind, const disc::ExtentDescriptor& extent) {
    add(kind, extent.location.get(), extent.length_bytes.get() / block_bytes);
  };
  add("recognition sequence", disc::kRecognitionOffset / block_bytes,
      recognition_sequence_bytes(volume.logical->image(), static_cast<std::uint32_t>(block_bytes)) /
          block_bytes);
  for (const std::uint32_t block : volume.found.anchors) add("anchor", block, 1);
  add_extent("main sequence", volume.found.anchor.main_sequence);
  add_extent("reserve sequence", volume.found.anchor.reserve_sequence);
  if (volume.integrity)
    for (const std::uint64_t block : volume.integrity->locations) add("integrity", block, 1);
  for (const disc::PartitionDescriptor& partition : volume.found.sequence.partitions)
    add("partition", partition.start.get(), partition.length_blocks.get());
  for (const auto& partition : volume.logical->partitions()) {
    const auto* sparable = dynamic_cast<const SparablePartition*>(partition.get());
    if (sparable == nullptr) continue;
    const SparingFacts& sparing = sparable->facts();
    for (const std::uint32_t table : sparing.tables)
      add("sparing table", table, (sparing.table_bytes + block_bytes - 1) / block_bytes);
    for (const auto& [start, blocks] : sparing.spares) add("spare packets", start, blocks);
  }
  std::ranges::stable_sort(out, {}, &Area::start_block);
  // A sequence can come back to where it was.
  const auto same = [](const Area& a, const Area& b) {
    return a.start_block == b.start_block && a.blocks == b.blocks && a.kind == b.kind;
  };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

}  // namespace isofuse::udf
