#include "fuse/pushed_directory.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

namespace isofuse::fuse {
namespace {

std::vector<NodeId> files_of(const Directory& directory, std::vector<std::uint32_t>& entries) {
  std::vector<NodeId> out;
  out.reserve(directory.size());
  for (std::size_t i = 0; i < directory.size(); ++i) {
    const DirectoryEntry entry = directory.entry(i);
    if (entry.type != FileType::kRegular && entry.type != FileType::kUnknown) continue;
    out.push_back(entry.node);
    entries.push_back(static_cast<std::uint32_t>(i));
  }
  if (out.size() == directory.size()) entries = {};
  return out;
}

std::vector<std::uint32_t> numbers(std::size_t count) {
  std::vector<std::uint32_t> out(count);
  std::iota(out.begin(), out.end(), 0U);
  return out;
}

}  // namespace

PushedDirectory::PushedDirectory(NodeId node, std::shared_ptr<const Directory> directory,
                                 unsigned confidence)
    : node_(node),
      directory_(std::move(directory)),
      files_(files_of(*directory_, entries_)),
      window_(files_.size(), confidence) {
  if (std::ranges::is_sorted(files_)) return;
  by_node_ = numbers(files_.size());
  std::ranges::stable_sort(by_node_, {}, [&](std::uint32_t number) { return files_[number]; });
}

std::optional<std::uint32_t> PushedDirectory::find(NodeId file) const {
  if (by_node_.empty()) {
    const auto at = std::ranges::lower_bound(files_, file);
    if (at == files_.end() || *at != file) return std::nullopt;
    return static_cast<std::uint32_t>(at - files_.begin());
  }
  const auto at = std::ranges::lower_bound(by_node_, file, {},
                                           [&](std::uint32_t number) { return files_[number]; });
  if (at == by_node_.end() || files_[*at] != file) return std::nullopt;
  return *at;
}

template <class Key>
void PushedDirectory::add_order(std::vector<Key>& keys) {
  if (std::ranges::is_sorted(keys)) return;  // the order of the listing
  std::vector<std::uint32_t> sequence = numbers(keys.size());
  std::ranges::stable_sort(sequence, {}, [&](std::uint32_t number) { return keys[number]; });
  window_.add_order(std::move(sequence));
}

void PushedDirectory::add_orders(const Filesystem& filesystem) {
  if (!by_node_.empty()) window_.add_order(by_node_);
  if (files_.size() <= kOrderedFilesMax) {
    std::vector<std::uint64_t> places;
    places.reserve(files_.size());
    for (const NodeId file : files_) {
      const Result<Extent> extent = filesystem.extent(file, 0);
      places.push_back(extent ? extent->image_offset : 0);
    }
    add_order(places);
    std::vector<std::string_view> names;
    names.reserve(files_.size());
    for (std::size_t i = 0; i < files_.size(); ++i)
      names.push_back(directory_->entry(entries_.empty() ? i : entries_[i]).name);
    add_order(names);
  }
  window_.orders_complete();
}

std::size_t PushedDirectory::memory_bytes() const {
  return sizeof *this + directory_->memory_bytes() + files_.capacity() * sizeof(NodeId) +
         (entries_.capacity() + by_node_.capacity()) * sizeof(std::uint32_t) +
         window_.memory_bytes();
}

}  // namespace isofuse::fuse
