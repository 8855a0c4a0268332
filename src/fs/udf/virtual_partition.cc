#include "fs/udf/virtual_partition.h"

#include <array>
#include <limits>

#include <fmt/format.h>

#include <isofuse/limits.h>

#include "base/log.h"

namespace isofuse::udf {

/// Takes `entry`, found at `icb_lbn`, for that of a table. `any_type`: whatever file type it says.
Result<void> VirtualPartition::load(const FileEntry& entry, std::uint32_t icb_lbn, bool any_type) {
  // UDF 1.50 2.2.10: file type 0; 2.00 2.2.11: 248.
  const auto expected =
      revision_150_ ? disc::IcbFileType::kUnspecified : disc::IcbFileType::kVirtualAllocationTable;
  const Error none{Errc::kCorrupt, "no virtual allocation table stands there",
                   entry.descriptors().where()};
  if (!any_type && entry.type() != expected) return none;
  const Allocation table = ISOFUSE_TRY(Allocation::collect(volume_, entry));
  // The table may not lie where it says itself that it lies.
  if (!table.lies_in(physical_)) return none;
  VatFacts facts;
  facts.icb_lbn = icb_lbn;
  std::uint64_t begin = 0;
  std::uint64_t end = table.length_bytes();
  std::uint32_t previous_lbn = disc::kVirtualUnused;
  if (revision_150_) {
    std::array<std::byte, sizeof(disc::VirtualAllocationTrailer)> bytes;
    if (end < bytes.size()) return none;
    end -= bytes.size();
    ISOFUSE_TRY(table.read(volume_, end, bytes));
    const auto trailer = ISOFUSE_TRY(ByteView(bytes).read<disc::VirtualAllocationTrailer>(0));
    if (!any_type && disc::identifier_of(trailer.identifier) != disc::kVatIdentifier) return none;
    previous_lbn = trailer.previous_lbn.get();
  } else {
    std::array<std::byte, sizeof(disc::VirtualAllocationTable)> bytes;
    if (end < bytes.size()) return none;
    ISOFUSE_TRY(table.read(volume_, 0, bytes));
    const auto header = ISOFUSE_TRY(ByteView(bytes).read<disc::VirtualAllocationTable>(0));
    begin = header.header_bytes.get();
    if (begin > end || begin < sizeof header) return none;
    previous_lbn = header.previous_lbn.get();
    facts.header = header;
  }
  const std::uint64_t entries = (end - begin) / sizeof(Little32);
  if (entries > std::numeric_limits<std::uint32_t>::max()) return none;
  facts.entries = static_cast<std::uint32_t>(entries);
  facts_ = facts;
  entries_offset_ = begin;
  previous_lbn_ = previous_lbn;
  table_ = table;
  return {};
}

/// UDF 2.2.11, 6.10.3: its ICB is the last block that was recorded. Drives count run-out blocks,
/// copies of discs are padded, and the end of the partition may be nearer the truth than that of
/// the image; so it is looked for from both ends backwards. Run-out blocks cannot be read, so a
/// block that cannot be is passed over; a table that cannot be is not, since an older one would be
/// shown in its place.
Result<void> VirtualPartition::find(std::uint32_t start, std::uint32_t size_blocks,
                                    const Options& options) {
  const std::uint64_t image_blocks = volume_.medium().size_blocks();
  const std::uint64_t last =
      options.last_block ? *options.last_block : (image_blocks == 0 ? 0 : image_blocks - 1);
  Error none{Errc::kCorrupt, "the virtual allocation table of this disc was not found"};
  FileEntry entry;
  // First where the file type is right, then, as the kernel, whatever stands there.
  for (const bool any_type : {false, true}) {
    for (const std::uint64_t from : {last, std::uint64_t{start} + size_blocks - 1}) {
      const std::uint32_t back_max = any_type ? 4 : kVatSearchBlocksMax;
      for (std::uint64_t back = 0; back < back_max && from >= start + back; ++back) {
        const std::uint64_t lbn = from - back - start;
        if (lbn > std::numeric_limits<std::uint32_t>::max()) continue;
        const auto narrow = static_cast<std::uint32_t>(lbn);
        if (const auto fetched = entry.fetch(volume_, {narrow, physical_}); !fetched) {
          if (fetched.error().code == Errc::kIo) none = fetched.error();
          continue;
        }
        const auto loaded = load(entry, narrow, any_type);
        if (loaded || loaded.error().code == Errc::kIo) return loaded;
      }
    }
  }
  return none;
}

Result<std::unique_ptr<Partition>> VirtualPartition::open(
    const LogicalVolume& volume, std::uint16_t physical, std::uint32_t start,
    std::uint32_t size_blocks, bool revision_150, const Options& options) {
  std::unique_ptr<VirtualPartition> out(new VirtualPartition(volume, physical, revision_150));
  ISOFUSE_TRY(out->find(start, size_blocks, options));
  if (options.vat_generation > kVatGenerationsMax)
    return Error{Errc::kNotFound, "there are not so many virtual allocation tables"};
  for (std::uint32_t i = 0; i < options.vat_generation; ++i) {
    if (out->previous_lbn_ == disc::kVirtualUnused)
      return Error{Errc::kNotFound, "there are not so many virtual allocation tables"};
    FileEntry entry;
    const std::uint32_t icb_lbn = out->previous_lbn_;
    ISOFUSE_TRY(entry.fetch(volume, {icb_lbn, physical}));
    ISOFUSE_TRY(out->load(entry, icb_lbn, true));
  }
  return std::unique_ptr<Partition>(std::move(out));
}

Result<ImageRun> VirtualPartition::map(std::uint32_t lbn, unsigned /*copy*/) const {
  if (lbn >= facts_.entries)
    return Error{Errc::kCorrupt, "virtual address behind the end of the table"};
  std::array<std::byte, sizeof(Little32)> bytes;
  ISOFUSE_TRY(table_.read(volume_, entries_offset_ + std::uint64_t{lbn} * sizeof(Little32), bytes));
  const std::uint32_t physical_lbn = ISOFUSE_TRY(ByteView(bytes).read<Little32>(0)).get();
  if (physical_lbn == disc::kVirtualUnused)
    return Error{Errc::kCorrupt, "virtual address of no block"};
  ImageRun run = ISOFUSE_TRY(volume_.map({physical_lbn, physical_}));
  run.blocks = 1;
  return run;
}

}  // namespace isofuse::udf
