#include "fuse/node_number.h"

#include <isofuse/limits.h>

namespace isofuse::fuse {
namespace {

constexpr unsigned kTagShift = 48;
constexpr std::uint64_t kRootNumber = 1;  // FUSE_ROOT_ID

/// FNV-1a, 64 bits: small, and good enough for 16 bits of its middle.
class Hash {
 public:
  void add(std::uint8_t byte) { state_ = (state_ ^ byte) * 0x100000001b3U; }
  void add(std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) add(static_cast<std::uint8_t>(value >> (8U * i)));
  }
  [[nodiscard]] std::uint16_t fold() const {
    const std::uint64_t folded = state_ ^ (state_ >> 16U) ^ (state_ >> 32U) ^ (state_ >> 48U);
    const auto tag = static_cast<std::uint16_t>(folded);
    return tag == 0 ? std::uint16_t{1} : tag;
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325U;
};

std::uint16_t alias_tag(FuseNode parent, std::string_view spelled) {
  Hash hash;
  hash.add(parent.tag, 2);
  hash.add(parent.node.v, 8);
  for (const char c : spelled) hash.add(static_cast<std::uint8_t>(c));
  return hash.fold();
}

/// True where `child` is `directory` or lies between it and the root, by what the ".." say.
bool lies_on_way_up(const Filesystem& filesystem, NodeId directory, NodeId child) {
  NodeId at = directory;
  for (std::size_t depth = 0; depth < kDirectoryDepthMax; ++depth) {
    if (at == child) return true;
    if (at == filesystem.root()) return false;
    const Result<NodeId> up = filesystem.parent(at);
    if (!up || *up == at) return false;  // the way is broken: nothing more can be said
    at = *up;
  }
  return false;
}

}  // namespace

std::uint64_t to_number(FuseNode node, NodeId root) {
  std::uint64_t low = node.node.v;
  if (node.node == root)
    low = kRootNumber;
  else if (low == kRootNumber)
    low = root.v;
  return low | (std::uint64_t{node.tag} << kTagShift);
}

FuseNode from_number(std::uint64_t number, NodeId root) {
  FuseNode node{NodeId{number & (kNodeIdLimit - 1)},
                static_cast<std::uint16_t>(number >> kTagShift)};
  if (node.node.v == kRootNumber)
    node.node = root;
  else if (node.node == root)
    node.node = NodeId{kRootNumber};
  return node;
}

Result<FuseNode> child_node(const Filesystem& filesystem, FuseNode parent, std::string_view spelled,
                            const DirectoryEntry& entry, const Attributes& attributes) {
  if (entry.node.v >= kNodeIdLimit || to_number({entry.node, 0}, filesystem.root()) == 0)
    return Error{Errc::kCorrupt, "record at a place that has no number"};
  if (attributes.type != FileType::kDirectory) return FuseNode{entry.node, 0};

  if (entry.node == parent.node) return Error{Errc::kLoop, "directory that contains itself"};
  const bool at_its_place = !attributes.parent || *attributes.parent == parent.node;
  // Where every step down was confirmed by a ".." there is no loop; else look for one.
  if ((!at_its_place || parent.tag != 0) && lies_on_way_up(filesystem, parent.node, entry.node))
    return Error{Errc::kLoop, "directory that contains a directory above it"};

  const bool plain =
      at_its_place && parent.tag == 0 && entry.first_to_node && spelled == entry.name;
  return FuseNode{entry.node, plain ? std::uint16_t{0} : alias_tag(parent, spelled)};
}

}  // namespace isofuse::fuse
