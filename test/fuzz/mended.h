#pragma once
// Descriptors of UDF whose sums are set right before they are parsed.
#include <vector>

#include "base/crc.h"

namespace isofuse::fuzz {

/// The first descriptor of `block`, with the CRC, the sum and the place that it should have.
inline std::vector<std::byte> mended(std::vector<std::byte> block, std::uint32_t place) {
  block.resize(2048);
  const auto put = [&block](std::size_t at, std::uint32_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i)
      block[at + i] = static_cast<std::byte>(value >> (8 * i));
  };
  put(12, place, 4);
  const std::size_t crc_bytes =
      std::to_integer<std::size_t>(block[10]) | (std::to_integer<std::size_t>(block[11]) << 8U);
  if (crc_bytes + 16 <= block.size())
    put(8, crc_itu_t(std::span<const std::byte>(block).subspan(16, crc_bytes)), 2);
  unsigned sum = 0;
  for (std::size_t i = 0; i < 16; ++i)
    if (i != 4) sum += std::to_integer<unsigned>(block[i]);
  put(4, sum, 1);
  return block;
}

}  // namespace isofuse::fuzz
