#pragma once
// A Source that remembers the sectors read last: metadata is read through it.
#include <array>
#include <cstddef>
#include <cstdint>

#include <isofuse/limits.h>
#include <isofuse/source.h>

#include "cache/lru_cache.h"

namespace isofuse {

/// Reads of up to kCachedReadBytesMax go through a cache of 2 KiB sectors, so that no more is read
/// from the image than was asked for, rounded to sectors; longer ones go straight to the image,
/// which must outlive this object. Safe for use from many threads.
class CachedSource final : public Source {
 public:
  static constexpr std::size_t kSectorBytes = 2048;
  static constexpr std::size_t kCachedReadBytesMax = 64U << 10U;

  explicit CachedSource(const Source& image, std::size_t bytes_max = kSectorCacheBytes)
      : image_(image), sectors_(bytes_max) {}

  [[nodiscard]] std::uint64_t size_bytes() const override { return image_.size_bytes(); }
  Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
  [[nodiscard]] std::span<const std::byte> borrow(std::uint64_t offset,
                                                  std::size_t length_bytes) const override {
    return image_.borrow(offset, length_bytes);
  }
  /// The image itself, for contents, which would only drive metadata out.
  [[nodiscard]] const Source& uncached() const { return image_; }
  [[nodiscard]] CacheCounters counters() const { return sectors_.counters(); }

 private:
  using Sector = std::array<std::byte, kSectorBytes>;
  Result<void> fill(std::uint64_t first_sector, std::uint64_t end_sector, std::uint64_t offset,
                    std::span<std::byte> into) const;

  const Source& image_;
  LruCache<std::uint64_t, Sector> sectors_;
};

}  // namespace isofuse
