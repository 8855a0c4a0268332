#include "cache/cached_source.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace isofuse {
namespace {

/// Copies the part of [from_offset, +from.size()) that [offset, +into.size()) covers.
void copy_overlap(std::uint64_t from_offset, std::span<const std::byte> from, std::uint64_t offset,
                  std::span<std::byte> into) {
  const std::uint64_t begin = std::max(from_offset, offset);
  const std::uint64_t end = std::min(from_offset + from.size(), offset + into.size());
  if (begin >= end) return;
  std::memcpy(into.data() + (begin - offset), from.data() + (begin - from_offset),
              static_cast<std::size_t>(end - begin));
}

}  // namespace

Result<void> CachedSource::read(std::uint64_t offset, std::span<std::byte> into) const {
  if (!inside(offset, into.size(), size_bytes()))
    return Error{Errc::kTruncated, "the image ends too early", offset};
  if (into.size() > kCachedReadBytesMax) return image_.read(offset, into);
  if (into.empty()) return {};

  const std::uint64_t end = (offset + into.size() - 1) / kSectorBytes + 1;
  std::uint64_t missing_from = 0;
  bool missing = false;
  for (std::uint64_t sector = offset / kSectorBytes; sector < end; ++sector) {
    if (const auto held = sectors_.get(sector)) {
      if (missing) ISOFUSE_TRY(fill(missing_from, sector, offset, into));
      missing = false;
      copy_overlap(sector * kSectorBytes, *held, offset, into);
    } else if (!missing) {
      missing = true;
      missing_from = sector;
    }
  }
  if (missing) ISOFUSE_TRY(fill(missing_from, end, offset, into));
  return {};
}

/// Reads a run of sectors that the cache does not hold, keeps them, and copies what was asked for.
Result<void> CachedSource::fill(std::uint64_t first_sector, std::uint64_t end_sector,
                                std::uint64_t offset, std::span<std::byte> into) const {
  const std::uint64_t begin = first_sector * kSectorBytes;
  const std::uint64_t end = std::min(end_sector * kSectorBytes, size_bytes());
  const auto length_bytes = static_cast<std::size_t>(end - begin);
  // Mostly whole sectors are asked for; then they need no copy on the way.
  std::vector<std::byte> buffer;
  std::span<std::byte> run;
  if (offset <= begin && end - offset <= into.size()) {
    run = into.subspan(static_cast<std::size_t>(begin - offset), length_bytes);
  } else {
    buffer.resize(length_bytes);
    run = buffer;
  }
  ISOFUSE_TRY(image_.read(begin, run));
  if (!buffer.empty()) copy_overlap(begin, run, offset, into);
  for (std::uint64_t sector = first_sector; sector < end_sector; ++sector) {
    auto kept = std::make_shared_for_overwrite<Sector>();
    const auto from = run.subspan(static_cast<std::size_t>(sector - first_sector) * kSectorBytes);
    const std::size_t length = std::min(kSectorBytes, from.size());
    std::memcpy(kept->data(), from.data(), length);
    // A last, partial sector is filled up with zeros.
    std::fill(kept->begin() + static_cast<std::ptrdiff_t>(length), kept->end(), std::byte{0});
    sectors_.put(sector, std::move(kept), kSectorBytes);
  }
  return {};
}

}  // namespace isofuse
