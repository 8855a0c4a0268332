#pragma once
// What is asked of the user's desktop: by its programs, xdg-open(1) and notify-send(1), as either
// may be absent, and neither is worth a library in a process that mounts.
#include <optional>
#include <string>

namespace isofuse::app {

/// Shows `folder` in the user's file manager, which goes on by itself. Waits a moment; what went
/// wrong, if that showed until then. REQUIRES: no other thread runs.
[[nodiscard]] std::optional<std::string> open_file_manager(const std::string& folder);

/// Shows a notification on the desktop if there is one, and does not wait for ever where it does
/// not answer. Texts may hold anything.
void notify(const std::string& title, const std::string& text);

/// `text` as notify-send(1) takes it: valid UTF-8, its markup and backslashes taken as they stand.
[[nodiscard]] std::string notification_text(const std::string& text);

}  // namespace isofuse::app
