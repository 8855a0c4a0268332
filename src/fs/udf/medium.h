#pragma once
// The logical sectors of the volume, and where they lie in the image.
#include <cstdint>
#include <span>

#include <isofuse/bytes.h>
#include <isofuse/limits.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

#include "fs/udf/disc.h"

namespace isofuse::udf {

/// Bytes that follow each other in the image.
struct ImageRun {
  std::uint64_t image_offset = 0;
  std::uint64_t blocks = 0;
};

/// The image as an array of blocks. Sectors and blocks are the same size in UDF (2.2.4.2). Small
/// and copyable; the image must outlive it. Safe from many threads.
class Medium {
 public:
  /// `link_blocks`: the image is that of a CD-RW in fixed packets, read raw: seven link blocks
  /// stand behind each 32 blocks of data and are not counted.
  Medium(const Source& image, std::uint32_t block_bytes, bool link_blocks = false)
      : image_(&image), block_bytes_(block_bytes), link_blocks_(link_blocks) {}

  [[nodiscard]] const Source& image() const { return *image_; }
  [[nodiscard]] std::uint32_t block_bytes() const { return block_bytes_; }
  [[nodiscard]] bool link_blocks() const { return link_blocks_; }
  /// How many whole blocks the image has, link blocks left out.
  [[nodiscard]] std::uint64_t size_blocks() const;
  /// Where a block lies, and how many follow it there. Not checked against the size of the image.
  [[nodiscard]] ImageRun run_at(std::uint64_t block) const;

 private:
  const Source* image_;
  std::uint32_t block_bytes_;
  bool link_blocks_;
};

/// One block with a view of it. Neither copied nor moved.
class StoredBlock {
 public:
  StoredBlock() = default;
  StoredBlock(const StoredBlock&) = delete;
  StoredBlock& operator=(const StoredBlock&) = delete;

  /// The block of the medium; or the one at a byte of the image.
  Result<void> fetch(const Medium& medium, std::uint64_t block) {
    return fetch_at(medium, medium.run_at(block).image_offset);
  }
  Result<void> fetch_at(const Medium& medium, std::uint64_t image_offset);
  [[nodiscard]] const ByteView& view() const { return view_; }

 private:
  std::byte bytes_[kUdfBlockBytesMax];  // filled by fetch()
  ByteView view_;
};

}  // namespace isofuse::udf
