#include "fs/udf/udf.h"

#include <sys/types.h>

#include <algorithm>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include <isofuse/limits.h>

#include "base/charset.h"
#include "base/log.h"
#include "cache/cached_source.h"
#include "cache/directory_cache.h"
#include "cache/lru_cache.h"
#include "fs/udf/allocation.h"
#include "fs/udf/directory_parser.h"
#include "fs/udf/extended_attributes.h"
#include "fs/udf/facts.h"
#include "fs/udf/icb.h"
#include "fs/udf/structure.h"
#include "fs/udf/symbolic_link.h"
#include "fs/udf/time.h"
#include "fs/udf/volume.h"

namespace isofuse::udf {
namespace {

/// A file of at most so many extents is read from its entry each time: that is as quick as a look
/// into a cache, and leaves the cache to those that need it.
constexpr std::size_t kUncachedExtentsMax = 8;

/// 4/14.6.6. As in the kernel a type that is not given is a file; nothing for those that have no
/// place in a tree.
std::optional<FileType> to_file_type(disc::IcbFileType type) {
  using Icb = disc::IcbFileType;
  switch (type) {
    case Icb::kDirectory:
      return FileType::kDirectory;
    case Icb::kUnspecified:
    case Icb::kBytes:
    case Icb::kVirtualAllocationTable:
    case Icb::kRealTime:
      return FileType::kRegular;
    case Icb::kBlockDevice:
      return FileType::kBlockDevice;
    case Icb::kCharacterDevice:
      return FileType::kCharacterDevice;
    case Icb::kFifo:
      return FileType::kFifo;
    case Icb::kSocket:
      return FileType::kSocket;
    case Icb::kSymbolicLink:
      return FileType::kSymlink;
    default:
      return std::nullopt;
  }
}

/// 4/14.9.5 and UDF 2.3.6.3: five bits each for others, group and owner, of which the lower three
/// are those of POSIX; 4/14.6.8: the set-user-ID, set-group-ID and sticky bits.
std::uint16_t recorded_permissions(const FileEntry& entry) {
  const std::uint32_t bits = entry.head().permissions.get();
  std::uint32_t out = (bits & 07U) | ((bits >> 2U) & 070U) | ((bits >> 4U) & 0700U);
  if ((entry.flags() & disc::kSetUid) != 0) out |= 04000U;
  if ((entry.flags() & disc::kSetGid) != 0) out |= 02000U;
  if ((entry.flags() & disc::kSticky) != 0) out |= 01000U;
  return static_cast<std::uint16_t>(out);
}

/// Of a file entry; kCorrupt where the file has no place in a tree.
Result<FileType> type_of(const FileEntry& entry) {
  if (const auto type = to_file_type(entry.type())) return *type;
  return Error{Errc::kCorrupt, "file is of no type that a tree can show",
               entry.descriptors().where()};
}

class Udf final : public Filesystem {
 public:
  /// `image` is the cache through which `volume` reads.
  Udf(std::unique_ptr<CachedSource> image, Volume volume, const Options& options,
      DirectoryRules rules)
      : image_(std::move(image)),
        volume_(std::move(volume)),
        options_(options),
        rules_(std::move(rules)),
        space_(space_of(volume_)) {}

  [[nodiscard]] View view() const override { return View::kUdf; }
  [[nodiscard]] NodeId root() const override { return to_node(volume_.root_icb); }
  Result<Attributes> attributes(NodeId node) const override;
  Result<std::shared_ptr<const Directory>> directory(NodeId node) const override;
  Result<NodeId> parent(NodeId directory) const override;
  Result<std::string> link_target(NodeId node) const override;
  Result<Extent> extent(NodeId node, std::uint64_t offset) const override;
  Result<std::vector<ExtendedAttribute>> extended_attributes(NodeId node) const override;
  [[nodiscard]] VolumeStats stats() const override;
  [[nodiscard]] std::string label() const override { return volume_label(volume_); }
  [[nodiscard]] std::string format() const override { return volume_format(volume_); }
  [[nodiscard]] CacheCounters cache_counters() const override {
    CacheCounters sum = image_->counters();
    sum += directories_.counters();
    sum += allocations_.counters();
    return sum;
  }
  [[nodiscard]] nlohmann::ordered_json facts() const override { return volume_facts(volume_); }
  void check_structure(const FindingHandler& found) const override {
    udf::check_structure(volume_, found);
  }

 private:
  [[nodiscard]] const LogicalVolume& logical() const { return *volume_.logical; }
  Result<Allocation> directory_allocation(NodeId node) const;
  [[nodiscard]] Result<std::string> target_of(const FileEntry& entry) const;
  [[nodiscard]] std::uint16_t permissions_of(FileType type, const FileEntry& entry) const;

  std::unique_ptr<CachedSource> image_;
  Volume volume_;
  Options options_;
  DirectoryRules rules_;
  Space space_;
  DirectoryCache directories_;
  LruCache<std::uint64_t, Allocation> allocations_{kAllocationCacheBytes, 4};
};

/// As in the kernel mode= counts for everything but directories; a link always has all bits.
std::uint16_t Udf::permissions_of(FileType type, const FileEntry& entry) const {
  if (type == FileType::kSymlink) return 0777;
  const bool directory = type == FileType::kDirectory;
  const auto& chosen = directory ? options_.directory_mode : options_.file_mode;
  const std::uint16_t bits = chosen ? *chosen : recorded_permissions(entry);
  const std::uint16_t mask = directory ? options_.directory_mask : options_.file_mask;
  return static_cast<std::uint16_t>(bits & ~mask);
}

Result<Attributes> Udf::attributes(NodeId node) const {
  FileEntry entry;
  ISOFUSE_TRY(entry.fetch(logical(), to_icb(node)));
  Attributes out;
  out.type = ISOFUSE_TRY(type_of(entry));
  out.permissions = permissions_of(out.type, entry);
  // A count of 0 means a file that was deleted (the kernel refuses it); some writers record it for
  // all. A directory has one more: its own ".", which UDF does not count (UDF 2.3.6.4).
  out.link_count = std::max<std::uint32_t>(entry.head().link_count.get(), 1);
  if (out.type == FileType::kDirectory) ++out.link_count;
  const std::uint32_t uid = entry.head().uid.get();
  const std::uint32_t gid = entry.head().gid.get();
  out.uid = options_.uid.value_or(uid == disc::kOwnerUnset ? options_.default_uid : uid);
  out.gid = options_.gid.value_or(gid == disc::kOwnerUnset ? options_.default_gid : gid);
  out.inode_number = node.v;
  if (entry.information_bytes() > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()))
    return Error{Errc::kCorrupt, "file has an impossible length", entry.descriptors().where()};
  out.size_bytes = entry.information_bytes();
  out.stored_bytes = entry.blocks_recorded() * logical().block_bytes();
  out.accessed = to_timestamp(entry.accessed());
  out.modified = to_timestamp(entry.modified());
  out.changed = to_timestamp(entry.attributes_changed());
  if (out.type == FileType::kSymlink) {
    const auto target = target_of(entry);
    if (!target && target.error().code == Errc::kIo) return target.error();
    if (target) out.size_bytes = target->size();
  } else if (out.type == FileType::kCharacterDevice || out.type == FileType::kBlockDevice) {
    const auto device = ISOFUSE_TRY(device_number(logical(), entry));
    if (!device)  // UDF 3.3.4.4: access shall be denied
      return Error{Errc::kCorrupt, "device file without a device specification",
                   entry.descriptors().where()};
    out.device_major = device->major;
    out.device_minor = device->minor;
  } else if (out.type == FileType::kDirectory) {
    if (const auto allocation = Allocation::collect(logical(), entry))
      if (const auto up = parent_of(logical(), *allocation); up && *up) out.parent = to_node(**up);
  }
  return out;
}

Result<Allocation> Udf::directory_allocation(NodeId node) const {
  FileEntry entry;
  ISOFUSE_TRY(entry.fetch(logical(), to_icb(node)));
  const auto type = to_file_type(entry.type());
  if (type != FileType::kDirectory) return Error{Errc::kNotDirectory, "not a directory", node.v};
  return Allocation::collect(logical(), entry);
}

Result<std::shared_ptr<const Directory>> Udf::directory(NodeId node) const {
  if (auto held = directories_.find(node.v)) return held;
  const Allocation allocation = ISOFUSE_TRY(directory_allocation(node));
  return directories_.get(node.v, allocation.length_bytes(),
                          [&] { return parse_directory(logical(), allocation, rules_); });
}

Result<NodeId> Udf::parent(NodeId directory) const {
  if (directory == root()) return directory;
  const Allocation allocation = ISOFUSE_TRY(directory_allocation(directory));
  const auto up = ISOFUSE_TRY(parent_of(logical(), allocation));
  if (!up) return Error{Errc::kCorrupt, "directory has no parent entry"};
  return to_node(*up);
}

Result<std::string> Udf::target_of(const FileEntry& entry) const {
  if (entry.information_bytes() > kLinkComponentsBytesMax)
    return Error{Errc::kTooLarge, "link is too long", entry.descriptors().where()};
  const Allocation allocation = ISOFUSE_TRY(Allocation::collect(logical(), entry));
  std::vector<std::byte> bytes(static_cast<std::size_t>(allocation.length_bytes()));
  ISOFUSE_TRY(allocation.read(logical(), 0, bytes));
  std::string target = ISOFUSE_TRY(
      udf::link_target(ByteView(bytes, entry.descriptors().where()), rules_.iocharset.get()));
  if (target.empty())
    return Error{Errc::kCorrupt, "link leads nowhere", entry.descriptors().where()};
  return target;
}

Result<std::string> Udf::link_target(NodeId node) const {
  FileEntry entry;
  ISOFUSE_TRY(entry.fetch(logical(), to_icb(node)));
  if (entry.type() != disc::IcbFileType::kSymbolicLink)
    return Error{Errc::kNotLink, "not a link", node.v};
  return target_of(entry);
}

Result<Extent> Udf::extent(NodeId node, std::uint64_t offset) const {
  if (const auto held = allocations_.get(node.v)) return held->extent(logical(), offset);
  FileEntry entry;
  ISOFUSE_TRY(entry.fetch(logical(), to_icb(node)));
  if (to_file_type(entry.type()) != FileType::kRegular)
    return Error{Errc::kInvalid, "not a file", node.v};
  Allocation allocation = ISOFUSE_TRY(Allocation::collect(logical(), entry));
  if (allocation.extent_count() <= kUncachedExtentsMax) return allocation.extent(logical(), offset);
  const auto kept = std::make_shared<const Allocation>(std::move(allocation));
  allocations_.put(node.v, kept, kept->memory_bytes());
  return kept->extent(logical(), offset);
}

Result<std::vector<ExtendedAttribute>> Udf::extended_attributes(NodeId node) const {
  FileEntry entry;
  ISOFUSE_TRY(entry.fetch(logical(), to_icb(node)));
  return udf::extended_attributes(logical(), entry);
}

VolumeStats Udf::stats() const {
  VolumeStats out;
  out.block_bytes = logical().block_bytes();
  out.blocks_total = space_.blocks_total;
  out.blocks_free = space_.blocks_free;
  out.blocks_of_image = space_.blocks_of_image;
  out.name_bytes_max = 254;  // 255 bytes of CS0, one of which is the compression
  return out;
}

}  // namespace

Result<std::unique_ptr<Filesystem>> open_udf(const Source& image, const Options& options) {
  if (options.view != View::kAuto && options.view != View::kUdf)
    return Error{Errc::kNotRecognised, "the options ask for another file system"};
  DirectoryRules rules;
  rules.show_hidden = options.show_hidden;
  rules.show_deleted = options.show_deleted;
  if (!is_utf8(options.iocharset))
    rules.iocharset = ISOFUSE_TRY(Charset::open("UTF-8", options.iocharset));
  auto cached = std::make_unique<CachedSource>(image);
  Volume volume = ISOFUSE_TRY(open_volume(*cached, options));
  return std::unique_ptr<Filesystem>(
      std::make_unique<Udf>(std::move(cached), std::move(volume), options, std::move(rules)));
}

}  // namespace isofuse::udf
