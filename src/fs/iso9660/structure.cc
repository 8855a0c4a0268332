#include "fs/iso9660/structure.h"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <isofuse/limits.h>
#include <isofuse/messages.h>

#include "base/log.h"
#include "fs/iso9660/directory_parser.h"
#include "fs/iso9660/el_torito.h"
#include "fs/iso9660/path_tables.h"

namespace isofuse::iso9660 {
namespace {

using Kind = Finding::Kind;

void tell(const FindingHandler& found, const std::string& what, const Error& error) {
  found({Kind::kDamage, fmt::format("{}: {}", what, describe(without_place(error))), error.offset});
}

/// A directory, as a path table and its parent's record name it.
struct Named {
  std::uint32_t parent_lbn = 0;
  std::uint32_t extent_lbn = 0;
  std::string identifier;
  auto operator<=>(const Named&) const = default;  // NOLINT(modernize-use-nullptr): false alarm
};

/// An identifier for people: what is not ASCII, as in UTF-16, is left out.
std::string shown(std::string_view identifier) {
  std::string out;
  for (const char c : identifier) {
    if (c > ' ' && c <= '~') out += c;
  }
  return out.empty() ? "(root)" : out;
}

class TreeStructure {
 public:
  TreeStructure(const Source& image, const Volume& volume, std::string name,
                const FindingHandler& found)
      : image_(image), volume_(volume), name_(std::move(name)), found_(found) {}

  void check() {
    check_descriptor();
    check_directories();
    if (!volume_.layout.high_sierra) check_path_tables();
  }

 private:
  [[nodiscard]] std::uint64_t offset_of(std::uint32_t lbn) const {
    return std::uint64_t{lbn} * volume_.layout.block_bytes;
  }
  void damage(const std::string& text, std::uint64_t offset) const {
    found_({Kind::kDamage, fmt::format("{}: {}", name_, text), offset});
  }
  /// The two byte orders of a number (7.2.3, 7.3.3).
  template <class Number>
  void compare_orders(const Number& number, std::string_view of, std::uint64_t offset) const {
    if (number.agrees()) return;
    damage(fmt::format("{} is {} in one byte order and {} in the other", of, number.little.get(),
                       number.big.get()),
           offset);
  }

  void check_descriptor();
  void check_directories();
  void check_directory(std::uint32_t lbn, std::uint32_t length_bytes);
  void take(const Record& record, std::uint32_t parent_lbn);
  void check_path_tables();
  void compare_with_directories(const std::vector<PathTableEntry>& table) const;

  struct Waiting {
    std::uint32_t lbn;
    std::uint32_t length_bytes;
  };

  const Source& image_;
  const Volume& volume_;
  std::string name_;
  const FindingHandler& found_;
  std::deque<Waiting> waiting_;
  std::set<std::uint32_t> seen_;
  std::set<Named> directories_;  // but the root
};

void TreeStructure::check_descriptor() {
  const disc::VolumeDescriptor& d = volume_.descriptor;
  const std::uint64_t where = volume_.descriptor_offset;
  compare_orders(d.volume_space_blocks, "the size of the volume", where);
  compare_orders(d.volume_set_size, "the size of the volume set", where);
  compare_orders(d.volume_sequence_number, "the number in the volume set", where);
  compare_orders(d.block_bytes, "the size of a block", where);
  compare_orders(d.path_table_bytes, "the size of the path tables", where);
  compare_orders(d.root.extent_lbn, "the place of the root directory", where);
  compare_orders(d.root.data_bytes, "the size of the root directory", where);
}

void TreeStructure::check_directories() {
  const disc::DirectoryRecord& root = volume_.descriptor.root;
  waiting_.push_back({root.extent_lbn.get() + root.xattr_blocks, root.data_bytes.get()});
  seen_.insert(waiting_.back().lbn);
  // Directories that lie in each other could take for ever.
  std::uint64_t left_bytes = image_.size_bytes();
  while (!waiting_.empty()) {
    const Waiting next = waiting_.front();
    waiting_.pop_front();
    if (next.length_bytes > left_bytes)
      return damage("directories claim more bytes than the image has; the others are not looked at",
                    offset_of(next.lbn));
    left_bytes -= next.length_bytes;
    check_directory(next.lbn, next.length_bytes);
  }
}

/// `length_bytes` as the record says that names it.
void TreeStructure::check_directory(std::uint32_t lbn, std::uint32_t length_bytes) {
  StoredRecord self;
  if (const auto fetched = self.fetch(image_, offset_of(lbn), volume_.layout.high_sierra); !fetched)
    return tell(found_, name_ + ": directory", fetched.error());
  const Record& record = self.record();
  if (!record.is_self())
    return damage("directory does not begin with its own record", record.where());
  const disc::DirectoryRecord& head = record.head();
  if (head.extent_lbn.get() + head.xattr_blocks != lbn)
    damage(fmt::format("directory's own record names block {}, not {}", head.extent_lbn.get(), lbn),
           record.where());
  if (head.data_bytes.get() != length_bytes)
    damage(fmt::format("directory has {} bytes by its own record, {} by its parent's",
                       head.data_bytes.get(), length_bytes),
           record.where());
  const auto sections = FileSections::collect(image_, volume_.layout, record);
  if (!sections) return tell(found_, name_ + ": directory", sections.error());
  const auto visited =
      visit_records(image_, volume_.layout, *sections, [&](const Record& child) -> Result<bool> {
        take(child, lbn);
        return directories_.size() < kDirectoryEntriesMax;
      });
  if (!visited) tell(found_, name_ + ": directory", visited.error());
}

void TreeStructure::take(const Record& record, std::uint32_t parent_lbn) {
  const disc::DirectoryRecord& head = record.head();
  const std::string_view identifier = record.identifier().chars();
  if (!head.extent_lbn.agrees() || !head.data_bytes.agrees())
    damage(fmt::format("the two byte orders in the record of {} disagree", shown(identifier)),
           record.where());
  if (!record.is_directory()) return;
  const std::uint32_t lbn = head.extent_lbn.get() + head.xattr_blocks;
  directories_.insert({parent_lbn, lbn, std::string(identifier)});
  if (seen_.insert(lbn).second) waiting_.push_back({lbn, head.data_bytes.get()});
}

void TreeStructure::check_path_tables() {
  const disc::VolumeDescriptor& d = volume_.descriptor;
  struct Table {
    std::uint32_t lbn;
    ByteOrder order;
    std::string_view name;
  };
  const Table tables[] = {
      {d.l_path_table_lbn.get(), ByteOrder::kLittle, "path table (L)"},
      {d.m_path_table_lbn.get(), ByteOrder::kBig, "path table (M)"},
      {d.l_path_table_copy_lbn.get(), ByteOrder::kLittle, "second path table (L)"},
      {d.m_path_table_copy_lbn.get(), ByteOrder::kBig, "second path table (M)"},
  };
  const std::uint32_t length = d.path_table_bytes.get();
  std::vector<PathTableEntry> first;
  for (const Table& table : tables) {
    if (table.lbn == 0 || length == 0) continue;  // 8.4.15: the second ones may be absent
    const auto read = read_path_table(image_, offset_of(table.lbn), length, table.order);
    if (!read) {
      tell(found_, fmt::format("{}: {}", name_, table.name), read.error());
      continue;
    }
    if (read->empty()) continue;
    if (first.empty()) {
      first = *read;
      compare_with_directories(first);
      continue;
    }
    const auto [mine, its] = std::ranges::mismatch(first, *read);
    if (its != read->end())
      damage(fmt::format("{} differs from the first at {}", table.name, shown(its->identifier)),
             its->where);
    else if (mine != first.end())
      damage(fmt::format("{} lacks {}", table.name, shown(mine->identifier)), offset_of(table.lbn));
  }
  if (first.empty())
    found_({Kind::kNote, fmt::format("{}: has no path table", name_), volume_.descriptor_offset});
}

void TreeStructure::compare_with_directories(const std::vector<PathTableEntry>& table) const {
  std::set<Named> left = directories_;
  for (std::size_t i = 1; i < table.size(); ++i) {  // the first one is the root
    const PathTableEntry& entry = table[i];
    if (entry.parent == 0 || entry.parent > table.size()) {
      damage(fmt::format("path table: {} has no parent", shown(entry.identifier)), entry.where);
      continue;
    }
    const Named named{table[entry.parent - 1U].extent_lbn, entry.extent_lbn, entry.identifier};
    if (directories_.contains(named))
      left.erase(named);
    else
      damage(fmt::format("path table: {} at block {} is in no directory", shown(entry.identifier),
                         entry.extent_lbn),
             entry.where);
  }
  // 6.9.1 has room for the numbers of 65,535 parents.
  constexpr std::size_t kEntriesMax = 0xFFFF;
  if (table.size() > kEntriesMax) return;
  for (const Named& missing : left)
    damage(fmt::format("path table: {} at block {} is missing", shown(missing.identifier),
                       missing.extent_lbn),
           table.front().where);
}

void check_boot_record(const Source& image, const BootRecordInfo& record,
                       const FindingHandler& found) {
  if (record.system != "EL TORITO SPECIFICATION") return;
  const std::uint64_t where = std::uint64_t{record.catalog_lbn} * disc::kSectorBytes;
  const auto catalog = read_boot_catalog(image, record.catalog_lbn);
  if (!catalog) return tell(found, "boot catalogue", catalog.error());
  if (!catalog->checksum_valid)
    found({Kind::kDamage, "boot catalogue: the sum of its validation entry is wrong", where});
  std::size_t number = 0;
  for (const BootImage& boot : catalog->images) {
    ++number;
    const std::uint64_t begin = std::uint64_t{boot.image_lbn} * disc::kSectorBytes;
    if (begin >= image.size_bytes())
      found({Kind::kDamage, fmt::format("boot image {} lies outside of the image", number), begin});
  }
}

}  // namespace

void check_structure(const Source& image, const VolumeDescriptors& descriptors,
                     const FindingHandler& found) {
  if (descriptors.primary)
    TreeStructure(image, *descriptors.primary, "primary tree", found).check();
  if (descriptors.joliet) TreeStructure(image, *descriptors.joliet, "Joliet tree", found).check();
  if (descriptors.enhanced)
    TreeStructure(image, *descriptors.enhanced, "enhanced tree", found).check();
  for (const BootRecordInfo& record : descriptors.boot_records)
    check_boot_record(image, record, found);
}

}  // namespace isofuse::iso9660
