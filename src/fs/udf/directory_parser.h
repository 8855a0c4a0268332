#pragma once
// From the file identifier descriptors of a directory to its entries (ECMA-167 4/8.6, 4/14.4).
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <isofuse/directory.h>
#include <isofuse/result.h>

#include "base/charset.h"
#include "fs/udf/allocation.h"
#include "fs/udf/logical_volume.h"

namespace isofuse::udf {

/// A file is known by its ICB: hard links share it. The 32 bits of the block below the partition
/// reference, which is counted from 1, so that no node is 0 or 1.
[[nodiscard]] constexpr NodeId to_node(const BlockAddress& icb) {
  return NodeId{((std::uint64_t{icb.partition} + 1) << 32U) | icb.lbn};
}
[[nodiscard]] constexpr BlockAddress to_icb(NodeId node) {
  return {static_cast<std::uint32_t>(node.v), static_cast<std::uint16_t>((node.v >> 32U) - 1)};
}

/// One descriptor, decoded. The view lives until the visitor returns.
struct FileIdentifier {
  std::uint8_t characteristics = 0;
  BlockAddress icb;
  ByteView identifier;
};

/// Calls `visit` for each descriptor of the directory, in order, until it answers false; also for
/// one whose sums are wrong and whose lengths fit. Behind bytes that are none it goes on at the
/// next that is whole. True where nothing was damaged. Only kIo is an Error: trying again may help
/// then.
Result<bool> walk_directory(const LogicalVolume& volume, const Allocation& directory, unsigned copy,
                            const std::function<bool(const FileIdentifier&)>& visit);

/// How the entries of the mounted tree are to be shown.
struct DirectoryRules {
  bool show_hidden = false;
  bool show_deleted = false;
  std::shared_ptr<const Charset> iocharset = nullptr;  ///< null: UTF-8
};

/// All entries but the parent's. Where the directory is damaged or cannot be read, and a mirror of
/// it is recorded, the mirror is read instead. Errors as walk_directory.
Result<std::shared_ptr<const Directory>> parse_directory(const LogicalVolume& volume,
                                                         const Allocation& directory,
                                                         const DirectoryRules& rules);

/// The ICB that the parent entry leads to, which comes first (4/8.6); nothing where there is none.
[[nodiscard]] Result<std::optional<BlockAddress>> parent_of(const LogicalVolume& volume,
                                                            const Allocation& directory);

}  // namespace isofuse::udf
