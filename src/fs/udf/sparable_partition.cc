#include "fs/udf/sparable_partition.h"

#include <algorithm>
#include <bit>
#include <optional>

#include <fmt/format.h>

#include "base/log.h"
#include "fs/udf/tag.h"

namespace isofuse::udf {

Result<std::unique_ptr<Partition>> SparablePartition::open(const Medium& medium,
                                                           std::uint32_t start,
                                                           std::uint32_t size_blocks,
                                                           const disc::SparablePartitionMap& map,
                                                           std::vector<std::string>& damage) {
  const std::uint32_t packet_blocks = map.packet_blocks.get();
  if (!std::has_single_bit(packet_blocks))
    return Error{Errc::kCorrupt, "length of packets is not a power of two"};
  std::unique_ptr<SparablePartition> out(
      new SparablePartition(medium, start, size_blocks, packet_blocks));
  const std::size_t tables = std::min<std::size_t>(map.table_count, std::size(map.table_locations));
  out->facts_.packet_blocks = packet_blocks;
  out->facts_.table_bytes = map.table_bytes.get();
  for (std::size_t i = 0; i < tables; ++i)
    out->facts_.tables.push_back(map.table_locations[i].get());
  std::optional<Error> unreadable;
  for (std::size_t i = 0; i < tables; ++i) {
    const auto read = out->read_table(map.table_locations[i].get(), map.table_bytes.get());
    if (read) return std::unique_ptr<Partition>(std::move(out));
    if (read.error().code == Errc::kIo) unreadable = read.error();
    damage.push_back(fmt::format("sparing table {}: {}", i, describe(read.error())));
    out->moved_.clear();
  }
  // It may be whole, and say that packets lie elsewhere: their old blocks must not be shown.
  if (unreadable) return *unreadable;
  return std::unique_ptr<Partition>(std::move(out));
}

Result<void> SparablePartition::read_table(std::uint32_t location, std::uint32_t table_bytes) {
  // At most 65,535 entries (their number has 16 bits), so half a megabyte.
  constexpr std::uint64_t kTableBytesMax =
      sizeof(disc::SparingTable) + 0xFFFFU * sizeof(disc::SparingEntry);
  const std::uint64_t where = medium_.run_at(location).image_offset;
  StoredBlock first;
  ISOFUSE_TRY(first.fetch(medium_, location));
  const auto head = ISOFUSE_TRY(first.view().read<disc::SparingTable>(0));
  // UDF 2.2.12: the identifier of the tag is 0; the CRC may cover more than the first block.
  const std::uint64_t needed =
      sizeof head + std::uint64_t{head.entry_count.get()} * sizeof(disc::SparingEntry);
  const std::uint64_t wanted =
      std::max<std::uint64_t>(needed, sizeof(disc::Tag) + head.tag.crc_bytes.get());
  const std::uint64_t room = std::max<std::uint64_t>(table_bytes, medium_.block_bytes());
  if (wanted > room || wanted > kTableBytesMax)
    return Error{Errc::kCorrupt, "sparing table is longer than its room", where};
  std::vector<std::byte> bytes(static_cast<std::size_t>(wanted));
  ISOFUSE_TRY(medium_.image().read(where, bytes));
  const ByteView table(bytes, where);
  const disc::TagId id = ISOFUSE_TRY(check_tag(table, location));
  if (id != disc::TagId::kSparingTable ||
      disc::identifier_of(head.identifier) != disc::kSparingIdentifier)
    return Error{Errc::kCorrupt, "no sparing table stands there", where};
  std::vector<std::uint32_t> spares;
  for (std::uint64_t pos = sizeof head; pos < needed; pos += sizeof(disc::SparingEntry)) {
    const auto entry = ISOFUSE_TRY(table.read<disc::SparingEntry>(pos));
    spares.push_back(entry.mapped_location.get());
    if (entry.original_lbn.get() >= disc::kSparingUnused) continue;
    // What is not the first block of a packet can never be asked for, and would end runs.
    if (entry.original_lbn.get() % packet_blocks_ != 0) continue;
    moved_.push_back({entry.original_lbn.get(), entry.mapped_location.get()});
  }
  std::ranges::stable_sort(moved_, {}, &Moved::original_lbn);
  set_spares(std::move(spares));
  return {};
}

void SparablePartition::set_spares(std::vector<std::uint32_t> locations) {
  std::ranges::sort(locations);
  for (const std::uint32_t location : locations) {
    auto& runs = facts_.spares;
    if (runs.empty() || runs.back().first + runs.back().second < location)
      runs.emplace_back(location, packet_blocks_);
    else
      runs.back().second = location + std::uint64_t{packet_blocks_} - runs.back().first;
  }
}

Result<ImageRun> SparablePartition::map(std::uint32_t lbn, unsigned /*copy*/) const {
  const std::uint32_t in_packet = lbn & (packet_blocks_ - 1);
  const std::uint32_t packet = lbn - in_packet;
  const auto next = std::ranges::lower_bound(moved_, packet, {}, &Moved::original_lbn);
  if (next != moved_.end() && next->original_lbn == packet) {
    ImageRun run = medium_.run_at(std::uint64_t{next->location} + in_packet);
    run.blocks = std::min<std::uint64_t>(run.blocks, packet_blocks_ - in_packet);
    return run;
  }
  ImageRun run = medium_.run_at(std::uint64_t{start_} + lbn);
  if (next != moved_.end())
    run.blocks = std::min<std::uint64_t>(run.blocks, next->original_lbn - lbn);
  return run;
}

}  // namespace isofuse::udf
