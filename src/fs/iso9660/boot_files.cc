#include "fs/iso9660/boot_files.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <isofuse/bytes.h>

#include "fs/iso9660/disc.h"
#include "fs/iso9660/select.h"

namespace isofuse::iso9660 {
namespace {

constexpr std::uint64_t kBootSectorBytes = 512;
/// What is loaded where the catalogue says nothing: four sectors, as the standard's own example.
constexpr std::uint64_t kUnsaidBytes = 2048;
constexpr std::uint8_t kEfi = 0xEF;

namespace raw {

/// genisoimage(1), "EL TORITO BOOT INFORMATION TABLE": at byte 8 of the image.
struct BootInformationTable {
  std::uint8_t code[8];
  Little32 descriptor_lbn;
  Little32 image_lbn;
  Little32 image_bytes;
  Little32 checksum;
};
static_assert(is_disc_type<BootInformationTable, 24>);

/// The parameters of a FAT file system (ECMA-107 and Microsoft's specification, 3.1).
struct FatBootSector {
  std::uint8_t jump[3];
  char system[8];
  Little16 sector_bytes;
  std::uint8_t cluster_sectors;
  Little16 reserved_sectors;
  std::uint8_t tables;
  Little16 root_entries;
  Little16 sectors_16;
  std::uint8_t media;
  Little16 table_sectors;
  Little16 track_sectors;
  Little16 heads;
  Little32 hidden_sectors;
  Little32 sectors_32;
};
static_assert(is_disc_type<FatBootSector, 36>);

struct PartitionEntry {
  std::uint8_t state_and_first[4];
  std::uint8_t type;
  std::uint8_t last[3];
  Little32 first_sector;
  Little32 sectors;
};
static_assert(is_disc_type<PartitionEntry, 16>);

}  // namespace raw

using BootSector = std::array<std::byte, kBootSectorBytes>;

bool has_boot_signature(const ByteView& sector) {
  constexpr std::uint64_t kSignatureAt = 510;
  const auto signature = sector.read<Little16>(kSignatureAt);
  return signature && signature->get() == 0xAA55;
}

std::optional<std::uint64_t> by_boot_information_table(const ByteView& sector,
                                                       const BootImage& boot) {
  const auto table = sector.read<raw::BootInformationTable>(0);
  if (!table || table->image_lbn.get() != boot.image_lbn || table->image_bytes.get() == 0 ||
      table->descriptor_lbn.get() < disc::kSystemAreaSectors)
    return std::nullopt;
  return table->image_bytes.get();
}

std::optional<std::uint64_t> by_fat(const ByteView& sector) {
  const auto fat = sector.read<raw::FatBootSector>(0);
  if (!fat || !has_boot_signature(sector)) return std::nullopt;
  const std::uint64_t bytes = fat->sector_bytes.get();
  const unsigned cluster = fat->cluster_sectors;
  const bool sane = (bytes == 512 || bytes == 1024 || bytes == 2048 || bytes == 4096) &&
                    cluster != 0 && (cluster & (cluster - 1)) == 0 &&
                    (fat->tables == 1 || fat->tables == 2) && fat->media >= 0xF0;
  if (!sane) return std::nullopt;
  const std::uint64_t sectors =
      fat->sectors_16.get() != 0 ? fat->sectors_16.get() : fat->sectors_32.get();
  if (sectors == 0) return std::nullopt;
  return sectors * bytes;
}

/// The end of the last partition of a hard disk.
std::optional<std::uint64_t> by_partitions(const ByteView& sector) {
  if (!has_boot_signature(sector)) return std::nullopt;
  constexpr std::uint64_t kTableAt = 446;
  std::uint64_t end = 0;
  for (std::uint64_t i = 0; i < 4; ++i) {
    const auto entry = sector.read<raw::PartitionEntry>(kTableAt + i * sizeof(raw::PartitionEntry));
    if (entry && entry->type != 0)
      end = std::max(end, std::uint64_t{entry->first_sector.get()} + entry->sectors.get());
  }
  if (end == 0) return std::nullopt;
  return end * kBootSectorBytes;
}

std::optional<std::uint64_t> floppy_bytes(std::uint8_t media_type) {
  switch (media_type) {
    case 1:
      return 1200U << 10U;
    case 2:
      return 1440U << 10U;
    case 3:
      return 2880U << 10U;
    default:
      return std::nullopt;
  }
}

constexpr std::uint8_t kHardDisk = 4;

std::string_view short_platform(std::uint8_t platform) {
  switch (platform) {
    case 0:
      return "bios";
    case 1:
      return "powerpc";
    case 2:
      return "mac";
    case kEfi:
      return "efi";
    default:
      return "other";
  }
}

std::uint64_t recorded_bytes(const Source& image, const BootImage& boot,
                             std::span<const BootFile> partitions) {
  if (const auto floppy = floppy_bytes(boot.media_type)) return *floppy;
  const std::uint64_t begin = std::uint64_t{boot.image_lbn} * disc::kSectorBytes;
  const std::uint64_t loaded = boot.load_sectors * kBootSectorBytes;
  BootSector bytes{};
  if (image.read(begin, bytes)) {
    const ByteView sector(bytes, begin);
    if (boot.media_type == kHardDisk) return by_partitions(sector).value_or(loaded);
    if (const auto table = by_boot_information_table(sector, boot)) return *table;
    if (const auto fat = by_fat(sector)) return std::max(*fat, loaded);
  }
  const auto partition = std::ranges::find(partitions, begin, &BootFile::image_offset);
  if (partition != partitions.end()) return partition->length_bytes;
  // UEFI 2.10, 13.3.2.1: a count of 0 or 1 means all up to the end of the disc.
  if (boot.platform == kEfi && boot.load_sectors <= 1) return image.size_bytes() - begin;
  return loaded == 0 ? kUnsaidBytes : loaded;
}

}  // namespace

std::uint64_t boot_image_bytes(const Source& image, const BootImage& boot,
                               std::span<const BootFile> partitions) {
  const std::uint64_t begin = std::uint64_t{boot.image_lbn} * disc::kSectorBytes;
  if (begin >= image.size_bytes()) return 0;
  return std::min(recorded_bytes(image, boot, partitions), image.size_bytes() - begin);
}

std::vector<BootFile> boot_files(const Source& image, const Options& options,
                                 std::span<const BootFile> partitions) {
  std::vector<BootFile> out;
  const auto session = session_sector(image, options);
  if (!session) return out;
  const auto descriptors = read_volume_descriptors(image, *session);
  if (!descriptors) return out;
  std::size_t number = 0;
  for (const BootRecordInfo& record : descriptors->boot_records) {
    if (record.system != "EL TORITO SPECIFICATION") continue;
    const auto catalog = read_boot_catalog(image, record.catalog_lbn);
    if (!catalog) continue;
    for (const BootImage& boot : catalog->images) {
      ++number;
      const std::uint64_t length = boot_image_bytes(image, boot, partitions);
      if (length != 0)
        out.push_back({fmt::format("{}-{}.img", number, short_platform(boot.platform)),
                       std::uint64_t{boot.image_lbn} * disc::kSectorBytes, length});
    }
  }
  return out;
}

}  // namespace isofuse::iso9660
