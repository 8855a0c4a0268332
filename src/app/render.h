#pragma once
// JSON as people like to read it.
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace isofuse::app {

/// Aligned lines "Label:  value", nested objects indented below their label. A member called
/// "size_bytes" becomes "Size: 1,234 bytes (1.2 KiB)". Control characters become '?': what a disc
/// says must not steer a terminal.
[[nodiscard]] std::string render_text(const nlohmann::ordered_json& object);

}  // namespace isofuse::app
