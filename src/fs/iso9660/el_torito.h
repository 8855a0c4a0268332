#pragma once
// The boot catalogue (El Torito 1.0).
#include <cstdint>
#include <string>
#include <vector>

#include <isofuse/result.h>
#include <isofuse/source.h>

namespace isofuse::iso9660 {

struct BootImage {
  std::uint8_t indicator = 0;
  std::uint8_t platform = 0;  ///< 0 PC BIOS, 1 PowerPC, 2 Mac, 0xEF EFI
  std::string section;        ///< identifier of its section; empty for the initial entry mostly
  bool bootable = false;
  std::uint8_t media_type = 0;  ///< 0 no emulation, 1-3 floppies, 4 hard disk
  std::uint16_t load_segment = 0;
  std::uint8_t system_type = 0;
  std::uint16_t load_sectors = 0;  ///< of 512 bytes; what the firmware loads, not the image's size
  std::uint32_t image_lbn = 0;     ///< in sectors of 2048 bytes
  std::uint8_t selection_type = 0;
  /// What `selection_type` asks for, with the extensions of the entry; without trailing zeros.
  std::vector<std::uint8_t> selection_criteria;
};

/// The header before the entries of one platform.
struct BootSection {
  std::uint8_t indicator = 0;
  std::uint8_t platform = 0;
  std::uint16_t entries = 0;  ///< as it says
  std::string identifier;
};

struct BootCatalog {
  std::uint8_t header_id = 0;
  std::uint8_t platform = 0;
  std::string identifier;
  std::uint16_t checksum = 0;
  bool checksum_valid = false;
  std::vector<BootSection> sections;
  std::vector<BootImage> images;
};

/// Reads the catalogue at sector `catalog_lbn`; at most 64 KiB of it. kCorrupt where there is none.
Result<BootCatalog> read_boot_catalog(const Source& image, std::uint32_t catalog_lbn);

[[nodiscard]] const char* platform_name(std::uint8_t platform);
[[nodiscard]] const char* media_name(std::uint8_t media_type);

}  // namespace isofuse::iso9660
