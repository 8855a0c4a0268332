#include "fs/iso9660/directory_parser.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>

#include <isofuse/limits.h>

#include "base/log.h"
#include "fs/iso9660/susp.h"

namespace isofuse::iso9660 {
namespace {

constexpr std::uint64_t kChunkBytes = 64U << 10U;
constexpr std::uint64_t kRecordBytesMax = 255;  // 9.1.1
constexpr std::uint64_t kNowhereNear = kNodeIdLimit;

/// The bytes of a directory, a chunk at a time. Its size says where records may begin; like the
/// kernel it does not say where the last of them ends, within the sector.
class Window {
 public:
  Window(const Source& image, const FileSections& sections)
      : image_(image),
        sections_(sections),
        size_bytes_(std::min(sections.length_bytes(), kDirectoryBytesMax)) {
    sections_.extend_to_sector();
  }

  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

  /// What follows `pos`, at least a whole record where there is that much left. The view lives
  /// until the next call. REQUIRES: pos < size_bytes().
  Result<ByteView> at(std::uint64_t pos) {
    const std::uint64_t wanted = std::min(kRecordBytesMax, sections_.length_bytes() - pos);
    if (pos < begin_ || pos + wanted > begin_ + buffer_.size()) ISOFUSE_TRY(load(pos));
    const Extent run = sections_.extent(pos);
    const auto skip = static_cast<std::size_t>(pos - begin_);
    return ByteView(std::span<const std::byte>(buffer_).subspan(skip), run.image_offset);
  }

 private:
  /// A chunk; where the image ends within it, what is left of the sector; or of the image.
  Result<void> load(std::uint64_t pos) {
    const std::uint64_t all = sections_.length_bytes() - pos;
    const std::uint64_t in_sector = disc::kSectorBytes - pos % disc::kSectorBytes;
    const std::uint64_t stated = size_bytes_ - pos;
    Result<void> read;
    for (const std::uint64_t want :
         {std::min(all, kChunkBytes), std::min(all, in_sector), std::min(stated, in_sector)}) {
      begin_ = pos;
      buffer_.resize(static_cast<std::size_t>(want));
      read = sections_.read(image_, pos, buffer_);
      if (read || read.error().code == Errc::kIo) return read;
    }
    begin_ = kNowhereNear;
    return read;
  }

  const Source& image_;
  FileSections sections_;
  std::uint64_t size_bytes_;
  std::vector<std::byte> buffer_;
  std::uint64_t begin_ = kNowhereNear;
};

FileType type_of_mode(std::uint32_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return FileType::kDirectory;
    case S_IFREG:
      return FileType::kRegular;
    case S_IFLNK:
      return FileType::kSymlink;
    case S_IFCHR:
      return FileType::kCharacterDevice;
    case S_IFBLK:
      return FileType::kBlockDevice;
    case S_IFIFO:
      return FileType::kFifo;
    case S_IFSOCK:
      return FileType::kSocket;
    default:
      return FileType::kUnknown;
  }
}

/// Passes the records of a directory to `visit` (Result<bool> of a const Record&), but for "." and
/// "..", until it returns false.
template <class Visit>
Result<void> walk_records(const Source& image, const Layout& layout, const FileSections& sections,
                          Visit&& visit) {
  Window window(image, sections);
  if (sections.length_bytes() > window.size_bytes())
    log_damage({Errc::kTooLarge, "directory is too large; its end is not shown",
                sections.extent(0).image_offset, 0});
  std::uint64_t pos = 0;
  while (pos < window.size_bytes()) {
    const auto bytes = window.at(pos);
    if (!bytes) {
      if (bytes.error().code == Errc::kIo) return bytes.error();
      log_damage(bytes.error(), "directory");
      return {};
    }
    const std::uint64_t next_sector = (pos / disc::kSectorBytes + 1) * disc::kSectorBytes;
    if (bytes->bytes()[0] == std::byte{0}) {  // 6.8.1.1: the rest of the sector is unused
      pos = next_sector;
      continue;
    }
    const auto record = Record::decode(*bytes, layout.high_sierra);
    if (!record) {
      log_damage(record.error(), "directory");
      pos = next_sector;
      continue;
    }
    pos += record->record_bytes();
    if (record->is_self() || record->is_parent()) continue;
    const bool more = ISOFUSE_TRY(visit(*record));
    if (!more) return {};
  }
  return {};
}

/// What goes into the builder, from one record after the other.
class Entry {
 public:
  Entry(const Source& image, const Tree& tree) : image_(image), tree_(tree) {}

  /// Makes this the entry of `record`; Errors as read_listing_entry.
  Result<void> take(const Record& record) {
    node_ = child_node(tree_.layout, record);
    type_ = record.is_directory() ? FileType::kDirectory : FileType::kRegular;
    shown_ = !(tree_.hide && (record.flags() & disc::kHidden) != 0) &&
             (tree_.show_associated || (record.flags() & disc::kAssociated) == 0);
    if (!shown_) return {};
    if (tree_.rock_ridge) ISOFUSE_TRY(take_system_use(record));
    if (!tree_.rock_ridge || use_.name.empty()) use_.name = tree_.names.plain(record);
    return {};
  }

  /// False where the directory is full.
  bool add_to(DirectoryBuilder& builder) const {
    return !shown_ || builder.add(use_.name, node_, type_);
  }

 private:
  Result<void> take_system_use(const Record& record) {
    ISOFUSE_TRY(read_listing_entry(image_, tree_.layout.block_bytes,
                                   record.system_use().tail(tree_.skip_bytes), use_));
    shown_ = !use_.relocated;
    if (tree_.names.charset) use_.name = tree_.names.alternate(std::move(use_.name));
    if (use_.mode) type_ = type_of_mode(*use_.mode);
    // RRIP 4.1.5.1: in the place of a directory stands a file. A directory leads to itself,
    // whatever its record says, as in the kernel.
    if (use_.child_lbn && !record.is_directory()) {
      node_ = NodeId{std::uint64_t{*use_.child_lbn} * tree_.layout.block_bytes};
      type_ = FileType::kDirectory;
    }
    return {};
  }

  const Source& image_;
  const Tree& tree_;
  ListingEntry use_;  // its name becomes that of the entry
  NodeId node_;
  FileType type_ = FileType::kUnknown;
  bool shown_ = true;
};

}  // namespace

NodeId child_node(const Layout& layout, const Record& record) {
  if (record.is_directory() && !layout.high_sierra) return NodeId{record.data_offset(layout)};
  return NodeId{record.where()};
}

Result<void> visit_records(const Source& image, const Layout& layout, const FileSections& sections,
                           const std::function<Result<bool>(const Record&)>& visit) {
  return walk_records(image, layout, sections, visit);
}

Result<std::shared_ptr<const Directory>> parse_directory(const Source& image, const Tree& tree,
                                                         const FileSections& sections) {
  DirectoryBuilder builder(tree.rule, sections.length_bytes());
  Entry entry(image, tree);
  std::optional<std::string> open;  // a file of several sections, whose last is still to come
  bool room = true;
  const auto add_open = [&] {
    room = entry.add_to(builder) && room;
    open.reset();
  };
  const auto take = [&](const Record& record) -> Result<bool> {
    const std::string_view identifier = record.identifier().chars();
    if (open && *open != identifier) add_open();
    // 6.5.1: the first record stands for the file, until the last section.
    if (!open) ISOFUSE_TRY(entry.take(record));
    if (record.more_sections()) {
      if (!open) open.emplace(identifier);
    } else if (open) {
      add_open();
    } else {
      room = entry.add_to(builder) && room;
    }
    return room;
  };
  ISOFUSE_TRY(walk_records(image, tree.layout, sections, take));
  if (open) add_open();
  if (!room)
    log_damage({Errc::kTooLarge, "directory has too many entries; some are not shown",
                sections.extent(0).image_offset, 0});
  return builder.finish();
}

Result<NamedDirectories> find_named_directories(const Source& image, const Tree& tree,
                                                const FileSections& sections) {
  NamedDirectories out;
  ListingEntry entry;
  const auto take = [&](const Record& record) -> Result<bool> {
    if (record.is_directory()) {
      out.try_emplace(child_node(tree.layout, record).v, record.where());
    } else {
      ISOFUSE_TRY(read_listing_entry(image, tree.layout.block_bytes,
                                     record.system_use().tail(tree.skip_bytes), entry));
      if (entry.child_lbn)
        out.try_emplace(std::uint64_t{*entry.child_lbn} * tree.layout.block_bytes, record.where());
    }
    return out.size() < kDirectoryEntriesMax;
  };
  ISOFUSE_TRY(walk_records(image, tree.layout, sections, take));
  return out;
}

}  // namespace isofuse::iso9660
