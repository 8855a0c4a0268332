#include "fs/udf/medium.h"

#include <limits>

namespace isofuse::udf {
namespace {

constexpr std::uint64_t kPacketBlocks = 32;
constexpr std::uint64_t kPacketWithLinksBlocks = 39;
constexpr std::uint64_t kUnbounded = std::numeric_limits<std::uint64_t>::max() >> 16U;

}  // namespace

std::uint64_t Medium::size_blocks() const {
  const std::uint64_t blocks = image_->size_bytes() / block_bytes_;
  if (!link_blocks_) return blocks;
  const std::uint64_t rest = blocks % kPacketWithLinksBlocks;
  return blocks / kPacketWithLinksBlocks * kPacketBlocks +
         (rest < kPacketBlocks ? rest : kPacketBlocks);
}

ImageRun Medium::run_at(std::uint64_t block) const {
  if (!link_blocks_) return {block * block_bytes_, kUnbounded};
  const std::uint64_t in_packet = block % kPacketBlocks;
  return {(block / kPacketBlocks * kPacketWithLinksBlocks + in_packet) * block_bytes_,
          kPacketBlocks - in_packet};
}

Result<void> StoredBlock::fetch_at(const Medium& medium, std::uint64_t image_offset) {
  const std::span<std::byte> into = std::span<std::byte>(bytes_).first(medium.block_bytes());
  ISOFUSE_TRY(medium.image().read(image_offset, into));
  view_ = ByteView(into, image_offset);
  return {};
}

}  // namespace isofuse::udf
