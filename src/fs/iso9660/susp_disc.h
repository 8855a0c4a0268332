#pragma once
// On-disc structures of the System Use areas.
// Citations: SUSP 1.12 (IEEE P1281), RRIP 1.12 (IEEE P1282) and 1.09; zisofs2: "Description of the
// zisofs2 Format" (libburnia, 2020); AAIP 2.0 (libburnia, 2009).
#include <cstdint>

#include <isofuse/bytes.h>

namespace isofuse::iso9660::disc {

/// SUSP 4.1: what every entry begins with; `entry_bytes` counts it.
struct SystemUseHead {
  char signature[2];
  std::uint8_t entry_bytes;
  std::uint8_t version;
};
static_assert(is_disc_type<SystemUseHead, 4>);

/// SUSP 5.1 "CE": the area goes on elsewhere.
struct ContinuationArea {
  SystemUseHead head;
  Both32 block_lbn, offset_bytes, length_bytes;
};
static_assert(is_disc_type<ContinuationArea, 28>);

/// SUSP 5.3 "SP".
struct SharingProtocol {
  SystemUseHead head;
  std::uint8_t check_be, check_ef;
  std::uint8_t skip_bytes;
};
static_assert(is_disc_type<SharingProtocol, 7>);

/// SUSP 5.5 "ER". Followed by identifier, descriptor and source.
struct ExtensionsReference {
  SystemUseHead head;
  std::uint8_t identifier_bytes, descriptor_bytes, source_bytes, version;
};
static_assert(is_disc_type<ExtensionsReference, 8>);

/// RRIP 1.09 "RR": which entries follow.
struct RockRidgePresent {
  SystemUseHead head;
  std::uint8_t flags;
};
static_assert(is_disc_type<RockRidgePresent, 5>);
inline constexpr std::uint8_t kPresentName = 0x08;

/// RRIP 4.1.1 "PX", without the serial number that RRIP 1.12 appends.
struct PosixAttributes {
  SystemUseHead head;
  Both32 mode, links, uid, gid;
};
static_assert(is_disc_type<PosixAttributes, 36>);

/// RRIP 4.1.2 "PN".
struct PosixDevice {
  SystemUseHead head;
  Both32 high, low;
};
static_assert(is_disc_type<PosixDevice, 20>);

/// RRIP 4.1.3 "SL", 4.1.4 "NM", 4.1.6 "TF", AAIP "AL": flags, then what they are about.
struct FlaggedEntry {
  SystemUseHead head;
  std::uint8_t flags;
};
static_assert(is_disc_type<FlaggedEntry, 5>);

/// RRIP 4.1.3.1: a component of SL (and of AL), followed by its bytes.
struct Component {
  std::uint8_t flags;
  std::uint8_t component_bytes;
};
static_assert(is_disc_type<Component, 2>);
inline constexpr std::uint8_t kComponentContinue = 0x01;
inline constexpr std::uint8_t kComponentCurrent = 0x02;
inline constexpr std::uint8_t kComponentParent = 0x04;
inline constexpr std::uint8_t kComponentRoot = 0x08;

inline constexpr std::uint8_t kNameCurrent = 0x02;  // RRIP 4.1.4, NM flags
inline constexpr std::uint8_t kNameParent = 0x04;

/// RRIP 4.1.5.1 "CL", 4.1.5.2 "PL".
struct DirectoryLink {
  SystemUseHead head;
  Both32 directory_lbn;
};
static_assert(is_disc_type<DirectoryLink, 12>);

// RRIP 4.1.6 TF flags: which stamps are there, in this order; and their form.
inline constexpr std::uint8_t kTimeCreation = 0x01;
inline constexpr std::uint8_t kTimeModify = 0x02;
inline constexpr std::uint8_t kTimeAccess = 0x04;
inline constexpr std::uint8_t kTimeAttributes = 0x08;
inline constexpr std::uint8_t kTimeLongForm = 0x80;

/// RRIP 1.12 4.1.7 "SF".
struct SparseFile {
  SystemUseHead head;
  Both32 size_high, size_low;
  std::uint8_t table_depth;
};
static_assert(is_disc_type<SparseFile, 21>);

/// RRIP 1.09 4.1.7 "SF": a size of 32 bits, and no word on the table.
struct SparseFileOld {
  SystemUseHead head;
  Both32 size;
};
static_assert(is_disc_type<SparseFileOld, 12>);

/// zisofs2 "ZF" and "Z2". Version 1: the size is a Both32; version 2: 64 bits, little-endian.
struct CompressedFile {
  SystemUseHead head;
  char algorithm[2];
  std::uint8_t header_words;
  std::uint8_t block_log2;
  Little64 size;
};
static_assert(is_disc_type<CompressedFile, 16>);

}  // namespace isofuse::iso9660::disc
