#include "fs/udf/cs0.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "base/crc.h"
#include "base/text.h"

namespace isofuse::udf {
namespace {

constexpr char32_t kNoCharacter = 0x110000;  // above all of Unicode
constexpr std::size_t kNameBytesMax = 254;   // the kernel's UDF_NAME_LEN
constexpr std::size_t kCrcMarkBytes = 5;     // "#XXXX"
constexpr std::size_t kExtensionMax = 4;     // characters behind the dot

/// The recorded characters behind the compression byte.
class Characters {
 public:
  Characters(std::span<const std::byte> bytes, std::size_t unit_bytes)
      : bytes_(bytes), unit_bytes_(unit_bytes) {}

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  [[nodiscard]] std::size_t unit_bytes() const { return unit_bytes_; }
  [[nodiscard]] bool at_end(std::size_t pos) const { return pos >= bytes_.size(); }

  /// The unit at `pos`. REQUIRES: not at the end.
  [[nodiscard]] char32_t unit(std::size_t pos) const {
    const auto first = std::to_integer<char32_t>(bytes_[pos]);
    if (unit_bytes_ == 1) return first;
    return (first << 8U) | std::to_integer<char32_t>(bytes_[pos + 1]);
  }

  /// The character at `pos`, which moves behind it; kNoCharacter for half of a surrogate pair. As
  /// in the kernel the unit behind a first half is gone whatever it is.
  char32_t take(std::size_t& pos) const {
    const char32_t high = unit(pos);
    pos += unit_bytes_;
    if (high < 0xD800 || high > 0xDFFF) return high;
    if (high >= 0xDC00 || at_end(pos)) return kNoCharacter;
    const char32_t low = unit(pos);
    pos += unit_bytes_;
    if (low < 0xDC00 || low > 0xDFFF) return kNoCharacter;
    return 0x10000 + ((high - 0xD800) << 10U) + (low - 0xDC00);
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t unit_bytes_;
};

/// kCorrupt as file_name().
Result<Characters> open_cs0(std::span<const std::byte> identifier) {
  if (identifier.empty()) return Characters(identifier, 1);
  const auto compression = std::to_integer<unsigned>(identifier[0]);
  if (compression != 8 && compression != 16)
    return Error{Errc::kCorrupt, "name is neither of 8 nor of 16 bits"};
  const std::size_t unit_bytes = compression / 8;
  if ((identifier.size() - 1) % unit_bytes != 0)
    return Error{Errc::kCorrupt, "name ends within a character"};
  return Characters(identifier.subspan(1), unit_bytes);
}

/// Makes a name of characters, and remembers whether it still says all that was recorded.
class NameWriter {
 public:
  NameWriter(const Characters& from, const Charset* iocharset)
      : from_(from), iocharset_(iocharset) {}

  /// Appends the next character, or one '_' for a run of those that cannot stand; false at the end
  /// or where `out` has reached `bytes_max`.
  bool put_next(std::size_t& pos, std::string& out, std::size_t bytes_max) {
    bool illegal = false;
    char32_t c = kNoCharacter;
    while (!from_.at_end(pos)) {
      if (out.size() >= bytes_max) {
        changed_ = true;
        return false;
      }
      std::size_t behind = pos;
      c = from_.take(behind);
      const bool stands = c != 0 && c != '/' && c != kNoCharacter;
      if (stands && illegal) break;
      pos = behind;
      if (stands) return append(c, out, bytes_max);
      illegal = true;
    }
    if (!illegal) return false;
    changed_ = true;
    return append('_', out, bytes_max);
  }
  [[nodiscard]] bool changed() const { return changed_; }
  void set_changed() { changed_ = true; }

 private:
  bool append(char32_t c, std::string& out, std::size_t bytes_max) {
    std::string encoded;
    append_utf8(c, encoded);
    if (iocharset_ != nullptr) {
      encoded = iocharset_->convert(encoded, '?', encoded.size());
      if (encoded == "?" && c != '?') changed_ = true;
    }
    if (out.size() + encoded.size() > bytes_max) {
      changed_ = true;
      return false;
    }
    out += encoded;
    return true;
  }

  const Characters& from_;
  const Charset* iocharset_;
  bool changed_ = false;
};

/// Where the extension begins, at its dot.
std::optional<std::size_t> find_extension(const Characters& name) {
  const std::size_t units = name.bytes().size() / name.unit_bytes();
  for (std::size_t behind = 0; behind <= kExtensionMax && behind < units; ++behind) {
    const std::size_t pos = (units - 1 - behind) * name.unit_bytes();
    if (name.unit(pos) != '.') continue;
    if (behind == 0) return std::nullopt;
    return pos;
  }
  return std::nullopt;
}

/// Nearly all names: ASCII in 8 bits of which nothing has to be changed, whatever the rules below.
bool is_plain(std::span<const std::byte> identifier) {
  if (identifier.size() < 2 || identifier.size() > 1 + kNameBytesMax ||
      identifier[0] != std::byte{8} || identifier[1] == std::byte{'.'})
    return false;
  return std::ranges::all_of(identifier.subspan(1), [](std::byte b) {
    return b != std::byte{0} && b < std::byte{0x80} && b != std::byte{'/'};
  });
}

}  // namespace

std::string dstring_to_utf8(std::span<const std::byte> field) {
  if (field.empty()) return {};
  const auto used = std::to_integer<std::size_t>(field.back());
  if (used == 0 || used >= field.size()) return {};
  const auto characters = open_cs0(field.first(used));
  if (!characters) return {};
  std::string out;
  for (std::size_t pos = 0; !characters->at_end(pos);) {
    const char32_t c = characters->take(pos);
    if (c == 0) break;  // seen where the length counts the padding too
    append_utf8(c == kNoCharacter ? U'_' : c, out);
  }
  return out;
}

Result<std::string> file_name(std::span<const std::byte> identifier, const Charset* iocharset) {
  if (iocharset == nullptr && is_plain(identifier)) {
    const std::span<const std::byte> text = identifier.subspan(1);
    return std::string(reinterpret_cast<const char*>(text.data()), text.size());
  }
  const Characters name = ISOFUSE_TRY(open_cs0(identifier));
  NameWriter writer(name, iocharset);
  std::string extension;
  const std::optional<std::size_t> dot = find_extension(name);
  if (dot) {
    extension = ".";
    std::size_t pos = *dot + name.unit_bytes();
    while (writer.put_next(pos, extension, kNameBytesMax)) {
    }
  }

  std::string out;
  std::size_t before_mark = 0;  // as much of `out` as leaves room for the mark and the extension
  for (std::size_t pos = 0;;) {
    if (dot && pos == *dot) {
      if (extension.size() > kNameBytesMax - out.size()) writer.set_changed();
      break;
    }
    if (!writer.put_next(pos, out, kNameBytesMax)) break;
    if (out.size() + extension.size() + kCrcMarkBytes <= kNameBytesMax) before_mark = out.size();
  }
  if (out == "." || out == "..") writer.set_changed();
  if (writer.changed()) {
    out.resize(before_mark);
    out += fmt::format("#{:04X}", crc_itu_t(name.bytes()));
  }
  return out + extension;
}

}  // namespace isofuse::udf
