#include "fs/udf/identity.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/facts_text.h"
#include "base/text.h"
#include "fs/udf/cs0.h"
#include "fs/udf/recognition.h"

namespace isofuse::udf {
namespace {

using Json = nlohmann::ordered_json;

template <std::size_t N>
std::string text(const std::uint8_t (&field)[N]) {
  return dstring_to_utf8(std::as_bytes(std::span(field)));
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

/// The highest revision that anything asks for: 2.60 says 2.50 to readers (UDF 2.2.6.4), and an
/// integrity descriptor may be newer than the domain.
std::uint16_t revision_of(const disc::LogicalVolumeDescriptor& logical,
                          const std::optional<Integrity>& integrity) {
  std::uint16_t out = logical.domain.udf_revision.get();
  if (integrity && integrity->use)
    out = std::max(
        {out, integrity->use->revision_to_read.get(), integrity->use->revision_to_write.get()});
  return out;
}

/// UDF 2.1.5.2: '*' before the developer of a program.
std::string program(const disc::EntityIdentifier& entity) {
  std::string_view out = disc::identifier_of(entity);
  if (out.starts_with('*')) out.remove_prefix(1);
  return printable(trim_blanks(out));
}

}  // namespace

std::string revision_text(std::uint16_t revision) {
  return fmt::format("{:x}.{:02x}", revision >> 8U, revision & 0xFFU);
}

std::string uuid_of(std::string_view identifier) {
  constexpr std::size_t kUnique = 8;  // UDF 2.2.2.5: a time
  constexpr std::size_t kAll = 16;
  if (identifier.size() < kUnique) return {};
  std::string bytes(identifier.substr(0, kAll));
  bytes.resize(kAll, '\0');
  const auto other = std::ranges::find_if_not(bytes, is_hex);
  const auto digits = static_cast<std::size_t>(other - bytes.begin());
  if (digits < kUnique) return hex(bytes.substr(0, kUnique));
  std::transform(bytes.begin(), other, bytes.begin(), ascii_lower);
  if (digits < kAll) return bytes.substr(0, kUnique) + hex(bytes.substr(kUnique, kUnique / 2));
  return bytes;
}

Json identity(const FoundVolume& found, const std::optional<Integrity>& integrity) {
  const VolumeSequence& sequence = found.sequence;
  Json out;
  out["type"] = "udf";
  if (sequence.logical) {
    out["version"] = revision_text(revision_of(*sequence.logical, integrity));
    const std::string label = text(sequence.logical->volume_identifier);
    put_text(out, "label", std::string(trim_blanks_behind(label)));
  }
  if (sequence.primary) {
    const std::string volume_set = text(sequence.primary->volume_set_identifier);
    put_text(out, "uuid", uuid_of(volume_set));
    put_text(out, "volume_set", std::string(trim_blanks(volume_set)));
  }
  if (sequence.information)
    put_text(out, "publisher", std::string(trim_blanks(text(sequence.information->owner))));
  if (sequence.primary) {
    // UDF 2.2.2.9: who says nothing of the application has written the volume all the same.
    const std::string application = program(sequence.primary->application);
    put_text(out, "application",
             application.empty() ? program(sequence.primary->implementation) : application);
    put_text(out, "volume_identifier",
             std::string(trim_blanks(text(sequence.primary->volume_identifier))));
  }
  if (sequence.logical)
    put_text(out, "logical_volume",
             std::string(trim_blanks(text(sequence.logical->volume_identifier))));
  out["block_bytes"] = found.medium.block_bytes();
  return out;
}

std::optional<Json> find_identity(const Source& image, bool need_recognition) {
  Options options;
  options.need_recognition = need_recognition;
  for (const std::uint32_t block_bytes : {512U, 1024U, 2048U, 4096U}) {
    if (need_recognition && !read_recognition_sequence(image, block_bytes, 0).recognised) continue;
    const auto found = find_descriptors(image, block_bytes, options);
    if (!found) continue;
    std::vector<std::string> damage;  // said where the volume is opened
    std::optional<Integrity> integrity;
    if (found->sequence.logical)
      integrity =
          read_integrity(found->medium, found->sequence.logical->integrity_sequence, damage);
    return identity(*found, integrity);
  }
  return std::nullopt;
}

}  // namespace isofuse::udf
