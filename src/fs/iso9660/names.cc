#include "fs/iso9660/names.h"

#include <cstdio>
#include <utility>

#include "base/text.h"

namespace isofuse::iso9660 {

std::string normal_name(const ByteView& identifier) {
  const std::string_view in = identifier.chars();
  std::string out;
  out.reserve(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    const char c = ascii_lower(in[i]);
    const std::string_view rest = in.substr(i);
    if (c == '\0' || rest == ".;1" || rest == ";1") break;
    out.push_back(c == ';' || c == '/' ? '.' : c);
  }
  return out;
}

std::string acorn_name(const Record& record) {
  // The field that RISC OS writers put there: "ARCHIMEDES", load and exec address, attributes.
  constexpr std::size_t kFieldBytes = 32;
  constexpr std::string_view kSignature = "ARCHIMEDES";
  constexpr std::size_t kLoadAddress = 10;
  constexpr std::size_t kPlingByte = 19;
  std::string name = normal_name(record.identifier());
  const std::string_view field = record.system_use().chars();
  if (name.empty() || field.size() != kFieldBytes || !field.starts_with(kSignature)) return name;
  const auto byte = [&field](std::size_t i) { return static_cast<unsigned char>(field[i]); };
  if (name.front() == '_' && (byte(kPlingByte) & 1U) != 0) name.front() = '!';
  // A load address of FFFtttdd holds a file type, and a time instead of an address.
  if (!record.is_directory() && byte(kLoadAddress + 3) == 0xFF &&
      (byte(kLoadAddress + 2) & 0xF0U) == 0xF0) {
    char suffix[8];
    std::snprintf(suffix, sizeof suffix, ",%03x",
                  ((byte(kLoadAddress + 2) & 0xFU) << 8U) | byte(kLoadAddress + 1));
    name += suffix;
  }
  return name;
}

std::string joliet_name(const ByteView& identifier, const Charset* iocharset) {
  std::string name;
  if (iocharset == nullptr) {
    name = utf16be_to_utf8(identifier.bytes());
  } else {
    std::string_view units = identifier.chars();
    units = units.substr(0, units.size() / 2 * 2);
    for (std::size_t i = 0; i < units.size(); i += 2)  // ends at a NUL
      if (units[i] == '\0' && units[i + 1] == '\0') units = units.substr(0, i);
    name = iocharset->convert(units, '?', 2);
  }
  if (name.size() > 2 && name.ends_with(";1")) name.resize(name.size() - 2);
  while (name.size() >= 2 && name.back() == '.') name.pop_back();
  return name;
}

std::string NameReader::plain(const Record& record) const {
  if (joliet) return joliet_name(record.identifier(), iocharset.get());
  std::string name;
  switch (map) {
    case NameMap::kNormal:
      name = normal_name(record.identifier());
      break;
    case NameMap::kAcorn:
      name = acorn_name(record);
      break;
    case NameMap::kOff:
      name = record.identifier().chars();
      break;
  }
  return alternate(std::move(name));
}

std::string NameReader::alternate(std::string name) const {
  return charset ? charset->convert(name) : std::move(name);
}

}  // namespace isofuse::iso9660
