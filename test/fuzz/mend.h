#pragma once
// The sums of descriptors of UDF, set right so that the fuzzer gets behind them.
#include <cstddef>
#include <span>

#include "base/crc.h"

namespace isofuse::fuzz {

inline std::size_t number_at(std::span<const std::byte> bytes, std::size_t at) {
  return std::to_integer<std::size_t>(bytes[at]) |
         (std::to_integer<std::size_t>(bytes[at + 1]) << 8U);
}

inline void put_number(std::span<std::byte> bytes, std::size_t at, std::size_t value,
                       std::size_t length) {
  for (std::size_t i = 0; i < length; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

/// Sets the CRC, where it fits, and the sum of the descriptor at the beginning of `bytes` right.
inline void mend(std::span<std::byte> bytes) {
  constexpr std::size_t kTagBytes = 16, kSum = 4, kCrc = 8, kCrcBytes = 10;
  const std::size_t crc_bytes = number_at(bytes, kCrcBytes);
  if (crc_bytes <= bytes.size() - kTagBytes)
    put_number(bytes, kCrc, crc_itu_t(bytes.subspan(kTagBytes, crc_bytes)), 2);
  std::size_t sum = 0;
  for (std::size_t i = 0; i < kTagBytes; ++i)
    if (i != kSum) sum += std::to_integer<std::size_t>(bytes[i]);
  put_number(bytes, kSum, sum, 1);
}

}  // namespace isofuse::fuzz
