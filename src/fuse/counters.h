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

  /// The kernel's numbers of requests: the highest that was taken, and for each thread the one that
  /// it has in hand, else 0. For refuse_requests.h.
  Number last_request;
  std::array<Number, kWorkersMax> in_hand;

  static void add(Number& number, std::uint64_t value) {
    number.fetch_add(value, std::memory_order_relaxed);
  }
  void note_request(std::uint64_t number) {
    std::uint64_t last = last_request.load(std::memory_order_relaxed);
    while (number > last &&
           !last_request.compare_exchange_weak(last, number, std::memory_order_relaxed)) {
    }
  }
  void set_caches(const CacheCounters& caches) {
    cache_bytes.store(caches.held_bytes, std::memory_order_relaxed);
    cache_hits.store(caches.hits, std::memory_order_relaxed);
    cache_misses.store(caches.misses, std::memory_order_relaxed);
  }
};

}  // namespace isofuse::fuse
