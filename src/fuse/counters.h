#pragma once
// What a mount has done so far.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <isofuse/cache_counters.h>

namespace isofuse::fuse {

/// Each number is right by itself; one may be ahead of another by what is being done just now. Lies
/// in memory that another process reads (app/status_page.h), so there is nothing in it but numbers.
struct Counters {
  using Number = std::atomic<std::uint64_t>;
  static_assert(Number::is_always_lock_free, "another process reads it");
  static constexpr std::size_t kWorkersMax = 1024;

  Number requests;         ///< answered, with an error too
  Number requests_failed;  ///< for damage to the disc or failure of the system
  Number bytes_served;     ///< of file contents, that were asked for
  Number files_pushed;     ///< that were not asked for (pusher.h)
  Number bytes_pushed;
  Number cache_bytes;
  Number cache_hits;
  Number cache_misses;
  Number damage;  ///< places that the log was told of

  /// For each thread that answers the kernel's number of the request that it took last, which may
  /// be answered by now; 0: none yet. For refuse_requests.h.
  std::array<Number, kWorkersMax> taken;

  static void add(Number& number, std::uint64_t value) {
    number.fetch_add(value, std::memory_order_relaxed);
  }
  void set_caches(const CacheCounters& caches) {
    cache_bytes.store(caches.held_bytes, std::memory_order_relaxed);
    cache_hits.store(caches.hits, std::memory_order_relaxed);
    cache_misses.store(caches.misses, std::memory_order_relaxed);
  }
};

}  // namespace isofuse::fuse
