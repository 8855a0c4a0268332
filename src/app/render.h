#pragma once
// JSON as people like to read it.
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace isofuse::app {

/// Aligned lines "Label:  value", nested objects indented below their label. A member called
/// "size_bytes" becomes "Size: 1,234 bytes (1.2 KiB)". Control characters become '?': what a disc
/// says must not steer a terminal.
[[nodiscard]] std::string render_text(const nlohmann::ordered_json& object);

/// `text` with '?' for each control character: C0, DEL and (in UTF-8) C1.
[[nodiscard]] std::string harmless(std::string_view text);

}  // namespace isofuse::app
