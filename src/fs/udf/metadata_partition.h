#pragma once
// A partition that is a file of another one: all metadata together, and once more as a mirror
// (UDF 2.2.10, 2.2.13).
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fs/udf/allocation.h"
#include "fs/udf/logical_volume.h"
#include "fs/udf/partition.h"

namespace isofuse::udf {

class MetadataPartition final : public Partition {
 public:
  /// Fetches the metadata file and its mirror, of which one is enough. `volume` must outlive the
  /// partition; `physical` is the reference of the partition that they lie in. kCorrupt where
  /// neither can be read, kIo where that may be the system's fault.
  static Result<std::unique_ptr<Partition>> open(const LogicalVolume& volume,
                                                 std::uint16_t physical,
                                                 const disc::MetadataPartitionMap& map,
                                                 std::vector<std::string>& damage);

  /// Copy 0 is the metadata file, copy 1 the mirror; one that lacks the block leaves it to the
  /// other.
  [[nodiscard]] Result<ImageRun> map(std::uint32_t lbn, unsigned copy) const override;
  [[nodiscard]] unsigned copies() const override { return main_ && mirror_ ? 2 : 1; }
  [[nodiscard]] std::uint64_t size_blocks() const override;
  [[nodiscard]] std::optional<std::uint16_t> host() const override { return physical_; }
  [[nodiscard]] std::string_view kind() const override { return "metadata"; }

 private:
  MetadataPartition(const LogicalVolume& volume, std::uint16_t physical)
      : volume_(volume), physical_(physical) {}
  [[nodiscard]] Result<ImageRun> map_in(const Allocation& file, std::uint32_t lbn) const;

  const LogicalVolume& volume_;
  std::uint16_t physical_;
  std::optional<Allocation> main_, mirror_;
};

}  // namespace isofuse::udf
