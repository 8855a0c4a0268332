#include "fs/iso9660/volume.h"

#include <array>
#include <string_view>

#include <isofuse/limits.h>

#include "base/text.h"

namespace isofuse::iso9660 {
namespace {

template <std::size_t N>
std::string_view chars(const char (&field)[N]) {
  return {field, N};
}

constexpr bool valid_block_bytes(std::uint32_t bytes) {
  return bytes == 512 || bytes == 1024 || bytes == 2048;  // 6.2.2
}

/// `primary`: the volume's primary descriptor, where this is another one of the same volume. The
/// size of a block is the same in both (8.5), and the kernel takes the primary one's.
Result<Volume> make_volume(const disc::VolumeDescriptor& d, std::uint64_t where, bool high_sierra,
                           const Volume* primary = nullptr) {
  Volume volume;
  volume.layout.high_sierra = high_sierra;
  volume.layout.block_bytes =
      primary != nullptr ? primary->layout.block_bytes : d.block_bytes.get();
  if (!valid_block_bytes(volume.layout.block_bytes))
    return Error{Errc::kCorrupt, "volume descriptor has an impossible block size", where};
  volume.descriptor_offset = where;
  volume.root_offset =
      (std::uint64_t{d.root.extent_lbn.get()} + d.root.xattr_blocks) * volume.layout.block_bytes;
  volume.root_bytes = d.root.data_bytes.get();
  volume.volume_space_blocks = d.volume_space_blocks.get();
  volume.both_orders_agree = d.volume_space_blocks.agrees() && d.block_bytes.agrees() &&
                             d.root.extent_lbn.agrees() && d.root.data_bytes.agrees() &&
                             d.path_table_bytes.agrees();
  volume.descriptor = d;
  return volume;
}

template <std::size_t To, std::size_t From>
void copy_field(char (&to)[To], const char (&from)[From]) {
  for (std::size_t i = 0; i < To; ++i) to[i] = i < From ? from[i] : ' ';
}

disc::LongTime with_zone(const disc::HighSierraLongTime& t) {
  disc::LongTime out{};
  copy_field(out.year, t.year);
  copy_field(out.month, t.month);
  copy_field(out.day, t.day);
  copy_field(out.hour, t.hour);
  copy_field(out.minute, t.minute);
  copy_field(out.second, t.second);
  copy_field(out.hundredths, t.hundredths);
  return out;
}

/// The same facts in the form that everything else knows.
disc::VolumeDescriptor from_high_sierra(const disc::HighSierraVolumeDescriptor& h) {
  disc::VolumeDescriptor d{};
  d.head.type = h.head.type;
  copy_field(d.head.identifier, h.head.identifier);
  d.head.version = h.head.version;
  copy_field(d.system_identifier, h.system_identifier);
  copy_field(d.volume_identifier, h.volume_identifier);
  d.volume_space_blocks = h.volume_space_blocks;
  d.volume_set_size = h.volume_set_size;
  d.volume_sequence_number = h.volume_sequence_number;
  d.block_bytes = h.block_bytes;
  d.path_table_bytes = h.path_table_bytes;
  d.root = h.root;
  copy_field(d.volume_set_identifier, h.volume_set_identifier);
  copy_field(d.publisher_identifier, h.publisher_identifier);
  copy_field(d.preparer_identifier, h.preparer_identifier);
  copy_field(d.application_identifier, h.application_identifier);
  copy_field(d.copyright_file, h.copyright_file);
  copy_field(d.abstract_file, h.abstract_file);
  copy_field(d.bibliographic_file, " ");
  d.created = with_zone(h.created);
  d.modified = with_zone(h.modified);
  d.expires = with_zone(h.expires);
  d.effective = with_zone(h.effective);
  d.file_structure_version = h.file_structure_version;
  return d;
}

/// 8.5.6 and the Joliet specification: "%/" and a third byte that tells the level. As in the
/// kernel any third byte makes it Joliet's descriptor, but only the known ones make it usable.
struct JolietEscape {
  bool present = false;
  std::uint8_t level = 0;
};
JolietEscape joliet_escape(const disc::VolumeDescriptor& d) {
  const std::uint8_t* escape = d.escape_sequences;
  if (escape[0] != '%' || escape[1] != '/') return {};
  switch (escape[2]) {
    case '@':
      return {true, 1};
    case 'C':
      return {true, 2};
    case 'E':
      return {true, 3};
    default:
      return {true, 0};
  }
}

constexpr std::uint8_t kEnhancedVersion = 2;  // 8.5.2

}  // namespace

Result<VolumeDescriptors> read_volume_descriptors(const Source& image,
                                                  std::uint32_t session_sector) {
  VolumeDescriptors found;
  found.session_sector = session_sector;
  std::optional<Error> damage;  // a descriptor that was recognised and could not be used
  bool joliet_seen = false;
  std::array<std::byte, disc::kSectorBytes> sector;
  for (std::uint32_t i = 0; i < kVolumeDescriptorsMax; ++i) {
    const std::uint64_t where =
        (std::uint64_t{session_sector} + disc::kSystemAreaSectors + i) * disc::kSectorBytes;
    if (const auto read = image.read(where, sector); !read) {
      // The end of the image ends the sequence; a sector that cannot be read is passed over.
      if (read.error().code == Errc::kTruncated) break;
      damage = read.error();
      continue;
    }
    const ByteView view(sector, where);
    const auto d = ISOFUSE_TRY(view.read<disc::VolumeDescriptor>(0));
    if (chars(d.head.identifier) != disc::kStandardIdentifier) {
      const std::string_view identifier = chars(d.head.identifier);
      if (identifier == "BEA01" || identifier.starts_with("NSR0")) found.udf_bridge = true;
      // HSG: the descriptors lie eight bytes further on. An ISO 9660 disc could hold the same
      // letters there by chance, hence the order of the two questions.
      const auto h = ISOFUSE_TRY(view.read<disc::HighSierraVolumeDescriptor>(0));
      if (chars(h.head.identifier) == disc::kHighSierraIdentifier && !found.primary) {
        if (h.head.type == disc::kTerminator) break;
        if (h.head.type != disc::kPrimary) continue;
        auto volume = make_volume(from_high_sierra(h), where, true);
        if (!volume) return volume.error();
        found.primary = *volume;
        return found;
      }
      continue;
    }
    if (d.head.type == disc::kTerminator) {
      found.terminated = true;
      break;
    }
    if (d.head.type == disc::kBootRecord) {
      const auto boot = ISOFUSE_TRY(view.read<disc::BootRecord>(0));
      found.boot_records.push_back({boot.head.version,
                                    std::string(trim_padding(chars(boot.boot_system_identifier))),
                                    boot.catalog_lbn.get()});
      continue;
    }
    if (joliet_seen) continue;
    const auto keep = [&](std::optional<Volume>& into) {
      if (into) return;
      auto volume = make_volume(d, where, false, found.primary ? &*found.primary : nullptr);
      if (volume)
        into = *volume;
      else
        damage = volume.error();
    };
    if (d.head.type == disc::kPrimary) {
      keep(found.primary);
    } else if (d.head.type == disc::kSupplementary) {
      if (const JolietEscape escape = joliet_escape(d); escape.present) {
        joliet_seen = true;
        if (escape.level == 0) continue;
        keep(found.joliet);
        if (found.joliet) found.joliet->joliet_level = escape.level;
      } else if (d.head.version == kEnhancedVersion) {
        keep(found.enhanced);
      }
    }
  }
  if (found.primary || found.joliet || found.enhanced) return found;
  if (damage) return *damage;
  return Error{Errc::kNotRecognised, "no ISO 9660 volume descriptor found"};
}

}  // namespace isofuse::iso9660
