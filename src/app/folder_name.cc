#include "app/folder_name.h"

#include <algorithm>
#include <array>

#include "base/charset.h"

namespace isofuse::app {
namespace {

constexpr char kSubstitute = '_';
constexpr std::string_view kBlanks = " \t";

struct Range {
  std::string_view first;
  std::string_view last;
};

/// In UTF-8, whose bytes stand in the order of the code points. The bidirectional ones are those
/// of Unicode's Bidi_Control, the others its line ends and the controls C0 and C1.
constexpr std::array kForbidden = {
    Range{std::string_view("\x00", 1), "\x1F"},
    Range{"/", "/"},
    Range{"\x7F", "\x7F"},
    Range{"\xC2\x80", "\xC2\x9F"},          // U+0080 to U+009F
    Range{"\xD8\x9C", "\xD8\x9C"},          // U+061C
    Range{"\xE2\x80\x8E", "\xE2\x80\x8F"},  // U+200E, U+200F
    Range{"\xE2\x80\xA8", "\xE2\x80\xAE"},  // U+2028 to U+202E
    Range{"\xE2\x81\xA6", "\xE2\x81\xA9"},  // U+2066 to U+2069
};

bool is_forbidden(std::string_view character) {
  return std::any_of(kForbidden.begin(), kForbidden.end(), [&](const Range& range) {
    return character.size() == range.first.size() && character >= range.first &&
           character <= range.last;
  });
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Bytes of the character at the start of `text`. REQUIRES: valid UTF-8, not empty.
std::size_t character_bytes(std::string_view text) {
  std::size_t bytes = 1;
  while (bytes < text.size() && continues(text[bytes])) ++bytes;
  return bytes;
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t from = text.find_first_not_of(kBlanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlanks) - from + 1);
}

}  // namespace

std::string folder_name(std::string_view label) {
  const std::string valid = valid_utf8(label, kSubstitute);
  std::string out;
  for (std::string_view rest = without_blanks(valid); !rest.empty();) {
    const std::string_view character = rest.substr(0, character_bytes(rest));
    if (out.size() + character.size() > kFolderNameBytesMax) break;
    if (is_forbidden(character))
      out += kSubstitute;
    else
      out += character;
    rest.remove_prefix(character.size());
  }
  out.resize(out.find_last_not_of(kBlanks) + 1);  // it may have been cut behind one
  if (out.starts_with('.') || out.starts_with('-') || out.starts_with('~')) out[0] = kSubstitute;
  return out;
}

}  // namespace isofuse::app
