#include "fs/udf/extended_attributes.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <isofuse/limits.h>

#include "base/log.h"
#include "fs/udf/allocation.h"
#include "fs/udf/cs0.h"
#include "fs/udf/directory_parser.h"
#include "fs/udf/tag.h"

namespace isofuse::udf {
namespace {

constexpr std::string_view kOs2Attributes = "*UDF OS/2 EA";                    // UDF 3.3.4.5.3.1
constexpr std::string_view kMacFinderInfo = "*UDF Mac FinderInfo";             // UDF 3.3.4.5.4.2
constexpr std::string_view kMacResourceFork = "*UDF Macintosh Resource Fork";  // UDF 3.3.8
constexpr std::string_view kReservedPrefix = "*UDF ";
constexpr std::size_t kXattrNameBytesMax = 255;  // XATTR_NAME_MAX
constexpr std::size_t kFinderInfoBytes = 32;

/// Collects attributes within the limits.
class Collector {
 public:
  void add(std::string name, std::string_view value) {
    // A list of names is parted by NULs (listxattr(2)).
    if (name.find('\0') != std::string::npos) return;
    if (name.size() > kXattrNameBytesMax || value.size() > kXattrBytesMax) return;
    if (out_.size() >= kXattrsMax || bytes_ + value.size() > kXattrsBytesMax) return;
    const bool known = std::ranges::any_of(
        out_, [&](const ExtendedAttribute& attribute) { return attribute.name == name; });
    if (known) return;
    bytes_ += value.size();
    out_.push_back({std::move(name), std::string(value)});
  }
  [[nodiscard]] bool full() const { return out_.size() >= kXattrsMax || bytes_ >= kXattrsBytesMax; }
  std::vector<ExtendedAttribute> take() { return std::move(out_); }

 private:
  std::vector<ExtendedAttribute> out_;
  std::size_t bytes_ = 0;
};

using Visit = std::function<void(const disc::ExtendedAttributeHead&, const ByteView&)>;

/// Calls `visit` with each attribute of an extended attribute space (4/9.1).
void walk_space(const ByteView& space, const Visit& visit) {
  if (space.size() < sizeof(disc::ExtendedAttributeHeader)) return;
  const auto header = space.read<disc::ExtendedAttributeHeader>(0);
  if (!header || header->tag.identifier.get() !=
                     static_cast<std::uint16_t>(disc::TagId::kExtendedAttributeHeader))
    return;
  // As in the kernel a wrong sum costs nothing: the file entry around it has a CRC of its own.
  if (const auto tag = check_tag(space, std::nullopt); !tag)
    log_damage(tag.error(), "extended attributes");
  std::uint64_t pos = sizeof *header;
  // 4/14.10.1: the attributes of an implementation and of applications begin at places of their
  // own; mostly one behind the other.
  std::vector<std::uint64_t> begins;
  for (const Little32& begin : {header->implementation_location, header->application_location})
    if (begin.get() > pos && begin.get() < space.size()) begins.push_back(begin.get());
  std::ranges::sort(begins);
  for (std::size_t area = 0; area <= begins.size(); ++area) {
    const std::uint64_t end = area < begins.size() ? begins[area] : space.size();
    while (pos < end) {
      const auto head = space.read<disc::ExtendedAttributeHead>(pos);
      if (!head || head->length_bytes.get() < sizeof *head) break;
      const auto bytes = space.slice(pos, head->length_bytes.get());
      if (!bytes) break;
      visit(*head, *bytes);
      pos += head->length_bytes.get();
    }
    pos = std::max(pos, end);
  }
}

/// The attributes in the entry, and those that have a file of their own (4/14.9.14).
Result<void> walk_attributes(const LogicalVolume& volume, const FileEntry& entry,
                             const Visit& visit) {
  walk_space(entry.extended_attributes(), visit);
  const auto icb = entry.extended_attributes_icb();
  if (!icb) return {};
  FileEntry file;
  ISOFUSE_TRY(file.fetch(volume, *icb));
  const Allocation allocation = ISOFUSE_TRY(Allocation::collect(volume, file));
  std::vector<std::byte> bytes(static_cast<std::size_t>(
      std::min<std::uint64_t>(allocation.length_bytes(), kXattrsBytesMax)));
  ISOFUSE_TRY(allocation.read(volume, 0, bytes));
  walk_space(ByteView(bytes, file.descriptors().where()), visit);
  return {};
}

/// Calls `visit` with name and value of each attribute of OS/2's full list (UDF 3.3.4.5.3.1), which
/// stands behind a checksum of the head. `terminator_bytes` stand behind each name: none by UDF, a
/// NUL by OS/2 itself. False where the list does not end where its bytes do.
bool walk_os2(const ByteView& use, std::uint64_t terminator_bytes,
              const std::function<void(const ByteView& name, const ByteView& value)>& visit) {
  struct Fea {
    std::uint8_t flags;
    std::uint8_t name_bytes;
    Little16 value_bytes;
  };
  static_assert(is_disc_type<Fea, 4>);
  std::uint64_t pos = sizeof(Little16);
  while (pos < use.size()) {
    const auto fea = use.read<Fea>(pos);
    if (!fea || fea->name_bytes == 0) break;
    const auto name = use.slice(pos + sizeof *fea, fea->name_bytes);
    const std::uint64_t value_pos = pos + sizeof *fea + fea->name_bytes + terminator_bytes;
    const auto value = use.slice(value_pos, fea->value_bytes.get());
    if (!name || !value) break;
    visit(*name, *value);
    pos = value_pos + fea->value_bytes.get();
  }
  const auto padding = use.tail(pos).bytes();
  return std::ranges::all_of(padding, [](std::byte b) { return b == std::byte{0}; });
}

void take_os2(const ByteView& use, Collector& into) {
  const auto nothing = [](const ByteView&, const ByteView&) {};
  const std::uint64_t terminator_bytes = !walk_os2(use, 0, nothing) && walk_os2(use, 1, nothing);
  walk_os2(use, terminator_bytes, [&](const ByteView& name, const ByteView& value) {
    into.add("user." + std::string(name.chars()), value.chars());
  });
}

/// UDF 3.3.4.5.4.2: a checksum, padding, the parent directory's id, then 16 bytes of file or
/// directory info and 16 of extended info (and for files the sizes of the resource fork).
void take_finder_info(const ByteView& use, Collector& into) {
  constexpr std::uint64_t kInfoAt = 8;
  if (const auto info = use.slice(kInfoAt, kFinderInfoBytes))
    into.add("user.com.apple.FinderInfo", info->chars());
}

void take_attribute(const disc::ExtendedAttributeHead& head, const ByteView& bytes,
                    Collector& into) {
  if (head.type.get() != disc::kImplementationUseType) return;
  const auto attribute = bytes.read<disc::ImplementationUseAttribute>(0);
  if (!attribute) return;
  const auto use = bytes.slice(sizeof *attribute, attribute->use_bytes.get());
  if (!use) return;
  const std::string_view identifier = disc::identifier_of(attribute->implementation);
  if (identifier == kOs2Attributes) take_os2(*use, into);
  if (identifier == kMacFinderInfo) take_finder_info(*use, into);
}

/// How a stream is called as an attribute; nothing for those that UDF keeps for itself (3.3.5.1).
std::optional<std::string> attribute_name(const std::string& stream) {
  if (stream == kMacResourceFork) return "user.com.apple.ResourceFork";
  if (stream.starts_with(kReservedPrefix) || stream.empty()) return std::nullopt;
  return "user." + stream;
}

Result<std::string> read_whole(const LogicalVolume& volume, const BlockAddress& icb) {
  FileEntry entry;
  ISOFUSE_TRY(entry.fetch(volume, icb));
  // 4/9.2: a stream is a file like others; a directory of streams in a stream is none.
  if (entry.type() != disc::IcbFileType::kBytes && entry.type() != disc::IcbFileType::kRealTime &&
      entry.type() != disc::IcbFileType::kUnspecified)
    return Error{Errc::kCorrupt, "stream is not a file", entry.descriptors().where()};
  if (entry.information_bytes() > kXattrBytesMax)
    return Error{Errc::kTooLarge, "stream is too long for an attribute",
                 entry.descriptors().where()};
  const Allocation allocation = ISOFUSE_TRY(Allocation::collect(volume, entry));
  std::string out(static_cast<std::size_t>(allocation.length_bytes()), '\0');
  ISOFUSE_TRY(allocation.read(volume, 0, std::as_writable_bytes(std::span(out))));
  return out;
}

Result<void> take_streams(const LogicalVolume& volume, const BlockAddress& icb, Collector& into) {
  FileEntry entry;
  ISOFUSE_TRY(entry.fetch(volume, icb));
  const Allocation directory = ISOFUSE_TRY(Allocation::collect(volume, entry));
  std::optional<Error> failed;
  const auto take = [&](const FileIdentifier& stream) {
    if ((stream.characteristics & (disc::kFidParent | disc::kFidDeleted)) != 0) return true;
    const auto name = file_name(stream.identifier.bytes(), nullptr);
    const auto shown = name ? attribute_name(*name) : std::nullopt;
    if (!shown) return true;
    const auto value = read_whole(volume, stream.icb);
    if (value) {
      into.add(*shown, *value);
    } else if (value.error().code == Errc::kIo) {
      failed = value.error();
      return false;
    } else if (value.error().code != Errc::kTooLarge) {
      log_damage(value.error(), "stream " + *name);
    }
    return !into.full();
  };
  static_cast<void>(ISOFUSE_TRY(walk_directory(volume, directory, 0, take)));
  if (failed) return *failed;
  return {};
}

}  // namespace

Result<std::optional<DeviceNumber>> device_number(const LogicalVolume& volume,
                                                  const FileEntry& entry) {
  std::optional<DeviceNumber> out;
  ISOFUSE_TRY(walk_attributes(volume, entry,
                              [&](const disc::ExtendedAttributeHead& head, const ByteView& bytes) {
                                if (out || head.type.get() != disc::kDeviceSpecificationType)
                                  return;
                                if (const auto device = bytes.read<disc::DeviceSpecification>(0))
                                  out = DeviceNumber{device->major.get(), device->minor.get()};
                              }));
  return out;
}

Result<std::vector<ExtendedAttribute>> extended_attributes(const LogicalVolume& volume,
                                                           const FileEntry& entry) {
  Collector collector;
  if (const auto icb = entry.streams_icb()) {
    const auto taken = take_streams(volume, *icb, collector);
    if (!taken && taken.error().code == Errc::kIo) return taken.error();
    if (!taken) log_damage(taken.error(), "stream directory");
  }
  ISOFUSE_TRY(walk_attributes(volume, entry,
                              [&](const disc::ExtendedAttributeHead& head, const ByteView& bytes) {
                                take_attribute(head, bytes, collector);
                              }));
  return collector.take();
}

}  // namespace isofuse::udf
