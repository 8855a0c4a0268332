#include "base/text.h"

#include <cstdint>

namespace isofuse {
namespace {

constexpr char32_t kSurrogateFirst = 0xD800;
constexpr char32_t kSurrogateLow = 0xDC00;
constexpr char32_t kSurrogateLast = 0xDFFF;

}  // namespace

void append_utf8(char32_t code_point, std::string& out) {
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0U | (code_point >> 6U));
    put(0x80U | (code_point & 0x3FU));
  } else if (code_point < 0x10000) {
    if (code_point >= kSurrogateFirst && code_point <= kSurrogateLast) return;
    put(0xE0U | (code_point >> 12U));
    put(0x80U | ((code_point >> 6U) & 0x3FU));
    put(0x80U | (code_point & 0x3FU));
  } else if (code_point < 0x110000) {
    put(0xF0U | (code_point >> 18U));
    put(0x80U | ((code_point >> 12U) & 0x3FU));
    put(0x80U | ((code_point >> 6U) & 0x3FU));
    put(0x80U | (code_point & 0x3FU));
  }
}

std::string utf16be_to_utf8(std::span<const std::byte> text) {
  std::string out;
  out.reserve(text.size());
  const std::size_t units = text.size() / 2;
  const auto unit = [&text](std::size_t i) {
    return static_cast<char32_t>((std::to_integer<unsigned>(text[2 * i]) << 8U) |
                                 std::to_integer<unsigned>(text[2 * i + 1]));
  };
  for (std::size_t i = 0; i < units; ++i) {
    const char32_t u = unit(i);
    if (u == 0) break;
    if (u < kSurrogateFirst || u > kSurrogateLast) {
      append_utf8(u, out);
      continue;
    }
    if (u >= kSurrogateLow || i + 1 >= units) continue;
    const char32_t v = unit(i + 1);
    if (v < kSurrogateLow || v > kSurrogateLast) continue;
    append_utf8(0x10000U + ((u - kSurrogateFirst) << 10U) + (v - kSurrogateLow), out);
    ++i;
  }
  return out;
}

std::string_view trim_padding(std::string_view field) {
  // The field ends at a NUL even where spaces follow it.
  field = field.substr(0, field.find('\0'));
  const std::size_t last = field.find_last_not_of(' ');
  return last == std::string_view::npos ? std::string_view{} : field.substr(0, last + 1);
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

}  // namespace isofuse
