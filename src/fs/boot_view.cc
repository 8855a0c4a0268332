#include "fs/boot_view.h"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <isofuse/limits.h>
#include <isofuse/open.h>

#include "base/forwarding_filesystem.h"
#include "base/text.h"
#include "fs/iso9660/boot_files.h"

namespace isofuse {
namespace {

using iso9660::BootFile;

/// Above every place of a record of ISO 9660, and the place that UDF has for a partition that no
/// volume can have (kPartitionMapsMax). The files follow the directory.
constexpr NodeId kBootDirectory{std::uint64_t{0xFFFF} << 32U};

/// Partitions that lie in the image, but for the one that only guards a GPT.
std::vector<BootFile> partition_files(const Source& image) {
  std::vector<BootFile> out;
  for (const auto& partition : partitions(image)) {
    const auto begin = partition["start_bytes"].get<std::uint64_t>();
    const auto length = partition["length_bytes"].get<std::uint64_t>();
    if (begin >= image.size_bytes() || length == 0 ||
        partition["type"].get<std::string>().starts_with("GPT protective"))
      continue;
    const std::string scheme = lower_case(partition["scheme"].get<std::string>());
    out.push_back({fmt::format("{}-{}.img", scheme, partition["index"].get<std::uint64_t>()), begin,
                   std::min(length, image.size_bytes() - begin)});
  }
  return out;
}

class BootView final : public ForwardingFilesystem {
 public:
  BootView(std::unique_ptr<Filesystem> behind, std::vector<BootFile> files, const Options& options)
      : ForwardingFilesystem(*behind),
        owned_(std::move(behind)),
        files_(std::move(files)),
        uid_(options.uid.value_or(options.default_uid)),
        gid_(options.gid.value_or(options.default_gid)) {
    DirectoryBuilder builder({});
    for (std::size_t i = 0; i < files_.size(); ++i)
      builder.add(files_[i].name, file_node(i), FileType::kRegular);
    listing_ = builder.finish();
  }

  Result<Attributes> attributes(NodeId node) const override;
  Result<std::shared_ptr<const Directory>> directory(NodeId node) const override;
  Result<NodeId> parent(NodeId directory) const override {
    return directory == kBootDirectory ? root() : behind().parent(directory);
  }
  Result<std::string> link_target(NodeId node) const override {
    if (is_ours(node)) return Error{Errc::kNotLink, "not a link", node.v};
    return behind().link_target(node);
  }
  Result<Extent> extent(NodeId node, std::uint64_t offset) const override;
  Result<std::vector<ExtendedAttribute>> extended_attributes(NodeId node) const override {
    if (is_ours(node)) return std::vector<ExtendedAttribute>{};
    return behind().extended_attributes(node);
  }

 private:
  [[nodiscard]] static NodeId file_node(std::size_t index) {
    return NodeId{kBootDirectory.v + 1 + index};
  }
  [[nodiscard]] bool is_ours(NodeId node) const {
    return node == kBootDirectory || file(node) != nullptr;
  }
  [[nodiscard]] const BootFile* file(NodeId node) const {
    if (node <= kBootDirectory || node.v - kBootDirectory.v > files_.size()) return nullptr;
    return &files_[static_cast<std::size_t>(node.v - kBootDirectory.v - 1)];
  }

  std::unique_ptr<Filesystem> owned_;
  std::vector<BootFile> files_;
  std::uint32_t uid_, gid_;
  std::shared_ptr<const Directory> listing_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Directory> root_;  // under mutex_
};

Result<Attributes> BootView::attributes(NodeId node) const {
  if (!is_ours(node)) return behind().attributes(node);
  Attributes out = ISOFUSE_TRY(behind().attributes(root()));  // for its times
  const BootFile* const it = file(node);
  out.type = it != nullptr ? FileType::kRegular : FileType::kDirectory;
  out.permissions = it != nullptr ? 0444 : 0555;
  out.link_count = 1;
  out.uid = uid_;
  out.gid = gid_;
  out.inode_number = node.v;
  out.size_bytes = it != nullptr ? it->length_bytes : 0;
  out.stored_bytes = out.size_bytes;
  out.parent = it != nullptr ? std::nullopt : std::optional(root());
  return out;
}

Result<std::shared_ptr<const Directory>> BootView::directory(NodeId node) const {
  if (node == kBootDirectory) return listing_;
  if (file(node) != nullptr) return Error{Errc::kNotDirectory, "not a directory", node.v};
  if (node != root()) return behind().directory(node);
  const std::lock_guard lock(mutex_);
  if (root_) return root_;
  const auto recorded = ISOFUSE_TRY(behind().directory(node));
  DirectoryBuilder builder(recorded->rule());
  for (std::size_t i = 0; i < recorded->size(); ++i) {
    const DirectoryEntry entry = recorded->entry(i);
    builder.add(entry.name, entry.node, entry.type);
  }
  builder.add("[BOOT]", kBootDirectory, FileType::kDirectory);
  root_ = builder.finish();
  return root_;
}

Result<Extent> BootView::extent(NodeId node, std::uint64_t offset) const {
  const BootFile* const it = file(node);
  if (it == nullptr && node == kBootDirectory) return Error{Errc::kInvalid, "not a file", node.v};
  if (it == nullptr) return behind().extent(node, offset);
  if (offset >= it->length_bytes) return Extent{Extent::Kind::kEnd, offset, 0, 0};
  return Extent{Extent::Kind::kImage, 0, it->length_bytes, it->image_offset};
}

}  // namespace

std::unique_ptr<Filesystem> with_boot_files(std::unique_ptr<Filesystem> filesystem,
                                            const Source& image, const Options& options) {
  std::vector<BootFile> partitions = partition_files(image);
  std::vector<BootFile> files = iso9660::boot_files(image, options, partitions);
  files.insert(files.end(), partitions.begin(), partitions.end());
  if (files.empty()) return filesystem;
  return std::make_unique<BootView>(std::move(filesystem), std::move(files), options);
}

}  // namespace isofuse
