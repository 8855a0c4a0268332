#include "fs/udf/logical_volume.h"

#include "fs/udf/tag.h"

namespace isofuse::udf {
namespace {

Result<disc::TagId> fetch_copy(const LogicalVolume& volume, const BlockAddress& address,
                               unsigned copy, StoredBlock& block) {
  const ImageRun run = ISOFUSE_TRY(volume.map(address, copy));
  ISOFUSE_TRY(block.fetch_at(volume.medium(), run.image_offset));
  return check_tag(block.view(), volume.tag_location(address));
}

}  // namespace

Result<ImageRun> LogicalVolume::map(const BlockAddress& address, unsigned copy) const {
  if (address.partition >= partitions_.size() || !partitions_[address.partition])
    return Error{Errc::kCorrupt, "address in a partition that is not there"};
  return partitions_[address.partition]->map(address.lbn, copy);
}

unsigned LogicalVolume::copies(std::uint16_t partition) const {
  if (partition >= partitions_.size() || !partitions_[partition]) return 1;
  return partitions_[partition]->copies();
}

Result<disc::TagId> fetch_descriptor(const LogicalVolume& volume, const BlockAddress& address,
                                     StoredBlock& block) {
  const Result<disc::TagId> first = fetch_copy(volume, address, 0, block);
  if (first) return first;
  for (unsigned copy = 1; copy < volume.copies(address.partition); ++copy)
    if (const auto other = fetch_copy(volume, address, copy, block)) return other;
  return first;
}

}  // namespace isofuse::udf
