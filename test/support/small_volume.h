#pragma once
// A logical volume for the tests of what stands on one: one physical partition that begins at block
// 0 of an image in memory, so that addresses and places are easily told from each other.
#include <cstdint>
#include <memory>
#include <utility>

#include "fs/udf/logical_volume.h"
#include "fs/udf/physical_partition.h"
#include "support/memory_source.h"
#include "support/udf_builder.h"

namespace isofuse::test::udf {

class SmallVolume {
 public:
  explicit SmallVolume(std::uint32_t blocks = 4096, std::uint32_t block_bytes = 2048)
      : image_(std::uint64_t{blocks} * block_bytes),
        logical_(isofuse::udf::Medium(image_, block_bytes)) {
    logical_.add(std::make_unique<isofuse::udf::PhysicalPartition>(logical_.medium(), 0, blocks));
  }

  /// Fills block `lbn` with `bytes` and zeros.
  void put(std::uint32_t lbn, Bytes bytes) {
    image_.put(place(lbn), sized(std::move(bytes), logical_.block_bytes()));
  }
  void entry(std::uint32_t lbn, const EntrySpec& spec) { put(lbn, file_entry(lbn, spec)); }
  /// Where block `lbn` stands in the image.
  [[nodiscard]] std::uint64_t place(std::uint64_t lbn) const {
    return lbn * logical_.block_bytes();
  }

  [[nodiscard]] MemorySource& image() { return image_; }
  [[nodiscard]] isofuse::udf::LogicalVolume& logical() { return logical_; }

 private:
  MemorySource image_;
  isofuse::udf::LogicalVolume logical_;
};

}  // namespace isofuse::test::udf
