#pragma once
// Where the bytes of a file lie (ECMA-167 4/12, 4/14.14).
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <isofuse/filesystem.h>
#include <isofuse/result.h>

#include "fs/udf/icb.h"
#include "fs/udf/logical_volume.h"

namespace isofuse::udf {

/// The extents of one file, in order. Immutable; safe from many threads.
class Allocation {
 public:
  /// Those that `entry` describes, through its allocation extent descriptors. A descriptor of
  /// length 0 ends them, even if more follow (4/12.1). What they lack of the file's length reads
  /// as zeros, what they have beyond it does not count. kCorrupt where embedded data is shorter
  /// than the file or an allocation extent descriptor is damaged, kLoop and kTooLarge by
  /// kAllocationExtentsMax and kExtentsMax, kUnsupported for compressed extents (4/14.14.3).
  static Result<Allocation> collect(const LogicalVolume& volume, const FileEntry& entry);

  [[nodiscard]] std::uint64_t length_bytes() const { return length_bytes_; }
  [[nodiscard]] std::size_t extent_count() const { return extents_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const {
    return sizeof *this + extents_.capacity() * sizeof(AllocatedExtent);
  }

  /// The run at `offset`: kImage, kZeros, or kEnd at the end. Errors as LogicalVolume::map.
  [[nodiscard]] Result<Extent> extent(const LogicalVolume& volume, std::uint64_t offset,
                                      unsigned copy = 0) const;
  /// Fills `into` with the bytes from `offset` on. kCorrupt where the file is shorter.
  Result<void> read(const LogicalVolume& volume, std::uint64_t offset, std::span<std::byte> into,
                    unsigned copy = 0) const;
  /// The larger of the numbers of copies of the partitions that the file lies in.
  [[nodiscard]] unsigned copies(const LogicalVolume& volume) const;
  /// Whether all recorded bytes lie in this partition.
  [[nodiscard]] bool lies_in(std::uint16_t partition) const;

 private:
  struct AllocatedExtent {
    std::uint64_t file_offset;
    BlockAddress address;
    disc::ExtentType type;
  };
  struct Collector;

  std::vector<AllocatedExtent> extents_;
  std::uint64_t length_bytes_ = 0;
  std::optional<std::uint64_t> embedded_offset_;  // of the image, where the data is in the entry
};

}  // namespace isofuse::udf
