#pragma once
// Texts of a disc in the documents of `isofuse --info`.
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace isofuse {

/// JSON is UTF-8; what is not becomes '?', here where it is only shown.
[[nodiscard]] std::string printable(std::string_view text);

/// Without the blanks around it.
[[nodiscard]] std::string_view trim_blanks(std::string_view text);
/// Without those behind it only.
[[nodiscard]] std::string_view trim_blanks_behind(std::string_view text);

/// An empty text is no member.
void put_text(nlohmann::ordered_json& into, const char* key, std::string value);

}  // namespace isofuse
