#pragma once
// What a file system says of one file.
#include <compare>
#include <cstdint>
#include <optional>

namespace isofuse {

/// Names a file, directory or link of a mounted disc: made from where its record lies in the image,
/// so that it needs no table and stays good across mounts. Below 2^48. A number that no record
/// stands behind is harmless: every operation checks what it finds there.
struct NodeId {
  std::uint64_t v = 0;
  auto operator<=>(const NodeId&) const = default;  // NOLINT(modernize-use-nullptr): false alarm
};
inline constexpr std::uint64_t kNodeIdLimit = std::uint64_t{1} << 48U;

enum class FileType : std::uint8_t {
  kUnknown,  ///< Only in directory entries: not known without reading the node.
  kDirectory,
  kRegular,
  kSymlink,
  kCharacterDevice,
  kBlockDevice,
  kFifo,
  kSocket,
};

/// Seconds since 1970-01-01 00:00 UTC, and nanoseconds (below 10^9) forward from there.
struct Timestamp {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;
  auto operator<=>(const Timestamp&) const = default;
};

struct Attributes {
  FileType type = FileType::kRegular;
  std::uint16_t permissions = 0;  ///< The lower twelve bits of st_mode.
  std::uint32_t link_count = 1;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t device_major = 0;
  std::uint32_t device_minor = 0;
  std::uint64_t inode_number = 0;  ///< What is shown as st_ino; hard links share it.
  std::uint64_t size_bytes = 0;
  std::uint64_t stored_bytes = 0;  ///< What the data takes on the disc (st_blocks).
  Timestamp accessed, modified, changed;
  /// Directories: where their own ".." leads, if that was at hand.
  std::optional<NodeId> parent;
};

}  // namespace isofuse
