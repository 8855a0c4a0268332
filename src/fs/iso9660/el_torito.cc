#include "fs/iso9660/el_torito.h"

#include <array>
#include <string_view>

#include "base/text.h"
#include "fs/iso9660/disc.h"

namespace isofuse::iso9660 {
namespace {

constexpr std::uint64_t kEntryBytes = 32;
constexpr std::uint64_t kCatalogBytesMax = 64U << 10U;
constexpr std::uint8_t kHeaderMore = 0x90;
constexpr std::uint8_t kHeaderLast = 0x91;
constexpr std::uint8_t kExtension = 0x44;
constexpr std::uint8_t kBootable = 0x88;

template <std::size_t N>
std::string text(const char (&field)[N]) {
  return std::string(trim_padding({field, N}));
}

/// One entry of 32 bytes; catalogues are short, and small reads come from the cache.
template <class Entry>
Result<Entry> read_entry(const Source& image, std::uint64_t offset) {
  std::array<std::byte, kEntryBytes> bytes;
  ISOFUSE_TRY(image.read(offset, bytes));
  return ByteView(bytes, offset).read<Entry>(0);
}

/// 2.1: the sum of all its words is zero.
Result<bool> checksum_valid(const Source& image, std::uint64_t offset) {
  std::array<std::byte, kEntryBytes> bytes;
  ISOFUSE_TRY(image.read(offset, bytes));
  std::uint16_t sum = 0;
  for (std::size_t i = 0; i < kEntryBytes; i += 2)
    sum = static_cast<std::uint16_t>(sum + std::to_integer<unsigned>(bytes[i]) +
                                     (std::to_integer<unsigned>(bytes[i + 1]) << 8U));
  return sum == 0;
}

template <std::size_t N>
void append(std::vector<std::uint8_t>& into, const std::uint8_t (&bytes)[N]) {
  into.insert(into.end(), std::begin(bytes), std::end(bytes));
}

BootImage make_image(const disc::BootEntry& entry, std::uint8_t platform, std::string section) {
  BootImage out;
  out.indicator = entry.indicator;
  out.platform = platform;
  out.section = std::move(section);
  out.bootable = entry.indicator == kBootable;
  out.media_type = static_cast<std::uint8_t>(entry.media_type & 0x0FU);
  out.load_segment = entry.load_segment.get();
  out.system_type = entry.system_type;
  out.load_sectors = entry.load_sectors.get();
  out.image_lbn = entry.image_lbn.get();
  out.selection_type = entry.selection_type;
  append(out.selection_criteria, entry.selection_criteria);
  return out;
}

void drop_zeros(BootCatalog& catalog) {
  for (BootImage& image : catalog.images) {
    auto& criteria = image.selection_criteria;
    while (!criteria.empty() && criteria.back() == 0) criteria.pop_back();
  }
}

/// The sections behind the initial entry, up to the first that makes no sense.
void read_sections(const Source& image, std::uint64_t begin, BootCatalog& catalog) {
  std::uint64_t pos = 2 * kEntryBytes;
  for (bool last = false; !last && pos < kCatalogBytesMax;) {
    const auto header = read_entry<disc::BootSectionHeader>(image, begin + pos);
    if (!header || (header->indicator != kHeaderMore && header->indicator != kHeaderLast)) return;
    last = header->indicator == kHeaderLast;
    const std::string identifier = text(header->identifier);
    catalog.sections.push_back(
        {header->indicator, header->platform, header->entries.get(), identifier});
    pos += kEntryBytes;
    bool of_an_entry = false;  // 2.5: extensions belong to the entry before, and are not counted
    for (unsigned left = header->entries.get(); pos < kCatalogBytesMax; pos += kEntryBytes) {
      const auto entry = read_entry<disc::BootEntry>(image, begin + pos);
      if (!entry) return;
      if (entry->indicator == kExtension) {
        const auto more = read_entry<disc::BootExtension>(image, begin + pos);
        if (more && of_an_entry) append(catalog.images.back().selection_criteria, more->criteria);
        continue;
      }
      if (left == 0) break;
      --left;
      of_an_entry = true;
      catalog.images.push_back(make_image(*entry, header->platform, identifier));
    }
  }
}

}  // namespace

Result<BootCatalog> read_boot_catalog(const Source& image, std::uint32_t catalog_lbn) {
  const std::uint64_t begin = std::uint64_t{catalog_lbn} * disc::kSectorBytes;
  const auto validation = ISOFUSE_TRY(read_entry<disc::BootValidationEntry>(image, begin));
  if (validation.header_id != 1 || validation.key_55 != 0x55 || validation.key_aa != 0xAA)
    return Error{Errc::kCorrupt, "boot catalogue has no validation entry", begin};
  BootCatalog catalog;
  catalog.header_id = validation.header_id;
  catalog.platform = validation.platform;
  catalog.identifier = text(validation.identifier);
  catalog.checksum = validation.checksum.get();
  catalog.checksum_valid = ISOFUSE_TRY(checksum_valid(image, begin));
  const auto initial = ISOFUSE_TRY(read_entry<disc::BootEntry>(image, begin + kEntryBytes));
  catalog.images.push_back(make_image(initial, validation.platform, ""));
  read_sections(image, begin, catalog);
  drop_zeros(catalog);
  return catalog;
}

const char* platform_name(std::uint8_t platform) {
  switch (platform) {
    case 0:
      return "PC BIOS";
    case 1:
      return "PowerPC";
    case 2:
      return "Mac";
    case 0xEF:
      return "EFI";
    default:
      return "unknown";
  }
}

const char* media_name(std::uint8_t media_type) {
  switch (media_type) {
    case 0:
      return "no emulation";
    case 1:
      return "1.2 MB floppy";
    case 2:
      return "1.44 MB floppy";
    case 3:
      return "2.88 MB floppy";
    case 4:
      return "hard disk";
    default:
      return "unknown";
  }
}

}  // namespace isofuse::iso9660
