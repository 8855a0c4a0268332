#pragma once
// A Filesystem made by hand, for tests of what stands above it. Directories may lie to each other
// as they do on bad discs: two entries may lead to one node, and ".." anywhere.
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <isofuse/filesystem.h>

namespace isofuse::test {

struct FakeNode {
  FileType type = FileType::kRegular;
  std::optional<NodeId> parent;                                ///< directories: ".."
  std::vector<std::pair<std::string, std::uint64_t>> entries;  ///< directories
  std::vector<Extent> extents;                                 ///< files, in order
  std::uint64_t size_bytes = 0;
};

class FakeFilesystem : public Filesystem {
 public:
  explicit FakeFilesystem(std::uint64_t root, NameRule rule = {}) : root_{root}, rule_(rule) {}

  FakeNode& directory_node(std::uint64_t node, std::uint64_t parent) {
    FakeNode& added = nodes_[node];
    added.type = FileType::kDirectory;
    added.parent = NodeId{parent};
    return added;
  }
  FakeNode& file_node(std::uint64_t node) { return nodes_[node]; }

  [[nodiscard]] View view() const override { return View::kIso; }
  [[nodiscard]] NodeId root() const override { return root_; }

  Result<Attributes> attributes(NodeId node) const override {
    const FakeNode* const found = find(node);
    if (found == nullptr) return Error{Errc::kCorrupt, "no such node", node.v};
    Attributes out;
    out.type = found->type;
    out.inode_number = node.v;
    out.size_bytes = found->size_bytes;
    out.parent = found->parent;
    return out;
  }
  Result<std::shared_ptr<const Directory>> directory(NodeId node) const override {
    const FakeNode* const found = find(node);
    if (found == nullptr || found->type != FileType::kDirectory)
      return Error{Errc::kNotDirectory, "not a directory"};
    DirectoryBuilder builder(rule_);
    for (const auto& [name, to] : found->entries) {
      const FakeNode* const target = find(NodeId{to});
      builder.add(name, NodeId{to}, target != nullptr ? target->type : FileType::kUnknown);
    }
    return builder.finish();
  }
  Result<NodeId> parent(NodeId directory) const override {
    const FakeNode* const found = find(directory);
    if (found == nullptr || !found->parent) return Error{Errc::kNotDirectory, "not a directory"};
    return *found->parent;
  }
  Result<std::string> link_target(NodeId /*node*/) const override {
    return Error{Errc::kNotLink, "not a link"};
  }
  Result<Extent> extent(NodeId node, std::uint64_t offset) const override {
    const FakeNode* const found = find(node);
    if (found == nullptr) return Error{Errc::kCorrupt, "no such node", node.v};
    for (const Extent& extent : found->extents) {
      if (offset >= extent.file_offset && offset - extent.file_offset < extent.length_bytes)
        return extent;
    }
    return Extent{};
  }
  Result<std::vector<ExtendedAttribute>> extended_attributes(NodeId /*node*/) const override {
    return std::vector<ExtendedAttribute>{};
  }
  [[nodiscard]] VolumeStats stats() const override { return {}; }
  [[nodiscard]] std::string label() const override { return "FAKE"; }
  [[nodiscard]] std::string format() const override { return "Fake"; }
  [[nodiscard]] nlohmann::ordered_json facts() const override { return {}; }

 private:
  [[nodiscard]] const FakeNode* find(NodeId node) const {
    const auto found = nodes_.find(node.v);
    return found == nodes_.end() ? nullptr : &found->second;
  }
  NodeId root_;
  NameRule rule_;
  std::map<std::uint64_t, FakeNode> nodes_;
};

}  // namespace isofuse::test
