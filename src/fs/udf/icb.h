#pragma once
// Information control blocks (ECMA-167 4/14.6 ff.): what the disc says of one file.
#include <cstdint>
#include <optional>

#include <isofuse/bytes.h>
#include <isofuse/result.h>

#include "fs/udf/disc.h"
#include "fs/udf/logical_volume.h"

namespace isofuse::udf {

/// A File Entry or an Extended File Entry, with the block that it stands in. Neither copied nor
/// moved: the views look into the block.
class FileEntry {
 public:
  FileEntry() = default;
  FileEntry(const FileEntry&) = delete;
  FileEntry& operator=(const FileEntry&) = delete;

  /// Fetches the entry that prevails in the ICB at `icb`: by strategy 4 the one there, by strategy
  /// 4096 the last of the chain. kCorrupt where none stands there, kUnsupported for other
  /// strategies, kLoop for a chain of more than kIndirectEntriesMax.
  Result<void> fetch(const LogicalVolume& volume, const BlockAddress& icb);

  [[nodiscard]] const disc::FileEntryHead& head() const { return head_; }
  [[nodiscard]] disc::IcbFileType type() const {
    return static_cast<disc::IcbFileType>(head_.icb_tag.file_type);
  }
  [[nodiscard]] std::uint16_t flags() const { return head_.icb_tag.flags.get(); }
  [[nodiscard]] std::uint64_t information_bytes() const { return head_.information_bytes.get(); }
  [[nodiscard]] std::uint64_t blocks_recorded() const { return blocks_recorded_; }
  [[nodiscard]] const disc::Timestamp& accessed() const { return accessed_; }
  [[nodiscard]] const disc::Timestamp& modified() const { return modified_; }
  [[nodiscard]] const disc::Timestamp& attributes_changed() const { return attributes_changed_; }

  [[nodiscard]] disc::DescriptorKind descriptor_kind() const {
    return static_cast<disc::DescriptorKind>(flags() & disc::kDescriptorKindMask);
  }
  /// The allocation descriptors, or the data itself where they are embedded.
  [[nodiscard]] const ByteView& descriptors() const { return descriptors_; }
  /// The extended attributes that are recorded in the entry.
  [[nodiscard]] const ByteView& extended_attributes() const { return extended_attributes_; }
  /// Those that have a file of their own (4/14.9.14); and the stream directory (4/14.17.15).
  [[nodiscard]] std::optional<BlockAddress> extended_attributes_icb() const;
  [[nodiscard]] std::optional<BlockAddress> streams_icb() const;
  /// Where the entry itself is recorded: short descriptors count from its partition (4/14.14.1).
  [[nodiscard]] const BlockAddress& where() const { return where_; }

 private:
  template <class Entry>
  Result<void> decode();

  StoredBlock block_;
  BlockAddress where_;
  disc::FileEntryHead head_{};
  std::uint64_t blocks_recorded_ = 0;
  disc::Timestamp accessed_{}, modified_{}, attributes_changed_{};
  disc::LongDescriptor extended_attributes_icb_{}, streams_icb_{};
  ByteView descriptors_, extended_attributes_;
};

}  // namespace isofuse::udf
