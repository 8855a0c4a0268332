#include "codec/codec.h"

#include <limits>
#include <memory>
#include <new>

#include <bzlib.h>
#include <libdeflate.h>
#include <lz4.h>
#include <lzma.h>
#include <zstd.h>

namespace isofuse {
namespace {

constexpr Error kBadData{Errc::kCorrupt, "compressed data is damaged"};
constexpr std::uint64_t kXzMemoryBytesMax = 64U << 20U;

Result<std::size_t> inflate_zlib(std::span<const std::byte> in, std::span<std::byte> out) {
  struct Free {
    void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
  };
  // Its tables are 11 KiB, which each thread keeps.
  thread_local const std::unique_ptr<libdeflate_decompressor, Free> decompressor(
      libdeflate_alloc_decompressor());
  if (!decompressor) throw std::bad_alloc();
  std::size_t used = 0;
  std::size_t got = 0;
  const libdeflate_result status = libdeflate_zlib_decompress_ex(
      decompressor.get(), in.data(), in.size(), out.data(), out.size(), &used, &got);
  if (status != LIBDEFLATE_SUCCESS) return kBadData;
  return got;
}

Result<std::size_t> decode_xz(std::span<const std::byte> in, std::span<std::byte> out) {
  std::uint64_t memory_bytes = kXzMemoryBytesMax;
  std::size_t in_pos = 0;
  std::size_t out_pos = 0;
  const lzma_ret status = lzma_stream_buffer_decode(
      &memory_bytes, 0, nullptr, reinterpret_cast<const std::uint8_t*>(in.data()), &in_pos,
      in.size(), reinterpret_cast<std::uint8_t*>(out.data()), &out_pos, out.size());
  if (status == LZMA_MEM_ERROR) throw std::bad_alloc();
  if (status != LZMA_OK) return kBadData;
  return out_pos;
}

Result<std::size_t> decode_lz4(std::span<const std::byte> in, std::span<std::byte> out) {
  const int got = LZ4_decompress_safe(reinterpret_cast<const char*>(in.data()),
                                      reinterpret_cast<char*>(out.data()),
                                      static_cast<int>(in.size()), static_cast<int>(out.size()));
  if (got < 0) return kBadData;
  return static_cast<std::size_t>(got);
}

Result<std::size_t> decode_zstd(std::span<const std::byte> in, std::span<std::byte> out) {
  const std::size_t got = ZSTD_decompress(out.data(), out.size(), in.data(), in.size());
  if (ZSTD_isError(got) != 0) return kBadData;
  return got;
}

Result<std::size_t> decode_bzip2(std::span<const std::byte> in, std::span<std::byte> out) {
  auto out_bytes = static_cast<unsigned>(out.size());
  // The interface takes the source as char*, and leaves it alone.
  auto* source = const_cast<char*>(reinterpret_cast<const char*>(in.data()));
  const int status = BZ2_bzBuffToBuffDecompress(reinterpret_cast<char*>(out.data()), &out_bytes,
                                                source, static_cast<unsigned>(in.size()), 0, 0);
  if (status == BZ_MEM_ERROR) throw std::bad_alloc();
  if (status != BZ_OK) return kBadData;
  return out_bytes;
}

}  // namespace

Result<std::size_t> decompress(Codec codec, std::span<const std::byte> in,
                               std::span<std::byte> out) {
  // Two of the libraries count in int.
  constexpr auto kMax = static_cast<std::size_t>(std::numeric_limits<int>::max());
  if (in.size() > kMax || out.size() > kMax)
    return Error{Errc::kTooLarge, "compressed block is too large"};
  switch (codec) {
    case Codec::kZlib:
      return inflate_zlib(in, out);
    case Codec::kXz:
      return decode_xz(in, out);
    case Codec::kLz4:
      return decode_lz4(in, out);
    case Codec::kZstd:
      return decode_zstd(in, out);
    case Codec::kBzip2:
      return decode_bzip2(in, out);
  }
  return Error{Errc::kUnsupported, "unknown compression"};
}

}  // namespace isofuse
