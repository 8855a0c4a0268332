#include <isofuse/read.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <isofuse/limits.h>

#include "fs/run_at.h"

namespace isofuse {
namespace {

/// What holes are answered with, as often as needed.
constexpr std::array<std::byte, 64U << 10U> kZeros{};

/// What of `decoded` lies at the beginning of `run`.
std::span<const std::byte> overlap(const DecodedBytes& decoded, const Extent& run) {
  const std::uint64_t skip = run.file_offset - decoded.file_offset;
  if (skip >= decoded.bytes->size()) return {};
  const auto rest = std::span(*decoded.bytes).subspan(static_cast<std::size_t>(skip));
  return rest.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(rest.size(), run.length_bytes)));
}

constexpr Error kShortDecode{Errc::kCorrupt, "compressed data ends too early"};

}  // namespace

Result<std::size_t> read_bytes(const Filesystem& filesystem, const Source& image, NodeId node,
                               std::uint64_t offset, std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const Extent run = ISOFUSE_TRY(run_at(filesystem, node, offset + done, into.size() - done));
    if (run.kind == Extent::Kind::kEnd) break;
    std::span<std::byte> part = into.subspan(done, static_cast<std::size_t>(run.length_bytes));
    if (run.kind == Extent::Kind::kImage) {
      ISOFUSE_TRY(image.read(run.image_offset, part));
    } else if (run.kind == Extent::Kind::kZeros) {
      std::ranges::fill(part, std::byte{0});
    } else {
      const DecodedBytes decoded = ISOFUSE_TRY(filesystem.decode(node, run.file_offset));
      const auto bytes = overlap(decoded, run);
      if (bytes.empty()) return kShortDecode;
      std::memcpy(part.data(), bytes.data(), bytes.size());
      part = part.first(bytes.size());
    }
    done += part.size();
  }
  return done;
}

Result<std::size_t> read_pieces(const Filesystem& filesystem, const Source& image, NodeId node,
                                std::uint64_t offset, std::size_t length_bytes,
                                std::vector<Piece>& pieces) {
  std::size_t done = 0;
  // Copies up to `limit` bytes from where we are into a piece of its own.
  const auto copy_piece = [&](std::size_t limit) -> Result<std::size_t> {
    auto owned = std::make_shared<std::vector<std::byte>>(limit);
    const std::size_t got = ISOFUSE_TRY(read_bytes(filesystem, image, node, offset + done, *owned));
    const std::span<const std::byte> bytes(owned->data(), got);
    pieces.push_back({bytes, std::move(owned)});
    return got;
  };
  while (done < length_bytes) {
    if (pieces.size() + 1 >= kPiecesMax) {  // a finely interleaved file: the rest in one piece
      done += ISOFUSE_TRY(copy_piece(length_bytes - done));
      break;
    }
    const Extent run = ISOFUSE_TRY(run_at(filesystem, node, offset + done, length_bytes - done));
    if (run.kind == Extent::Kind::kEnd) break;
    const auto run_bytes = static_cast<std::size_t>(run.length_bytes);
    if (run.kind == Extent::Kind::kImage) {
      if (!inside(run.image_offset, run.length_bytes, image.size_bytes()))
        return Error{Errc::kTruncated, "the file reaches past the end of the image",
                     run.image_offset};
      const auto lent = image.borrow(run.image_offset, run_bytes);
      if (lent.empty()) {
        done += ISOFUSE_TRY(copy_piece(run_bytes));
      } else {
        pieces.push_back({lent, nullptr});
        done += run_bytes;
      }
    } else if (run.kind == Extent::Kind::kZeros) {
      const std::size_t part = std::min(run_bytes, kZeros.size());
      pieces.push_back({std::span(kZeros).first(part), nullptr});
      done += part;
    } else {
      const DecodedBytes decoded = ISOFUSE_TRY(filesystem.decode(node, run.file_offset));
      const auto bytes = overlap(decoded, run);
      if (bytes.empty()) return kShortDecode;
      pieces.push_back({bytes, decoded.bytes});
      done += bytes.size();
    }
  }
  return done;
}

}  // namespace isofuse
