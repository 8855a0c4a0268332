#include <cstdarg>
#include <cstdio>
#include <string_view>

#include <spdlog/spdlog.h>

#include "fuse/lowlevel.h"
#include "fuse/session.h"

namespace isofuse::fuse {
namespace {

constexpr std::size_t kMessageBytesMax = 1024;

spdlog::level::level_enum to_level(fuse_log_level level) {
  switch (level) {
    case FUSE_LOG_EMERG:
    case FUSE_LOG_ALERT:
    case FUSE_LOG_CRIT:
      return spdlog::level::critical;
    case FUSE_LOG_ERR:
      return spdlog::level::err;
    case FUSE_LOG_WARNING:
      return spdlog::level::warn;
    case FUSE_LOG_NOTICE:
    case FUSE_LOG_INFO:
      return spdlog::level::info;
    case FUSE_LOG_DEBUG:
      break;
  }
  return spdlog::level::debug;
}

void write_log(fuse_log_level level, const char* format, std::va_list arguments) {
  char text[kMessageBytesMax];
  const int length = std::vsnprintf(text, sizeof text, format, arguments);
  if (length <= 0) return;
  std::string_view line(text);  // cut where it was too long
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.remove_suffix(1);
  if (!line.empty()) spdlog::log(to_level(level), "{}", line);
}

}  // namespace

void route_log() { fuse_set_log_func(write_log); }

}  // namespace isofuse::fuse
