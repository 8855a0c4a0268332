#pragma once
// A partition whose blocks follow each other on the volume (type 1 maps, UDF 2.2.7).
#include "fs/udf/partition.h"

namespace isofuse::udf {

class PhysicalPartition final : public Partition {
 public:
  PhysicalPartition(const Medium& medium, std::uint32_t start, std::uint32_t size_blocks)
      : medium_(medium), start_(start), size_blocks_(size_blocks) {}

  /// Blocks behind the stated size are not refused: as in the kernel, data may lie there.
  [[nodiscard]] Result<ImageRun> map(std::uint32_t lbn, unsigned /*copy*/) const override {
    return medium_.run_at(std::uint64_t{start_} + lbn);
  }
  [[nodiscard]] std::uint64_t size_blocks() const override { return size_blocks_; }
  [[nodiscard]] std::string_view kind() const override { return "physical"; }

 private:
  Medium medium_;
  std::uint32_t start_;
  std::uint32_t size_blocks_;
};

}  // namespace isofuse::udf
