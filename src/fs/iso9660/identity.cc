#include "fs/iso9660/identity.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/facts_text.h"
#include "base/text.h"

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
    else if (utf16[i + 1] != primary[at])
      utf16[i + 1] = ascii_lower(primary[at]);  // the other one had to be a capital (7.4.1)
  }
  for (; at < N; ++at) utf16 += {'\0', primary[at]};
  return utf16be_to_utf8(std::as_bytes(std::span(utf16)));
}

/// The descriptors that tell. One of them is there at least.
struct Sources {
  const disc::VolumeDescriptor* primary = nullptr;
  const disc::VolumeDescriptor* joliet = nullptr;
};

Sources sources_of(const VolumeDescriptors& found) {
  Sources out;
  if (found.primary) out.primary = &found.primary->descriptor;
  if (found.joliet) out.joliet = &found.joliet->descriptor;
  if (out.primary == nullptr && out.joliet == nullptr && found.enhanced)
    out.primary = &found.enhanced->descriptor;
  return out;
}

/// A field as both descriptors tell it.
template <std::size_t N>
std::string text(const Sources& from, char (disc::VolumeDescriptor::*field)[N]) {
  if (from.joliet == nullptr) return std::string(up_to_nul({from.primary->*field, N}));
  const auto& joliet = from.joliet->*field;
  if (from.primary == nullptr) return utf16be_to_utf8(std::as_bytes(std::span(joliet)));
  return joined(from.primary->*field, joliet);
}

template <std::size_t N>
void put(Json& into, const char* key, const Sources& from,
         char (disc::VolumeDescriptor::*field)[N]) {
  put_text(into, key, printable(trim_blanks(text(from, field))));
}

/// Publisher, preparer and application: Joliet's may be left empty, and '_' before it says that it
/// is the name of a file (8.4.20).
template <std::size_t N>
void put_person(Json& into, const char* key, const Sources& from,
                char (disc::VolumeDescriptor::*field)[N]) {
  std::string value(trim_blanks(text(from, field)));
  if (value.empty() && from.primary != nullptr)
    value = trim_blanks(up_to_nul({from.primary->*field, N}));
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
  const Sources from = sources_of(found);
  const D& first = from.primary != nullptr ? *from.primary : *from.joliet;
  Json out;
  out["type"] = "iso9660";
  if (found.primary && found.primary->layout.high_sierra) {
    out["version"] = "High Sierra";
    put_text(out, "label", printable(trim_blanks_behind(text(from, &D::volume_identifier))));
    return out;
  }
  if (from.joliet != nullptr) out["version"] = "Joliet Extension";
  put_text(out, "label", printable(trim_blanks_behind(text(from, &D::volume_identifier))));
  if (is_set(first.modified))
    put_text(out, "uuid", uuid(first.modified));
  else if (is_set(first.created))
    put_text(out, "uuid", uuid(first.created));
  put(out, "system", from, &D::system_identifier);
  put(out, "volume_set", from, &D::volume_set_identifier);
  put_person(out, "publisher", from, &D::publisher_identifier);
  put_person(out, "preparer", from, &D::preparer_identifier);
  put_person(out, "application", from, &D::application_identifier);
  if (!found.boot_records.empty())
    put_text(out, "boot_system", printable(found.boot_records.front().system));
  return out;
}

}  // namespace isofuse::iso9660
