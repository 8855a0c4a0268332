#include "fs/udf/icb.h"

#include <isofuse/limits.h>

#include "fs/udf/tag.h"

namespace isofuse::udf {
namespace {

std::optional<BlockAddress> address_of(const disc::LongDescriptor& descriptor) {
  if ((descriptor.length_and_type.get() & disc::kExtentLengthMask) == 0) return std::nullopt;
  return to_address(descriptor.location);
}

}  // namespace

std::optional<BlockAddress> FileEntry::extended_attributes_icb() const {
  return address_of(extended_attributes_icb_);
}

std::optional<BlockAddress> FileEntry::streams_icb() const { return address_of(streams_icb_); }

template <class Entry>
Result<void> FileEntry::decode() {
  const ByteView& bytes = block_.view();
  const auto entry = ISOFUSE_TRY(bytes.read<Entry>(0));
  head_ = entry.head;
  blocks_recorded_ = entry.blocks_recorded.get();
  accessed_ = entry.accessed;
  modified_ = entry.modified;
  attributes_changed_ = entry.attributes_changed;
  extended_attributes_icb_ = entry.extended_attributes_icb;
  if constexpr (requires { entry.streams_icb; })
    streams_icb_ = entry.streams_icb;
  else
    streams_icb_ = {};
  const std::uint64_t attributes_bytes = entry.extended_attributes_bytes.get();
  extended_attributes_ = ISOFUSE_TRY(bytes.slice(sizeof entry, attributes_bytes));
  descriptors_ =
      ISOFUSE_TRY(bytes.slice(sizeof entry + attributes_bytes, entry.descriptors_bytes.get()));
  return {};
}

Result<void> FileEntry::fetch(const LogicalVolume& volume, const BlockAddress& icb) {
  BlockAddress at = icb;
  for (std::size_t hops = 0; hops <= kIndirectEntriesMax; ++hops) {
    const disc::TagId id = ISOFUSE_TRY(fetch_descriptor(volume, at, block_));
    if (id == disc::TagId::kFileEntry) {
      ISOFUSE_TRY(decode<disc::FileEntry>());
    } else if (id == disc::TagId::kExtendedFileEntry) {
      ISOFUSE_TRY(decode<disc::ExtendedFileEntry>());
    } else if (id != disc::TagId::kIndirectEntry) {
      return Error{Errc::kCorrupt, "no file entry stands there", block_.view().where()};
    }
    std::optional<BlockAddress> next;
    if (id == disc::TagId::kIndirectEntry) {
      next = address_of(ISOFUSE_TRY(block_.view().read<disc::IndirectEntry>(0)).icb);
      if (!next)
        return Error{Errc::kCorrupt, "indirect entry leads nowhere", block_.view().where()};
    } else {
      where_ = at;
      const std::uint16_t strategy = head_.icb_tag.strategy.get();
      if (strategy == disc::kStrategyPlain) return {};
      if (strategy != disc::kStrategyChained)
        return Error{Errc::kUnsupported, "ICB strategy is not known", block_.view().where()};
      // UDF 2.3.5.1: the entry, and behind it the indirect entry, if a newer entry was recorded.
      StoredBlock behind;
      const BlockAddress behind_at{at.lbn + 1, at.partition};
      const auto behind_id = fetch_descriptor(volume, behind_at, behind);
      // Where it cannot be told whether there is a newer entry, the older one must not be shown.
      if (!behind_id && behind_id.error().code == Errc::kIo) return behind_id.error();
      if (!behind_id || *behind_id != disc::TagId::kIndirectEntry) return {};
      next = address_of(ISOFUSE_TRY(behind.view().read<disc::IndirectEntry>(0)).icb);
      if (!next) return {};
    }
    at = *next;
  }
  return Error{Errc::kLoop, "chain of ICBs does not end", block_.view().where()};
}

}  // namespace isofuse::udf
