#pragma once
// A partition on a medium that wears out: packets that went bad lie elsewhere (UDF 2.2.9, 2.2.12).
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fs/udf/disc.h"
#include "fs/udf/partition.h"

namespace isofuse::udf {

/// Blocks of the volume that stand in for others, and where that is written.
struct SparingFacts {
  std::uint32_t packet_blocks = 0;
  std::uint32_t table_bytes = 0;
  std::vector<std::uint32_t> tables;  ///< blocks where a table should stand
  /// Runs of spare packets, whether in use or not: first block and blocks, in the order of the
  /// disc.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> spares;
};

class SparablePartition final : public Partition {
 public:
  /// Reads the first of the sparing tables that is whole; the others are copies. Without one no
  /// packet is taken to be elsewhere, as in the kernel. kCorrupt where the length of packets is not
  /// a power of two, kIo where no table is whole and one could not be read.
  static Result<std::unique_ptr<Partition>> open(const Medium& medium, std::uint32_t start,
                                                 std::uint32_t size_blocks,
                                                 const disc::SparablePartitionMap& map,
                                                 std::vector<std::string>& damage);

  [[nodiscard]] Result<ImageRun> map(std::uint32_t lbn, unsigned copy) const override;
  [[nodiscard]] std::uint64_t size_blocks() const override { return size_blocks_; }
  [[nodiscard]] std::string_view kind() const override { return "sparable"; }
  [[nodiscard]] const SparingFacts& facts() const { return facts_; }

 private:
  struct Moved {
    std::uint32_t original_lbn;
    std::uint32_t location;
  };
  SparablePartition(const Medium& medium, std::uint32_t start, std::uint32_t size_blocks,
                    std::uint32_t packet_blocks)
      : medium_(medium), start_(start), size_blocks_(size_blocks), packet_blocks_(packet_blocks) {}
  Result<void> read_table(std::uint32_t location, std::uint32_t table_bytes);
  void set_spares(std::vector<std::uint32_t> locations);

  Medium medium_;
  std::uint32_t start_;
  std::uint32_t size_blocks_;
  std::uint32_t packet_blocks_;
  std::vector<Moved> moved_;  // sorted by original_lbn
  SparingFacts facts_;
};

}  // namespace isofuse::udf
