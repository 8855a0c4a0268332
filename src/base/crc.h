#pragma once
// Check sums.
#include <cstddef>
#include <cstdint>
#include <span>

namespace isofuse {

/// CRC-ITU-T, x^16 + x^12 + x^5 + 1, starting from 0 (ECMA-167 1/7.2.6).
[[nodiscard]] std::uint16_t crc_itu_t(std::span<const std::byte> bytes);

}  // namespace isofuse
