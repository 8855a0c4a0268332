#pragma once
// Which directories were listed lately: where a file that is read may have been found.
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <isofuse/node.h>

namespace isofuse::fuse {

/// The kernel says which file it reads, but not in which directory it found it. Nodes are places on
/// the disc, and those of one directory lie together; so each listed directory is kept as the range
/// of its files' nodes: a few bytes, however large it is. Bounded: the oldest one goes. Not safe
/// for use from many threads.
class ListedDirectories {
 public:
  static constexpr std::size_t kDirectoriesMax = 4096;
  /// Ranges looked at for one file: enough where ranges lie apart; where they overlap widely the
  /// pushes for some files are lost, no more.
  static constexpr std::size_t kCandidatesMax = 8;

  /// `directory` was listed, or a part of it, with files from node `first` to node `last`.
  void add(NodeId directory, NodeId first, NodeId last);
  /// The directories in which the file may have been listed, the likeliest first.
  [[nodiscard]] std::vector<NodeId> candidates(NodeId file) const;
  [[nodiscard]] std::size_t size() const { return ranges_.size(); }

 private:
  struct Range {
    NodeId last;
    std::uint64_t added;
  };
  using Key = std::pair<NodeId, NodeId>;  // first node, directory
  std::map<Key, Range> ranges_;
  std::map<NodeId, NodeId> first_of_;  // directory to the key of its range
  std::map<std::uint64_t, Key> ages_;
  std::uint64_t next_age_ = 0;
};

}  // namespace isofuse::fuse
