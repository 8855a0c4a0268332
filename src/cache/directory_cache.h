#pragma once
// The directories that were parsed last.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include <isofuse/directory.h>
#include <isofuse/limits.h>
#include <isofuse/result.h>

#include "cache/lru_cache.h"

namespace isofuse {

/// Bounded by kDirectoryCacheBytes. Safe for use from many threads, which may parse small
/// directories at the same time, even the same one; large ones only one after the other: what
/// parsing takes of memory then does not grow with the number of threads.
class DirectoryCache {
 public:
  /// The directory of node `key`; else what `parse` (Result<std::shared_ptr<const Directory>>())
  /// makes of its `recorded_bytes`, and its Error, which is not remembered.
  template <class Parse>
  Result<std::shared_ptr<const Directory>> get(std::uint64_t key, std::uint64_t recorded_bytes,
                                               Parse&& parse) const {
    std::unique_lock lock(large_, std::defer_lock);
    if (recorded_bytes > kLargeBytes) {
      lock.lock();
      if (auto held = find(key)) return held;  // made while we waited
    }
    std::shared_ptr<const Directory> parsed = ISOFUSE_TRY(parse());
    directories_.put(key, parsed, parsed->memory_bytes());
    return parsed;
  }
  /// The same, or null where it is not held.
  [[nodiscard]] std::shared_ptr<const Directory> find(std::uint64_t key) const {
    return directories_.get(key);
  }
  [[nodiscard]] CacheCounters counters() const { return directories_.counters(); }

 private:
  static constexpr std::uint64_t kLargeBytes = 1U << 20U;
  LruCache<std::uint64_t, Directory> directories_{kDirectoryCacheBytes, 1};
  mutable std::mutex large_;
};

}  // namespace isofuse
