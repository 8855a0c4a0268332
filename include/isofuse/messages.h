#pragma once
// Where the library's messages go.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <isofuse/export.h>
#include <isofuse/result.h>

namespace isofuse {

enum class Severity : std::uint8_t {
  kDebug,    ///< what is being done, and why
  kWarning,  ///< damage to a disc, or what its user should know of it
};

/// One line, in UTF-8 as far as names of the disc are, without its end; valid during the call.
/// Called from any thread that uses the library, at the same time from several. What it throws goes
/// through to the caller of the library.
using MessageHandler = std::function<void(Severity severity, std::string_view message)>;

/// From here on `handler` gets them; before the first call, and with an empty one, they are
/// dropped: every failure is an Error as well. REQUIRES: no other thread is in the library.
ISOFUSE_API void set_message_handler(MessageHandler handler);

/// "text at byte 1234 of the image (system's words)".
[[nodiscard]] ISOFUSE_API std::string describe(const Error& error);

}  // namespace isofuse
