#include <isofuse/directory.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <isofuse/limits.h>

#include "base/text.h"

namespace isofuse {
namespace {

constexpr std::size_t kIndexSlotsMin = 8;

std::string_view without_trailing_dots(std::string_view name) {
  while (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
  return name;
}

/// FNV-1a of the name as the rule sees it, so that names equal under the rule share a chain.
std::size_t hash_name(std::string_view name, const NameRule& rule) {
  if (rule.ignore_trailing_dots) name = without_trailing_dots(name);
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(rule.fold_case ? ascii_lower(c) : c);
    hash *= 0x100000001B3U;
  }
  return static_cast<std::size_t>(hash ^ (hash >> 32U));
}

bool equal_names(std::string_view a, std::string_view b, const NameRule& rule) {
  if (rule.ignore_trailing_dots) {
    a = without_trailing_dots(a);
    b = without_trailing_dots(b);
  }
  if (!rule.fold_case) return a == b;
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

std::string safe_name(std::string_view name) {
  name = name.substr(0, name.find('\0'));
  std::string safe(name.substr(0, kNameBytesMax));
  std::replace(safe.begin(), safe.end(), '/', '_');
  if (safe.empty()) return "_";
  if (safe == ".") return "_";
  if (safe == "..") return "__";
  return safe;
}

}  // namespace

DirectoryEntry Directory::entry(std::size_t index) const {
  const Slot& slot = slots_[index];
  return {name_of(slot), NodeId{slot.node}, slot.type, slot.first_to_node};
}

std::optional<std::size_t> Directory::probe(std::string_view name, bool exact) const {
  if (index_.empty()) return std::nullopt;
  const std::size_t mask = index_.size() - 1;
  for (std::size_t i = hash_name(name, rule_) & mask; index_[i] != 0; i = (i + 1) & mask) {
    const std::string_view candidate = name_of(slots_[index_[i] - 1]);
    if (exact ? candidate == name : equal_names(candidate, name, rule_)) return index_[i] - 1;
  }
  return std::nullopt;
}

std::optional<std::size_t> Directory::find(std::string_view name) const {
  if (const auto exact = probe(name, true)) return exact;
  if (!rule_.fold_case && !rule_.ignore_trailing_dots) return std::nullopt;
  return probe(name, false);
}

std::size_t Directory::memory_bytes() const {
  return sizeof *this + names_.capacity() + slots_.capacity() * sizeof(Slot) +
         index_.capacity() * sizeof(std::uint32_t);
}

/// What only the building needs.
struct DirectoryBuilder::Work {
  std::unordered_map<std::string, std::uint32_t> next_suffix;  // of names that came again
  std::unordered_set<std::uint64_t> directories;
};

DirectoryBuilder::DirectoryBuilder(NameRule rule)
    : directory_(std::make_shared<Directory>()), work_(std::make_unique<Work>()) {
  directory_->rule_ = rule;
}
DirectoryBuilder::~DirectoryBuilder() = default;

void DirectoryBuilder::insert(std::size_t slot) {
  std::vector<std::uint32_t>& index = directory_->index_;
  const std::size_t mask = index.size() - 1;
  std::size_t i =
      hash_name(directory_->name_of(directory_->slots_[slot]), directory_->rule_) & mask;
  while (index[i] != 0) i = (i + 1) & mask;
  index[i] = static_cast<std::uint32_t>(slot + 1);
}

bool DirectoryBuilder::add(std::string_view name, NodeId node, FileType type) {
  Directory& d = *directory_;
  if (d.slots_.size() >= kDirectoryEntriesMax) return false;
  std::string safe = safe_name(name);
  if (d.probe(safe, true)) {
    std::uint32_t& next = work_->next_suffix.try_emplace(safe, 2).first->second;
    std::string candidate;
    do {
      const std::string suffix = "~" + std::to_string(next++);
      candidate = safe.substr(0, kNameBytesMax - suffix.size()) + suffix;
    } while (d.probe(candidate, true));
    safe = std::move(candidate);
  }
  const bool first = type != FileType::kDirectory || work_->directories.insert(node.v).second;
  d.slots_.push_back({node.v, static_cast<std::uint32_t>(d.names_.size()),
                      static_cast<std::uint16_t>(safe.size()), type, first});
  d.names_ += safe;
  // At most half full, so that chains stay short.
  if (d.slots_.size() * 2 > d.index_.size()) {
    d.index_.assign(std::max(kIndexSlotsMin, d.index_.size() * 2), 0);
    for (std::size_t i = 0; i < d.slots_.size(); ++i) insert(i);
  } else {
    insert(d.slots_.size() - 1);
  }
  return true;
}

std::shared_ptr<const Directory> DirectoryBuilder::finish() {
  directory_->names_.shrink_to_fit();
  directory_->slots_.shrink_to_fit();
  return std::move(directory_);
}

}  // namespace isofuse
