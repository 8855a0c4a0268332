#pragma once
// Bounds on everything that a disc can ask of us. Each says what it bounds and why it is enough.
#include <cstddef>
#include <cstdint>

namespace isofuse {

// --- directories
/// Entries of one directory. The largest real ones seen have some 100,000.
inline constexpr std::size_t kDirectoryEntriesMax = 1U << 20U;
/// Bytes of one directory that are parsed; a full one of 2^20 entries takes about 128 MiB.
inline constexpr std::uint64_t kDirectoryBytesMax = std::uint64_t{256} << 20U;
/// A shown name. FUSE carries 1024 bytes (FUSE_NAME_MAX); 111 UTF-16 units of Joliet need 333.
inline constexpr std::size_t kNameBytesMax = 1023;
/// Steps from a directory to the root when a loop is looked for.
inline constexpr std::size_t kDirectoryDepthMax = 1024;

// --- files
/// File sections (ECMA-119 6.5.1) of one file: 65,536 of 4 GiB are 2^48 bytes.
inline constexpr std::size_t kFileSectionsMax = 1U << 16U;
/// Pieces of one answer: below IOV_MAX (1024) with room for the header of FUSE.
inline constexpr std::size_t kPiecesMax = 256;
/// A symbolic link's target: PATH_MAX without the NUL.
inline constexpr std::size_t kLinkBytesMax = 4095;

// --- ISO 9660
/// Volume descriptors looked at: sectors 16 to 99, as the kernel does.
inline constexpr std::uint32_t kVolumeDescriptorsMax = 84;
/// Continuation areas (SUSP 5.1) of one directory record. The kernel stops at 32.
inline constexpr std::size_t kContinuationsMax = 256;
/// Bytes of all System Use areas of one record: room for 64 KiB of extended attributes and names.
inline constexpr std::size_t kSystemUseBytesMax = 256U << 10U;
/// Extended attributes of one file: Linux's own limit of a value is 64 KiB.
inline constexpr std::size_t kXattrBytesMax = 64U << 10U;
inline constexpr std::size_t kXattrsMax = 1024;
/// Sessions of a disc: 99 tracks at most.
inline constexpr std::size_t kSessionsMax = 99;
/// Sectors behind the end of a session in which the next one is looked for: lead-out and lead-in of
/// a first session take 11,400 sectors.
inline constexpr std::uint32_t kSessionGapSectorsMax = 12000;

// --- caches, in bytes
inline constexpr std::size_t kSectorCacheBytes = 4U << 20U;
inline constexpr std::size_t kDirectoryCacheBytes = 8U << 20U;
/// Where the names of directories stand, for their extended attributes.
inline constexpr std::size_t kNamedDirectoryCacheBytes = 1U << 20U;
inline constexpr std::size_t kBlockCacheBytes = 4U << 20U;

}  // namespace isofuse
