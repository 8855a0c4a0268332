#include "base/log.h"

#include <atomic>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include <isofuse/messages.h>

namespace isofuse {
namespace {

constexpr std::size_t kDamageMessagesMax = 256;

std::atomic<std::uint64_t> g_damage_met = 0;

MessageHandler& handler() {
  static MessageHandler the_handler;
  return the_handler;
}

thread_local const WarningCapture::Handler* captured_by = nullptr;

std::string with_subject(std::string_view what, const std::string& text) {
  return what.empty() ? text : fmt::format("{}: {}", what, text);
}

void tell(Severity severity, std::string_view message) {
  if (const MessageHandler& told = handler()) told(severity, message);
}

}  // namespace

void set_message_handler(MessageHandler to) { handler() = std::move(to); }

std::string describe(const Error& error) {
  std::string out = error.text;
  if (error.offset != Error::kNowhere) out += fmt::format(" at byte {} of the image", error.offset);
  if (error.sys_errno != 0) out += fmt::format(" ({})", std::strerror(error.sys_errno));
  return out;
}

void log_damage(const Error& error, std::string_view what) {
  if (captured_by != nullptr) {
    (*captured_by)(&error, with_subject(what, describe(without_place(error))));
    return;
  }
  static std::mutex mutex;
  static std::unordered_set<std::size_t> seen;  // hashes: a rare collision hides one message
  {
    const std::lock_guard lock(mutex);
    if (seen.size() >= kDamageMessagesMax) return;
    const std::size_t key =
        std::hash<std::string_view>{}(error.text) ^ (std::hash<std::uint64_t>{}(error.offset) * 31);
    if (!seen.insert(key).second) return;
    ++g_damage_met;
    if (seen.size() == kDamageMessagesMax)
      log_warning("this disc is badly damaged; no further damage is reported");
  }
  log_warning(with_subject(what, describe(error)));
}

std::uint64_t damage_met() noexcept { return g_damage_met; }

void log_warning(std::string_view message) {
  if (captured_by != nullptr)
    (*captured_by)(nullptr, message);
  else
    tell(Severity::kWarning, message);
}

WarningCapture::WarningCapture(Handler handler) : handler_(std::move(handler)) {
  captured_by = &handler_;
}

WarningCapture::~WarningCapture() { captured_by = nullptr; }

void log_debug(std::string_view message) { tell(Severity::kDebug, message); }

}  // namespace isofuse
