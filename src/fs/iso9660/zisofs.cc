#include "fs/iso9660/zisofs.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>

namespace isofuse::iso9660 {
namespace {

// Version 1 has blocks of 2^15 to 2^17 bytes, version 2 to 2^20; the kernel reads smaller ones too.
constexpr unsigned kBlockLog2Min = 10;
constexpr unsigned kBlockLog2Max = 17;
constexpr unsigned kBlockLog2Max2 = 20;
constexpr std::uint8_t kVersion2 = 2;

struct Algorithm {
  std::string_view name;  // in the ZF entry
  std::uint8_t id;        // in the file header of version 2
  Codec codec;
};
constexpr Algorithm kAlgorithms2[] = {
    {"PZ", 1, Codec::kZlib}, {"XZ", 2, Codec::kXz},    {"xz", 2, Codec::kXz},
    {"L4", 3, Codec::kLz4},  {"l4", 3, Codec::kLz4},   {"ZD", 4, Codec::kZstd},
    {"zd", 4, Codec::kZstd}, {"B2", 5, Codec::kBzip2}, {"b2", 5, Codec::kBzip2},
};

/// zisofs2: file header.
struct Header2 {
  std::uint8_t magic[8];
  std::uint8_t version;
  std::uint8_t header_words;
  std::uint8_t algorithm;
  std::uint8_t block_log2;
  Little64 size;
  std::uint8_t unused[4];
};
static_assert(is_disc_type<Header2, 24>);
constexpr std::uint8_t kMagic2[8] = {0xEF, 0x22, 0x55, 0xA1, 0xBC, 0x1B, 0x95, 0xA0};

struct StoredBlock {
  std::uint64_t begin;
  std::uint64_t end;
};

/// A compressed block may be larger than its contents, by what the worst of the algorithms adds.
constexpr std::uint64_t stored_bytes_max(const Zisofs& layout) {
  return (std::uint64_t{2} << layout.block_log2) + 4096;
}

Result<StoredBlock> locate(const Source& image, const FileSections& sections, const Zisofs& layout,
                           std::uint64_t block) {
  const auto at = checked_mul(block, layout.pointer_bytes);
  if (!at || *at > sections.length_bytes())
    return Error{Errc::kCorrupt, "compressed file is shorter than its table"};
  std::array<std::byte, 16> bytes{};
  const auto pair = std::span(bytes).first(static_cast<std::size_t>(2 * layout.pointer_bytes));
  ISOFUSE_TRY(sections.read(image, layout.header_bytes + *at, pair));
  const ByteView view(pair);
  StoredBlock stored{};
  if (layout.pointer_bytes == sizeof(Little32)) {
    stored.begin = ISOFUSE_TRY(view.read<Little32>(0)).get();
    stored.end = ISOFUSE_TRY(view.read<Little32>(sizeof(Little32))).get();
  } else {
    stored.begin = ISOFUSE_TRY(view.read<Little64>(0)).get();
    stored.end = ISOFUSE_TRY(view.read<Little64>(sizeof(Little64))).get();
  }
  if (stored.end < stored.begin || stored.end > sections.length_bytes() ||
      stored.end - stored.begin > stored_bytes_max(layout))
    return Error{Errc::kCorrupt, "compressed file has an impossible table",
                 sections.extent(0).image_offset};
  return stored;
}

}  // namespace

std::optional<Zisofs> zisofs_of(const CompressionInfo& info) {
  if (info.block_log2 < kBlockLog2Min || info.block_log2 > kBlockLog2Max2) return std::nullopt;
  const std::string_view name(info.algorithm, sizeof info.algorithm);
  Zisofs out;
  out.header_bytes = std::uint64_t{info.header_words} * 4;
  out.block_log2 = info.block_log2;
  out.size_bytes = info.size_bytes;
  if (name == "pz" && info.block_log2 <= kBlockLog2Max) return out;
  for (const Algorithm& algorithm : kAlgorithms2) {
    if (name != algorithm.name || info.version < kVersion2) continue;
    out.codec = algorithm.codec;
    out.pointer_bytes = sizeof(Little64);
    return out;
  }
  return std::nullopt;
}

Result<Zisofs> with_header(const Source& image, const FileSections& sections, Zisofs layout) {
  if (layout.pointer_bytes != sizeof(Little64)) return layout;
  std::array<std::byte, sizeof(Header2)> bytes;
  ISOFUSE_TRY(sections.read(image, 0, bytes));
  const auto header = ISOFUSE_TRY(ByteView(bytes).read<Header2>(0));
  if (!std::ranges::equal(header.magic, kMagic2)) return layout;
  layout.header_bytes = std::uint64_t{header.header_words} * 4;
  if (header.block_log2 >= kBlockLog2Min && header.block_log2 <= kBlockLog2Max2)
    layout.block_log2 = header.block_log2;
  for (const Algorithm& algorithm : kAlgorithms2)
    if (header.algorithm == algorithm.id) layout.codec = algorithm.codec;
  return layout;
}

Result<bool> zisofs_block_is_empty(const Source& image, const FileSections& sections,
                                   const Zisofs& layout, std::uint64_t block) {
  const StoredBlock stored = ISOFUSE_TRY(locate(image, sections, layout, block));
  return stored.begin == stored.end;
}

Result<std::vector<std::byte>> read_zisofs_block(const Source& image, const Source& contents,
                                                 const FileSections& sections, const Zisofs& layout,
                                                 std::uint64_t block) {
  const StoredBlock stored = ISOFUSE_TRY(locate(image, sections, layout, block));
  const std::uint64_t block_bytes = std::uint64_t{1} << layout.block_log2;
  const std::uint64_t expected =
      std::min(block_bytes, layout.size_bytes - (block << layout.block_log2));
  std::vector<std::byte> out(static_cast<std::size_t>(block_bytes));
  if (stored.begin != stored.end) {
    const auto in_bytes = static_cast<std::size_t>(stored.end - stored.begin);
    const auto buffer = std::make_unique_for_overwrite<std::byte[]>(in_bytes);
    const std::span<std::byte> in(buffer.get(), in_bytes);
    ISOFUSE_TRY(sections.read(contents, stored.begin, in));
    const std::size_t got = ISOFUSE_TRY(decompress(layout.codec, in, out));
    if (got < expected)
      return Error{Errc::kCorrupt, "compressed block is too short",
                   sections.extent(stored.begin).image_offset};
  }
  out.resize(static_cast<std::size_t>(expected));
  return out;
}

}  // namespace isofuse::iso9660
