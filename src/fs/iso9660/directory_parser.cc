#include "fs/iso9660/directory_parser.h"

#include <algorithm>
#include <functional>
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
    return ByteView(std::span<const std::byte>(buffer_).subspan(pos - begin_), run.image_offset);
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
      buffer_.resize(want);
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

/// Passes the records of a directory to `visit`, but for "." and "..", until it returns false.
Result<void> walk_records(const Source& image, const Layout& layout, const FileSections& sections,
                          const std::function<Result<bool>(const Record&)>& visit) {
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

/// An entry as it goes into the builder.
struct Pending {
  std::string identifier;
  std::string name;
  NodeId node;
  FileType type = FileType::kUnknown;
  bool shown = true;
};

Result<Pending> make_entry(const Source& image, const Tree& tree, const Record& record) {
  Pending out;
  out.node = child_node(tree.layout, record);
  out.type = record.is_directory() ? FileType::kDirectory : FileType::kRegular;
  out.shown = !(tree.hide && (record.flags() & disc::kHidden) != 0) &&
              (tree.show_associated || (record.flags() & disc::kAssociated) == 0);
  if (!out.shown) return out;
  if (tree.rock_ridge) {
    ListingEntry entry = ISOFUSE_TRY(read_listing_entry(image, tree.layout.block_bytes,
                                                        record.system_use().tail(tree.skip_bytes)));
    out.shown = !entry.relocated;
    out.name = tree.names.alternate(std::move(entry.name));
    if (entry.mode) out.type = type_of_mode(*entry.mode);
    // RRIP 4.1.5.1: in the place of a directory stands a file. A directory leads to itself,
    // whatever its record says, as in the kernel.
    if (entry.child_lbn && !record.is_directory()) {
      out.node = NodeId{std::uint64_t{*entry.child_lbn} * tree.layout.block_bytes};
      out.type = FileType::kDirectory;
    }
  }
  if (out.name.empty()) out.name = tree.names.plain(record);
  return out;
}

}  // namespace

NodeId child_node(const Layout& layout, const Record& record) {
  if (record.is_directory() && !layout.high_sierra) return NodeId{record.data_offset(layout)};
  return NodeId{record.where()};
}

Result<std::shared_ptr<const Directory>> parse_directory(const Source& image, const Tree& tree,
                                                         const FileSections& sections) {
  DirectoryBuilder builder(tree.rule);
  std::optional<Pending> open;  // a file of several sections, whose last is still to come
  bool room = true;
  const auto add = [&](const Pending& entry) {
    if (entry.shown) room = builder.add(entry.name, entry.node, entry.type) && room;
  };
  const auto take = [&](const Record& record) -> Result<bool> {
    const std::string_view identifier = record.identifier().chars();
    if (open && open->identifier != identifier) {
      add(*open);
      open.reset();
    }
    if (record.more_sections()) {
      if (open) return room;
      open = ISOFUSE_TRY(make_entry(image, tree, record));
      open->identifier = identifier;
      return room;
    }
    // 6.5.1: the last section; the first record stands for the file.
    if (open) {
      add(*open);
      open.reset();
    } else {
      add(ISOFUSE_TRY(make_entry(image, tree, record)));
    }
    return room;
  };
  ISOFUSE_TRY(walk_records(image, tree.layout, sections, take));
  if (open) add(*open);
  if (!room)
    log_damage({Errc::kTooLarge, "directory has too many entries; some are not shown",
                sections.extent(0).image_offset, 0});
  return builder.finish();
}

Result<NamedDirectories> find_named_directories(const Source& image, const Tree& tree,
                                                const FileSections& sections) {
  NamedDirectories out;
  const auto take = [&](const Record& record) -> Result<bool> {
    if (record.is_directory()) {
      out.try_emplace(child_node(tree.layout, record).v, record.where());
    } else {
      const ListingEntry entry = ISOFUSE_TRY(read_listing_entry(
          image, tree.layout.block_bytes, record.system_use().tail(tree.skip_bytes)));
      if (entry.child_lbn)
        out.try_emplace(std::uint64_t{*entry.child_lbn} * tree.layout.block_bytes, record.where());
    }
    return out.size() < kDirectoryEntriesMax;
  };
  ISOFUSE_TRY(walk_records(image, tree.layout, sections, take));
  return out;
}

}  // namespace isofuse::iso9660
