#pragma once
// On-disc structures of ISO 9660 and High Sierra.
// Citations: ECMA-119, 4th edition (June 2019); "HSG": the High Sierra Group's working paper
// (1986).
#include <cstdint>
#include <string_view>

#include <isofuse/bytes.h>

namespace isofuse::iso9660::disc {

inline constexpr std::uint32_t kSectorBytes = 2048;      // 6.1.2 Logical Sector
inline constexpr std::uint32_t kSystemAreaSectors = 16;  // 6.2.1

// 8.1.1 Volume Descriptor Type
inline constexpr std::uint8_t kBootRecord = 0;
inline constexpr std::uint8_t kPrimary = 1;
inline constexpr std::uint8_t kSupplementary = 2;
inline constexpr std::uint8_t kPartition = 3;
inline constexpr std::uint8_t kTerminator = 255;

inline constexpr std::string_view kStandardIdentifier = "CD001";    // 8.1.2
inline constexpr std::string_view kHighSierraIdentifier = "CDROM";  // HSG

// 9.1.6 File Flags
inline constexpr std::uint8_t kHidden = 0x01;
inline constexpr std::uint8_t kDirectory = 0x02;
inline constexpr std::uint8_t kAssociated = 0x04;
inline constexpr std::uint8_t kMultiExtent = 0x80;

/// 9.1.5 Recording Date and Time.
struct RecordingTime {
  std::uint8_t years_since_1900, month, day, hour, minute, second;
  std::int8_t utc_offset_quarters;  // signed (7.1.2), units of 15 minutes
};
static_assert(is_disc_type<RecordingTime, 7>);

/// 8.4.26.1 Date and Time Format: digits, and a signed offset from UTC.
struct LongTime {
  char year[4], month[2], day[2], hour[2], minute[2], second[2], hundredths[2];
  std::int8_t utc_offset_quarters;
};
static_assert(is_disc_type<LongTime, 17>);

/// HSG: the same without the offset.
struct HighSierraLongTime {
  char year[4], month[2], day[2], hour[2], minute[2], second[2], hundredths[2];
};
static_assert(is_disc_type<HighSierraLongTime, 16>);

/// 9.1 Directory Record, fixed part. Followed by the identifier (9.1.11), one pad byte if
/// identifier_bytes is even (9.1.12), then the System Use area (9.1.13, SUSP 4).
/// High Sierra differs in two bytes: the date has no utc_offset_quarters; in its place stand the
/// flags, and in the place of `flags` a reserved byte.
struct DirectoryRecord {
  std::uint8_t record_bytes;      // 9.1.1  0 = the rest of the sector is unused (6.8.1.1)
  std::uint8_t xattr_blocks;      // 9.1.2
  Both32 extent_lbn;              // 9.1.3
  Both32 data_bytes;              // 9.1.4
  RecordingTime recorded_at;      // 9.1.5
  std::uint8_t flags;             // 9.1.6
  std::uint8_t unit_blocks;       // 9.1.7  not zero = interleaved
  std::uint8_t gap_blocks;        // 9.1.8
  Both16 volume_number;           // 9.1.9
  std::uint8_t identifier_bytes;  // 9.1.10
};
static_assert(is_disc_type<DirectoryRecord, 33>);

/// 8.1 Volume Descriptor: what all have in common.
struct VolumeDescriptorHead {
  std::uint8_t type;
  char identifier[5];
  std::uint8_t version;
};
static_assert(is_disc_type<VolumeDescriptorHead, 7>);

/// 8.4 Primary and 8.5 Supplementary (or Enhanced) Volume Descriptor.
struct VolumeDescriptor {
  VolumeDescriptorHead head;
  std::uint8_t volume_flags;  // 8.5.3
  char system_identifier[32];
  char volume_identifier[32];
  std::uint8_t unused_72[8];
  Both32 volume_space_blocks;
  std::uint8_t escape_sequences[32];  // 8.5.6; unused in a primary descriptor
  Both16 volume_set_size;
  Both16 volume_sequence_number;
  Both16 block_bytes;
  Both32 path_table_bytes;
  Little32 l_path_table_lbn, l_path_table_copy_lbn;
  Big32 m_path_table_lbn, m_path_table_copy_lbn;
  DirectoryRecord root;
  std::uint8_t root_identifier;
  char volume_set_identifier[128];
  char publisher_identifier[128];
  char preparer_identifier[128];
  char application_identifier[128];
  char copyright_file[37];
  char abstract_file[37];
  char bibliographic_file[37];
  LongTime created, modified, expires, effective;
  std::uint8_t file_structure_version;
  std::uint8_t reserved_882;
  std::uint8_t application_use[512];
  std::uint8_t reserved_1395[653];
};
static_assert(is_disc_type<VolumeDescriptor, 2048>);

/// HSG: Volume Descriptor, what all have in common.
struct HighSierraDescriptorHead {
  Both32 descriptor_lbn;
  std::uint8_t type;
  char identifier[5];
  std::uint8_t version;
};
static_assert(is_disc_type<HighSierraDescriptorHead, 15>);

/// HSG: Standard File Structure Volume Descriptor.
struct HighSierraVolumeDescriptor {
  HighSierraDescriptorHead head;
  std::uint8_t unused_15;
  char system_identifier[32];
  char volume_identifier[32];
  std::uint8_t unused_80[8];
  Both32 volume_space_blocks;
  std::uint8_t unused_96[32];
  Both16 volume_set_size;
  Both16 volume_sequence_number;
  Both16 block_bytes;
  Both32 path_table_bytes;
  std::uint8_t path_tables[32];
  DirectoryRecord root;
  std::uint8_t root_identifier;
  char volume_set_identifier[128];
  char publisher_identifier[128];
  char preparer_identifier[128];
  char application_identifier[128];
  char copyright_file[32];
  char abstract_file[32];
  HighSierraLongTime created, modified, expires, effective;
  std::uint8_t file_structure_version;
  std::uint8_t reserved[1193];
};
static_assert(is_disc_type<HighSierraVolumeDescriptor, 2048>);

/// El Torito 1.0, 2.0: Boot Record Volume Descriptor.
struct BootRecord {
  VolumeDescriptorHead head;
  char boot_system_identifier[32];
  char boot_identifier[32];
  Little32 catalog_lbn;
};
static_assert(is_disc_type<BootRecord, 75>);

/// El Torito 2.1 Validation Entry.
struct BootValidationEntry {
  std::uint8_t header_id;  // 1
  std::uint8_t platform;
  std::uint8_t reserved[2];
  char identifier[24];
  Little16 checksum;
  std::uint8_t key_55, key_aa;
};
static_assert(is_disc_type<BootValidationEntry, 32>);

/// El Torito 2.3 Section Header Entry.
struct BootSectionHeader {
  std::uint8_t indicator;  // 0x90 more follow, 0x91 last
  std::uint8_t platform;
  Little16 entries;
  char identifier[28];
};
static_assert(is_disc_type<BootSectionHeader, 32>);

/// El Torito 2.2 Initial/Default Entry, 2.4 Section Entry.
struct BootEntry {
  std::uint8_t indicator;   // 0x88 bootable, 0x00 not; 0x44 an extension (2.5)
  std::uint8_t media_type;  // low four bits; 0x20: an extension follows
  Little16 load_segment;
  std::uint8_t system_type;
  std::uint8_t unused_5;
  Little16 load_sectors;  // of 512 bytes
  Little32 image_lbn;     // of 2048 bytes
  std::uint8_t selection_type;
  std::uint8_t selection_criteria[19];
};
static_assert(is_disc_type<BootEntry, 32>);

/// El Torito 2.5 Section Entry Extension.
struct BootExtension {
  std::uint8_t indicator;  // 0x44
  std::uint8_t flags;      // 0x20: another one follows
  std::uint8_t criteria[30];
};
static_assert(is_disc_type<BootExtension, 32>);

}  // namespace isofuse::iso9660::disc
