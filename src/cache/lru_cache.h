#pragma once
// A cache that forgets what was used longest ago, bounded in bytes.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include <isofuse/cache_counters.h>

namespace isofuse {

/// Immutable values by key. Values live on with whoever holds them after the cache has
/// dropped them. Safe for use from many threads: the keys are spread over shards with a lock each.
template <class Key, class Value, class Hash = std::hash<Key>>
class LruCache {
 public:
  using Pointer = std::shared_ptr<const Value>;

  /// Holds at most `bytes_max` (as the callers of put() count them), besides the last value put
  /// into each shard, however large.
  explicit LruCache(std::size_t bytes_max, std::size_t shards = 8)
      : shard_bytes_max_(bytes_max / shards), shards_(shards) {}

  /// The value put under `key`, or null.
  [[nodiscard]] Pointer get(const Key& key) const {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.index.find(key);
    if (found == shard.index.end()) {
      ++shard.misses;
      return nullptr;
    }
    ++shard.hits;
    shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
    return found->second->value;
  }

  void put(const Key& key, Pointer value, std::size_t bytes) const {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    if (shard.index.contains(key)) return;  // another thread was faster; both read the same
    shard.entries.push_front({key, std::move(value), bytes});
    shard.index.emplace(key, shard.entries.begin());
    shard.held_bytes += bytes;
    while (shard.held_bytes > shard_bytes_max_ && shard.entries.size() > 1) {
      shard.held_bytes -= shard.entries.back().bytes;
      shard.index.erase(shard.entries.back().key);
      shard.entries.pop_back();
    }
  }

  [[nodiscard]] CacheCounters counters() const {
    CacheCounters sum;
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      sum.hits += shard.hits;
      sum.misses += shard.misses;
      sum.held_bytes += shard.held_bytes;
    }
    return sum;
  }

 private:
  struct Entry {
    Key key;
    Pointer value;
    std::size_t bytes;
  };
  struct Shard {
    std::mutex mutex;
    std::list<Entry> entries;  // the most recently used first
    std::unordered_map<Key, typename std::list<Entry>::iterator, Hash> index;
    std::size_t held_bytes = 0;
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
  };

  [[nodiscard]] Shard& shard_of(const Key& key) const {
    // Keys are often multiples of a block: mix before taking the remainder.
    const std::uint64_t mixed = Hash{}(key)*0x9E3779B97F4A7C15U;
    return shards_[static_cast<std::size_t>(mixed >> 32U) % shards_.size()];
  }

  std::size_t shard_bytes_max_;
  mutable std::vector<Shard> shards_;
};

}  // namespace isofuse
