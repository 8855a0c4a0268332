#pragma once
// What the tests of decompression are fed with.
#include <cstdint>
#include <stdexcept>

#include <bzlib.h>
#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "codec/codec.h"
#include "support/iso_builder.h"

namespace isofuse::test {

inline Bytes compress_xz(const Bytes& in, std::uint32_t preset = 6) {
  Bytes out(lzma_stream_buffer_bound(in.size()));
  std::size_t size = 0;
  if (lzma_easy_buffer_encode(
          preset, LZMA_CHECK_CRC32, nullptr, reinterpret_cast<const std::uint8_t*>(in.data()),
          in.size(), reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size()) != LZMA_OK)
    throw std::runtime_error("xz");
  out.resize(size);
  return out;
}

/// One stream or block of `codec` that holds `in`.
inline Bytes compress(Codec codec, const Bytes& in) {
  Bytes out(in.size() * 2 + 4096);
  auto* to = reinterpret_cast<char*>(out.data());
  const auto* from = reinterpret_cast<const char*>(in.data());
  switch (codec) {
    case Codec::kZlib: {
      uLongf size = out.size();
      if (::compress(reinterpret_cast<Bytef*>(to), &size, reinterpret_cast<const Bytef*>(from),
                     in.size()) != Z_OK)
        throw std::runtime_error("zlib");
      out.resize(size);
      break;
    }
    case Codec::kXz:
      return compress_xz(in);
    case Codec::kLz4:
      out.resize(static_cast<std::size_t>(LZ4_compress_default(
          from, to, static_cast<int>(in.size()), static_cast<int>(out.size()))));
      break;
    case Codec::kZstd:
      out.resize(ZSTD_compress(to, out.size(), from, in.size(), 3));
      break;
    case Codec::kBzip2: {
      auto size = static_cast<unsigned>(out.size());
      if (BZ2_bzBuffToBuffCompress(to, &size, const_cast<char*>(from),
                                   static_cast<unsigned>(in.size()), 9, 0, 0) != BZ_OK)
        throw std::runtime_error("bzip2");
      out.resize(size);
      break;
    }
  }
  return out;
}

}  // namespace isofuse::test
