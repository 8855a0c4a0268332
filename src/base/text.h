#pragma once
// Text as it stands on discs, and as Linux wants it.
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace isofuse {

/// UTF-16BE as UTF-8, by the rule of the kernel (fs/nls: utf16s_to_utf8s): ends at a NUL; a
/// surrogate without its partner is left out; an odd last byte is ignored.
[[nodiscard]] std::string utf16be_to_utf8(std::span<const std::byte> text);

/// Appends one code point as UTF-8. Values that UTF-8 cannot hold are left out.
void append_utf8(char32_t code_point, std::string& out);

/// Without the spaces and NULs that fill a field up.
[[nodiscard]] std::string_view trim_padding(std::string_view field);

/// A-Z to a-z, everything else as it is, whatever the locale.
[[nodiscard]] constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// The same of a whole text.
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace isofuse
