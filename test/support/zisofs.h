#pragma once
// Files compressed by zisofs, for tests (libburnia: zisofs_format.txt, zisofs2_format.txt).
#include <algorithm>
#include <cstdint>

#include "codec/codec.h"
#include "support/compress.h"
#include "support/iso_builder.h"

namespace isofuse::test {

/// `header`, the table of pointers and the blocks; a block of zeros is not stored.
inline Bytes zisofs_file(const Bytes& header, const Bytes& plain, unsigned block_log2,
                         std::size_t pointer_bytes, Codec codec) {
  const std::size_t block_bytes = std::size_t{1} << block_log2;
  const std::size_t blocks = (plain.size() + block_bytes - 1) / block_bytes;
  Bytes table;
  Bytes data;
  const std::size_t begin = header.size() + (blocks + 1) * pointer_bytes;
  const auto point = [&] {
    const std::uint64_t at = begin + data.size();
    table = std::move(table) +
            (pointer_bytes == 4 ? little32(static_cast<std::uint32_t>(at)) : little64(at));
  };
  for (std::size_t block = 0; block < blocks; ++block) {
    point();
    const auto from = plain.begin() + static_cast<std::ptrdiff_t>(block * block_bytes);
    const auto size = std::min(block_bytes, plain.size() - block * block_bytes);
    const Bytes part(from, from + static_cast<std::ptrdiff_t>(size));
    if (std::ranges::any_of(part, [](std::byte b) { return b != std::byte{0}; }))
      data = std::move(data) + compress(codec, part);
  }
  point();
  return header + table + data;
}

inline Bytes zisofs1(const Bytes& plain, unsigned block_log2) {
  return zisofs_file(bytes_of({0x37, 0xE4, 0x53, 0x96, 0xC9, 0xDB, 0xD6, 0x07}) +
                         little32(static_cast<std::uint32_t>(plain.size())) +
                         bytes_of({4, block_log2, 0, 0}),
                     plain, block_log2, 4, Codec::kZlib);
}

inline Bytes zisofs2(const Bytes& plain, unsigned block_log2, unsigned algorithm, Codec codec) {
  return zisofs_file(
      bytes_of({0xEF, 0x22, 0x55, 0xA1, 0xBC, 0x1B, 0x95, 0xA0, 0, 6, algorithm, block_log2}) +
          little64(plain.size()) + little32(0),
      plain, block_log2, 8, codec);
}

}  // namespace isofuse::test
