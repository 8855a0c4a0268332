#pragma once
// Directory records: one decoded from bytes, one fetched from the image.
#include <array>
#include <cstdint>

#include <isofuse/bytes.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

#include "fs/iso9660/disc.h"

namespace isofuse::iso9660 {

/// What the volume descriptor says about how everything else is recorded.
struct Layout {
  std::uint32_t block_bytes = disc::kSectorBytes;
  bool high_sierra = false;
};

/// A directory record (9.1), checked: its identifier and System Use area lie inside it.
class Record {
 public:
  /// Decodes the record at the beginning of `bytes`, which may go on after it. kCorrupt where the
  /// record is shorter than its parts, or longer than `bytes`.
  static Result<Record> decode(const ByteView& bytes, bool high_sierra);

  [[nodiscard]] const disc::DirectoryRecord& head() const { return head_; }
  [[nodiscard]] std::uint8_t flags() const { return flags_; }
  [[nodiscard]] bool is_directory() const { return (flags_ & disc::kDirectory) != 0; }
  [[nodiscard]] bool more_sections() const { return (flags_ & disc::kMultiExtent) != 0; }
  [[nodiscard]] ByteView identifier() const { return identifier_; }
  /// The bytes behind the identifier and its padding (9.1.13).
  [[nodiscard]] ByteView system_use() const { return system_use_; }
  /// "." (9.1.11: a single byte 0) and ".." (a single byte 1).
  [[nodiscard]] bool is_self() const { return is_special(0); }
  [[nodiscard]] bool is_parent() const { return is_special(1); }
  [[nodiscard]] std::uint64_t record_bytes() const { return head_.record_bytes; }
  /// Where the record lies in the image.
  [[nodiscard]] std::uint64_t where() const { return where_; }
  /// Where its data begins in the image, behind an extended attribute record (6.4.3, 9.1.2).
  [[nodiscard]] std::uint64_t data_offset(const Layout& layout) const {
    return (std::uint64_t{head_.extent_lbn.get()} + head_.xattr_blocks) * layout.block_bytes;
  }

 private:
  [[nodiscard]] bool is_special(std::uint8_t value) const {
    return identifier_.size() == 1 &&
           std::to_integer<std::uint8_t>(identifier_.bytes()[0]) == value;
  }

  disc::DirectoryRecord head_{};
  std::uint8_t flags_ = 0;
  ByteView identifier_;
  ByteView system_use_;
  std::uint64_t where_ = 0;
};

/// A record with the bytes that it is made of. Neither copied nor moved: the Record looks into it.
class StoredRecord {
 public:
  StoredRecord() = default;
  StoredRecord(const StoredRecord&) = delete;
  StoredRecord& operator=(const StoredRecord&) = delete;

  /// Fetches the record at `offset` of the image. kTruncated where the image ends before it,
  /// kCorrupt as Record::decode and where there is none (a length of 0).
  Result<void> fetch(const Source& image, std::uint64_t offset, bool high_sierra);
  [[nodiscard]] const Record& record() const { return record_; }

 private:
  std::array<std::byte, 255> bytes_{};  // 9.1.1: a length of one byte
  Record record_;
};

}  // namespace isofuse::iso9660
