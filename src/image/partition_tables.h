#pragma once
// The partition tables that can stand in front of a disc's file system, as they are recorded.
//
// MBR: UEFI 2.10, 5.2. GPT: UEFI 2.10, 5.3. APM: Inside Macintosh: Devices, 3, "Partition Map".
#include <array>
#include <cstdint>

#include <isofuse/bytes.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

namespace isofuse {

/// In which all three tables count here.
inline constexpr std::uint64_t kPartitionSectorBytes = 512;

namespace disc {

struct MbrEntry {
  std::uint8_t boot_indicator;
  std::uint8_t first_chs[3];
  std::uint8_t type;
  std::uint8_t last_chs[3];
  Little32 first_lba;
  Little32 length_sectors;
};
static_assert(is_disc_type<MbrEntry, 16>);

struct Mbr {
  std::uint8_t code[440];
  Little32 disk_signature;
  std::uint8_t reserved[2];
  MbrEntry entries[4];
  Little16 signature;  // 0xaa55
};
static_assert(is_disc_type<Mbr, 512>);

struct Guid {
  Little32 a;
  Little16 b;
  Little16 c;
  std::uint8_t d[8];
};
static_assert(is_disc_type<Guid, 16>);

struct GptHeader {
  char signature[8];  // "EFI PART"
  Little32 revision;
  Little32 header_bytes;
  Little32 header_crc;
  Little32 reserved;
  Little64 own_lba;
  Little64 backup_lba;
  Little64 first_usable_lba;
  Little64 last_usable_lba;
  Guid disk;
  Little64 entries_lba;
  Little32 entry_count;
  Little32 entry_bytes;
  Little32 entries_crc;
};
static_assert(is_disc_type<GptHeader, 92>);

struct GptEntry {
  Guid type;
  Guid unique;
  Little64 first_lba;
  Little64 last_lba;  // the last one that belongs to it
  Little64 attributes;
  Little16 name[36];
};
static_assert(is_disc_type<GptEntry, 128>);

struct ApmEntry {
  char signature[2];  // "PM"
  Big16 padding;
  Big32 map_blocks;  // how many entries the map has
  Big32 first_block;
  Big32 length_blocks;
  char name[32];
  char type[32];
  Big32 first_data_block;
  Big32 data_blocks;
  Big32 status;
};
static_assert(is_disc_type<ApmEntry, 92>);

}  // namespace disc

template <class S>
Result<S> read_at(const Source& image, std::uint64_t offset) {
  std::array<std::byte, sizeof(S)> bytes;
  ISOFUSE_TRY(image.read(offset, bytes));
  return ByteView(bytes, offset).template read<S>(0);
}

}  // namespace isofuse
