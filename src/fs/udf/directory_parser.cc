#include "fs/udf/directory_parser.h"

#include <algorithm>
#include <vector>

#include <isofuse/limits.h>

#include "base/log.h"
#include "fs/udf/cs0.h"
#include "fs/udf/tag.h"

namespace isofuse::udf {
namespace {

constexpr std::uint64_t kChunkBytes = 64U << 10U;
constexpr std::uint64_t kNowhereNear = kNodeIdLimit;
constexpr std::uint64_t kAlignment = 4;  // 4/14.4.9: descriptors are padded to it
/// Places behind damage at which a descriptor may begin that are looked at closely.
constexpr int kCandidatesMax = 1 << 16;

constexpr std::uint64_t padded(std::uint64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

/// The bytes of a directory, a chunk at a time: descriptors may cross blocks and extents anywhere.
class Window {
 public:
  Window(const LogicalVolume& volume, const Allocation& directory, unsigned copy)
      : volume_(volume),
        directory_(directory),
        copy_(copy),
        size_bytes_(std::min(directory.length_bytes(), kDirectoryBytesMax)) {}

  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

  /// The next place behind `pos` at which the identifier of a descriptor stands (257: two bytes of
  /// 1); the end of the directory where there is none. Blocks that are not there are left out.
  Result<std::uint64_t> next_candidate(std::uint64_t pos) {
    for (pos += kAlignment; pos < size_bytes_; pos += kAlignment) {
      if (pos < begin_ || pos + kAlignment > begin_ + buffer_.size()) {
        const std::uint64_t behind = behind_hole(pos) / kAlignment * kAlignment;
        if (behind > pos) {
          pos = behind - kAlignment;  // the loop steps on
          continue;
        }
        const auto loaded = load(pos, std::min(kAlignment, size_bytes_ - pos));
        if (!loaded && loaded.error().code == Errc::kIo) return loaded.error();
        if (!loaded) {
          const std::uint64_t block_bytes = volume_.block_bytes();
          pos = (pos / block_bytes + 1) * block_bytes - kAlignment;  // the loop steps on
          continue;
        }
        if (buffer_.size() < kAlignment) break;
      }
      const std::byte* const at = buffer_.data() + (pos - begin_);
      if (at[0] == std::byte{1} && at[1] == std::byte{1}) return pos;
    }
    return size_bytes_;
  }

  /// The `wanted` bytes at `pos`, or what is left of the directory. The view lives until the next
  /// call. REQUIRES: pos < size_bytes().
  Result<ByteView> at(std::uint64_t pos, std::uint64_t wanted) {
    wanted = std::min(wanted, size_bytes_ - pos);
    if (pos < begin_ || pos + wanted > begin_ + buffer_.size()) ISOFUSE_TRY(load(pos, wanted));
    const Extent run = ISOFUSE_TRY(directory_.extent(volume_, pos, copy_));
    const auto bytes = std::span<const std::byte>(buffer_).subspan(
        static_cast<std::size_t>(pos - begin_), static_cast<std::size_t>(wanted));
    return ByteView(bytes, run.image_offset + (pos - run.file_offset));
  }

 private:
  /// Where the hole at `pos` ends; `pos` where none is. No descriptor begins in a hole, and it may
  /// be as long as the disc likes.
  [[nodiscard]] std::uint64_t behind_hole(std::uint64_t pos) const {
    const auto run = directory_.extent(volume_, pos, copy_);
    if (!run || run->kind != Extent::Kind::kZeros) return pos;
    return std::min(run->file_offset + run->length_bytes, size_bytes_);
  }

  /// A chunk from `pos` on; where that cannot be read, the `wanted` bytes alone.
  Result<void> load(std::uint64_t pos, std::uint64_t wanted) {
    begin_ = kNowhereNear;
    Result<void> read;
    for (const std::uint64_t want :
         {std::min(size_bytes_ - pos, std::max(wanted, kChunkBytes)), wanted}) {
      buffer_.resize(static_cast<std::size_t>(want));
      read = directory_.read(volume_, pos, buffer_, copy_);
      if (!read) continue;
      begin_ = pos;
      return {};
    }
    return read;
  }

  const LogicalVolume& volume_;
  const Allocation& directory_;
  unsigned copy_;
  std::uint64_t size_bytes_;
  std::vector<std::byte> buffer_;
  std::uint64_t begin_ = kNowhereNear;
};

/// The descriptor at `pos`, how many bytes it takes, and whether the sum and the CRC of its tag are
/// right. Its location is not looked at: writers disagree on it, and the kernel does not either.
struct Decoded {
  FileIdentifier identifier;
  std::uint64_t length_bytes = 0;
  std::optional<Error> unsound;
};
Result<Decoded> decode(Window& window, std::uint64_t pos) {
  using Fixed = disc::FileIdentifierDescriptor;
  const auto fixed_bytes = ISOFUSE_TRY(window.at(pos, sizeof(Fixed)));
  const auto fixed = ISOFUSE_TRY(fixed_bytes.read<Fixed>(0));
  const Error none{Errc::kCorrupt, "no file identifier descriptor stands there",
                   fixed_bytes.where()};
  if (fixed.tag.identifier.get() != static_cast<std::uint16_t>(disc::TagId::kFileIdentifier))
    return none;
  const std::uint64_t name_pos = sizeof fixed + fixed.implementation_use_bytes.get();
  Decoded out;
  out.length_bytes = padded(name_pos + fixed.identifier_bytes);
  // The padding of the last one is sometimes left out of the directory's length.
  const ByteView bytes = ISOFUSE_TRY(window.at(pos, out.length_bytes));
  if (const auto tag = check_tag(bytes, std::nullopt); !tag) {
    // As in the kernel: the length of the CRC must bear out those of the parts.
    if (fixed.tag.crc_bytes.get() + sizeof(disc::Tag) != out.length_bytes) return tag.error();
    out.unsound = tag.error();
  }
  out.identifier.characteristics = fixed.characteristics;
  out.identifier.icb = to_address(fixed.icb.location);
  out.identifier.identifier = ISOFUSE_TRY(bytes.slice(name_pos, fixed.identifier_bytes));
  return out;
}

}  // namespace

Result<bool> walk_directory(const LogicalVolume& volume, const Allocation& directory, unsigned copy,
                            const std::function<bool(const FileIdentifier&)>& visit) {
  Window window(volume, directory, copy);
  bool whole = true;
  bool in_damage = false;  // already told
  int candidates = 0;
  std::uint64_t pos = 0;
  while (pos < window.size_bytes()) {
    const auto found = decode(window, pos);
    // Where a descriptor is due, one with a wrong sum counts all the same, as in the kernel: the
    // file entry that it leads to has sums of its own. Where one is looked for, it must be right.
    if (found && !(in_damage && found->unsound)) {
      if (found->unsound) {
        log_damage(*found->unsound, "directory entry");
        whole = false;
      }
      in_damage = false;
      if (!visit(found->identifier)) return whole;
      pos += found->length_bytes;
      continue;
    }
    if (!found && found.error().code == Errc::kIo) return found.error();
    if (!in_damage) log_damage(found.error(), "directory");
    whole = false;
    in_damage = true;
    if (++candidates > kCandidatesMax) break;
    pos = ISOFUSE_TRY(window.next_candidate(pos));
  }
  if (directory.length_bytes() > window.size_bytes())
    log_damage({Errc::kTooLarge, "directory is too large; its end is not shown"});
  return whole;
}

namespace {

struct Parsed {
  std::shared_ptr<const Directory> directory;
  bool whole = true;
};

Result<Parsed> parse_copy(const LogicalVolume& volume, const Allocation& directory, unsigned copy,
                          const DirectoryRules& rules) {
  DirectoryBuilder builder(NameRule{}, directory.length_bytes());
  bool room = true;
  const auto take = [&](const FileIdentifier& found) {
    const std::uint8_t bits = found.characteristics;
    if ((bits & disc::kFidParent) != 0) return true;
    if ((bits & disc::kFidDeleted) != 0 && !rules.show_deleted) return true;
    if ((bits & disc::kFidHidden) != 0 && !rules.show_hidden) return true;
    const auto name = file_name(found.identifier.bytes(), rules.iocharset.get());
    if (!name) {
      log_damage({name.error().code, name.error().text, found.identifier.where()}, "directory");
      // A deleted name has no encoding any more (UDF 2.1.1: 254, 255); any other is still shown.
      if ((bits & disc::kFidDeleted) != 0) return true;
    }
    room =
        builder.add(name.value_or(std::string()), to_node(found.icb),
                    (bits & disc::kFidDirectory) != 0 ? FileType::kDirectory : FileType::kUnknown);
    return room;
  };
  Parsed out;
  out.whole = ISOFUSE_TRY(walk_directory(volume, directory, copy, take));
  if (!room) log_damage({Errc::kTooLarge, "directory has too many entries; some are not shown"});
  out.directory = builder.finish();
  return out;
}

}  // namespace

Result<std::shared_ptr<const Directory>> parse_directory(const LogicalVolume& volume,
                                                         const Allocation& directory,
                                                         const DirectoryRules& rules) {
  Result<Parsed> best = parse_copy(volume, directory, 0, rules);
  for (unsigned copy = 1; !(best && best->whole) && copy < directory.copies(volume); ++copy) {
    auto other = parse_copy(volume, directory, copy, rules);
    // Of a damaged copy and one that cannot be read, the latter may have what the first lacks.
    const bool better = (other && other->whole) ||
                        (best && (!other || other->directory->size() > best->directory->size()));
    if (better) best = std::move(other);
  }
  return ISOFUSE_TRY(std::move(best)).directory;
}

Result<std::optional<BlockAddress>> parent_of(const LogicalVolume& volume,
                                              const Allocation& directory) {
  std::optional<BlockAddress> out;
  std::optional<Error> failed;
  for (unsigned copy = 0; copy < directory.copies(volume) && !out; ++copy) {
    const auto walked = walk_directory(volume, directory, copy, [&](const FileIdentifier& found) {
      if ((found.characteristics & disc::kFidParent) != 0) out = found.icb;
      return false;  // the first one alone
    });
    if (!walked) failed = walked.error();
  }
  if (!out && failed) return *failed;
  return out;
}

}  // namespace isofuse::udf
