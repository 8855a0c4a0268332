#include "fs/iso9660/record.h"

#include <algorithm>
#include <cstddef>

namespace isofuse::iso9660 {

Result<Record> Record::decode(const ByteView& bytes, bool high_sierra) {
  Record out;
  out.where_ = bytes.where();
  out.head_ = ISOFUSE_TRY(bytes.read<disc::DirectoryRecord>(0));
  if (out.head_.record_bytes < sizeof out.head_)
    return Error{Errc::kCorrupt, "directory record is too short", bytes.where()};
  // One check for the record; everything below is relative to it, never to what follows it.
  const ByteView record = ISOFUSE_TRY(bytes.slice(0, out.head_.record_bytes));
  out.identifier_ = ISOFUSE_TRY(record.slice(sizeof out.head_, out.head_.identifier_bytes));
  // 9.1.12: a pad byte after an even identifier. If the record ends first: no System Use area.
  const std::uint64_t used = sizeof out.head_ + out.identifier_.size();
  out.system_use_ = record.tail(used + used % 2);
  // HSG: the flags stand in the place of the zone.
  out.flags_ = high_sierra ? static_cast<std::uint8_t>(out.head_.recorded_at.utc_offset_quarters)
                           : out.head_.flags;
  return out;
}

Result<void> StoredRecord::fetch(const Source& image, std::uint64_t offset, bool high_sierra) {
  if (offset >= image.size_bytes())
    return Error{Errc::kTruncated, "directory record lies behind the end of the image", offset};
  // 9.1.1 and 6.8.1.1: most often the record ends in the same sector, so one read is enough; the
  // length alone would cost a read of its own.
  const auto length =
      static_cast<std::size_t>(std::min<std::uint64_t>(bytes_.size(), image.size_bytes() - offset));
  const auto in_sector = static_cast<std::size_t>(
      std::min<std::uint64_t>(length, disc::kSectorBytes - offset % disc::kSectorBytes));
  const std::span<std::byte> bytes(bytes_);
  ISOFUSE_TRY(image.read(offset, bytes.first(in_sector)));
  const auto record_bytes = std::to_integer<std::uint8_t>(bytes_[0]);
  if (record_bytes > in_sector && record_bytes <= length)
    ISOFUSE_TRY(image.read(offset + in_sector, bytes.subspan(in_sector, length - in_sector)));
  record_ = ISOFUSE_TRY(Record::decode(ByteView(bytes.first(length), offset), high_sierra));
  return {};
}

}  // namespace isofuse::iso9660
