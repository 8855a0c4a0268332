#include "fs/udf/volume_sequence.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <isofuse/limits.h>

#include "base/log.h"
#include "fs/udf/tag.h"

namespace isofuse::udf {
namespace {

bool is_unrecorded(const ByteView& block) {
  const auto head = block.bytes().first(sizeof(disc::Tag));
  return std::ranges::all_of(head, [](std::byte b) { return b == std::byte{0}; });
}

/// Keeps `found` where nothing prevails over it (3/8.4.3).
template <class Descriptor>
bool keep(std::optional<Descriptor>& into, const Descriptor& found) {
  if (into && into->sequence_number.get() > found.sequence_number.get()) return false;
  into = found;
  return true;
}

void keep_partition(std::vector<disc::PartitionDescriptor>& into,
                    const disc::PartitionDescriptor& found) {
  const auto same = std::ranges::find_if(into, [&](const disc::PartitionDescriptor& other) {
    return other.number.get() == found.number.get();
  });
  if (same == into.end())
    into.push_back(found);
  else if (same->sequence_number.get() <= found.sequence_number.get())
    *same = found;
}

Result<void> keep_logical_volume(const ByteView& block, VolumeSequence& into) {
  const auto found = ISOFUSE_TRY(block.read<disc::LogicalVolumeDescriptor>(0));
  const auto maps = ISOFUSE_TRY(block.slice(sizeof found, found.map_table_bytes.get()));
  if (keep(into.logical, found))
    into.partition_maps.assign(maps.bytes().begin(), maps.bytes().end());
  return {};
}

Result<void> take(disc::TagId id, const ByteView& block, VolumeSequence& into) {
  switch (id) {
    case disc::TagId::kPrimaryVolume:
      keep(into.primary, ISOFUSE_TRY(block.read<disc::PrimaryVolumeDescriptor>(0)));
      break;
    case disc::TagId::kPartition:
      keep_partition(into.partitions, ISOFUSE_TRY(block.read<disc::PartitionDescriptor>(0)));
      break;
    case disc::TagId::kLogicalVolume:
      return keep_logical_volume(block, into);
    case disc::TagId::kImplementationUse: {
      const auto found = ISOFUSE_TRY(block.read<disc::ImplementationUseDescriptor>(0));
      if (disc::identifier_of(found.kind) == disc::kVolumeInformation)
        keep(into.information, found);
      break;
    }
    default:
      break;  // 3/8.4.2: unallocated space
  }
  return {};
}

/// Whether every partition that the maps speak of was described.
bool is_complete(const VolumeSequence& sequence) {
  if (!sequence.primary || !sequence.logical) return false;
  const ByteView maps(sequence.partition_maps);
  std::uint64_t pos = 0;
  for (std::uint32_t i = 0; i < sequence.logical->map_count.get() && i < kPartitionMapsMax; ++i) {
    const auto head = maps.read<disc::PartitionMapHead>(pos);
    if (!head || head->length_bytes < sizeof(disc::PartitionMapHead)) break;
    std::optional<std::uint16_t> number;
    if (head->type == 1) {
      if (const auto map = maps.read<disc::PartitionMap1>(pos))
        number = map->partition_number.get();
    } else if (head->type == 2) {
      if (const auto map = maps.read<disc::PartitionMap2>(pos))
        number = map->partition_number.get();
    }
    if (number && std::ranges::none_of(sequence.partitions, [&](const auto& partition) {
          return partition.number.get() == *number;
        }))
      return false;
    pos += head->length_bytes;
  }
  return true;
}

/// The blocks at which an anchor may stand, in the kernel's order.
std::vector<std::uint32_t> anchor_candidates(const Medium& medium, const Options& options) {
  constexpr std::uint64_t kFirst = 256;   // 3/8.4.2.1
  constexpr std::uint64_t kSecond = 512;  // UDF 6.11: where 256 was still taken
  std::vector<std::uint32_t> out;
  const auto add = [&](std::uint64_t block) {
    if (block > std::numeric_limits<std::uint32_t>::max() || block >= medium.size_blocks()) return;
    const auto narrow = static_cast<std::uint32_t>(block);
    if (std::ranges::find(out, narrow) == out.end()) out.push_back(narrow);
  };
  const std::uint64_t session = options.session.value_or(0);
  if (options.anchor_block) add(*options.anchor_block);
  add(session + kFirst);
  const std::uint64_t blocks = medium.size_blocks();
  const std::uint64_t last =
      options.last_block ? *options.last_block : (blocks == 0 ? 0 : blocks - 1);
  // One more or less: drives differ in what they call the last block. Two less: run-out. 150 and
  // 152 less: a pregap that was counted. 3/8.4.2.1: N and N - 256.
  constexpr std::uint64_t kBack[] = {0, 1, 2, 150, 152};
  for (const std::uint64_t back : kBack) {
    if (last < back) continue;
    add(last - back);
    if (last - back >= kFirst) add(last - back - kFirst);
    if (back == 0) {
      add(last + 1);
      if (last + 1 >= kFirst) add(last + 1 - kFirst);
    }
  }
  add(session + kSecond);
  return out;
}

/// What the first anchor leads to that leads to a logical volume, else what any leads to.
std::optional<FoundVolume> try_medium(const Medium& medium, const Options& options) {
  FoundVolume out{medium, {}, {}, {}, {}};
  StoredBlock block;
  bool found = false;
  for (const std::uint32_t candidate : anchor_candidates(medium, options)) {
    if (!block.fetch(medium, candidate)) continue;
    const auto anchor = read_descriptor<disc::AnchorVolumeDescriptorPointer>(
        block.view(), disc::TagId::kAnchor, candidate);
    if (!anchor) {
      // Only a block that says it is an anchor can be a damaged one.
      const auto tag = block.view().read<disc::Tag>(0);
      if (tag && tag->identifier.get() == static_cast<std::uint16_t>(disc::TagId::kAnchor) &&
          tag->location.get() == candidate)
        out.damage.push_back(fmt::format("anchor: {}", describe(anchor.error())));
      continue;
    }
    out.anchors.push_back(candidate);
    if (found) continue;
    VolumeSequence sequence;
    std::vector<std::string> damage;
    read_volume_sequence(medium, anchor->main_sequence, sequence, damage);
    // A damaged descriptor may be the one that prevails: the reserve sequence has it once more.
    const bool damaged = !damage.empty();
    const bool complete = is_complete(sequence);
    if (!complete) damage.emplace_back("the main volume descriptor sequence is incomplete");
    if (damaged || !complete)
      read_volume_sequence(medium, anchor->reserve_sequence, sequence, damage);
    found = sequence.logical.has_value();
    if (!found && out.sequence.primary) continue;
    out.anchor = *anchor;
    out.sequence = std::move(sequence);
    if (found) out.damage.insert(out.damage.end(), damage.begin(), damage.end());
  }
  if (out.anchors.empty()) return std::nullopt;
  return out;
}

}  // namespace

void read_volume_sequence(const Medium& medium, const disc::ExtentDescriptor& extent,
                          VolumeSequence& into, std::vector<std::string>& damage) {
  std::uint64_t at = extent.location.get();
  std::uint64_t end = at + extent.length_bytes.get() / medium.block_bytes();
  std::size_t pointers = 0;
  StoredBlock block;
  const auto note = [&](const Error& error) {
    damage.push_back(fmt::format("volume descriptor sequence: {}", describe(error)));
  };
  for (std::size_t seen = 0; at < end && seen < kVolumeSequenceMax; ++seen, ++at) {
    if (const auto read = block.fetch(medium, at); !read) {
      note(read.error());
      if (read.error().code == Errc::kTruncated) break;
      continue;
    }
    if (is_unrecorded(block.view())) break;  // 3/8.4.2
    const auto id = check_tag(block.view(), static_cast<std::uint32_t>(at));
    if (!id) {
      note(id.error());
      continue;
    }
    if (*id == disc::TagId::kTerminating) break;
    if (*id == disc::TagId::kVolumePointer) {
      const auto pointer = block.view().read<disc::VolumeDescriptorPointer>(0);
      if (!pointer || ++pointers > kVolumePointersMax) {
        note({Errc::kLoop, "volume descriptor pointers do not end", block.view().where()});
        break;
      }
      if (pointer->next.length_bytes.get() == 0) continue;
      end = std::uint64_t{pointer->next.location.get()} +
            pointer->next.length_bytes.get() / medium.block_bytes();
      at = std::uint64_t{pointer->next.location.get()} - 1;  // the loop steps on
      continue;
    }
    if (const auto taken = take(*id, block.view(), into); !taken) note(taken.error());
  }
}

Result<FoundVolume> find_volume(const Source& image, std::uint32_t block_bytes,
                                const Options& options) {
  for (const bool link_blocks : {false, true}) {
    auto found = try_medium(Medium(image, block_bytes, link_blocks), options);
    if (found && found->sequence.logical) return std::move(*found);
  }
  return Error{Errc::kNotRecognised, "no anchor leads to a logical volume"};
}

std::optional<FoundVolume> find_descriptors(const Source& image, std::uint32_t block_bytes,
                                            const Options& options) {
  if (auto found = find_volume(image, block_bytes, options)) return std::move(*found);
  return try_medium(Medium(image, block_bytes), options);
}

}  // namespace isofuse::udf
