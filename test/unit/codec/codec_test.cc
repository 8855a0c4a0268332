#include "codec/codec.h"

#include <string>

#include <bzlib.h>
#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "support/catch.h"
#include "support/compress.h"

using namespace isofuse;
using test::Bytes;
using test::operator+;

namespace {
Codec any_codec() {
  return GENERATE(Codec::kZlib, Codec::kXz, Codec::kLz4, Codec::kZstd, Codec::kBzip2);
}
Bytes plain_text() {
  Bytes out;
  for (int i = 0; i < 500; ++i) out = out + test::bytes_of("line " + std::to_string(i) + "\n");
  return out;
}
}  // namespace

TEST_CASE("each codec gives back what was compressed", "[codec]") {
  const Codec codec = any_codec();
  const Bytes plain = plain_text();
  Bytes out(plain.size());
  const auto got = decompress(codec, test::compress(codec, plain), out);
  REQUIRE(got);
  CHECK(*got == plain.size());
  CHECK(out == plain);
}

TEST_CASE("each codec says how much came out where there was more room", "[codec]") {
  const Codec codec = any_codec();
  const Bytes plain = plain_text();
  Bytes out(plain.size() + 1000, std::byte{0x55});
  const auto got = decompress(codec, test::compress(codec, plain), out);
  REQUIRE(got);
  CHECK(*got == plain.size());
  out.resize(plain.size());
  CHECK(out == plain);
}

TEST_CASE("no codec writes more than there is room for", "[codec]") {
  const Codec codec = any_codec();
  const Bytes plain = plain_text();
  const std::size_t room = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{999});
  Bytes out(room + 64, std::byte{0x55});
  const auto got = decompress(codec, test::compress(codec, plain), std::span(out).first(room));
  REQUIRE_FALSE(got);
  CHECK(got.error().code == Errc::kCorrupt);
  for (std::size_t i = room; i < out.size(); ++i) REQUIRE(out[i] == std::byte{0x55});
}

TEST_CASE("data that ends early is damaged, wherever it ends", "[codec]") {
  const Codec codec = any_codec();
  const Bytes plain = plain_text();
  const Bytes packed = test::compress(codec, plain);
  Bytes out(plain.size());
  for (std::size_t size = 0; size < packed.size(); size += 1 + size / 20) {
    const auto got = decompress(codec, std::span(packed).first(size), out);
    // A block of LZ4 has no end mark: a cut one can be whole, but is shorter.
    if (codec == Codec::kLz4 && got) {
      REQUIRE(*got < plain.size());
      continue;
    }
    // Nothing at all is nothing compressed to zstd: no frames.
    if (codec == Codec::kZstd && size == 0) continue;
    REQUIRE_FALSE(got);
    REQUIRE(got.error().code == Errc::kCorrupt);
  }
}

TEST_CASE("damaged data is found, or gives no more than there is room for", "[codec]") {
  const Codec codec = any_codec();
  const Bytes plain = plain_text();
  const Bytes packed = test::compress(codec, plain);
  for (std::size_t i = 0; i < packed.size(); i += 3) {
    Bytes damaged = packed;
    damaged[i] ^= std::byte{0x41};
    Bytes out(plain.size());
    const auto got = decompress(codec, damaged, out);
    if (got)
      REQUIRE(*got <= out.size());
    else
      REQUIRE(got.error().code == Errc::kCorrupt);
  }
}

TEST_CASE("xz that asks for much memory is refused", "[codec]") {
  // A preset of 9 wants a dictionary of 64 MiB, and the decoder a little more.
  const Bytes packed = test::compress_xz(plain_text(), 9);
  Bytes out(plain_text().size());
  CHECK_FALSE(decompress(Codec::kXz, packed, out));
  CHECK(decompress(Codec::kXz, test::compress_xz(plain_text(), 8), out));
}
