#pragma once
// Which directory a program that walks through the tree will list next.
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include <isofuse/directory.h>

#include "fuse/node_number.h"

namespace isofuse::fuse {

/// Programs walk as find(1) does: a directory, then what is below it, in the order of its listing.
/// Two steps of that in a row make a walk; nothing is foretold before. Not safe for use from many
/// threads.
class WalkOrder {
 public:
  static constexpr std::size_t kDepthMax = 64;
  /// Directories that are kept for their names, each; larger ones are walked without foresight.
  static constexpr std::size_t kDirectoryBytesMax = 1U << 20U;

  struct Next {
    FuseNode parent;
    DirectoryEntry entry;
    std::shared_ptr<const Directory> kept;  ///< what the entry's name lives in
  };

  /// A listing of `node` was begun.
  void listed(FuseNode node, const std::shared_ptr<const Directory>& directory);
  /// The directory that is likely to be listed next.
  [[nodiscard]] std::optional<Next> next() const;

 private:
  struct Level {
    FuseNode node;
    std::shared_ptr<const Directory> directory;
    std::size_t below;  // the first entry that is not walked yet and is a directory, or the end
  };
  std::vector<Level> levels_;
  std::optional<FuseNode> last_;
  bool walking_ = false;
};

}  // namespace isofuse::fuse
