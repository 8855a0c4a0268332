#pragma once
// UDF volumes made in memory, byte by byte: every field of every structure can be set, wrong ones
// too; the tag of a descriptor gets its checksum and CRC last, so that only what a test wants to be
// wrong is wrong. Clauses as in src/fs/udf/disc.h.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/iso_builder.h"

namespace isofuse::test::udf {

[[nodiscard]] Bytes little16(std::uint16_t value);
/// `bytes`, filled up with zeros or cut to `size`.
[[nodiscard]] Bytes sized(Bytes bytes, std::size_t size);

/// 3/7.2. What is not told is right.
struct TagSpec {
  std::uint16_t identifier = 0;
  std::uint32_t location = 0;
  std::uint16_t version = 3;
  std::optional<std::uint16_t> crc = {};
  std::optional<std::uint16_t> crc_bytes = {};
  std::optional<std::uint8_t> checksum = {};
};
/// A tag and what follows it.
[[nodiscard]] Bytes tagged(const TagSpec& tag, const Bytes& body);
/// The descriptor, its bytes at `pos` replaced, and its tag made right again.
[[nodiscard]] Bytes changed(const Bytes& descriptor, std::size_t pos, const Bytes& bytes);

/// UDF 2.1.1: characters of 8 and of 16 bits.
[[nodiscard]] std::string cs0(std::string_view text);
[[nodiscard]] std::string cs0(std::u16string_view text);
/// 1/7.2.12; `identifier` as cs0() makes it.
[[nodiscard]] Bytes dstring(std::string_view identifier, std::size_t size);
/// 1/7.4
[[nodiscard]] Bytes entity(std::string_view identifier, std::uint16_t suffix = 0);

/// 1/7.3
struct StampSpec {
  std::uint16_t type_and_zone = 0x1000;  // UTC
  std::uint16_t year = 2000;
  unsigned month = 1, day = 2, hour = 3, minute = 4, second = 5;
  unsigned centiseconds = 0, hundreds_of_microseconds = 0, microseconds = 0;
};
[[nodiscard]] Bytes stamp(const StampSpec& spec = {});  // kRecordedAtSeconds

/// 3/7.1, 4/14.14. `type`: 0 recorded, 1 allocated, 2 a hole, 3 more descriptors.
[[nodiscard]] Bytes extent_ad(std::uint32_t length_bytes, std::uint32_t location);
[[nodiscard]] Bytes short_ad(std::uint32_t length_bytes, std::uint32_t lbn, unsigned type = 0);
[[nodiscard]] Bytes long_ad(std::uint32_t length_bytes, std::uint32_t lbn,
                            std::uint16_t partition = 0, unsigned type = 0);
[[nodiscard]] Bytes ext_ad(std::uint32_t length_bytes, std::uint32_t lbn,
                           std::uint16_t partition = 0, unsigned type = 0,
                           std::optional<std::uint32_t> recorded_bytes = {},
                           std::optional<std::uint32_t> information_bytes = {});

// --- the volume

/// 2/9.1: `identifier` is "BEA01", "NSR02", ...
[[nodiscard]] Bytes volume_structure(std::string_view identifier);

/// First block and length in blocks.
struct BlockRange {
  std::uint32_t location = 0;
  std::uint32_t blocks = 0;
};
[[nodiscard]] Bytes anchor(std::uint32_t location, const BlockRange& main,
                           const BlockRange& reserve, std::uint32_t block_bytes = 2048);
[[nodiscard]] Bytes primary(std::uint32_t location, std::uint32_t sequence_number = 1,
                            std::string_view identifier = "PRIMARY");
[[nodiscard]] Bytes pointer(std::uint32_t location, std::uint32_t next_location,
                            std::uint32_t next_bytes, std::uint32_t sequence_number = 1);
[[nodiscard]] Bytes terminator(std::uint32_t location);

struct PartitionSpec {
  std::uint16_t number = 0;
  std::uint32_t start = 272;
  std::uint32_t blocks = 200;
  std::uint32_t sequence_number = 1;
  std::uint32_t access_type = 1;
  Bytes bitmap = Bytes(8);  // short_ad
};
[[nodiscard]] Bytes partition(std::uint32_t location, const PartitionSpec& spec = {});

[[nodiscard]] Bytes physical_map(std::uint16_t number = 0);
[[nodiscard]] Bytes virtual_map(std::uint16_t revision, std::uint16_t number = 0);
struct SparableSpec {
  std::uint16_t number = 0;
  std::uint16_t packet_blocks = 32;
  std::uint32_t table_bytes = 2048;
  std::vector<std::uint32_t> tables = {};
  std::optional<std::uint8_t> table_count = {};
};
[[nodiscard]] Bytes sparable_map(const SparableSpec& spec);
[[nodiscard]] Bytes metadata_map(std::uint32_t main_lbn, std::uint32_t mirror_lbn,
                                 std::uint16_t number = 0, unsigned flags = 1);

struct LogicalSpec {
  std::vector<Bytes> maps = {physical_map()};
  std::string label = "TEST";
  std::uint32_t block_bytes = 2048;
  std::uint32_t file_set_lbn = 0;
  std::uint16_t file_set_partition = 0;
  std::uint16_t revision = 0x0201;
  std::uint32_t sequence_number = 1;
  BlockRange integrity = {128, 2};
  std::optional<std::uint32_t> map_table_bytes = {};
  std::optional<std::uint32_t> map_count = {};
};
[[nodiscard]] Bytes logical(std::uint32_t location, const LogicalSpec& spec = {});

struct IntegritySpec {
  std::uint32_t type = 1;  // closed
  std::vector<std::uint32_t> free_blocks = {100};
  std::vector<std::uint32_t> size_blocks = {200};
  Bytes next = Bytes(8);  // extent_ad
  std::optional<std::uint32_t> partition_count = {};
  std::optional<std::uint32_t> use_bytes = {};
  std::uint32_t files = 3;
  std::uint32_t directories = 2;
};
[[nodiscard]] Bytes integrity(std::uint32_t location, const IntegritySpec& spec = {});

/// `entries`: the packet, and where it lies now.
[[nodiscard]] Bytes sparing_table(
    std::uint32_t location, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& entries,
    std::string_view identifier = "*UDF Sparing Table");

/// The contents of the file that a virtual allocation table is; of 1.50 the trailer is behind.
[[nodiscard]] Bytes vat_150(const std::vector<std::uint32_t>& entries,
                            std::uint32_t previous_lbn = 0xFFFF'FFFF,
                            std::string_view identifier = "*UDF Virtual Alloc Tbl");
[[nodiscard]] Bytes vat_200(const std::vector<std::uint32_t>& entries,
                            std::uint32_t previous_lbn = 0xFFFF'FFFF,
                            std::uint16_t header_bytes = 152);

// --- files

struct FileSetSpec {
  std::uint32_t root_lbn = 1;
  std::uint16_t root_partition = 0;
  std::string identifier = "FILESET";
};
[[nodiscard]] Bytes file_set(std::uint32_t location, const FileSetSpec& spec = {});

inline constexpr std::uint8_t kDirectoryType = 4;
inline constexpr std::uint8_t kFileType = 5;
inline constexpr std::uint8_t kSymlinkType = 12;
enum class Kind : std::uint8_t { kShort = 0, kLong = 1, kExtended = 2, kEmbedded = 3 };

/// 4/14.9 and 4/14.17. By default a file whose `data` stands in the entry.
struct EntrySpec {
  bool extended = false;
  std::uint8_t type = kFileType;
  Bytes data = {};  // allocation descriptors, or the contents
  Kind kind = Kind::kEmbedded;
  std::optional<std::uint64_t> information_bytes = {};
  Bytes attributes = {};
  std::uint32_t uid = 1000;
  std::uint32_t gid = 1001;
  std::uint32_t permissions = 0x14A5;  // rxr-xr-x: 0555
  std::uint16_t link_count = 1;
  std::uint16_t more_flags = 0;
  std::uint16_t strategy = 4;
  std::uint64_t blocks_recorded = 1;
  Bytes accessed = stamp();
  Bytes modified = stamp();
  Bytes changed = stamp();
  Bytes attributes_icb = Bytes(16);  // long_ad
  Bytes streams_icb = Bytes(16);
  std::optional<std::uint32_t> attributes_bytes = {};
  std::optional<std::uint32_t> data_bytes = {};
};
[[nodiscard]] Bytes file_entry(std::uint32_t location, const EntrySpec& spec);
[[nodiscard]] Bytes indirect_entry(std::uint32_t location, std::uint32_t lbn,
                                   std::uint16_t partition = 0, std::uint32_t length_bytes = 2048);
[[nodiscard]] Bytes allocation_extent(std::uint32_t location, const Bytes& descriptors,
                                      std::optional<std::uint32_t> descriptors_bytes = {});

inline constexpr std::uint8_t kHidden = 1;
inline constexpr std::uint8_t kDirectory = 2;
inline constexpr std::uint8_t kDeleted = 4;
inline constexpr std::uint8_t kParentEntry = 8;
struct FidSpec {
  std::string identifier = {};  // as cs0() makes it
  std::uint32_t lbn = 0;
  std::uint16_t partition = 0;
  std::uint8_t characteristics = 0;
  Bytes implementation_use = {};
  std::uint32_t location = 0;
  std::optional<std::uint8_t> identifier_bytes = {};
};
[[nodiscard]] Bytes fid(const FidSpec& spec);
/// A parent entry and `entries`.
[[nodiscard]] Bytes directory(std::uint32_t parent_lbn, const std::vector<FidSpec>& entries,
                              std::uint16_t parent_partition = 0);

/// 4/14.16.1
[[nodiscard]] Bytes path_component(unsigned type, std::string_view identifier = {});

/// 4/14.10: a header and `attributes`; where those of implementations begin, if not behind it.
[[nodiscard]] Bytes attribute_space(const Bytes& attributes,
                                    std::uint32_t implementation_location = 0xFFFF'FFFF,
                                    std::uint32_t application_location = 0xFFFF'FFFF);
[[nodiscard]] Bytes attribute(std::uint32_t type, const Bytes& payload,
                              std::optional<std::uint32_t> length_bytes = {});
[[nodiscard]] Bytes device_attribute(std::uint32_t major, std::uint32_t minor);
[[nodiscard]] Bytes implementation_attribute(std::string_view identifier, const Bytes& use,
                                             std::optional<std::uint32_t> use_bytes = {});
[[nodiscard]] Bytes os2_attribute(const std::vector<std::pair<std::string, std::string>>& list);

// --- all of it together

/// Where everything stands, in blocks of any size: the recognition sequence at byte 32,768, the
/// sequences, the integrity descriptor, an anchor, the partition, an anchor at the end.
inline constexpr BlockRange kMain = {96, 8};
inline constexpr BlockRange kReserve = {112, 8};
inline constexpr std::uint32_t kIntegrityBlock = 128;
inline constexpr std::uint32_t kStart = 272;
inline constexpr std::uint32_t kImageBlocks = 512;

struct VolumeSpec {
  LogicalSpec logical = {};
  std::vector<PartitionSpec> partitions = {{}};
  std::vector<std::uint32_t> anchors = {256, kImageBlocks - 1};
  std::vector<std::string> recognition = {"BEA01", "NSR03", "TEA01"};
  IntegritySpec integrity = {};
};

class VolumeDisc : public Disc {
 public:
  explicit VolumeDisc(const VolumeSpec& spec = {});

  /// The bytes at block `lbn` of the partition, which begins at kStart.
  void part(std::uint32_t lbn, const Bytes& bytes) { block(kStart + lbn, bytes); }
  void entry(std::uint32_t lbn, const EntrySpec& spec) { part(lbn, file_entry(lbn, spec)); }
  void directory_entry(std::uint32_t lbn, std::uint32_t parent_lbn,
                       const std::vector<FidSpec>& entries);
  /// The image offset of block `lbn` of the partition.
  [[nodiscard]] std::uint64_t offset(std::uint32_t lbn) const {
    return std::uint64_t{kStart + lbn} * block_bytes_;
  }

 private:
  std::uint32_t block_bytes_;
};

/// A volume with a file set in block 0 of the partition and a root directory in block 1.
[[nodiscard]] VolumeDisc plain_volume(const std::vector<FidSpec>& root_entries,
                                      const VolumeSpec& spec = {});
/// The image as a CD-RW gives it raw: seven link blocks behind each 32.
[[nodiscard]] Bytes with_link_blocks(const Bytes& image, std::uint32_t block_bytes = 2048);

}  // namespace isofuse::test::udf
