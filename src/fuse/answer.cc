#include "fuse/answer.h"

#include <fmt/format.h>

#include "base/log.h"

namespace isofuse::fuse {

void log_failure(const char* operation, std::uint64_t number, const Error& error) noexcept {
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
}

}  // namespace isofuse::fuse
