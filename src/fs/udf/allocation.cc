#include "fs/udf/allocation.h"

#include <algorithm>
#include <limits>

#include <isofuse/limits.h>

#include "fs/udf/tag.h"

namespace isofuse::udf {
namespace {

/// One allocation descriptor of any kind.
struct Descriptor {
  std::uint32_t length_bytes = 0;  ///< of the extent
  std::uint32_t file_bytes = 0;    ///< of the file that it holds
  disc::ExtentType type = disc::ExtentType::kRecorded;
  BlockAddress address;
};

template <class OnDisc>
Descriptor common_part(const OnDisc& descriptor) {
  Descriptor out;
  const std::uint32_t length_and_type = descriptor.length_and_type.get();
  out.length_bytes = length_and_type & disc::kExtentLengthMask;
  out.file_bytes = out.length_bytes;
  out.type = static_cast<disc::ExtentType>(length_and_type >> disc::kExtentTypeShift);
  return out;
}

/// The descriptor at `pos`, which moves behind it. `partition`: that of short descriptors.
/// REQUIRES: a kind of descriptors, not embedded data.
Result<Descriptor> next_descriptor(const ByteView& bytes, disc::DescriptorKind kind,
                                   std::uint16_t partition, std::uint64_t& pos) {
  Descriptor out;
  if (kind == disc::DescriptorKind::kShort) {
    const auto found = ISOFUSE_TRY(bytes.read<disc::ShortDescriptor>(pos));
    out = common_part(found);
    out.address = {found.lbn.get(), partition};
    pos += sizeof found;
  } else if (kind == disc::DescriptorKind::kLong) {
    const auto found = ISOFUSE_TRY(bytes.read<disc::LongDescriptor>(pos));
    out = common_part(found);
    out.address = to_address(found.location);
    pos += sizeof found;
  } else {
    const auto found = ISOFUSE_TRY(bytes.read<disc::ExtendedDescriptor>(pos));
    out = common_part(found);
    out.address = to_address(found.location);
    // 4/14.14.3.3: they differ where the extent is compressed, which nobody has specified.
    const std::uint32_t information_bytes = found.information_bytes.get();
    if (out.type == disc::ExtentType::kRecorded) {
      if (information_bytes != found.recorded_bytes.get())
        return Error{Errc::kUnsupported, "extent is compressed", bytes.where(pos)};
      out.file_bytes = std::min(information_bytes, out.length_bytes);
    }
    pos += sizeof found;
  }
  return out;
}

constexpr std::uint64_t descriptor_bytes(disc::DescriptorKind kind) {
  if (kind == disc::DescriptorKind::kShort) return sizeof(disc::ShortDescriptor);
  return kind == disc::DescriptorKind::kLong ? sizeof(disc::LongDescriptor)
                                             : sizeof(disc::ExtendedDescriptor);
}

}  // namespace

/// Walks the descriptors of an entry and of its allocation extent descriptors.
struct Allocation::Collector {
  const LogicalVolume& volume;
  const FileEntry& entry;
  Allocation& out;
  std::uint64_t file_offset = 0;

  Result<void> collect() {
    ByteView bytes = entry.descriptors();
    StoredBlock block;
    for (std::size_t blocks = 0;; ++blocks) {
      const auto next = ISOFUSE_TRY(take_all(bytes));
      if (!next || file_offset >= out.length_bytes_) break;
      if (blocks >= kAllocationExtentsMax)
        return Error{Errc::kLoop, "allocation extent descriptors do not end", bytes.where()};
      const disc::TagId id = ISOFUSE_TRY(fetch_descriptor(volume, *next, block));
      if (id != disc::TagId::kAllocationExtent)
        return Error{Errc::kCorrupt, "no allocation extent descriptor stands there",
                     block.view().where()};
      const auto head = ISOFUSE_TRY(block.view().read<disc::AllocationExtentDescriptor>(0));
      bytes = ISOFUSE_TRY(block.view().slice(sizeof head, head.descriptors_bytes.get()));
    }
    return {};
  }

  /// Adds the extents of one area; where the next area is, if one follows.
  Result<std::optional<BlockAddress>> take_all(const ByteView& bytes) {
    const disc::DescriptorKind kind = entry.descriptor_kind();
    using Next = std::optional<BlockAddress>;
    for (std::uint64_t pos = 0; bytes.size() - pos >= descriptor_bytes(kind);) {
      const Descriptor found =
          ISOFUSE_TRY(next_descriptor(bytes, kind, entry.where().partition, pos));
      if (found.type == disc::ExtentType::kContinued) {
        if (found.length_bytes == 0) return Next{};
        return Next{found.address};
      }
      // 4/12.1: the kernel, too, looks at all 32 bits: a hole of no length ends nothing.
      if (found.length_bytes == 0 && found.type == disc::ExtentType::kRecorded) return Next{};
      if (file_offset >= out.length_bytes_) return Next{};  // 4/12.1: the tail of the file
      ISOFUSE_TRY(add(found, bytes.where(pos)));
    }
    return Next{};
  }

  Result<void> add(const Descriptor& found, std::uint64_t where) {
    if (found.file_bytes == 0) return {};
    if (!out.extents_.empty() && joins(out.extents_.back(), found)) {
      file_offset += found.file_bytes;
      return {};
    }
    if (out.extents_.size() >= kExtentsMax)
      return Error{Errc::kTooLarge, "file has too many extents", where};
    out.extents_.push_back({file_offset, found.address, found.type});
    file_offset += found.file_bytes;
    return {};
  }

  /// Whether `found` goes on where `last` ends, on the disc too.
  [[nodiscard]] bool joins(const AllocatedExtent& last, const Descriptor& found) const {
    if (last.type != found.type) return false;
    if (found.type != disc::ExtentType::kRecorded) return true;
    const std::uint64_t bytes = file_offset - last.file_offset;
    return last.address.partition == found.address.partition && bytes % volume.block_bytes() == 0 &&
           last.address.lbn + bytes / volume.block_bytes() == found.address.lbn;
  }
};

Result<Allocation> Allocation::collect(const LogicalVolume& volume, const FileEntry& entry) {
  Allocation out;
  out.length_bytes_ = entry.information_bytes();
  if (entry.descriptor_kind() == disc::DescriptorKind::kEmbedded) {
    if (entry.descriptors().size() < out.length_bytes_)
      return Error{Errc::kCorrupt, "file is longer than what is recorded of it",
                   entry.descriptors().where()};
    out.embedded_offset_ = entry.descriptors().where();
    return out;
  }
  if (entry.descriptor_kind() > disc::DescriptorKind::kEmbedded)
    return Error{Errc::kUnsupported, "kind of allocation descriptors is not known",
                 entry.descriptors().where()};
  Collector collector{volume, entry, out};
  ISOFUSE_TRY(collector.collect());
  if (collector.file_offset < out.length_bytes_)
    out.extents_.push_back({collector.file_offset, {}, disc::ExtentType::kUnallocated});
  return out;
}

Result<Extent> Allocation::extent(const LogicalVolume& volume, std::uint64_t offset,
                                  unsigned copy) const {
  if (offset >= length_bytes_) return Extent{Extent::Kind::kEnd, offset, 0, 0};
  if (embedded_offset_) return Extent{Extent::Kind::kImage, 0, length_bytes_, *embedded_offset_};
  const auto after = std::upper_bound(
      extents_.begin(), extents_.end(), offset,
      [](std::uint64_t value, const AllocatedExtent& e) { return value < e.file_offset; });
  const AllocatedExtent& found = *std::prev(after);  // the first one begins at 0
  const std::uint64_t end =
      after == extents_.end() ? length_bytes_ : std::min(after->file_offset, length_bytes_);
  if (found.type != disc::ExtentType::kRecorded)
    return Extent{Extent::Kind::kZeros, found.file_offset, end - found.file_offset, 0};
  const std::uint64_t block = (offset - found.file_offset) / volume.block_bytes();
  const std::uint64_t lbn = found.address.lbn + block;
  if (lbn > std::numeric_limits<std::uint32_t>::max())
    return Error{Errc::kCorrupt, "extent reaches past its partition"};
  const ImageRun run =
      ISOFUSE_TRY(volume.map({static_cast<std::uint32_t>(lbn), found.address.partition}, copy));
  const std::uint64_t begin = found.file_offset + block * volume.block_bytes();
  const auto run_bytes = checked_mul(run.blocks, std::uint64_t{volume.block_bytes()});
  const std::uint64_t left = end - begin;
  return Extent{Extent::Kind::kImage, begin, run_bytes ? std::min(left, *run_bytes) : left,
                run.image_offset};
}

Result<void> Allocation::read(const LogicalVolume& volume, std::uint64_t offset,
                              std::span<std::byte> into, unsigned copy) const {
  while (!into.empty()) {
    const Extent run = ISOFUSE_TRY(extent(volume, offset, copy));
    if (run.kind == Extent::Kind::kEnd)
      return Error{Errc::kCorrupt, "file is shorter than its own structure"};
    const std::uint64_t skip = offset - run.file_offset;
    const auto part =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), run.length_bytes - skip));
    if (run.kind == Extent::Kind::kZeros)
      std::ranges::fill(into.first(part), std::byte{0});
    else
      ISOFUSE_TRY(volume.image().read(run.image_offset + skip, into.first(part)));
    into = into.subspan(part);
    offset += part;
  }
  return {};
}

unsigned Allocation::copies(const LogicalVolume& volume) const {
  unsigned most = 1;
  for (const AllocatedExtent& extent : extents_)
    if (extent.type == disc::ExtentType::kRecorded)
      most = std::max(most, volume.copies(extent.address.partition));
  return most;
}

bool Allocation::lies_in(std::uint16_t partition) const {
  return std::ranges::all_of(extents_, [&](const AllocatedExtent& extent) {
    return extent.type != disc::ExtentType::kRecorded || extent.address.partition == partition;
  });
}

}  // namespace isofuse::udf
