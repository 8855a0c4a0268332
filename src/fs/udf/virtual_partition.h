#pragma once
// A partition on a medium that can be written once: a table says where each block lies now
// (UDF 2.2.8, 2.2.11; 1.50: 2.2.10).
#include <memory>
#include <optional>
#include <string>

#include <isofuse/options.h>

#include "fs/udf/allocation.h"
#include "fs/udf/logical_volume.h"
#include "fs/udf/partition.h"

namespace isofuse::udf {

/// What the header of a table of 2.00 or later tells (UDF 2.2.11).
struct VatFacts {
  std::uint32_t icb_lbn = 0;
  std::uint32_t entries = 0;
  std::optional<disc::VirtualAllocationTable> header;
};

class VirtualPartition final : public Partition {
 public:
  /// Looks for the ICB of the table in the blocks before the end of the image (or lastblock=), or
  /// of the partition, where recorders leave it; then `vat=` tables back. `volume` must outlive
  /// the partition; `physical` is the reference of the partition that the table speaks of.
  /// kCorrupt where no table is found, kIo where one may stand in what could not be read, kNotFound
  /// where there are not so many.
  static Result<std::unique_ptr<Partition>> open(const LogicalVolume& volume,
                                                 std::uint16_t physical, std::uint32_t start,
                                                 std::uint32_t size_blocks, bool revision_150,
                                                 const Options& options);

  [[nodiscard]] Result<ImageRun> map(std::uint32_t lbn, unsigned copy) const override;
  [[nodiscard]] std::uint64_t size_blocks() const override { return facts_.entries; }
  [[nodiscard]] std::optional<std::uint16_t> host() const override { return physical_; }
  [[nodiscard]] std::string_view kind() const override { return "virtual"; }
  [[nodiscard]] const VatFacts& facts() const { return facts_; }

 private:
  VirtualPartition(const LogicalVolume& volume, std::uint16_t physical, bool revision_150)
      : volume_(volume), physical_(physical), revision_150_(revision_150) {}
  Result<void> load(const FileEntry& entry, std::uint32_t icb_lbn, bool any_type);
  Result<void> find(std::uint32_t start, std::uint32_t size_blocks, const Options& options);

  const LogicalVolume& volume_;
  std::uint16_t physical_;
  bool revision_150_;
  VatFacts facts_;
  std::uint32_t previous_lbn_ = disc::kVirtualUnused;
  std::uint64_t entries_offset_ = 0;  // of the table's file
  Allocation table_;
};

}  // namespace isofuse::udf
