#pragma once
// How nodes of a file system and nodes of FUSE name each other.
//
// FUSE knows a file by a 64-bit node id; 1 is the root and 0 means "none". A NodeId of ours has 48
// bits and needs no table, so it serves as the node id as it stands, but for the root, which
// changes places with number 1.
//
// The upper 16 bits hold an *alias tag*, for directories only. The kernel keeps one place in the
// tree (one dentry) for each directory inode. If a second name is found to lead to the same inode,
// it takes that for a rename behind its back and *moves* the first place to the second name
// (d_splice_alias): programs that work below the first name then see their current directory
// change, and `find` fails. On a disc this happens without any rename: with check=relaxed "Docs"
// and "DOCS" reach the same directory, and a disc can hold two records that lead to one extent.
// So each further way to a directory gets a node id of its own, made by hashing the way. The
// tag is 0 for the way which the disc itself calls the directory's place: by its exact name,
// through the first record that leads to it, from the directory that its ".." names, which itself
// has no tag. Two ways collide once in 65,535 times; the kernel then merely does what it would have
// done without tags. Files may have many names at one inode, so they need no tag.
//
// What programs see as st_ino is Attributes::inode_number and knows nothing of tags.
#include <cstdint>
#include <string_view>

#include <isofuse/filesystem.h>

namespace isofuse::fuse {

struct FuseNode {
  NodeId node;
  std::uint16_t tag = 0;
  auto operator<=>(const FuseNode&) const = default;
};

/// REQUIRES: node.node < 2^48. Never 0 for the root.
[[nodiscard]] std::uint64_t to_number(FuseNode node, NodeId root);
[[nodiscard]] FuseNode from_number(std::uint64_t number, NodeId root);

/// The node reached by looking up `spelled` in `parent`, where `entry` was found and `attributes`
/// were read. kLoop where that is a directory which lies on its own way to the root: the tree that
/// is shown must end. kCorrupt where the number cannot stand.
Result<FuseNode> child_node(const Filesystem& filesystem, FuseNode parent, std::string_view spelled,
                            const DirectoryEntry& entry, const Attributes& attributes);

}  // namespace isofuse::fuse
