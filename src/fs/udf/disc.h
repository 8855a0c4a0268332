#pragma once
// On-disc structures of UDF.
// Citations: "1/", "2/", "3/", "4/": the parts of ECMA-167, 3rd edition (June 1997); "UDF": the
// OSTA UDF specification 2.60 (March 2005), where earlier revisions differ with their number.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <isofuse/bytes.h>

namespace isofuse::udf::disc {

/// 1/7.3 timestamp.
struct Timestamp {
  Little16 type_and_zone;  // 1/7.3.1: four bits of type, twelve of signed minutes
  Little16 year;           // signed, 1 to 9999
  std::uint8_t month, day, hour, minute, second;
  std::uint8_t centiseconds, hundreds_of_microseconds, microseconds;
};
static_assert(is_disc_type<Timestamp, 12>);

/// UDF 2.1.5.3, the beginning.
struct DomainSuffix {
  Little16 udf_revision;
  std::uint8_t flags;
};
static_assert(is_disc_type<DomainSuffix, 3>);

/// 1/7.4 regid: an entity identifier. UDF 2.1.5.
struct EntityIdentifier {
  std::uint8_t flags;
  char identifier[23];
  union {
    std::uint8_t suffix[8];
    Little16 udf_revision;  // UDF 2.1.5.3: domain and UDF suffixes begin with it
    DomainSuffix of_domain;
  };
};
static_assert(is_disc_type<EntityIdentifier, 32>);

/// The identifier's letters, up to the first NUL.
[[nodiscard]] inline std::string_view identifier_of(const EntityIdentifier& entity) {
  const std::string_view field(entity.identifier, sizeof entity.identifier);
  return field.substr(0, field.find('\0'));
}
// UDF 2.1.5.3: flags of a domain
inline constexpr std::uint8_t kHardWriteProtected = 0x01;
inline constexpr std::uint8_t kSoftWriteProtected = 0x02;
inline constexpr std::string_view kDomain = "*OSTA UDF Compliant";            // UDF 2.1.5.2
inline constexpr std::string_view kVolumeInformation = "*UDF LV Info";        // UDF 2.2.7.1
inline constexpr std::string_view kVirtualMap = "*UDF Virtual Partition";     // UDF 2.2.8
inline constexpr std::string_view kSparableMap = "*UDF Sparable Partition";   // UDF 2.2.9
inline constexpr std::string_view kMetadataMap = "*UDF Metadata Partition";   // UDF 2.2.10
inline constexpr std::string_view kVatIdentifier = "*UDF Virtual Alloc Tbl";  // UDF 1.50 2.2.10
inline constexpr std::string_view kSparingIdentifier = "*UDF Sparing Table";  // UDF 2.2.12

/// 3/7.1 extent_ad.
struct ExtentDescriptor {
  Little32 length_bytes;
  Little32 location;  // logical sector
};
static_assert(is_disc_type<ExtentDescriptor, 8>);

/// 4/7.1 lb_addr.
struct BlockAddress {
  Little32 lbn;
  Little16 partition_reference;  // index of a partition map, not a partition number
};
static_assert(is_disc_type<BlockAddress, 6>);

/// 4/14.14.1 short_ad. The upper two bits of a length are the type of the extent.
struct ShortDescriptor {
  Little32 length_and_type;
  Little32 lbn;
};
static_assert(is_disc_type<ShortDescriptor, 8>);

/// 4/14.14.2 long_ad.
struct LongDescriptor {
  Little32 length_and_type;
  BlockAddress location;
  std::uint8_t implementation_use[6];
};
static_assert(is_disc_type<LongDescriptor, 16>);

/// 4/14.14.3 ext_ad.
struct ExtendedDescriptor {
  Little32 length_and_type;
  Little32 recorded_bytes;
  Little32 information_bytes;
  BlockAddress location;
  std::uint8_t implementation_use[2];
};
static_assert(is_disc_type<ExtendedDescriptor, 20>);

inline constexpr std::uint32_t kExtentLengthMask = 0x3FFF'FFFF;
inline constexpr unsigned kExtentTypeShift = 30;
/// 4/14.14.1.1
enum class ExtentType : std::uint8_t {
  kRecorded = 0,
  kAllocated = 1,    // not recorded: reads as zeros
  kUnallocated = 2,  // a hole
  kContinued = 3,    // more descriptors
};

/// 2/9.1 Volume Structure Descriptor, the beginning of its 2048 bytes.
struct VolumeStructureHead {
  std::uint8_t type;
  char identifier[5];
  std::uint8_t version;
};
static_assert(is_disc_type<VolumeStructureHead, 7>);
inline constexpr std::uint32_t kVolumeStructureBytes = 2048;
inline constexpr std::uint64_t kRecognitionOffset = 32768;  // 2/8.3

/// 3/7.2 and 4/7.2: the tag in front of every descriptor.
struct Tag {
  Little16 identifier;
  Little16 version;
  std::uint8_t checksum;
  std::uint8_t reserved;
  Little16 serial;
  Little16 crc;
  Little16 crc_bytes;
  Little32 location;
};
static_assert(is_disc_type<Tag, 16>);

// 3/7.2.1, 4/7.2.1
enum class TagId : std::uint16_t {
  kSparingTable = 0,  // UDF 2.2.12
  kPrimaryVolume = 1,
  kAnchor = 2,
  kVolumePointer = 3,
  kImplementationUse = 4,
  kPartition = 5,
  kLogicalVolume = 6,
  kUnallocatedSpace = 7,
  kTerminating = 8,
  kIntegrity = 9,
  kFileSet = 256,
  kFileIdentifier = 257,
  kAllocationExtent = 258,
  kIndirectEntry = 259,
  kTerminalEntry = 260,
  kFileEntry = 261,
  kExtendedAttributeHeader = 262,
  kSpaceBitmap = 264,
  kExtendedFileEntry = 266,
};

/// 3/10.1 Primary Volume Descriptor.
struct PrimaryVolumeDescriptor {
  Tag tag;
  Little32 sequence_number;
  Little32 descriptor_number;
  std::uint8_t volume_identifier[32];  // dstring
  Little16 volume_sequence_number;
  Little16 volume_sequence_number_max;
  Little16 interchange_level;
  Little16 interchange_level_max;
  Little32 character_sets;
  Little32 character_sets_max;
  std::uint8_t volume_set_identifier[128];  // dstring
  std::uint8_t descriptor_charset[64];
  std::uint8_t explanatory_charset[64];
  ExtentDescriptor abstract_extent;
  ExtentDescriptor copyright_extent;
  EntityIdentifier application;
  Timestamp recorded_at;
  EntityIdentifier implementation;
  std::uint8_t implementation_use[64];
  Little32 predecessor_location;
  Little16 flags;
  std::uint8_t reserved[22];
};
static_assert(is_disc_type<PrimaryVolumeDescriptor, 512>);

/// 3/10.2 Anchor Volume Descriptor Pointer.
struct AnchorVolumeDescriptorPointer {
  Tag tag;
  ExtentDescriptor main_sequence;
  ExtentDescriptor reserve_sequence;
};
static_assert(is_disc_type<AnchorVolumeDescriptorPointer, 32>);

/// 3/10.3 Volume Descriptor Pointer.
struct VolumeDescriptorPointer {
  Tag tag;
  Little32 sequence_number;
  ExtentDescriptor next;
};
static_assert(is_disc_type<VolumeDescriptorPointer, 28>);

/// 3/10.4 Implementation Use Volume Descriptor, as UDF 2.2.7 fills it in.
struct ImplementationUseDescriptor {
  Tag tag;
  Little32 sequence_number;
  EntityIdentifier kind;  // "*UDF LV Info"
  std::uint8_t charset[64];
  std::uint8_t volume_identifier[128];  // dstring
  std::uint8_t owner[36];               // dstring, as the next two
  std::uint8_t organization[36];
  std::uint8_t contact[36];
  EntityIdentifier implementation;
  std::uint8_t implementation_use[128];
};
static_assert(is_disc_type<ImplementationUseDescriptor, 512>);

/// 3/10.5 Partition Descriptor; its contents use is that of 4/14.3 (UDF 2.3.3).
struct PartitionDescriptor {
  Tag tag;
  Little32 sequence_number;
  Little16 flags;
  Little16 number;
  EntityIdentifier contents;
  ShortDescriptor unallocated_table;  // 4/14.3
  ShortDescriptor unallocated_bitmap;
  ShortDescriptor integrity_table;
  ShortDescriptor freed_table;
  ShortDescriptor freed_bitmap;
  std::uint8_t contents_reserved[88];
  Little32 access_type;
  Little32 start;  // logical sector
  Little32 length_blocks;
  EntityIdentifier implementation;
  std::uint8_t implementation_use[128];
  std::uint8_t reserved[156];
};
static_assert(is_disc_type<PartitionDescriptor, 512>);

/// 3/10.6 Logical Volume Descriptor; partition maps follow.
struct LogicalVolumeDescriptor {
  Tag tag;
  Little32 sequence_number;
  std::uint8_t descriptor_charset[64];
  std::uint8_t volume_identifier[128];  // dstring
  Little32 block_bytes;
  EntityIdentifier domain;
  LongDescriptor file_set;  // 4/3.1: the contents use
  Little32 map_table_bytes;
  Little32 map_count;
  EntityIdentifier implementation;
  std::uint8_t implementation_use[128];
  ExtentDescriptor integrity_sequence;
};
static_assert(is_disc_type<LogicalVolumeDescriptor, 440>);

/// 3/10.7.1 Generic Partition Map, the beginning.
struct PartitionMapHead {
  std::uint8_t type;
  std::uint8_t length_bytes;
};
static_assert(is_disc_type<PartitionMapHead, 2>);

/// 3/10.7.2 Type 1 Partition Map.
struct PartitionMap1 {
  PartitionMapHead head;
  Little16 volume_sequence_number;
  Little16 partition_number;
};
static_assert(is_disc_type<PartitionMap1, 6>);

/// 3/10.7.3 Type 2 Partition Map, as UDF 2.2.8 to 2.2.10 fill it in.
struct PartitionMap2 {
  PartitionMapHead head;
  std::uint8_t reserved[2];
  EntityIdentifier kind;
  Little16 volume_sequence_number;
  Little16 partition_number;
};
static_assert(is_disc_type<PartitionMap2, 40>);

/// UDF 2.2.9 Sparable Partition Map.
struct SparablePartitionMap {
  PartitionMap2 common;
  Little16 packet_blocks;
  std::uint8_t table_count;
  std::uint8_t reserved;
  Little32 table_bytes;
  Little32 table_locations[4];
};
static_assert(is_disc_type<SparablePartitionMap, 64>);

/// UDF 2.2.10 Metadata Partition Map.
struct MetadataPartitionMap {
  PartitionMap2 common;
  Little32 main_lbn;
  Little32 mirror_lbn;
  Little32 bitmap_lbn;
  Little32 allocation_unit_blocks;
  Little16 alignment_unit_blocks;
  std::uint8_t flags;
  std::uint8_t reserved[5];
};
static_assert(is_disc_type<MetadataPartitionMap, 64>);
inline constexpr std::uint8_t kMetadataDuplicated = 0x01;  // the mirror has data of its own

/// UDF 2.2.12 Sparing Table; map entries follow.
struct SparingTable {
  Tag tag;
  EntityIdentifier identifier;
  Little16 entry_count;
  std::uint8_t reserved[2];
  Little32 sequence_number;
};
static_assert(is_disc_type<SparingTable, 56>);
struct SparingEntry {
  Little32 original_lbn;     // of a packet, in the partition
  Little32 mapped_location;  // of a packet, on the volume
};
static_assert(is_disc_type<SparingEntry, 8>);
inline constexpr std::uint32_t kSparingUnused = 0xFFFF'FFF0;  // and above: no packet is mapped

/// UDF 2.2.11 Virtual Allocation Table (2.00 and later), in front of the entries.
struct VirtualAllocationTable {
  Little16 header_bytes;
  Little16 implementation_use_bytes;
  std::uint8_t volume_identifier[128];  // dstring
  Little32 previous_lbn;
  Little32 file_count;
  Little32 directory_count;
  Little16 revision_to_read;
  Little16 revision_to_write;
  Little16 revision_to_write_max;
  std::uint8_t reserved[2];
};
static_assert(is_disc_type<VirtualAllocationTable, 152>);

/// UDF 1.50 2.2.10: the end of a Virtual Allocation Table, behind the entries.
struct VirtualAllocationTrailer {
  EntityIdentifier identifier;
  Little32 previous_lbn;
};
static_assert(is_disc_type<VirtualAllocationTrailer, 36>);
inline constexpr std::uint32_t kVirtualUnused = 0xFFFF'FFFF;

/// 3/10.10 Logical Volume Integrity Descriptor; two tables and the implementation use follow.
struct IntegrityDescriptor {
  Tag tag;
  Timestamp recorded_at;
  Little32 type;
  ExtentDescriptor next;
  Little64 next_unique_id;  // 4/14.15
  std::uint8_t contents_reserved[24];
  Little32 partition_count;
  Little32 implementation_use_bytes;
};
static_assert(is_disc_type<IntegrityDescriptor, 80>);
inline constexpr std::uint32_t kIntegrityClosed = 1;
inline constexpr std::uint32_t kSpaceUnknown = 0xFFFF'FFFF;

/// UDF 2.2.6.4: the implementation use of an integrity descriptor, the beginning.
struct IntegrityImplementationUse {
  EntityIdentifier implementation;
  Little32 file_count;
  Little32 directory_count;
  Little16 revision_to_read;
  Little16 revision_to_write;
  Little16 revision_to_write_max;
};
static_assert(is_disc_type<IntegrityImplementationUse, 46>);

/// 4/14.1 File Set Descriptor.
struct FileSetDescriptor {
  Tag tag;
  Timestamp recorded_at;
  Little16 interchange_level;
  Little16 interchange_level_max;
  Little32 character_sets;
  Little32 character_sets_max;
  Little32 number;
  Little32 descriptor_number;
  std::uint8_t volume_identifier_charset[64];
  std::uint8_t volume_identifier[128];  // dstring
  std::uint8_t file_set_charset[64];
  std::uint8_t file_set_identifier[32];  // dstring
  std::uint8_t copyright_file[32];       // dstring
  std::uint8_t abstract_file[32];        // dstring
  LongDescriptor root_icb;
  EntityIdentifier domain;
  LongDescriptor next;
  LongDescriptor system_streams_icb;
  std::uint8_t reserved[32];
};
static_assert(is_disc_type<FileSetDescriptor, 512>);

/// 4/14.4 File Identifier Descriptor; implementation use, identifier and padding follow.
struct FileIdentifierDescriptor {
  Tag tag;
  Little16 version;
  std::uint8_t characteristics;
  std::uint8_t identifier_bytes;
  LongDescriptor icb;
  Little16 implementation_use_bytes;
};
static_assert(is_disc_type<FileIdentifierDescriptor, 38>);
// 4/14.4.3 File Characteristics
inline constexpr std::uint8_t kFidHidden = 0x01;
inline constexpr std::uint8_t kFidDirectory = 0x02;
inline constexpr std::uint8_t kFidDeleted = 0x04;
inline constexpr std::uint8_t kFidParent = 0x08;

/// 4/14.5 Allocation Extent Descriptor; allocation descriptors follow.
struct AllocationExtentDescriptor {
  Tag tag;
  Little32 previous_lbn;
  Little32 descriptors_bytes;
};
static_assert(is_disc_type<AllocationExtentDescriptor, 24>);

/// 4/14.6 ICB Tag.
struct IcbTag {
  Little32 prior_entries;
  Little16 strategy;
  std::uint8_t strategy_parameter[2];
  Little16 entries_max;
  std::uint8_t reserved;
  std::uint8_t file_type;
  BlockAddress parent_icb;
  Little16 flags;
};
static_assert(is_disc_type<IcbTag, 20>);
inline constexpr std::uint16_t kStrategyPlain = 4;       // 4/A.5
inline constexpr std::uint16_t kStrategyChained = 4096;  // UDF 2.3.5.1: an entry, an indirect entry
// 4/14.6.8 Flags
inline constexpr std::uint16_t kDescriptorKindMask = 0x0007;
inline constexpr std::uint16_t kSetUid = 0x0040;
inline constexpr std::uint16_t kSetGid = 0x0080;
inline constexpr std::uint16_t kSticky = 0x0100;
enum class DescriptorKind : std::uint8_t { kShort = 0, kLong = 1, kExtended = 2, kEmbedded = 3 };
/// 4/14.6.6 File Type, with those of UDF 2.3.5.2.
enum class IcbFileType : std::uint8_t {
  kUnspecified = 0,
  kDirectory = 4,
  kBytes = 5,
  kBlockDevice = 6,
  kCharacterDevice = 7,
  kExtendedAttributes = 8,
  kFifo = 9,
  kSocket = 10,
  kSymbolicLink = 12,
  kStreamDirectory = 13,
  kVirtualAllocationTable = 248,
  kRealTime = 249,
  kMetadata = 250,
  kMetadataMirror = 251,
  kMetadataBitmap = 252,
};

/// 4/14.7 Indirect Entry.
struct IndirectEntry {
  Tag tag;
  IcbTag icb_tag;
  LongDescriptor icb;
};
static_assert(is_disc_type<IndirectEntry, 52>);

/// What a File Entry and an Extended File Entry begin with (4/14.9, 4/14.17).
struct FileEntryHead {
  Tag tag;
  IcbTag icb_tag;
  Little32 uid;
  Little32 gid;
  Little32 permissions;
  Little16 link_count;
  std::uint8_t record_format;
  std::uint8_t record_display;
  Little32 record_bytes;
  Little64 information_bytes;
};
static_assert(is_disc_type<FileEntryHead, 64>);
inline constexpr std::uint32_t kOwnerUnset = 0xFFFF'FFFF;  // UDF 2.3.6.1, 2.3.6.2

/// 4/14.9 File Entry; extended attributes and allocation descriptors follow.
struct FileEntry {
  FileEntryHead head;
  Little64 blocks_recorded;
  Timestamp accessed;
  Timestamp modified;
  Timestamp attributes_changed;
  Little32 checkpoint;
  LongDescriptor extended_attributes_icb;
  EntityIdentifier implementation;
  Little64 unique_id;
  Little32 extended_attributes_bytes;
  Little32 descriptors_bytes;
};
static_assert(is_disc_type<FileEntry, 176>);

/// 4/14.17 Extended File Entry; extended attributes and allocation descriptors follow.
struct ExtendedFileEntry {
  FileEntryHead head;
  Little64 object_bytes;
  Little64 blocks_recorded;
  Timestamp accessed;
  Timestamp modified;
  Timestamp created;
  Timestamp attributes_changed;
  Little32 checkpoint;
  Little32 reserved;
  LongDescriptor extended_attributes_icb;
  LongDescriptor streams_icb;
  EntityIdentifier implementation;
  Little64 unique_id;
  Little32 extended_attributes_bytes;
  Little32 descriptors_bytes;
};
static_assert(is_disc_type<ExtendedFileEntry, 216>);

/// 4/14.10.1 Extended Attribute Header Descriptor; attributes follow.
struct ExtendedAttributeHeader {
  Tag tag;
  Little32 implementation_location;
  Little32 application_location;
};
static_assert(is_disc_type<ExtendedAttributeHeader, 24>);

/// 4/14.10.2 Generic format, the beginning.
struct ExtendedAttributeHead {
  Little32 type;
  std::uint8_t subtype;
  std::uint8_t reserved[3];
  Little32 length_bytes;  // of all of it, this head too
};
static_assert(is_disc_type<ExtendedAttributeHead, 12>);
inline constexpr std::uint32_t kDeviceSpecificationType = 12;  // 4/14.10.7
inline constexpr std::uint32_t kImplementationUseType = 2048;  // 4/14.10.8

/// 4/14.10.7 Device Specification Extended Attribute.
struct DeviceSpecification {
  ExtendedAttributeHead head;
  Little32 implementation_use_bytes;
  Little32 major;
  Little32 minor;
};
static_assert(is_disc_type<DeviceSpecification, 24>);

/// 4/14.10.8 Implementation Use Extended Attribute; its bytes follow.
struct ImplementationUseAttribute {
  ExtendedAttributeHead head;
  Little32 use_bytes;
  EntityIdentifier implementation;
};
static_assert(is_disc_type<ImplementationUseAttribute, 48>);

/// 4/14.12 Space Bitmap Descriptor; the bits follow.
struct SpaceBitmapDescriptor {
  Tag tag;
  Little32 bits;
  Little32 bytes;
};
static_assert(is_disc_type<SpaceBitmapDescriptor, 24>);

/// 4/14.16.1 Path Component; its identifier follows.
struct PathComponent {
  std::uint8_t type;
  std::uint8_t identifier_bytes;
  Little16 version;
};
static_assert(is_disc_type<PathComponent, 4>);

}  // namespace isofuse::udf::disc
