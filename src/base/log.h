#pragma once
// Messages of the library. Its user decides where they go (messages.h).
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <isofuse/messages.h>
#include <isofuse/result.h>

namespace isofuse {

/// Warns of damage found on the disc: once for each text and place, and at most some hundred times
/// in all, so that a broken disc cannot fill the log. `what` names the file or structure if known.
/// Safe from many threads.
void log_damage(const Error& error, std::string_view what = {});

/// How many of them there were, each text and place once; those that were not logged any more are
/// not counted.
[[nodiscard]] std::uint64_t damage_met() noexcept;

/// Warns of something about the disc that its user should know; always.
void log_warning(std::string_view message);

/// The same without its place, for texts that stand beside it.
[[nodiscard]] constexpr Error without_place(const Error& error) {
  return {error.code, error.text, Error::kNowhere, error.sys_errno};
}

/// While it lives, this thread's damage and warnings go to it instead, each of them. Not nested.
class WarningCapture {
 public:
  /// `error` is that of damage; null for a warning. The text is that of the message, without the
  /// place of the error.
  using Handler = std::function<void(const Error* error, std::string_view text)>;
  explicit WarningCapture(Handler handler);
  WarningCapture(const WarningCapture&) = delete;
  WarningCapture& operator=(const WarningCapture&) = delete;
  ~WarningCapture();

 private:
  Handler handler_;
};

/// For -d: what is being done and why.
void log_debug(std::string_view message);

}  // namespace isofuse
