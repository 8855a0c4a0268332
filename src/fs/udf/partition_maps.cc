#include "fs/udf/partition_maps.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <isofuse/limits.h>

#include "base/log.h"
#include "fs/udf/metadata_partition.h"
#include "fs/udf/physical_partition.h"
#include "fs/udf/sparable_partition.h"
#include "fs/udf/virtual_partition.h"

namespace isofuse::udf {
namespace {

enum class MapKind { kUnknown, kPhysical, kSparable, kVirtual, kMetadata };

struct Map {
  MapKind kind = MapKind::kUnknown;
  std::uint16_t partition_number = 0;
  bool revision_150 = false;  ///< of a virtual one
  disc::SparablePartitionMap sparable{};
  disc::MetadataPartitionMap metadata{};
};

constexpr std::uint16_t kRevision200 = 0x0200;

Result<Map> decode(const ByteView& bytes) {
  Map out;
  const auto head = ISOFUSE_TRY(bytes.read<disc::PartitionMapHead>(0));
  if (head.type == 1) {
    out.kind = MapKind::kPhysical;
    out.partition_number = ISOFUSE_TRY(bytes.read<disc::PartitionMap1>(0)).partition_number.get();
    return out;
  }
  if (head.type != 2) return out;
  const auto map = ISOFUSE_TRY(bytes.read<disc::PartitionMap2>(0));
  out.partition_number = map.partition_number.get();
  const std::string_view identifier = disc::identifier_of(map.kind);
  if (identifier == disc::kVirtualMap) {
    out.kind = MapKind::kVirtual;
    out.revision_150 = map.kind.udf_revision.get() < kRevision200;
  } else if (identifier == disc::kSparableMap) {
    out.kind = MapKind::kSparable;
    out.sparable = ISOFUSE_TRY(bytes.read<disc::SparablePartitionMap>(0));
  } else if (identifier == disc::kMetadataMap) {
    out.kind = MapKind::kMetadata;
    out.metadata = ISOFUSE_TRY(bytes.read<disc::MetadataPartitionMap>(0));
  }
  return out;
}

std::vector<Map> decode_all(const VolumeSequence& sequence, std::vector<std::string>& damage) {
  std::vector<Map> out;
  const ByteView table(sequence.partition_maps);
  std::uint64_t pos = 0;
  const std::size_t count =
      std::min<std::size_t>(sequence.logical->map_count.get(), kPartitionMapsMax);
  while (out.size() < count) {
    const auto head = table.read<disc::PartitionMapHead>(pos);
    const auto bytes = head ? table.slice(pos, head->length_bytes) : head.error();
    if (!bytes || bytes->size() < sizeof(disc::PartitionMapHead)) {
      damage.emplace_back("the table of partition maps is cut off");
      break;
    }
    const auto map = decode(*bytes);
    if (!map) damage.emplace_back("a partition map is too short");
    out.push_back(map.value_or(Map{}));
    pos += bytes->size();
  }
  return out;
}

const disc::PartitionDescriptor* find_descriptor(const VolumeSequence& sequence,
                                                 std::uint16_t number) {
  const auto found = std::ranges::find_if(
      sequence.partitions,
      [&](const disc::PartitionDescriptor& partition) { return partition.number.get() == number; });
  return found == sequence.partitions.end() ? nullptr : &*found;
}

/// The map that says where the blocks of a partition number lie (UDF 2.2.8, 2.2.10: a virtual or
/// metadata map shares the number of another one).
std::optional<std::uint16_t> find_underlying(const std::vector<Map>& maps, std::uint16_t number) {
  for (std::size_t i = 0; i < maps.size(); ++i)
    if (maps[i].partition_number == number &&
        (maps[i].kind == MapKind::kPhysical || maps[i].kind == MapKind::kSparable))
      return static_cast<std::uint16_t>(i);
  return std::nullopt;
}

}  // namespace

Result<void> add_partitions(const VolumeSequence& sequence, const Options& options,
                            LogicalVolume& volume, std::vector<std::string>& damage) {
  const std::vector<Map> maps = decode_all(sequence, damage);
  const auto note = [&](std::size_t i, const char* text) {
    damage.push_back(fmt::format("partition {}: {}", i, text));
  };
  for (std::size_t i = 0; i < maps.size(); ++i) {
    volume.add(nullptr);
    const Map& map = maps[i];
    if (map.kind != MapKind::kPhysical && map.kind != MapKind::kSparable) continue;
    const auto* descriptor = find_descriptor(sequence, map.partition_number);
    if (descriptor == nullptr) {
      note(i, "has no descriptor");
      continue;
    }
    const std::uint32_t start = descriptor->start.get();
    const std::uint32_t blocks = descriptor->length_blocks.get();
    const auto reference = static_cast<std::uint16_t>(i);
    if (map.kind == MapKind::kPhysical) {
      volume.set(reference, std::make_unique<PhysicalPartition>(volume.medium(), start, blocks));
      continue;
    }
    auto sparable = SparablePartition::open(volume.medium(), start, blocks, map.sparable, damage);
    if (sparable) {
      volume.set(reference, std::move(*sparable));
    } else {
      if (sparable.error().code == Errc::kIo) return sparable.error();
      note(i, sparable.error().text);
    }
  }
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const Map& map = maps[i];
    if (map.kind == MapKind::kUnknown) note(i, "is of an unknown kind");
    if (map.kind != MapKind::kVirtual && map.kind != MapKind::kMetadata) continue;
    const auto* descriptor = find_descriptor(sequence, map.partition_number);
    const auto underlying = find_underlying(maps, map.partition_number);
    if (descriptor == nullptr || !underlying) {
      note(i, "has no partition to lie in");
      continue;
    }
    auto made =
        map.kind == MapKind::kVirtual
            ? VirtualPartition::open(volume, *underlying, descriptor->start.get(),
                                     descriptor->length_blocks.get(), map.revision_150, options)
            : MetadataPartition::open(volume, *underlying, map.metadata, damage);
    if (made) {
      volume.set(static_cast<std::uint16_t>(i), std::move(*made));
    } else {
      if (made.error().code == Errc::kNotFound || made.error().code == Errc::kIo)
        return made.error();
      note(i, made.error().text);
    }
  }
  return {};
}

}  // namespace isofuse::udf
