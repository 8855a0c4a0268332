#include "fs/iso9660/file_sections.h"

#include <algorithm>
#include <array>
#include <string>

#include <isofuse/limits.h>

#include "base/log.h"

namespace isofuse::iso9660 {
namespace {

/// Blocks without a record that are passed over on the way to the next one.
constexpr int kEmptyBlocksMax = 16;

}  // namespace

Result<void> fetch_next_record(const Source& image, const Layout& layout, std::uint64_t pos,
                               StoredRecord& into) {
  for (int empty = 0; empty < kEmptyBlocksMax; ++empty) {
    std::array<std::byte, 1> length;
    ISOFUSE_TRY(image.read(pos, length));
    if (length[0] != std::byte{0}) return into.fetch(image, pos, layout.high_sierra);
    // A directory begins on a block, and every sector is a whole number of blocks.
    pos = (pos / layout.block_bytes + 1) * layout.block_bytes;
  }
  return Error{Errc::kCorrupt, "file goes on, but no directory record follows", pos};
}

void FileSections::add(const Record& record, const Layout& layout) {
  const disc::DirectoryRecord& head = record.head();
  Section section{length_bytes_, head.data_bytes.get(), record.data_offset(layout), 0, 0};
  // 6.4.3.2: interleaved mode takes both a unit and a gap.
  if (head.unit_blocks != 0 && head.gap_blocks != 0) {
    section.unit_bytes = std::uint64_t{head.unit_blocks} * layout.block_bytes;
    section.gap_bytes = std::uint64_t{head.gap_blocks} * layout.block_bytes;
    // The extended attribute record has the first file unit for itself.
    section.image_offset = std::uint64_t{head.extent_lbn.get()} * layout.block_bytes;
    if (head.xattr_blocks != 0) section.image_offset += section.unit_bytes + section.gap_bytes;
  }
  length_bytes_ += section.length_bytes;
  sections_.push_back(section);
}

Result<FileSections> FileSections::collect(const Source& image, const Layout& layout,
                                           const Record& first) {
  FileSections out;
  out.add(first, layout);
  if (!first.more_sections()) return out;
  const std::string identifier(first.identifier().chars());
  StoredRecord stored;
  std::uint64_t pos = first.where() + first.record_bytes();
  for (bool more = true; more;) {
    const auto fetched = fetch_next_record(image, layout, pos, stored);
    if (!fetched) {
      if (fetched.error().code == Errc::kIo) return fetched.error();
      log_damage(fetched.error(), identifier);
      break;
    }
    const Record& record = stored.record();
    if (record.identifier().chars() != identifier) {
      log_damage({Errc::kCorrupt, "file goes on, but another one follows", record.where(), 0},
                 identifier);
      break;
    }
    if (out.sections_.size() >= kFileSectionsMax) {
      log_damage({Errc::kTooLarge, "file has too many sections", record.where(), 0}, identifier);
      break;
    }
    out.add(record, layout);
    more = record.more_sections();
    pos = record.where() + record.record_bytes();
  }
  return out;
}

Extent FileSections::extent(std::uint64_t offset) const {
  if (offset >= length_bytes_) return {Extent::Kind::kEnd, offset, 0, 0};
  // The last section that begins at or before the offset; empty ones before it do not count.
  const auto after =
      std::upper_bound(sections_.begin(), sections_.end(), offset,
                       [](std::uint64_t value, const Section& s) { return value < s.file_offset; });
  const Section& s = *std::prev(after);
  const std::uint64_t pos = offset - s.file_offset;
  const std::uint64_t left = std::min(s.length_bytes, length_bytes_ - s.file_offset) - pos;
  if (s.unit_bytes == 0) return {Extent::Kind::kImage, offset, left, s.image_offset + pos};
  const std::uint64_t unit = pos / s.unit_bytes;
  const std::uint64_t in_unit = pos % s.unit_bytes;
  return {Extent::Kind::kImage, offset, std::min(left, s.unit_bytes - in_unit),
          s.image_offset + unit * (s.unit_bytes + s.gap_bytes) + in_unit};
}

Result<void> FileSections::read(const Source& image, std::uint64_t offset,
                                std::span<std::byte> into) const {
  while (!into.empty()) {
    const Extent run = extent(offset);
    if (run.kind == Extent::Kind::kEnd)
      return Error{Errc::kCorrupt, "file is shorter than its own structure"};
    const auto part =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), run.length_bytes));
    ISOFUSE_TRY(image.read(run.image_offset, into.first(part)));
    into = into.subspan(part);
    offset += part;
  }
  return {};
}

void FileSections::extend_to_sector() {
  if (sections_.empty() || sections_.back().unit_bytes != 0) return;
  const std::uint64_t over = length_bytes_ % disc::kSectorBytes;
  if (over == 0) return;
  sections_.back().length_bytes += disc::kSectorBytes - over;
  length_bytes_ += disc::kSectorBytes - over;
}

void FileSections::cut_to_24_bits() { length_bytes_ &= 0x00FF'FFFFU; }

}  // namespace isofuse::iso9660
