#pragma once
// The logical volume: its blocks, by partition reference and number.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <isofuse/result.h>

#include "fs/udf/disc.h"
#include "fs/udf/medium.h"
#include "fs/udf/partition.h"

namespace isofuse::udf {

[[nodiscard]] inline BlockAddress to_address(const disc::BlockAddress& address) {
  return {address.lbn.get(), address.partition_reference.get()};
}

/// Built by open_logical_volume, immutable then; safe from many threads. Partitions look back at
/// it, so it is neither copied nor moved.
class LogicalVolume {
 public:
  explicit LogicalVolume(const Medium& medium) : medium_(medium) {}
  LogicalVolume(const LogicalVolume&) = delete;
  LogicalVolume& operator=(const LogicalVolume&) = delete;

  [[nodiscard]] const Medium& medium() const { return medium_; }
  [[nodiscard]] const Source& image() const { return medium_.image(); }
  [[nodiscard]] std::uint32_t block_bytes() const { return medium_.block_bytes(); }

  /// As Partition::map; kCorrupt too where there is no such partition.
  [[nodiscard]] Result<ImageRun> map(const BlockAddress& address, unsigned copy = 0) const;
  [[nodiscard]] unsigned copies(std::uint16_t partition) const;

  /// The location that the tag of a descriptor in this block must have (4/7.2.8); nothing where
  /// this disc has been found to have wrong ones everywhere.
  [[nodiscard]] std::optional<std::uint32_t> tag_location(const BlockAddress& address) const {
    return strict_locations_ ? std::optional(address.lbn) : std::nullopt;
  }
  void accept_wrong_locations() { strict_locations_ = false; }

  /// The position of `partition` is the partition reference. Null: one that cannot be read.
  void add(std::unique_ptr<Partition> partition) { partitions_.push_back(std::move(partition)); }
  void set(std::uint16_t reference, std::unique_ptr<Partition> partition) {
    partitions_[reference] = std::move(partition);
  }
  [[nodiscard]] std::span<const std::unique_ptr<Partition>> partitions() const {
    return partitions_;
  }

 private:
  Medium medium_;
  std::vector<std::unique_ptr<Partition>> partitions_;
  bool strict_locations_ = true;
};

/// Reads into `block` the first copy of the block at `address` in which a descriptor stands whose
/// tag is right (tag.h), and says which kind it is; else the error of the first copy. Errors as
/// LogicalVolume::map, Source::read and check_tag.
Result<disc::TagId> fetch_descriptor(const LogicalVolume& volume, const BlockAddress& address,
                                     StoredBlock& block);

}  // namespace isofuse::udf
