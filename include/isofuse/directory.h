#pragma once
// A parsed directory, the same for every file system: names in disc order, and an index by name.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <isofuse/export.h>
#include <isofuse/node.h>

namespace isofuse {

/// How a name that is looked up is compared with the names of a directory.
struct NameRule {
  bool fold_case = false;             ///< A-Z equal a-z (only these, as in the kernel's isofs).
  bool ignore_trailing_dots = false;  ///< "name." finds "name" (Joliet, as in the kernel).
};

struct DirectoryEntry {
  std::string_view name;  ///< Safe (see DirectoryBuilder); lives as long as the Directory.
  NodeId node;
  FileType type = FileType::kUnknown;
  /// False for a further entry that leads to a directory which an earlier entry of the same
  /// directory leads to already.
  bool first_to_node = true;
};

/// Immutable; safe for use from many threads. "." and ".." are not among the entries.
class ISOFUSE_API Directory {
 public:
  [[nodiscard]] std::size_t size() const { return slots_.size(); }
  /// REQUIRES: index < size().
  [[nodiscard]] DirectoryEntry entry(std::size_t index) const;
  /// The index of the entry called `name`: an exact match first, else the first one in disc order
  /// that is equal under the rule. Expected constant time.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  [[nodiscard]] NameRule rule() const { return rule_; }
  /// What this object occupies, for caches that are bounded in bytes.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  friend class DirectoryBuilder;
  struct Slot {
    std::uint64_t node;
    std::uint32_t name_offset;
    std::uint16_t name_bytes;
    FileType type;
    bool first_to_node;
  };
  [[nodiscard]] std::string_view name_of(const Slot& slot) const {
    return std::string_view(names_).substr(slot.name_offset, slot.name_bytes);
  }
  [[nodiscard]] std::optional<std::size_t> probe(std::string_view name, std::size_t hash,
                                                 bool exact) const;

  NameRule rule_;
  std::string names_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> index_;  // open addressing, index into slots_ + 1, 0 = free
};

/// Collects the entries of one directory and makes their names safe, in the one way that is
/// documented for users (isofuse(1), "Names that cannot stand"):
///  - a name ends at its first NUL; each '/' becomes '_'; "." becomes "_" and ".." becomes "__";
///    an empty name becomes "_"; what is longer than kNameBytesMax is cut there;
///  - a name that an earlier entry has already gets "~2", "~3", ... appended, the first free one.
class ISOFUSE_API DirectoryBuilder {
 public:
  /// `recorded_bytes`, of the directory on the disc, lets a large one begin with about the room
  /// that it will take; 0: not known. No promise that there are so many.
  explicit DirectoryBuilder(NameRule rule, std::uint64_t recorded_bytes = 0);
  DirectoryBuilder(const DirectoryBuilder&) = delete;
  DirectoryBuilder& operator=(const DirectoryBuilder&) = delete;
  ~DirectoryBuilder();

  /// False where the directory is full (limits.h: kDirectoryEntriesMax, kDirectoryNamesBytesMax);
  /// the entry is then left out.
  bool add(std::string_view name, NodeId node, FileType type);
  /// The directory; the builder is done with after this.
  [[nodiscard]] std::shared_ptr<const Directory> finish();

 private:
  struct Work;
  void insert(std::size_t slot);
  std::string numbered(std::string_view name, std::size_t slot);
  void mark_further_entries();

  std::shared_ptr<Directory> directory_;
  std::unique_ptr<Work> work_;
};

}  // namespace isofuse
