#pragma once
// What a mounted disc is, whatever its format.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <isofuse/cache_counters.h>
#include <isofuse/directory.h>
#include <isofuse/export.h>
#include <isofuse/finding.h>
#include <isofuse/node.h>
#include <isofuse/options.h>
#include <isofuse/recorded_sum.h>
#include <isofuse/result.h>

namespace isofuse {

/// A run of a file's bytes that have one origin.
struct Extent {
  enum class Kind : std::uint8_t {
    kImage,    ///< The bytes stand in the image at image_offset.
    kZeros,    ///< Nothing is recorded; reads as zeros (a hole to SEEK_HOLE).
    kDecoded,  ///< Ask Filesystem::decode.
    kEnd,      ///< The offset is at or past the end of the file; length_bytes is 0.
  };
  Kind kind = Kind::kEnd;
  std::uint64_t file_offset = 0;
  std::uint64_t length_bytes = 0;  ///< Not 0 but for kEnd.
  std::uint64_t image_offset = 0;  ///< Only kImage; the run need not lie inside the image.
};

/// Decoded bytes of a file, shared with a cache.
struct DecodedBytes {
  std::uint64_t file_offset = 0;
  std::shared_ptr<const std::vector<std::byte>> bytes;
};

struct ExtendedAttribute {
  std::string name;  ///< With its namespace: "user.x".
  std::string value;
};

/// statfs(2): what the volume says of itself.
struct VolumeStats {
  std::uint32_t block_bytes = 2048;
  std::uint64_t blocks_total = 0;
  std::uint64_t blocks_free = 0;
  /// Blocks that the image must have to hold all of the volume; 0 where nothing tells.
  std::uint64_t blocks_of_image = 0;
  std::uint32_t name_bytes_max = 255;
};

/// One volume, opened. All operations are const, bounded in time and memory whatever the disc
/// says, and safe from many threads; only caches change. The Source must outlive it.
///
/// Errors, everywhere: kCorrupt or kTruncated for what the disc gets wrong, kIo for what the system
/// gets wrong, kUnsupported, kLoop, kTooLarge; besides these what each operation names.
class ISOFUSE_API Filesystem {
 public:
  Filesystem() = default;
  Filesystem(const Filesystem&) = delete;
  Filesystem& operator=(const Filesystem&) = delete;
  virtual ~Filesystem() = default;

  /// Which tree of the disc this is; never kAuto.
  [[nodiscard]] virtual View view() const = 0;

  [[nodiscard]] virtual NodeId root() const = 0;
  virtual Result<Attributes> attributes(NodeId node) const = 0;

  /// The entries of a directory. kNotDirectory. What is damaged in it costs that entry only.
  virtual Result<std::shared_ptr<const Directory>> directory(NodeId node) const = 0;
  /// Where ".." of a directory leads; the root is its own parent. kNotDirectory.
  virtual Result<NodeId> parent(NodeId directory) const = 0;

  /// The target of a symbolic link, not empty, without NUL. kNotLink.
  virtual Result<std::string> link_target(NodeId node) const = 0;

  /// The run that holds the byte `offset` of a file (file_offset <= offset < its end), as long as
  /// is known at little cost. kInvalid where the node has no data (a directory, a device).
  virtual Result<Extent> extent(NodeId node, std::uint64_t offset) const = 0;
  /// The bytes about `offset`, where extent() said kDecoded there: bytes->size() > offset -
  /// file_offset.
  virtual Result<DecodedBytes> decode(NodeId node, std::uint64_t offset) const {
    static_cast<void>(node);
    static_cast<void>(offset);
    return Error{Errc::kUnsupported, "nothing to decode on this file system"};
  }

  /// All extended attributes of a node; names are unique.
  virtual Result<std::vector<ExtendedAttribute>> extended_attributes(NodeId node) const = 0;

  [[nodiscard]] virtual VolumeStats stats() const = 0;
  /// The name of the volume in UTF-8, without padding; may be empty.
  [[nodiscard]] virtual std::string label() const = 0;
  /// The format as people call it, with its revision where it has one: "ISO 9660, Rock Ridge",
  /// "UDF 2.50".
  [[nodiscard]] virtual std::string format() const = 0;
  /// Of all caches of this volume together.
  [[nodiscard]] virtual CacheCounters cache_counters() const { return {}; }
  /// What `isofuse --info` tells of this volume, as an object with the members that are listed in
  /// isofuse(1), "JSON". May read more of the disc than a mount does.
  [[nodiscard]] virtual nlohmann::ordered_json facts() const = 0;

  /// Looks at what a walk of the tree does not ask for: numbers and structures that are recorded
  /// twice, tables of directories, boot catalogues. Reads all directories.
  virtual void check_structure(const FindingHandler& found) const { static_cast<void>(found); }
  /// The sums over the image that are recorded beside its files. At most some hundreds.
  [[nodiscard]] virtual std::vector<RecordedSum> recorded_sums() const { return {}; }
};

}  // namespace isofuse
