// Partition tables in front of a disc's file system: what makes an ISO a "hybrid".
//
// MBR: UEFI 2.10, 5.2. GPT: UEFI 2.10, 5.3. APM: Inside Macintosh: Devices, 3, "Partition Map".
// All three can stand on one image (isohybrid). Nothing here is needed to read the disc, so what
// does not make sense is left out without a word.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <isofuse/bytes.h>
#include <isofuse/open.h>

#include "image/partition_tables.h"

namespace isofuse {
namespace {

using Json = nlohmann::ordered_json;

struct Partition {
  std::string_view scheme;
  std::uint64_t index = 0;
  std::string type;
  std::string name;
  std::uint64_t start_bytes = 0;
  std::uint64_t length_bytes = 0;
  bool bootable = false;
};

/// Texts of fixed fields: up to the first NUL, and only what every terminal can show.
std::string plain_text(std::string_view field) {
  std::string out;
  for (const char c : field.substr(0, field.find('\0'))) out += c >= ' ' && c <= '~' ? c : '?';
  return out;
}

std::string mbr_type(std::uint8_t type) {
  switch (type) {
    case 0x01:
      return "FAT12 (0x01)";
    case 0x04:
    case 0x06:
    case 0x0e:
      return fmt::format("FAT16 ({:#04x})", type);
    case 0x05:
    case 0x0f:
      return fmt::format("extended ({:#04x})", type);
    case 0x07:
      return "NTFS, exFAT or UDF (0x07)";
    case 0x0b:
    case 0x0c:
      return fmt::format("FAT32 ({:#04x})", type);
    case 0x17:
      return "hidden NTFS or ISO 9660 (0x17)";
    case 0x41:
      return "PowerPC PReP boot (0x41)";
    case 0x82:
      return "Linux swap (0x82)";
    case 0x83:
      return "Linux (0x83)";
    case 0x96:
      return "CHRP ISO 9660 (0x96)";
    case 0xaf:
      return "Apple HFS or HFS+ (0xaf)";
    case 0xcd:
      return "ISO 9660 (0xcd)";
    case 0xee:
      return "GPT protective (0xee)";
    case 0xef:
      return "EFI system (0xef)";
    default:
      return fmt::format("{:#04x}", type);
  }
}

void add_mbr(const Source& image, std::vector<Partition>& out) {
  constexpr unsigned kSignature = 0xaa55;
  const Result<disc::Mbr> mbr = read_at<disc::Mbr>(image, 0);
  if (!mbr || mbr->signature.get() != kSignature) return;
  // A boot sector without a table has the same signature: the indicators then hold code.
  const bool is_table =
      std::all_of(std::begin(mbr->entries), std::end(mbr->entries),
                  [](const disc::MbrEntry& entry) { return (entry.boot_indicator & 0x7fU) == 0; });
  if (!is_table) return;
  std::uint64_t index = 0;
  for (const disc::MbrEntry& entry : mbr->entries) {
    ++index;
    // isohybrid's own entries may have type 0 but never length 0.
    if (entry.length_sectors.get() == 0) continue;
    out.push_back(
        {"MBR", index, mbr_type(entry.type), "", entry.first_lba.get() * kPartitionSectorBytes,
         entry.length_sectors.get() * kPartitionSectorBytes, (entry.boot_indicator & 0x80U) != 0});
  }
}

std::string guid_text(const disc::Guid& guid) {
  std::string out = fmt::format("{:08x}-{:04x}-{:04x}-", guid.a.get(), guid.b.get(), guid.c.get());
  for (std::size_t i = 0; i < sizeof guid.d; ++i) {
    if (i == 2) out += '-';
    out += fmt::format("{:02x}", guid.d[i]);
  }
  return out;
}

std::string gpt_type(const disc::Guid& guid) {
  struct Known {
    std::string_view guid;
    std::string_view name;
  };
  static constexpr std::array kKnown = {
      Known{"c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "EFI system"},
      Known{"ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", "basic data"},
      Known{"21686148-6449-6e6f-744e-656564454649", "BIOS boot"},
      Known{"0fc63daf-8483-4772-8e79-3d69d8477de4", "Linux"},
      Known{"0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "Linux swap"},
      Known{"48465300-0000-11aa-aa11-00306543ecac", "Apple HFS or HFS+"},
      Known{"7c3457ef-0000-11aa-aa11-00306543ecac", "Apple APFS"},
      Known{"e3c9e316-0b5c-4db8-817d-f92df00215ae", "Microsoft reserved"},
      Known{"024dee41-33e7-11d3-9d69-0008c781f39f", "MBR partition scheme"},
  };
  std::string text = guid_text(guid);
  for (const Known& known : kKnown) {
    if (text == known.guid) return fmt::format("{} ({})", known.name, text);
  }
  return text;
}

/// UTF-16 up to the first zero; all that is not ASCII is shown as '?': a label, not a file name.
std::string gpt_name(const disc::GptEntry& entry) {
  std::string out;
  for (const Little16& unit : entry.name) {
    const unsigned c = unit.get();
    if (c == 0) break;
    out += c >= ' ' && c <= '~' ? static_cast<char>(c) : '?';
  }
  return out;
}

void add_gpt(const Source& image, std::vector<Partition>& out) {
  constexpr std::uint64_t kHeaderOffset = kPartitionSectorBytes;
  constexpr std::uint32_t kEntriesMax = 1024;  // 128 are usual
  constexpr std::uint32_t kEntryBytesMax = 4096;
  constexpr std::uint64_t kLegacyBootable = 4;  // bit 2 of the attributes
  const Result<disc::GptHeader> header = read_at<disc::GptHeader>(image, kHeaderOffset);
  if (!header || std::string_view(header->signature, sizeof header->signature) != "EFI PART")
    return;
  const std::uint32_t entry_bytes = header->entry_bytes.get();
  if (entry_bytes < sizeof(disc::GptEntry) || entry_bytes > kEntryBytesMax) return;
  const auto table = checked_mul(header->entries_lba.get(), kPartitionSectorBytes);
  if (!table) return;
  const std::uint32_t count = std::min(header->entry_count.get(), kEntriesMax);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto at = checked_add(*table, std::uint64_t{i} * entry_bytes);
    if (!at) return;
    const Result<disc::GptEntry> entry = read_at<disc::GptEntry>(image, *at);
    if (!entry) return;
    const std::uint64_t first = entry->first_lba.get();
    const std::uint64_t last = entry->last_lba.get();
    const std::string type = gpt_type(entry->type);
    if (type == "00000000-0000-0000-0000-000000000000") continue;  // unused
    const auto start = checked_mul(first, kPartitionSectorBytes);
    if (last < first || last - first >= ~std::uint64_t{0} / kPartitionSectorBytes || !start)
      continue;
    out.push_back({"GPT", std::uint64_t{i} + 1, type, gpt_name(*entry), *start,
                   (last - first + 1) * kPartitionSectorBytes,
                   (entry->attributes.get() & kLegacyBootable) != 0});
  }
}

/// The map lies in blocks of the size that block 0 names; on hybrid discs that is 512 or 2048, and
/// some have entries for both, so the place of the first entry decides.
void add_apm(const Source& image, std::vector<Partition>& out) {
  constexpr std::uint32_t kEntriesMax = 63;
  constexpr std::uint32_t kBootable = 0x8;  // of the status
  constexpr std::array<std::uint64_t, 2> kBlockSizes = {512, 2048};
  for (const std::uint64_t block_bytes : kBlockSizes) {
    std::uint32_t count = 1;
    std::vector<Partition> found;
    for (std::uint32_t i = 1; i <= count; ++i) {
      const Result<disc::ApmEntry> entry = read_at<disc::ApmEntry>(image, i * block_bytes);
      if (!entry || std::string_view(entry->signature, sizeof entry->signature) != "PM") break;
      if (i == 1) count = std::min(entry->map_blocks.get(), kEntriesMax);
      found.push_back(
          {"APM", i, plain_text({entry->type, sizeof entry->type}),
           plain_text({entry->name, sizeof entry->name}), entry->first_block.get() * block_bytes,
           entry->length_blocks.get() * block_bytes, (entry->status.get() & kBootable) != 0});
    }
    if (found.empty()) continue;
    out.insert(out.end(), found.begin(), found.end());
    return;
  }
}

}  // namespace

nlohmann::ordered_json partitions(const Source& image) {
  std::vector<Partition> found;
  add_mbr(image, found);
  add_gpt(image, found);
  add_apm(image, found);
  Json out = Json::array();
  for (const Partition& partition : found) {
    Json object;
    object["scheme"] = partition.scheme;
    object["index"] = partition.index;
    object["type"] = partition.type;
    object["name"] = partition.name;
    object["start_bytes"] = partition.start_bytes;
    object["length_bytes"] = partition.length_bytes;
    object["bootable"] = partition.bootable;
    out.push_back(std::move(object));
  }
  return out;
}

}  // namespace isofuse
