#include "base/facts_text.h"

#include <algorithm>

namespace isofuse {
namespace {

constexpr std::string_view kBlanks = " \t\n\v\f\r";

}  // namespace

std::string printable(std::string_view text) {
  std::string out(text);
  try {
    static_cast<void>(nlohmann::ordered_json(out).dump());
  } catch (const nlohmann::ordered_json::exception&) {
    std::ranges::replace_if(
        out, [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; }, '?');
  }
  return out;
}

std::string_view trim_blanks_behind(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

std::string_view trim_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return trim_blanks_behind(text);
}

void put_text(nlohmann::ordered_json& into, const char* key, std::string value) {
  if (!value.empty()) into[key] = std::move(value);
}

}  // namespace isofuse
