#pragma once
// A directory whose files are read one after the other: its files by number and by node, and the
// window of what is pushed of it.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <isofuse/filesystem.h>

#include "fuse/push_policy.h"

namespace isofuse::fuse {

class PushedDirectory {
 public:
  /// Larger directories are read without pushes: what is kept here counts for each file.
  static constexpr std::size_t kFilesMax = 1U << 17U;
  /// Of larger ones the order on the disc is not looked at: it takes a look at every file.
  static constexpr std::size_t kOrderedFilesMax = 1U << 14U;

  PushedDirectory(NodeId node, std::shared_ptr<const Directory> directory, unsigned confidence);

  [[nodiscard]] NodeId node() const { return node_; }
  [[nodiscard]] std::size_t files() const { return files_.size(); }
  [[nodiscard]] NodeId file(std::uint32_t number) const { return files_[number]; }
  [[nodiscard]] std::optional<std::uint32_t> find(NodeId file) const;
  /// Tells the window of the orders besides that of the listing: by node, by place on the disc, and
  /// by name. Those that are the same are told once.
  void add_orders(const Filesystem& filesystem);
  [[nodiscard]] std::size_t memory_bytes() const;

  PushWindow& window() { return window_; }

 private:
  template <class Key>
  void add_order(std::vector<Key>& keys);

  NodeId node_;
  std::shared_ptr<const Directory> directory_;
  // Where the files stand in the directory; empty: they are all of it.
  std::vector<std::uint32_t> entries_;
  std::vector<NodeId> files_;           // regular ones, or of a type not known, as listed
  std::vector<std::uint32_t> by_node_;  // numbers, sorted; empty: they are sorted as they stand
  PushWindow window_;
};

}  // namespace isofuse::fuse
