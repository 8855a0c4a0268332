#pragma once
// Bounds on everything that a disc can ask of us. Each says what it bounds and why it is enough.
#include <cstddef>
#include <cstdint>

namespace isofuse {

// --- directories
/// Entries of one directory. The largest real ones seen have some 100,000.
inline constexpr std::size_t kDirectoryEntriesMax = 1U << 20U;
/// Names of one directory together, in bytes: 16 for each entry of a full one, 160 for each of the
/// largest real ones. What does not fit is left out, and logged.
inline constexpr std::size_t kDirectoryNamesBytesMax = 16U << 20U;
/// Bytes of one directory that are parsed: 128 for each entry of a full one.
inline constexpr std::uint64_t kDirectoryBytesMax = std::uint64_t{128} << 20U;
/// A shown name. FUSE carries 1024 bytes (FUSE_NAME_MAX); 111 UTF-16 units of Joliet need 333.
inline constexpr std::size_t kNameBytesMax = 1023;
/// Steps from a directory to the root when a loop is looked for.
inline constexpr std::size_t kDirectoryDepthMax = 1024;

// --- files
/// File sections (ECMA-119 6.5.1) of one file: 65,536 of 4 GiB are 2^48 bytes.
inline constexpr std::size_t kFileSectionsMax = 1U << 16U;
/// Runs of one file that are asked for to list them: those of an attribute of 64 KiB, and many that
/// join.
inline constexpr std::size_t kListedExtentsMax = 1U << 16U;
/// Pieces of one answer: below IOV_MAX (1024) with room for the header of FUSE.
inline constexpr std::size_t kPiecesMax = 256;
/// A symbolic link's target: PATH_MAX without the NUL.
inline constexpr std::size_t kLinkBytesMax = 4095;

// --- ISO 9660
/// Volume descriptors looked at: sectors 16 to 99, as the kernel does.
inline constexpr std::uint32_t kVolumeDescriptorsMax = 84;
/// A path table: 200 bytes for each of the 65,535 directories that one can name.
inline constexpr std::uint32_t kPathTableBytesMax = 16U << 20U;
/// Continuation areas (SUSP 5.1) of one directory record. The kernel stops at 32.
inline constexpr std::size_t kContinuationsMax = 256;
/// Bytes of all System Use areas of one record: room for 64 KiB of extended attributes and names.
inline constexpr std::size_t kSystemUseBytesMax = 256U << 10U;
/// What following continuation areas may cost in one directory, so that it is parsed in less than a
/// second: their bytes, and as many as kContinuationCostBytes for each. Enough for an area for each
/// entry of a full directory.
inline constexpr std::uint64_t kDirectoryContinuationBytesMax = std::uint64_t{512} << 20U;
inline constexpr std::uint64_t kContinuationCostBytes = 256;
/// Extended attributes of one file: Linux's own limit of a value is 64 KiB.
inline constexpr std::size_t kXattrBytesMax = 64U << 10U;
inline constexpr std::size_t kXattrsMax = 1024;
/// Sessions of a disc: 99 tracks at most.
inline constexpr std::size_t kSessionsMax = 99;
/// Sectors behind the end of a session in which the next one is looked for: lead-out and lead-in of
/// a first session take 11,400 sectors.
inline constexpr std::uint32_t kSessionGapSectorsMax = 12000;

// --- UDF
/// A logical block: the kernel's limit too. Real ones are 512, 1024, 2048 and 4096.
inline constexpr std::uint32_t kUdfBlockBytesMax = 4096;
/// Structures of a volume recognition sequence that are looked at; the kernel reads 8 MiB of them.
inline constexpr std::uint32_t kVolumeStructuresMax = 4096;
/// Descriptors of a volume descriptor sequence, over all of its extents. The standard wants 16.
inline constexpr std::size_t kVolumeSequenceMax = 4096;
/// Volume descriptor pointers (ECMA-167 3/8.4.2) that are followed, as many as in the kernel.
inline constexpr std::size_t kVolumePointersMax = 64;
/// Partition maps of a logical volume: real ones have up to three. A descriptor of 4096 bytes
/// holds 609.
inline constexpr std::size_t kPartitionMapsMax = 1024;
/// Links of the chain of integrity descriptors, as many as in the kernel.
inline constexpr std::size_t kIntegrityDescriptorsMax = 1000;
/// Blocks before the end of the image in which a virtual allocation table is looked for: run-out
/// and padding of recorders take up to 300.
inline constexpr std::uint32_t kVatSearchBlocksMax = 512;
/// Tables before the newest that `vat=` reaches.
inline constexpr std::size_t kVatGenerationsMax = 4096;
/// Indirect entries (strategy 4096) from one file to its newest entry, as many as in the kernel.
inline constexpr std::size_t kIndirectEntriesMax = 1024;
/// Extents of one file after neighbours have been joined: 16 MiB of memory. A file of 4 TiB in
/// extents of the largest size has 4096.
inline constexpr std::size_t kExtentsMax = 1U << 20U;
/// Allocation extent descriptors of one file: each holds some 250 extents.
inline constexpr std::size_t kAllocationExtentsMax = 1U << 14U;
/// Bytes of all extended attributes of one file together.
inline constexpr std::size_t kXattrsBytesMax = 1U << 20U;
/// Bytes of a symbolic link as recorded: every character of a target may be a component.
inline constexpr std::size_t kLinkComponentsBytesMax = 32U << 10U;

// --- caches, in bytes
inline constexpr std::size_t kSectorCacheBytes = 4U << 20U;
inline constexpr std::size_t kDirectoryCacheBytes = 8U << 20U;
/// Where the names of directories stand, for their extended attributes.
inline constexpr std::size_t kNamedDirectoryCacheBytes = 1U << 20U;
inline constexpr std::size_t kBlockCacheBytes = 4U << 20U;
inline constexpr std::size_t kAllocationCacheBytes = 2U << 20U;

}  // namespace isofuse
