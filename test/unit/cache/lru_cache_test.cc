#include "cache/lru_cache.h"

#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "support/catch.h"

using namespace isofuse;

namespace {
using Cache = LruCache<std::uint64_t, int>;
Cache::Pointer number(int value) { return std::make_shared<const int>(value); }
}  // namespace

TEST_CASE("what was put is held, and counted", "[cache]") {
  const Cache cache(100, 1);
  CHECK(cache.get(1) == nullptr);
  cache.put(1, number(11), 10);
  REQUIRE(cache.get(1) != nullptr);
  CHECK(*cache.get(1) == 11);
  CHECK(cache.counters().misses == 1);
  CHECK(cache.counters().hits == 2);
  CHECK(cache.counters().held_bytes == 10);
}

TEST_CASE("what was used longest ago goes first", "[cache]") {
  const Cache cache(30, 1);
  for (int i = 1; i <= 3; ++i) cache.put(static_cast<std::uint64_t>(i), number(i), 10);
  CHECK(cache.get(1) != nullptr);  // now 2 is the oldest
  cache.put(4, number(4), 10);
  CHECK(cache.get(2) == nullptr);
  CHECK(cache.get(1) != nullptr);
  CHECK(cache.get(3) != nullptr);
  CHECK(cache.get(4) != nullptr);
  CHECK(cache.counters().held_bytes == 30);
}

TEST_CASE("one value that is larger than the cache is held alone", "[cache]") {
  const Cache cache(30, 1);
  cache.put(1, number(1), 10);
  cache.put(2, number(2), 500);
  CHECK(cache.get(1) == nullptr);
  CHECK(cache.get(2) != nullptr);
  CHECK(cache.counters().held_bytes == 500);
  cache.put(3, number(3), 10);
  CHECK(cache.get(2) == nullptr);
  CHECK(cache.counters().held_bytes == 10);
}

TEST_CASE("a second value under the same key is not counted", "[cache]") {
  const Cache cache(100, 1);
  cache.put(1, number(1), 10);
  cache.put(1, number(2), 10);
  CHECK(*cache.get(1) == 1);
  CHECK(cache.counters().held_bytes == 10);
}

TEST_CASE("a value lives on with its holder", "[cache]") {
  const Cache cache(10, 1);
  cache.put(1, number(1), 10);
  const auto held = cache.get(1);
  cache.put(2, number(2), 10);
  CHECK(cache.get(1) == nullptr);
  CHECK(*held == 1);
}

TEST_CASE("keys that are multiples of a block spread over the shards", "[cache]") {
  constexpr std::size_t kShards = 8;
  constexpr std::size_t kKeys = 800;
  const Cache cache(kKeys * 2, kShards);  // twice the room that an even spread needs
  const std::uint64_t step = GENERATE(1U, 8U, 2048U, 65536U);
  for (std::uint64_t i = 0; i < kKeys; ++i) cache.put(i * step, number(0), 1);
  CHECK(cache.counters().held_bytes > kKeys * 9 / 10);
}

TEST_CASE("a cache stays within its bounds while many threads use it", "[cache]") {
  const Cache cache(1000, 4);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < 5000; ++i) {
        const std::uint64_t key = (i * (t + 1)) % 300;
        if (const auto held = cache.get(key)) {
          if (*held != static_cast<int>(key)) ++wrong[t];
        } else {
          cache.put(key, number(static_cast<int>(key)), 10);
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
  CHECK(cache.counters().held_bytes <= 1000);
  CHECK(cache.counters().hits + cache.counters().misses == 20000);
}
