#include "fuse/walk_order.h"

#include <algorithm>

namespace isofuse::fuse {
namespace {

std::size_t directory_from(const Directory& directory, std::size_t index) {
  while (index < directory.size() && directory.entry(index).type != FileType::kDirectory) ++index;
  return index;
}

}  // namespace

void WalkOrder::listed(FuseNode node, const std::shared_ptr<const Directory>& directory) {
  if (node == last_) return;  // two programs that walk together
  last_ = node;
  walking_ = false;
  for (std::size_t depth = levels_.size(); depth > 0 && !walking_; --depth) {
    Level& level = levels_[depth - 1];
    if (level.below >= level.directory->size() ||
        level.directory->entry(level.below).node != node.node)
      continue;
    walking_ = true;
    level.below = directory_from(*level.directory, level.below + 1);
    levels_.resize(depth);
  }
  if (!walking_) levels_.clear();
  if (directory->memory_bytes() > kDirectoryBytesMax || levels_.size() >= kDepthMax) return;
  const std::size_t below = directory_from(*directory, 0);
  if (below < directory->size()) levels_.push_back({node, directory, below});
}

std::optional<WalkOrder::Next> WalkOrder::next() const {
  if (!walking_) return std::nullopt;
  const auto level = std::find_if(levels_.rbegin(), levels_.rend(), [](const Level& one) {
    return one.below < one.directory->size();
  });
  if (level == levels_.rend()) return std::nullopt;
  return Next{level->node, level->directory->entry(level->below), level->directory};
}

}  // namespace isofuse::fuse
