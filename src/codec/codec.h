#pragma once
// Decompression of single blocks: bytes in, bytes out, never more than the caller made room for.
#include <cstddef>
#include <cstdint>
#include <span>

#include <isofuse/result.h>

namespace isofuse {

enum class Codec : std::uint8_t { kZlib, kXz, kLz4, kZstd, kBzip2 };

/// Decompresses all of `in`, one whole stream or block of `codec`, into `out`; returns how many
/// bytes came out. kCorrupt where `in` is damaged, ends early, or holds more than `out` takes.
/// Memory is bounded (xz: 64 MiB). Safe from many threads.
Result<std::size_t> decompress(Codec codec, std::span<const std::byte> in,
                               std::span<std::byte> out);

}  // namespace isofuse
