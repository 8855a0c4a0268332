#pragma once
// How well caches serve.
#include <cstddef>
#include <cstdint>

namespace isofuse {

struct CacheCounters {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::size_t held_bytes = 0;

  CacheCounters& operator+=(const CacheCounters& other) {
    hits += other.hits;
    misses += other.misses;
    held_bytes += other.held_bytes;
    return *this;
  }
};

}  // namespace isofuse
