// What an image is, where it is not a disc that we can read: for the message that says so.
#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include <isofuse/bytes.h>
#include <isofuse/open.h>

namespace isofuse {
namespace {

using namespace std::string_view_literals;

/// Bytes at a fixed place that belong to one kind of file.
struct Magic {
  std::uint64_t offset;
  std::string_view bytes;
  std::string_view name;
};

/// In order: the first that fits names the image. Magics of a few bytes stand last.
constexpr Magic kMagics[] = {
    // --- file systems
    {3, "NTFS    "sv, "an NTFS file system"},
    {3, "EXFAT   "sv, "an exFAT file system"},
    {3, "-FVE-FS-"sv, "a BitLocker volume"},
    {82, "FAT32   "sv, "a FAT32 file system"},
    {54, "FAT16   "sv, "a FAT16 file system"},
    {54, "FAT12   "sv, "a FAT12 file system"},
    {54, "FAT     "sv, "a FAT file system"},
    {0, "XFSB"sv, "an XFS file system"},
    {0x10040, "_BHRfS_M"sv, "a Btrfs file system"},
    {0x10034, "ReIsEr"sv, "a ReiserFS file system"},
    {0x400, "\x10\x20\xf5\xf2"sv, "an F2FS file system"},
    {0x400, "\xe2\xe1\xf5\xe0"sv, "an EROFS file system"},
    {32, "NXSB"sv, "an APFS container"},
    {0, "hsqs"sv, "a SquashFS file system"},
    {0, "sqsh"sv, "a SquashFS file system (big endian)"},
    {0, "\x45\x3d\xcd\x28"sv, "a cramfs file system"},
    {0, "\x28\xcd\x3d\x45"sv, "a cramfs file system (big endian)"},
    {0, "-rom1fs-"sv, "a romfs file system"},
    {0x1018, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca"sv, "a bcachefs file system"},
    {0xff6, "SWAPSPACE2"sv, "swap space"},
    {0xff6, "SWAP-SPACE"sv, "swap space"},
    {0, "LUKS\xba\xbe"sv, "a LUKS encrypted volume"},
    {0x218, "LVM2 001"sv, "an LVM physical volume"},
    {0x1000, "\xfc\x4e\x2b\xa9"sv, "a member of a Linux RAID"},
    {0x10000, "MICROSOFT*XBOX*MEDIA"sv, "an Xbox game disc (XDVDFS)"},
    {0x18310000, "MICROSOFT*XBOX*MEDIA"sv, "an Xbox game disc (XDVDFS behind a video part)"},
    {0x1c, "\xc2\x33\x9f\x3d"sv, "a GameCube game disc"},
    {0x18, "\x5d\x1c\x9e\xa3"sv, "a Wii game disc"},

    // --- disc images of other kinds
    {0, "\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0"sv,
     "a raw CD image with sectors of 2352 bytes"},
    {0, "MEDIA DESCRIPTOR\x01"sv, "an Alcohol 120% descriptor (MDS) of an image beside it"},
    {0, "MEDIA DESCRIPTOR\x02"sv, "a DAEMON Tools image (MDX, or MDS of version 2)"},
    {0, "MComprHD"sv, "a CHD image (MAME)"},
    {0, "CISO"sv, "a compressed image (CSO)"},
    {0, "ZISO"sv, "a compressed image (ZSO)"},
    {0, "IsZ!"sv, "a compressed image (ISZ)"},
    {0, "DAA\0"sv, "a compressed image (DAA, PowerISO)"},
    {0, "GBI\0"sv, "a compressed image (GBI)"},
    {0, "ECM\0"sv, "a compressed CD image (ECM)"},
    {0, "[CloneCD]"sv, "a CloneCD control file (CCD) of an image beside it"},
    {0, "BWT5 STREAM SIGN"sv, "a BlindWrite descriptor of an image beside it"},
    {0, "Adaptec CeQuadrat VirtualCD File"sv, "an Easy CD Creator image (C2D)"},
    {0, "Roxio Image File Format 3.0"sv, "a Roxio image (C2D)"},
    {0, "WBFS"sv, "a Wii image (WBFS)"},
    {0, "RVZ\x01"sv, "a compressed Wii or GameCube image (RVZ)"},
    {0, "WIA\x01"sv, "a compressed Wii or GameCube image (WIA)"},
    {0, "\0PBP"sv, "a PlayStation Portable program (PBP)"},

    // --- disks of virtual machines, and archives of disks
    {0, "QFI\xfb"sv, "a QCOW virtual disk (QEMU)"},
    {0, "KDMV"sv, "a VMDK virtual disk (VMware)"},
    {0, "# Disk DescriptorFile"sv, "a VMDK descriptor (VMware)"},
    {0, "vhdxfile"sv, "a VHDX virtual disk (Hyper-V)"},
    {0, "conectix"sv, "a VHD virtual disk"},
    {0x40, "\x7f\x10\xda\xbe"sv, "a VDI virtual disk (VirtualBox)"},
    {0, "MSWIM\0\0\0"sv, "a Windows image (WIM)"},
    {0, "WLPWM\0\0\0"sv, "a Windows image (WIM, pipable)"},

    // --- archives and compressed files
    {0, "PK\x03\x04"sv, "a ZIP archive"},
    {0, "PK\x05\x06"sv, "an empty ZIP archive"},
    {0, "PK\x07\x08"sv, "a ZIP archive in parts"},
    {0, "Rar!\x1a\x07"sv, "a RAR archive"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "a 7z archive"},
    {0, "MSCF\0\0\0\0"sv, "a cabinet archive (CAB)"},
    {0, "ISc("sv, "an InstallShield cabinet"},
    {0, "xar!"sv, "a xar archive"},
    {257, "ustar"sv, "a tar archive"},
    {0, "070701"sv, "a cpio archive"},
    {0, "070702"sv, "a cpio archive"},
    {0, "070707"sv, "a cpio archive"},
    {0, "!<arch>\ndebian"sv, "a Debian package"},
    {0, "!<arch>\n"sv, "an ar archive"},
    {0, "\xed\xab\xee\xdb"sv, "an RPM package"},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     "a file compressed with xz"},
    {0, "\x28\xb5\x2f\xfd"sv, "a file compressed with zstd"},
    {0, "\x04\x22\x4d\x18"sv, "a file compressed with lz4"},
    {0, "LZIP"sv, "a file compressed with lzip"},
    {0, "\x89LZO\0"sv, "a file compressed with lzop"},
    {0, "\x1f\x8b\x08"sv, "a file compressed with gzip"},
    {0, "BZh"sv, "a file compressed with bzip2"},
    {0, "\x1f\x9d"sv, "a file compressed with compress"},

    // --- files of quite another kind
    {0,
     "\x7f"
     "ELF"sv,
     "a program (ELF)"},
    {0, "%PDF-"sv, "a PDF document"},
    {0, "\x89PNG"sv, "a picture (PNG)"},
    {0, "\xff\xd8\xff"sv, "a picture (JPEG)"},
    {0, "d8:announce"sv, "a torrent file: it names the image but does not hold it"},
    {0, "version https://git-lfs"sv, "a Git LFS pointer: it names the image but does not hold it"},
    {0, "-----BEGIN PGP"sv, "a signature or key (PGP)"},
    {0, "#!"sv, "a script"},
};

/// All places looked at are below this, but for the far ones of the table.
constexpr std::size_t kHeadBytes = 0x11000;
constexpr std::size_t kTailBytes = 512;

std::vector<std::byte> read_range(const Source& image, std::uint64_t offset, std::size_t length) {
  if (offset >= image.size_bytes()) return {};
  std::vector<std::byte> out(
      static_cast<std::size_t>(std::min<std::uint64_t>(length, image.size_bytes() - offset)));
  if (!image.read(offset, out)) return {};
  return out;
}

bool holds(const ByteView& view, std::uint64_t offset, std::string_view bytes) {
  const Result<ByteView> found = view.slice(offset, bytes.size());
  return found && found->chars() == bytes;
}

template <class T>
bool holds_number(const ByteView& view, std::uint64_t offset, std::uint64_t value) {
  const Result<T> found = view.read<T>(offset);
  return found && found->get() == value;
}

std::string_view by_magic(const Source& image, const ByteView& head) {
  for (const Magic& magic : kMagics) {
    if (magic.offset + magic.bytes.size() <= kHeadBytes) {
      if (holds(head, magic.offset, magic.bytes)) return magic.name;
      continue;
    }
    const std::vector<std::byte> far = read_range(image, magic.offset, magic.bytes.size());
    if (holds(ByteView(far), 0, magic.bytes)) return magic.name;
  }
  return {};
}

/// ext2, 3 and 4 share a superblock at 1024; what they may use tells them apart.
std::string_view ext_name(const ByteView& head) {
  constexpr std::uint64_t kSuperblock = 1024;
  constexpr std::uint64_t kMagicOffset = kSuperblock + 56;
  constexpr std::uint64_t kCompatible = kSuperblock + 92;
  constexpr std::uint64_t kIncompatible = kSuperblock + 96;
  constexpr std::uint32_t kHasJournal = 0x4;      // compatible
  constexpr std::uint32_t kExt4Features = 0x3c0;  // incompatible: extents, 64 bits, flex_bg, mmp
  if (!holds_number<Little16>(head, kMagicOffset, 0xef53)) return {};
  const Result<Little32> compatible = head.read<Little32>(kCompatible);
  const Result<Little32> incompatible = head.read<Little32>(kIncompatible);
  if (incompatible && (incompatible->get() & kExt4Features) != 0) return "an ext4 file system";
  if (compatible && (compatible->get() & kHasJournal) != 0) return "an ext3 file system";
  return "an ext2 file system";
}

/// ECMA-167 2/8.3: volume recognition descriptors follow each other from byte 32768 on.
std::string_view udf_name(const ByteView& head) {
  constexpr std::uint64_t kRecognitionArea = 32768;
  constexpr std::uint64_t kDescriptorBytes = 2048;
  constexpr std::uint64_t kIdentifierOffset = 1;
  for (std::uint64_t at = kRecognitionArea; at < kHeadBytes; at += kDescriptorBytes) {
    if (holds(head, at + kIdentifierOffset, "NSR0"sv))
      return "a UDF disc";
  }
  return {};
}

std::string_view hfs_name(const ByteView& head) {
  constexpr std::uint64_t kVolumeHeader = 1024;
  if (holds(head, kVolumeHeader, "H+"sv)) return "an HFS+ file system";
  if (holds(head, kVolumeHeader, "HX"sv)) return "an HFSX file system";
  if (holds(head, kVolumeHeader, "BD"sv)) return "an HFS file system";
  return {};
}

std::string_view program_name(const ByteView& head) {
  constexpr std::uint64_t kHeaderPointer = 0x3c;
  if (!holds(head, 0, "MZ"sv)) return {};
  const Result<Little32> at = head.read<Little32>(kHeaderPointer);
  return at && holds(head, at->get(), "PE\0\0"sv) ? "a Windows program" : "a DOS program";
}

/// FAT without the label that newer systems write: its parameters must make sense.
std::string_view fat_name(const ByteView& head) {
  if (!holds(head, 510, "\x55\xaa"sv)) return {};
  const Result<Little16> sector_bytes = head.read<Little16>(11);
  const Result<std::uint8_t> cluster_sectors = head.read<std::uint8_t>(13);
  const Result<std::uint8_t> tables = head.read<std::uint8_t>(16);
  const Result<std::uint8_t> media = head.read<std::uint8_t>(21);
  if (!sector_bytes || !cluster_sectors || !tables || !media) return {};
  const unsigned bytes = sector_bytes->get();
  const bool sane_sector = bytes == 512 || bytes == 1024 || bytes == 2048 || bytes == 4096;
  const bool sane_cluster =
      *cluster_sectors != 0 && (*cluster_sectors & (*cluster_sectors - 1)) == 0;
  const bool sane_media = *media == 0xf0 || *media >= 0xf8;
  return sane_sector && sane_cluster && sane_media && (*tables == 1 || *tables == 2)
             ? "a FAT file system"
             : std::string_view{};
}

/// What stands at the end of the image.
std::string_view by_tail(const Source& image) {
  if (image.size_bytes() < kTailBytes) return {};
  const std::vector<std::byte> bytes =
      read_range(image, image.size_bytes() - kTailBytes, kTailBytes);
  const ByteView tail(bytes);
  if (holds(tail, 0, "koly"sv)) return "an Apple disk image (DMG)";
  if (holds(tail, 0, "conectix"sv)) return "a VHD virtual disk";
  if (holds(tail, kTailBytes - 12, "NER5"sv) || holds(tail, kTailBytes - 8, "NERO"sv))
    return "a Nero image (NRG)";
  return {};
}

/// Texts: case does not count, and blanks may come first.
std::string_view text_name(const ByteView& head) {
  constexpr std::size_t kTextBytesMax = 512;
  std::string text;
  for (const char c : head.chars().substr(0, kTextBytesMax))
    text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  text.erase(0, text.find_first_not_of(" \t\r\n"));
  const auto has_line = [&](std::string_view word) {
    const std::size_t at = text.find(word);
    return at != std::string::npos && (at == 0 || text[at - 1] == '\n' || text[at - 1] == ' ');
  };
  if (text.starts_with("<!doctype html") || text.starts_with("<html") ||
      text.starts_with("<head") || text.find("<html") != std::string::npos)
    return "a web page (HTML): the download failed";
  if (text.starts_with("<?xml")) return "an XML document";
  if (text.starts_with("cd_da") || text.starts_with("cd_rom"))
    return "a cdrdao table of contents (TOC) of an image beside it";
  if (has_line("file \"") && has_line("track ")) return "a CUE sheet of an image beside it";
  if (has_line("file ") && has_line("track 01")) return "a CUE sheet of an image beside it";
  const bool printable = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 || c == '\t' || c == '\r' || c == '\n' || c == '\f';
  });
  return printable ? "a text file" : std::string_view{};
}

bool all_zeros(const ByteView& view) {
  return !view.empty() && std::all_of(view.bytes().begin(), view.bytes().end(),
                                      [](std::byte b) { return b == std::byte{0}; });
}

std::string_view partition_table_name(const ByteView& head) {
  if (holds(head, 512, "EFI PART"sv) || holds(head, 4096, "EFI PART"sv))
    return "a disk with partitions (GPT)";
  if (holds(head, 0, "ER"sv) && holds(head, 512, "PM"sv)) return "a disk with partitions (Apple)";
  if (!holds(head, 510, "\x55\xaa"sv)) return {};
  constexpr std::uint64_t kFirstEntry = 446;
  constexpr std::uint64_t kEntryBytes = 16;
  constexpr std::uint64_t kTypeOffset = 4;
  for (std::uint64_t i = 0; i < 4; ++i) {
    const std::uint64_t at = kFirstEntry + i * kEntryBytes;
    const Result<std::uint8_t> state = head.read<std::uint8_t>(at);
    if (!state || (*state & 0x7fU) != 0) return "a boot sector";
    const Result<std::uint8_t> type = head.read<std::uint8_t>(at + kTypeOffset);
    if (type && *type != 0) return "a disk with partitions (MBR)";
  }
  return "a boot sector";
}

std::string_view name_of(const Source& image) {
  if (image.size_bytes() == 0) return "an empty file";
  const std::vector<std::byte> bytes = read_range(image, 0, kHeadBytes);
  const ByteView head(bytes);
  if (head.empty()) return {};
  // From the most telling to the least.
  if (const auto name = udf_name(head); !name.empty()) return name;
  if (const auto name = by_magic(image, head); !name.empty()) return name;
  if (const auto name = ext_name(head); !name.empty()) return name;
  if (const auto name = hfs_name(head); !name.empty()) return name;
  if (const auto name = fat_name(head); !name.empty()) return name;
  if (const auto name = program_name(head); !name.empty()) return name;
  if (const auto name = by_tail(image); !name.empty()) return name;
  if (const auto name = partition_table_name(head); !name.empty()) return name;
  if (all_zeros(head))
    return image.size_bytes() <= kHeadBytes ? "nothing but zeros"
                                            : "zeros where a disc would begin";
  if (holds(head, 32769, "CD001"sv) || holds(head, 32777, "CDROM"sv))
    return "something that only begins like an ISO 9660 disc";
  return text_name(head);
}

}  // namespace

std::string identify(const Source& image) { return std::string(name_of(image)); }

}  // namespace isofuse
