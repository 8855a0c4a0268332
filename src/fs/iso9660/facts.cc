#include "fs/iso9660/facts.h"

#include <algorithm>
#include <span>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/calendar.h"
#include "base/facts_text.h"
#include "base/log.h"
#include "base/text.h"
#include "fs/iso9660/el_torito.h"
#include "fs/iso9660/sessions.h"
#include "fs/iso9660/time.h"

namespace isofuse::iso9660 {
namespace {

using Json = nlohmann::ordered_json;

/// A text field of a descriptor: UTF-16BE in a Joliet one.
template <std::size_t N>
std::string text(const Volume& volume, const char (&field)[N]) {
  if (volume.joliet_level != 0) {
    const std::string utf8 = utf16be_to_utf8(std::as_bytes(std::span(field)));
    return std::string(trim_padding(utf8));
  }
  return printable(trim_padding({field, N}));
}

void put_time(Json& into, const char* key, const disc::LongTime& time) {
  if (const auto stamp = to_timestamp(time)) into[key] = iso_8601(stamp->seconds);
}

const char* kind_name(const Volume& volume) {
  if (volume.layout.high_sierra) return "High Sierra";
  if (volume.joliet_level != 0) return "Joliet";
  return volume.descriptor.head.type == disc::kSupplementary ? "enhanced (ISO 9660:1999)"
                                                             : "primary";
}

Json describe(const Volume& volume) {
  const disc::VolumeDescriptor& d = volume.descriptor;
  Json out;
  out["descriptor"] = kind_name(volume);
  out["descriptor_sector"] = volume.descriptor_offset / disc::kSectorBytes;
  if (volume.joliet_level != 0) out["joliet_level"] = volume.joliet_level;
  put_text(out, "label", volume_label(volume));
  put_text(out, "system", text(volume, d.system_identifier));
  put_text(out, "volume_set", text(volume, d.volume_set_identifier));
  put_text(out, "publisher", text(volume, d.publisher_identifier));
  put_text(out, "preparer", text(volume, d.preparer_identifier));
  put_text(out, "application", text(volume, d.application_identifier));
  put_text(out, "copyright_file", text(volume, d.copyright_file));
  put_text(out, "abstract_file", text(volume, d.abstract_file));
  put_text(out, "bibliographic_file", text(volume, d.bibliographic_file));
  put_time(out, "created", d.created);
  put_time(out, "modified", d.modified);
  put_time(out, "expires", d.expires);
  put_time(out, "effective", d.effective);
  out["block_bytes"] = volume.layout.block_bytes;
  out["volume_blocks"] = volume.volume_space_blocks;
  out["volume_bytes"] = volume.volume_space_blocks * volume.layout.block_bytes;
  out["volume_set_size"] = d.volume_set_size.get();
  out["volume_sequence_number"] = d.volume_sequence_number.get();
  out["root_block"] = d.root.extent_lbn.get();
  if (!volume.both_orders_agree) out["warning"] = "the two byte orders of its numbers disagree";
  return out;
}

const char* view_name(View view) {
  switch (view) {
    case View::kRockRidge:
      return "rockridge";
    case View::kJoliet:
      return "joliet";
    case View::kEnhanced:
      return "enhanced";
    default:
      return "iso";
  }
}

void put_platform(Json& into, std::uint8_t platform) {
  const std::string_view name = platform_name(platform);
  into["platform"] = name;
  if (name == "unknown") into["platform_id"] = fmt::format("{:#04x}", platform);
}

Json describe_boot_image(const BootImage& boot) {
  Json out;
  put_platform(out, boot.platform);
  put_text(out, "section", printable(boot.section));
  out["indicator"] = fmt::format("{:#04x}", boot.indicator);
  out["bootable"] = boot.bootable;
  out["media"] = media_name(boot.media_type);
  out["sector"] = boot.image_lbn;
  out["load_sectors"] = boot.load_sectors;
  out["load_bytes"] = std::uint64_t{boot.load_sectors} * 512;
  if (boot.load_segment != 0) out["load_segment"] = boot.load_segment;
  if (boot.system_type != 0) out["system_type"] = boot.system_type;
  if (boot.selection_type != 0) out["selection_type"] = boot.selection_type;
  if (!boot.selection_criteria.empty()) {
    std::string hex;
    for (const std::uint8_t byte : boot.selection_criteria) hex += fmt::format("{:02x}", byte);
    out["selection_criteria"] = std::move(hex);
  }
  return out;
}

Json describe_boot(const Source& image, const BootRecordInfo& record) {
  Json out;
  out["system"] = printable(record.system);
  out["version"] = record.version;
  out["catalog_sector"] = record.catalog_lbn;
  if (record.system != "EL TORITO SPECIFICATION") return out;
  const auto catalog = read_boot_catalog(image, record.catalog_lbn);
  if (!catalog) {
    out["warning"] = describe(catalog.error());
    return out;
  }
  put_text(out, "identifier", printable(catalog->identifier));
  if (!catalog->checksum_valid) out["warning"] = "the checksum of the catalogue is wrong";
  Json validation;
  validation["header_id"] = catalog->header_id;
  put_platform(validation, catalog->platform);
  validation["checksum"] = fmt::format("{:#06x}", catalog->checksum);
  validation["key"] = "0x55aa";  // or it would not be a catalogue
  out["validation"] = std::move(validation);
  Json sections = Json::array();
  for (const BootSection& section : catalog->sections) {
    Json entry;
    entry["indicator"] = fmt::format("{:#04x}", section.indicator);
    put_platform(entry, section.platform);
    entry["entries"] = section.entries;
    put_text(entry, "identifier", printable(section.identifier));
    sections.push_back(std::move(entry));
  }
  if (!sections.empty()) out["sections"] = std::move(sections);
  Json images = Json::array();
  for (const BootImage& boot : catalog->images) images.push_back(describe_boot_image(boot));
  out["images"] = std::move(images);
  return out;
}

/// "XA" after the fixed fields: the application use area of the descriptor begins at byte 883.
bool has_xa_signature(const Volume& volume) {
  constexpr std::size_t kSignatureAt = 141;  // byte 1024 of the descriptor
  constexpr std::string_view kSignature = "CD-XA001";
  const auto* bytes = reinterpret_cast<const char*>(volume.descriptor.application_use);
  return std::string_view(bytes + kSignatureAt, kSignature.size()) == kSignature;
}

bool is_unchosen(const std::optional<Volume>& volume, const Selection& selection) {
  return volume && volume->descriptor_offset != selection.volume.descriptor_offset;
}

}  // namespace

std::string volume_label(const Volume& volume) {
  return text(volume, volume.descriptor.volume_identifier);
}

std::string volume_format(const Selection& selection) {
  if (selection.volume.layout.high_sierra) return "High Sierra";
  switch (selection.view) {
    case View::kRockRidge:
      return "ISO 9660, Rock Ridge";
    case View::kJoliet:
      return fmt::format("ISO 9660, Joliet level {}", selection.volume.joliet_level);
    case View::kEnhanced:
      return "ISO 9660:1999";
    default:
      return "ISO 9660";
  }
}

Json volume_facts(const Source& image, const Selection& selection) {
  const VolumeDescriptors& found = selection.descriptors;
  Json out;
  out["filesystem"] = selection.volume.layout.high_sierra ? "High Sierra" : "ISO 9660";
  out["label"] = volume_label(selection.volume);
  out["view"] = view_name(selection.view);
  Json views = Json::array();
  if (!selection.extensions.empty()) views.push_back("rockridge");
  if (found.joliet) views.push_back("joliet");
  if (found.enhanced) views.push_back("enhanced");
  if (found.primary) views.push_back("iso");
  out["views"] = std::move(views);
  Json extensions = Json::array();
  for (const std::string& extension : selection.extensions)
    extensions.push_back(printable(extension));
  if (found.primary && has_xa_signature(*found.primary)) extensions.push_back("CD-XA001");
  out["extensions"] = std::move(extensions);
  if (found.udf_bridge) out["udf_bridge"] = true;

  Json volumes = Json::array();
  volumes.push_back(describe(selection.volume));
  for (const auto* volume : {&found.primary, &found.joliet, &found.enhanced})
    if (is_unchosen(*volume, selection)) volumes.push_back(describe(**volume));
  out["volumes"] = std::move(volumes);

  const std::uint64_t stated =
      selection.volume.volume_space_blocks * selection.volume.layout.block_bytes;
  if (stated > image.size_bytes())
    out["warning"] = fmt::format("the image is {} bytes shorter than the volume says it is",
                                 stated - image.size_bytes());

  Json sessions = Json::array();
  std::uint32_t number = 0;
  for (const Session& session : find_sessions(image)) {
    Json entry;
    entry["session"] = number++;
    entry["sector"] = session.start_sector;
    entry["volume_blocks"] = session.volume_blocks;
    put_text(entry, "label", printable(session.volume_identifier));
    sessions.push_back(std::move(entry));
  }
  out["sessions"] = std::move(sessions);

  Json boot = Json::array();
  for (const BootRecordInfo& record : found.boot_records)
    boot.push_back(describe_boot(image, record));
  out["boot"] = std::move(boot);
  return out;
}

}  // namespace isofuse::iso9660
