#include "fs/iso9660/identity.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/facts_text.h"

namespace isofuse::iso9660 {
namespace {

using Json = nlohmann::ordered_json;

std::string_view up_to_nul(std::string_view field) { return field.substr(0, field.find('\0')); }

/// A field of the primary descriptor and the same one of Joliet's, which holds half as many
/// characters but may hold those that are '_' in the other, and the other way round. Where Joliet's
/// is the beginning of the primary one, case aside, both make one text; else Joliet's counts alone.
template <std::size_t N>
std::string joined(const char (&primary)[N], const char (&joliet)[N]) {
  std::string utf16(joliet, N);
  const auto high = [&utf16](std::size_t i) { return static_cast<unsigned char>(utf16[i]); };
  std::size_t at = 0;  // in the primary field: one character each, pairs of surrogates too
  for (std::size_t i = 0; i + 1 < N; i += 2, ++at) {
    const bool pair = (high(i) & 0xFCU) == 0xD8U && i + 3 < N && (high(i + 2) & 0xFCU) == 0xDCU;
    if (pair) i += 2;
    if (primary[at] == '_') continue;
    const bool latin = !pair && utf16[i] == 0;
    if (latin && utf16[i + 1] == '_')
      utf16[i + 1] = primary[at];
    else if (!latin || ascii_lower(utf16[i + 1]) != ascii_lower(primary[at]))
      return utf16be_to_utf8(std::as_bytes(std::span(joliet)));
  }
  for (; at < N; ++at) utf16 += {'\0', primary[at]};
  return utf16be_to_utf8(std::as_bytes(std::span(utf16)));
}

/// A field as both descriptors tell it.
template <std::size_t N>
std::string text(const VolumeDescriptors& found, char (disc::VolumeDescriptor::*field)[N]) {
  if (!found.joliet) return std::string(up_to_nul({found.primary->descriptor.*field, N}));
  const auto& joliet = found.joliet->descriptor.*field;
  if (!found.primary) return utf16be_to_utf8(std::as_bytes(std::span(joliet)));
  return joined(found.primary->descriptor.*field, joliet);
}

template <std::size_t N>
void put(Json& into, const char* key, const VolumeDescriptors& found,
         char (disc::VolumeDescriptor::*field)[N]) {
  put_text(into, key, printable(trim_blanks(text(found, field))));
}

/// Publisher, preparer and application: Joliet's may be left empty, and '_' before it says that it
/// is the name of a file (8.4.20).
template <std::size_t N>
void put_person(Json& into, const char* key, const VolumeDescriptors& found,
                char (disc::VolumeDescriptor::*field)[N]) {
  std::string value(trim_blanks(text(found, field)));
  if (value.empty() && found.primary)
    value = trim_blanks(up_to_nul({found.primary->descriptor.*field, N}));
  if (!value.starts_with('_')) put_text(into, key, printable(value));
}

std::string_view digits_of(const disc::LongTime& time) {
  return {reinterpret_cast<const char*>(&time), offsetof(disc::LongTime, utc_offset_quarters)};
}

/// 8.4.26.1: all zero is no date.
bool is_set(const disc::LongTime& time) {
  return time.utc_offset_quarters != 0 ||
         std::ranges::any_of(digits_of(time), [](char c) { return c != '0'; });
}

/// The digits as they stand, whatever the offset from UTC.
std::string uuid(const disc::LongTime& time) {
  const std::string_view digits = digits_of(time);
  if (digits.front() == '\0') return {};
  return printable(up_to_nul(fmt::format(
      "{}-{}-{}-{}-{}-{}-{}", digits.substr(0, 4), digits.substr(4, 2), digits.substr(6, 2),
      digits.substr(8, 2), digits.substr(10, 2), digits.substr(12, 2), digits.substr(14, 2))));
}

}  // namespace

Json identity(const VolumeDescriptors& found) {
  using D = disc::VolumeDescriptor;
  const Volume& volume = found.primary  ? *found.primary
                         : found.joliet ? *found.joliet
                                        : *found.enhanced;
  const D& d = volume.descriptor;
  Json out;
  out["type"] = "iso9660";
  if (volume.layout.high_sierra) {
    out["version"] = "High Sierra";
    put_text(out, "label",
             printable(
                 trim_blanks_behind(up_to_nul({d.volume_identifier, sizeof d.volume_identifier}))));
    return out;
  }
  if (found.joliet) out["version"] = "Joliet Extension";
  put_text(out, "label", printable(trim_blanks_behind(text(found, &D::volume_identifier))));
  if (is_set(d.modified))
    put_text(out, "uuid", uuid(d.modified));
  else if (is_set(d.created))
    put_text(out, "uuid", uuid(d.created));
  put(out, "system", found, &D::system_identifier);
  put(out, "volume_set", found, &D::volume_set_identifier);
  put_person(out, "publisher", found, &D::publisher_identifier);
  put_person(out, "preparer", found, &D::preparer_identifier);
  put_person(out, "application", found, &D::application_identifier);
  if (!found.boot_records.empty())
    put_text(out, "boot_system", printable(found.boot_records.front().system));
  return out;
}

}  // namespace isofuse::iso9660
