#include <isofuse/directory.h>

#include <algorithm>
#include <bit>
#include <random>
#include <utility>

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <isofuse/limits.h>

#include "base/text.h"

namespace isofuse {
namespace {

constexpr std::size_t kIndexSlotsMin = 8;
constexpr std::uint32_t kFirstSuffix = 2;

// Smaller directories grow as they will. What a large one grows out of would have to be copied, and
// given back to the system page by page. An entry takes at least this much on the disc.
constexpr std::uint64_t kReserveFromBytes = 1U << 20U;
constexpr std::uint64_t kBytesOfEntry = 44;
constexpr std::size_t kBytesOfName = 12;

std::string_view without_trailing_dots(std::string_view name) {
  while (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
  return name;
}

/// Seeded, so that no disc can be made of which everything falls into one chain.
std::size_t hash_bytes(const void* bytes, std::size_t length) {
  static const XXH64_hash_t seed = std::random_device{}();
  return static_cast<std::size_t>(XXH3_64bits_withSeed(bytes, length, seed));
}

/// Of the name as the rule sees it, so that names equal under the rule share a chain.
std::size_t hash_name(std::string_view name, const NameRule& rule) {
  if (rule.ignore_trailing_dots) name = without_trailing_dots(name);
  if (!rule.fold_case) return hash_bytes(name.data(), name.size());
  std::string folded(name);
  std::ranges::transform(folded, folded.begin(), ascii_lower);
  return hash_bytes(folded.data(), folded.size());
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

/// `name` itself where it can stand, else what it becomes, in `changed`.
std::string_view safe_name(std::string_view name, std::string& changed) {
  name = name.substr(0, std::min(name.find('\0'), kNameBytesMax));
  if (name.empty() || name == ".") return "_";
  if (name == "..") return "__";
  if (name.find('/') == std::string_view::npos) return name;
  changed = name;
  std::ranges::replace(changed, '/', '_');
  return changed;
}

}  // namespace

DirectoryEntry Directory::entry(std::size_t index) const {
  const Slot& slot = slots_[index];
  return {name_of(slot), NodeId{slot.node}, slot.type, slot.first_to_node};
}

std::optional<std::size_t> Directory::probe(std::string_view name, std::size_t hash,
                                            bool exact) const {
  if (index_.empty()) return std::nullopt;
  const std::size_t mask = index_.size() - 1;
  for (std::size_t i = hash & mask; index_[i] != 0; i = (i + 1) & mask) {
    const std::string_view candidate = name_of(slots_[index_[i] - 1]);
    if (exact ? candidate == name : equal_names(candidate, name, rule_)) return index_[i] - 1;
  }
  return std::nullopt;
}

std::optional<std::size_t> Directory::find(std::string_view name) const {
  const std::size_t hash = hash_name(name, rule_);
  if (const auto exact = probe(name, hash, true)) return exact;
  if (!rule_.fold_case && !rule_.ignore_trailing_dots) return std::nullopt;
  return probe(name, hash, false);
}

std::size_t Directory::memory_bytes() const {
  return sizeof *this + names_.capacity() + slots_.capacity() * sizeof(Slot) +
         index_.capacity() * sizeof(std::uint32_t);
}

/// What only the building needs: numbers, one for each slot, so that a full directory costs no more
/// than it should whatever is in it.
struct DirectoryBuilder::Work {
  std::vector<std::uint32_t> hashes;  // 2^21 places of the index need no more bits
  /// What to try next for a name that comes again, at the slot that has it. As long as is needed.
  std::vector<std::uint32_t> next_suffix;
};

DirectoryBuilder::DirectoryBuilder(NameRule rule, std::uint64_t recorded_bytes)
    : directory_(std::make_shared<Directory>()), work_(std::make_unique<Work>()) {
  directory_->rule_ = rule;
  if (recorded_bytes < kReserveFromBytes) return;
  const auto entries = static_cast<std::size_t>(
      std::min<std::uint64_t>(recorded_bytes / kBytesOfEntry, kDirectoryEntriesMax));
  directory_->slots_.reserve(entries);
  work_->hashes.reserve(entries);
  directory_->names_.reserve(std::min(entries * kBytesOfName, kDirectoryNamesBytesMax));
}
DirectoryBuilder::~DirectoryBuilder() = default;

void DirectoryBuilder::insert(std::size_t slot) {
  std::vector<std::uint32_t>& index = directory_->index_;
  const std::size_t mask = index.size() - 1;
  std::size_t i = work_->hashes[slot] & mask;
  while (index[i] != 0) i = (i + 1) & mask;
  index[i] = static_cast<std::uint32_t>(slot + 1);
}

/// The name of an entry whose own the one in `slot` has already.
std::string DirectoryBuilder::numbered(std::string_view name, std::size_t slot) {
  const Directory& d = *directory_;
  std::vector<std::uint32_t>& suffixes = work_->next_suffix;
  if (suffixes.size() <= slot) suffixes.resize(slot + 1, kFirstSuffix);
  std::uint32_t& next = suffixes[slot];
  for (;;) {
    const std::string suffix = fmt::format("~{}", next++);
    std::string candidate(name.substr(0, kNameBytesMax - suffix.size()));
    candidate += suffix;
    if (!d.probe(candidate, hash_name(candidate, d.rule_), true)) return candidate;
  }
}

bool DirectoryBuilder::add(std::string_view name, NodeId node, FileType type) {
  Directory& d = *directory_;
  if (d.slots_.size() >= kDirectoryEntriesMax) return false;
  std::string changed;
  std::string_view safe = safe_name(name, changed);
  std::size_t hash = hash_name(safe, d.rule_);
  if (const auto taken = d.probe(safe, hash, true)) {
    safe = changed = numbered(safe, *taken);
    hash = hash_name(safe, d.rule_);
  }
  if (safe.size() > kDirectoryNamesBytesMax - d.names_.size()) return false;
  d.slots_.push_back({node.v, static_cast<std::uint32_t>(d.names_.size()),
                      static_cast<std::uint16_t>(safe.size()), type, true});
  work_->hashes.push_back(static_cast<std::uint32_t>(hash));
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

/// Finds the entries that lead to a directory to which an earlier one leads already.
void DirectoryBuilder::mark_further_entries() {
  std::vector<Directory::Slot>& slots = directory_->slots_;
  const auto is_directory = [](const Directory::Slot& s) { return s.type == FileType::kDirectory; };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(slots, is_directory));
  if (count < 2) return;
  // As the index of names, by node, and only for now.
  std::vector<std::uint32_t> places(std::bit_ceil(count * 2), 0);
  const std::size_t mask = places.size() - 1;
  for (std::uint32_t slot = 0; slot < slots.size(); ++slot) {
    if (!is_directory(slots[slot])) continue;
    std::size_t at = hash_bytes(&slots[slot].node, sizeof slots[slot].node) & mask;
    while (places[at] != 0 && slots[places[at] - 1].node != slots[slot].node) at = (at + 1) & mask;
    if (places[at] != 0)
      slots[slot].first_to_node = false;
    else
      places[at] = slot + 1;
  }
}

std::shared_ptr<const Directory> DirectoryBuilder::finish() {
  work_.reset();
  mark_further_entries();
  directory_->names_.shrink_to_fit();
  directory_->slots_.shrink_to_fit();
  return std::move(directory_);
}

}  // namespace isofuse
