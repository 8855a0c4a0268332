#pragma once
// How a disc is to be shown: the options of the kernel's drivers, parsed.
#include <cstdint>
#include <optional>
#include <string>

namespace isofuse {

/// `map=`: how plain ISO 9660 names are shown.
enum class NameMap : std::uint8_t { kNormal, kOff, kAcorn };
/// `check=`: whether case counts in a look-up. kDefault: relaxed for Joliet, else strict.
enum class NameCheck : std::uint8_t { kDefault, kRelaxed, kStrict };
/// `view=`: which of the trees of a disc is shown. kAuto: what the kernel would choose, and of two
/// file systems the one that says more of its files (open.h).
enum class View : std::uint8_t { kAuto, kIso, kEnhanced, kJoliet, kRockRidge, kUdf };

/// Every file system reads the fields that mean something to it.
struct Options {
  View view = View::kAuto;
  bool rock_ridge = true;  ///< norock
  bool joliet = true;      ///< nojoliet
  NameMap map = NameMap::kNormal;
  NameCheck check = NameCheck::kDefault;
  bool hide = false;             ///< hide: leave out files with the hidden bit (ISO 9660)
  bool show_associated = false;  ///< showassoc, unhide (ISO 9660)
  bool show_hidden = false;      ///< unhide: show files with the hidden bit (UDF)
  bool show_deleted = false;     ///< undelete (UDF)
  bool cruft = false;            ///< only the low 24 bits of a size count
  bool decompress = true;        ///< nocompress
  bool boot = false;             ///< boot: show what firmware starts, in "[BOOT]"
  bool override_rock_permissions = false;
  std::optional<std::uint32_t> session;            ///< ISO 9660: 0 is the first; UDF: its block
  std::optional<std::uint32_t> superblock_sector;  ///< sbsector=, in sectors of 2048 bytes
  std::optional<std::uint32_t> block_bytes;        ///< block=, bs=
  std::optional<std::uint32_t> anchor_block;       ///< anchor= (UDF)
  std::optional<std::uint32_t> last_block;         ///< lastblock= (UDF)
  bool need_recognition = true;                    ///< novrs: not (UDF)
  std::uint32_t vat_generation = 0;  ///< vat=: 0 the newest VAT, 1 the one before (UDF)
  std::string charset;               ///< of plain and Rock Ridge names; empty: shown as they are
  std::string iocharset = "utf8";    ///< in which Unicode names are shown

  std::optional<std::uint32_t> uid;  ///< uid=: for every file
  std::optional<std::uint32_t> gid;
  std::uint32_t default_uid = 0;  ///< where the disc records no owner: the mounting user
  std::uint32_t default_gid = 0;
  std::optional<std::uint16_t> file_mode;       ///< mode=, lower nine bits
  std::optional<std::uint16_t> directory_mode;  ///< dmode=
  std::uint16_t file_mask = 0;                  ///< fmask= or umask=: bits that no file gets
  std::uint16_t directory_mask = 0;             ///< dmask= or umask=
};

}  // namespace isofuse
