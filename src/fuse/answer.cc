#include "fuse/answer.h"

#include <fmt/format.h>

#include "base/log.h"

namespace isofuse::fuse {

void report_failure(Mount& mount, const char* operation, std::uint64_t number,
                    const Error& error) noexcept {
  switch (error.code) {
    case Errc::kNotFound:
    case Errc::kNotDirectory:
    case Errc::kNotLink:
    case Errc::kInvalid:
      return;
    default:
      break;
  }
  try {
    log_damage(error, fmt::format("{} of node {:#x}", operation, number));
  } catch (...) {  // no memory for a message: the answer still goes out
  }
  Counters::add(mount.counters.requests_failed, 1);
  mount.counters.damage.store(damage_met(), std::memory_order_relaxed);
}

void count_request(Mount& mount) noexcept {
  // To ask the caches is dearer than to answer a small request, so that is done now and then.
  constexpr std::uint64_t kFewRequests = 64;
  Counters& counters = mount.counters;
  const std::uint64_t number = counters.requests.fetch_add(1, std::memory_order_relaxed);
  if (number >= kFewRequests && number % kFewRequests != 0) return;
  counters.set_caches(mount.filesystem.cache_counters());
  counters.damage.store(damage_met(), std::memory_order_relaxed);
}

}  // namespace isofuse::fuse
