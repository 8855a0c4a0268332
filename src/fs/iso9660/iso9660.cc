#include "fs/iso9660/iso9660.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <isofuse/limits.h>

#include "base/log.h"
#include "base/text.h"
#include "cache/cached_source.h"
#include "cache/directory_cache.h"
#include "cache/lru_cache.h"
#include "fs/iso9660/aaip.h"
#include "fs/iso9660/directory_parser.h"
#include "fs/iso9660/facts.h"
#include "fs/iso9660/file_sections.h"
#include "fs/iso9660/recorded_sums.h"
#include "fs/iso9660/select.h"
#include "fs/iso9660/sparse.h"
#include "fs/iso9660/structure.h"
#include "fs/iso9660/susp.h"
#include "fs/iso9660/time.h"
#include "fs/iso9660/volume.h"
#include "fs/iso9660/zisofs.h"

namespace isofuse::iso9660 {
namespace {

constexpr std::uint16_t kPermissionBits = 07777;
constexpr std::uint16_t kDefaultPermissions = 0555;  // as the kernel: r-x for all

// Inode numbers of hard links: two ranges beyond all record offsets (below 2^44, since a record
// lies in one of 2^32 blocks of 2048 bytes).
constexpr std::uint64_t kSerialInodes = std::uint64_t{1} << 46U;
constexpr std::uint64_t kExtentInodes = std::uint64_t{1} << 45U;

struct BlockKey {
  std::uint64_t node;
  std::uint64_t block;
  bool operator==(const BlockKey&) const = default;
};
struct BlockKeyHash {
  std::size_t operator()(const BlockKey& key) const {
    return std::hash<std::uint64_t>{}(key.node * 0x100000001B3U + key.block);
  }
};

std::optional<FileType> type_of(std::uint32_t mode) {
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
      return std::nullopt;
  }
}

/// Everything that the disc says of one node, fetched for one request.
struct Inode {
  StoredRecord stored;
  SystemUse use;
  FileSections sections;
  FileType type = FileType::kRegular;
  std::optional<Zisofs> zisofs;
  std::optional<SparseInfo> sparse;

  [[nodiscard]] const Record& record() const { return stored.record(); }
  [[nodiscard]] std::uint64_t size_bytes() const {
    if (zisofs) return zisofs->size_bytes;
    if (sparse) return sparse->size_bytes;
    return sections.length_bytes();
  }
};

class Iso9660 final : public Filesystem {
 public:
  Iso9660(const Source& image, const Options& options, Selection selection)
      : image_(image), options_(options), selection_(std::move(selection)) {}

  [[nodiscard]] View view() const override { return selection_.view; }
  [[nodiscard]] NodeId root() const override { return NodeId{selection_.volume.root_offset}; }
  Result<Attributes> attributes(NodeId node) const override;
  Result<std::shared_ptr<const Directory>> directory(NodeId node) const override;
  Result<NodeId> parent(NodeId directory) const override;
  Result<std::string> link_target(NodeId node) const override;
  Result<Extent> extent(NodeId node, std::uint64_t offset) const override;
  Result<DecodedBytes> decode(NodeId node, std::uint64_t offset) const override;
  Result<std::vector<ExtendedAttribute>> extended_attributes(NodeId node) const override;
  [[nodiscard]] VolumeStats stats() const override;
  [[nodiscard]] std::string label() const override { return volume_label(selection_.volume); }
  [[nodiscard]] std::string format() const override { return volume_format(selection_); }
  [[nodiscard]] CacheCounters cache_counters() const override;
  [[nodiscard]] nlohmann::ordered_json facts() const override {
    return volume_facts(image_, selection_);
  }
  void check_structure(const FindingHandler& found) const override {
    iso9660::check_structure(image_, selection_.descriptors, found);
  }
  [[nodiscard]] std::vector<RecordedSum> recorded_sums() const override {
    return iso9660::recorded_sums(image_, selection_.descriptors);
  }

 private:
  [[nodiscard]] const Layout& layout() const { return selection_.tree.layout; }
  Result<void> fetch(NodeId node, SystemUseWanted wanted, Inode& inode) const;
  Result<void> collect(const Record& record, SystemUseWanted wanted, SystemUse& use) const;
  [[nodiscard]] std::uint16_t permissions_of(const Inode& inode) const;
  [[nodiscard]] std::uint64_t inode_number_of(NodeId node, const Inode& inode) const;
  Result<NodeId> parent_of_self(const Record& self) const;
  Result<void> collect_from_parents(const Record& self, SystemUseWanted wanted,
                                    SystemUse& use) const;

  CachedSource image_;
  Options options_;
  Selection selection_;
  DirectoryCache directories_;
  LruCache<std::uint64_t, NamedDirectories> named_directories_{kNamedDirectoryCacheBytes, 1};
  LruCache<BlockKey, std::vector<std::byte>, BlockKeyHash> blocks_{kBlockCacheBytes, 4};
};

CacheCounters Iso9660::cache_counters() const {
  CacheCounters sum = image_.counters();
  sum += directories_.counters();
  sum += named_directories_.counters();
  sum += blocks_.counters();
  return sum;
}

/// The System Use entries of a record, as Rock Ridge is recorded on this disc. Damage costs the
/// entries behind it; only kIo is an Error: trying again may help then.
Result<void> Iso9660::collect(const Record& record, SystemUseWanted wanted, SystemUse& use) const {
  if (!selection_.tree.rock_ridge) return {};
  const bool is_root = record.where() == selection_.volume.root_offset;
  const ByteView area =
      record.system_use().tail(is_root ? selection_.root_skip_bytes : selection_.tree.skip_bytes);
  auto done = collect_system_use(image_, layout().block_bytes, area, wanted, use);
  // Without SP and ER nothing tells where the entries begin; they may stand behind the 14 bytes of
  // CD-ROM XA. The kernel looks there too, record by record.
  if (done && selection_.try_behind_xa && !use.any_rock_ridge)
    done = collect_system_use(image_, layout().block_bytes, area.tail(kXaBytes), wanted, use);
  if (!done) {
    if (done.error().code == Errc::kIo) return done;
    log_damage(done.error(), "System Use area");
  }
  return {};
}

Result<void> Iso9660::fetch(NodeId node, SystemUseWanted wanted, Inode& inode) const {
  ISOFUSE_TRY(inode.stored.fetch(image_, node.v, layout().high_sierra));
  const Record& record = inode.record();
  ISOFUSE_TRY(collect(record, wanted, inode.use));
  inode.sections = ISOFUSE_TRY(FileSections::collect(image_, layout(), record));
  if (options_.cruft) inode.sections.cut_to_24_bits();

  inode.type = record.is_directory() ? FileType::kDirectory : FileType::kRegular;
  // A mode without a known type counts for its permissions only.
  if (inode.use.posix) inode.type = type_of(inode.use.posix->mode).value_or(inode.type);
  if (node == root()) inode.type = FileType::kDirectory;
  if (inode.type != FileType::kRegular) return {};
  if (inode.use.compression && options_.decompress)
    inode.zisofs = zisofs_of(*inode.use.compression);
  else
    inode.sparse = inode.use.sparse;
  return {};
}

std::uint16_t Iso9660::permissions_of(const Inode& inode) const {
  const bool directory = inode.type == FileType::kDirectory;
  const auto& chosen = directory ? options_.directory_mode : options_.file_mode;
  std::uint16_t bits = chosen.value_or(kDefaultPermissions);
  const bool overridden = options_.override_rock_permissions && chosen &&
                          (directory || inode.type == FileType::kRegular);
  if (inode.use.posix && !overridden)
    bits = static_cast<std::uint16_t>(inode.use.posix->mode & kPermissionBits);
  const std::uint16_t mask = directory ? options_.directory_mask : options_.file_mask;
  return static_cast<std::uint16_t>(bits & ~mask);
}

/// Hard links must share their number, but only they: programs take two names with one number and a
/// link count above one for the same file. RRIP 1.12 records a serial number for this; before it,
/// links are known by their common data.
std::uint64_t Iso9660::inode_number_of(NodeId node, const Inode& inode) const {
  const auto& posix = inode.use.posix;
  if (!posix || posix->links < 2 || inode.type == FileType::kDirectory) return node.v;
  if (posix->serial.value_or(0) != 0) return kSerialInodes | *posix->serial;
  if (inode.type == FileType::kRegular && inode.sections.length_bytes() != 0)
    return kExtentInodes | inode.record().data_offset(layout());
  return node.v;
}

Result<Attributes> Iso9660::attributes(NodeId node) const {
  Inode inode;
  ISOFUSE_TRY(fetch(node, {.link_target = true}, inode));
  const SystemUse& use = inode.use;
  Attributes out;
  out.type = inode.type;
  out.permissions = permissions_of(inode);
  // 1 where the disc does not say: programs that count on "2 + subdirectories" then look for
  // themselves.
  out.link_count = use.posix ? use.posix->links : 1;
  out.uid = options_.uid.value_or(use.posix ? use.posix->uid : options_.default_uid);
  out.gid = options_.gid.value_or(use.posix ? use.posix->gid : options_.default_gid);
  if (use.device &&
      (inode.type == FileType::kCharacterDevice || inode.type == FileType::kBlockDevice)) {
    out.device_major = use.device->major;
    out.device_minor = use.device->minor;
  }
  out.inode_number = inode_number_of(node, inode);
  out.size_bytes = inode.type == FileType::kSymlink ? use.link_target.size() : inode.size_bytes();
  out.stored_bytes = inode.sections.length_bytes();

  const auto recorded = [&] {
    return to_timestamp(inode.record().head().recorded_at, !layout().high_sierra);
  };
  out.modified = use.modified ? *use.modified : recorded();
  out.accessed = use.accessed ? *use.accessed : recorded();
  // Some writers put the change of attributes into the creation field (the kernel knows them too).
  const auto& changed = use.attributes_changed ? use.attributes_changed : use.created;
  out.changed = changed ? *changed : recorded();
  if (inode.type == FileType::kDirectory && inode.record().is_self())
    if (const auto parent = parent_of_self(inode.record())) out.parent = *parent;
  return out;
}

Result<std::shared_ptr<const Directory>> Iso9660::directory(NodeId node) const {
  if (auto held = directories_.find(node.v)) return held;
  Inode inode;
  ISOFUSE_TRY(fetch(node, {}, inode));
  if (inode.type != FileType::kDirectory)
    return Error{Errc::kNotDirectory, "not a directory", node.v};
  return directories_.get(node.v, inode.sections.length_bytes(),
                          [&] { return parse_directory(image_, selection_.tree, inode.sections); });
}

/// Where the ".." that follows a "." leads (6.8.2.2); for a relocated directory where its PL says.
Result<NodeId> Iso9660::parent_of_self(const Record& self) const {
  StoredRecord stored;
  ISOFUSE_TRY(fetch_next_record(image_, layout(), self.where() + self.record_bytes(), stored));
  const Record& record = stored.record();
  if (!record.is_parent())
    return Error{Errc::kCorrupt, "directory has no parent record", record.where()};
  if (layout().high_sierra) return NodeId{record.where()};
  SystemUse use;
  ISOFUSE_TRY(collect(record, {}, use));
  if (use.parent_lbn) return NodeId{std::uint64_t{*use.parent_lbn} * layout().block_bytes};
  return NodeId{record.data_offset(layout())};
}

Result<NodeId> Iso9660::parent(NodeId directory) const {
  if (directory == root()) return directory;
  Inode inode;
  ISOFUSE_TRY(fetch(directory, {}, inode));
  if (inode.type != FileType::kDirectory)
    return Error{Errc::kNotDirectory, "not a directory", directory.v};
  if (inode.record().is_self()) return parent_of_self(inode.record());
  StoredRecord self;
  ISOFUSE_TRY(self.fetch(image_, inode.record().data_offset(layout()), layout().high_sierra));
  return parent_of_self(self.record());
}

Result<std::string> Iso9660::link_target(NodeId node) const {
  Inode inode;
  ISOFUSE_TRY(fetch(node, {.link_target = true}, inode));
  if (inode.type != FileType::kSymlink) return Error{Errc::kNotLink, "not a link", node.v};
  std::string& target = inode.use.link_target;
  target.resize(std::min(target.size(), target.find('\0')));
  if (inode.use.link_damaged || target.empty() || target.size() > kLinkBytesMax)
    return Error{Errc::kCorrupt, "symbolic link cannot be read", node.v};
  return std::move(target);
}

Result<Extent> Iso9660::extent(NodeId node, std::uint64_t offset) const {
  Inode inode;
  ISOFUSE_TRY(fetch(node, {}, inode));
  if (inode.type != FileType::kRegular) return Error{Errc::kInvalid, "not a file", node.v};
  if (inode.sparse) return sparse_extent(image_, inode.sections, *inode.sparse, offset);
  if (!inode.zisofs) return inode.sections.extent(offset);

  // Only here and in decode(): a file whose data cannot be read has attributes all the same.
  const Zisofs zisofs = ISOFUSE_TRY(with_header(image_, inode.sections, *inode.zisofs));
  if (offset >= zisofs.size_bytes) return Extent{Extent::Kind::kEnd, offset, 0, 0};
  const std::uint64_t block = offset >> zisofs.block_log2;
  const std::uint64_t begin = block << zisofs.block_log2;
  const std::uint64_t length =
      std::min(std::uint64_t{1} << zisofs.block_log2, zisofs.size_bytes - begin);
  const bool empty = ISOFUSE_TRY(zisofs_block_is_empty(image_, inode.sections, zisofs, block));
  return Extent{empty ? Extent::Kind::kZeros : Extent::Kind::kDecoded, begin, length, 0};
}

Result<DecodedBytes> Iso9660::decode(NodeId node, std::uint64_t offset) const {
  Inode inode;
  ISOFUSE_TRY(fetch(node, {}, inode));
  if (!inode.zisofs || offset >= inode.zisofs->size_bytes)
    return Error{Errc::kInvalid, "nothing to decompress there", node.v};
  const Zisofs zisofs = ISOFUSE_TRY(with_header(image_, inode.sections, *inode.zisofs));
  const std::uint64_t block = offset >> zisofs.block_log2;
  const BlockKey key{node.v, block};
  const std::uint64_t begin = block << zisofs.block_log2;
  if (auto held = blocks_.get(key)) return DecodedBytes{begin, std::move(held)};
  auto bytes = std::make_shared<std::vector<std::byte>>(
      ISOFUSE_TRY(read_zisofs_block(image_, image_.uncached(), inode.sections, zisofs, block)));
  blocks_.put(key, bytes, bytes->size());
  return DecodedBytes{begin, std::move(bytes)};
}

/// What the record that names a directory says of it: in the directory that its ".." leads to, or
/// for a relocated one where its PL does.
Result<void> Iso9660::collect_from_parents(const Record& self, SystemUseWanted wanted,
                                           SystemUse& use) const {
  StoredRecord up;
  ISOFUSE_TRY(fetch_next_record(image_, layout(), self.where() + self.record_bytes(), up));
  if (!up.record().is_parent()) return {};
  SystemUse up_use;
  ISOFUSE_TRY(collect(up.record(), {}, up_use));
  std::vector<std::uint64_t> parents = {up.record().data_offset(layout())};
  if (up_use.parent_lbn)
    parents.push_back(std::uint64_t{*up_use.parent_lbn} * layout().block_bytes);
  for (const std::uint64_t parent : parents) {
    auto named = named_directories_.get(parent);
    if (!named) {
      Inode inode;
      ISOFUSE_TRY(fetch(NodeId{parent}, {}, inode));
      auto found = std::make_shared<NamedDirectories>(
          ISOFUSE_TRY(find_named_directories(image_, selection_.tree, inode.sections)));
      constexpr std::size_t kBytesOfOne = 4 * sizeof(std::uint64_t);  // with its place in the map
      named_directories_.put(parent, found, found->size() * kBytesOfOne);
      named = std::move(found);
    }
    const auto at = named->find(self.where());
    if (at == named->end()) continue;
    StoredRecord naming;
    ISOFUSE_TRY(naming.fetch(image_, at->second, layout().high_sierra));
    SystemUse found;
    ISOFUSE_TRY(collect(naming.record(), wanted, found));
    if (found.attribute_list.empty()) continue;
    use.attribute_list = std::move(found.attribute_list);
    return {};
  }
  return {};
}

Result<std::vector<ExtendedAttribute>> Iso9660::extended_attributes(NodeId node) const {
  constexpr SystemUseWanted kWanted{.attribute_list = true};
  Inode inode;
  ISOFUSE_TRY(fetch(node, kWanted, inode));
  // libisofs records the attributes of the root in its ".", and those of any other directory only
  // where its name is. What cannot be found is no loss but of attributes.
  if (inode.use.attribute_list.empty() && inode.record().is_self() && node != root() &&
      selection_.tree.rock_ridge) {
    const auto done = collect_from_parents(inode.record(), kWanted, inode.use);
    if (!done && done.error().code == Errc::kIo) return done.error();
  }
  return parse_attribute_list(inode.use.attribute_list);
}

VolumeStats Iso9660::stats() const {
  VolumeStats out;
  out.block_bytes = layout().block_bytes;
  // The kernel takes this from the primary descriptor, too, where it does not leave that for
  // Joliet's.
  const auto& primary = selection_.descriptors.primary;
  const Volume& volume = primary && options_.rock_ridge ? *primary : selection_.volume;
  out.blocks_total = volume.volume_space_blocks;
  out.blocks_of_image = out.blocks_total;
  out.name_bytes_max = 255;
  return out;
}

}  // namespace

Result<std::unique_ptr<Filesystem>> open_iso9660(const Source& image, const Options& options) {
  Selection selection = ISOFUSE_TRY(select_tree(image, options));
  return std::unique_ptr<Filesystem>(
      std::make_unique<Iso9660>(image, options, std::move(selection)));
}

}  // namespace isofuse::iso9660
