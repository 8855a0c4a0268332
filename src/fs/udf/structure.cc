#include "fs/udf/structure.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "fs/udf/tag.h"

namespace isofuse::udf {
namespace {

using Kind = Finding::Kind;

std::optional<disc::AnchorVolumeDescriptorPointer> read_anchor(const Medium& medium,
                                                               std::uint32_t block) {
  StoredBlock stored;
  if (!stored.fetch(medium, block)) return std::nullopt;
  const auto anchor = read_descriptor<disc::AnchorVolumeDescriptorPointer>(
      stored.view(), disc::TagId::kAnchor, block);
  if (!anchor) return std::nullopt;
  return *anchor;
}

/// But for the tag, which says where a descriptor stands.
template <class Descriptor>
bool same_contents(const Descriptor& a, const Descriptor& b) {
  constexpr std::size_t kTag = sizeof(disc::Tag);
  return std::memcmp(reinterpret_cast<const char*>(&a) + kTag,
                     reinterpret_cast<const char*>(&b) + kTag, sizeof a - kTag) == 0;
}

template <class Descriptor>
bool same_contents(const std::optional<Descriptor>& a, const std::optional<Descriptor>& b) {
  return a.has_value() == b.has_value() && (!a || same_contents(*a, *b));
}

void compare_sequences(const Medium& medium, const disc::AnchorVolumeDescriptorPointer& anchor,
                       const FindingHandler& found) {
  VolumeSequence main, reserve;
  std::vector<std::string> main_damage, reserve_damage;
  read_volume_sequence(medium, anchor.main_sequence, main, main_damage);
  read_volume_sequence(medium, anchor.reserve_sequence, reserve, reserve_damage);
  const std::uint64_t where = medium.run_at(anchor.reserve_sequence.location.get()).image_offset;
  for (const std::string& text : reserve_damage) found({Kind::kDamage, "reserve " + text, where});
  // What is broken in one of them was told; it differs for that reason.
  if (!main_damage.empty() || !reserve_damage.empty()) return;
  const auto differs = [&](const char* what, Kind kind) {
    found({kind,
           fmt::format("{} differs between the main and the reserve volume descriptor sequence",
                       what),
           where});
  };
  // It holds names only, and genisoimage makes up another name of the set for each.
  if (!same_contents(main.primary, reserve.primary))
    differs("the primary volume descriptor", Kind::kNote);
  if (!same_contents(main.logical, reserve.logical) ||
      main.partition_maps != reserve.partition_maps)
    differs("the logical volume descriptor", Kind::kDamage);
  if (!std::ranges::equal(main.partitions, reserve.partitions,
                          [](const auto& a, const auto& b) { return same_contents(a, b); }))
    differs("a partition descriptor", Kind::kDamage);
}

void check_anchors(const Volume& volume, const FindingHandler& found) {
  const Medium& medium = volume.found.medium;
  std::optional<disc::AnchorVolumeDescriptorPointer> first;
  for (const std::uint32_t block : volume.found.anchors) {
    const auto anchor = read_anchor(medium, block);
    if (!anchor) continue;
    if (!first) {
      first = anchor;
      compare_sequences(medium, *anchor, found);
    } else if (!same_contents(*first, *anchor)) {
      found({Kind::kDamage, "this anchor names other sequences than the first one",
             medium.run_at(block).image_offset});
    }
  }
  // UDF 2.2.3: two of the three places; on a disc that is still open, one.
  if (volume.found.anchors.size() < 2)
    found({Kind::kNote, "there is one anchor only", Error::kNowhere});
}

/// UDF 2.2.13.1: the two files shall hold the same.
void compare_mirror(const LogicalVolume& volume, const Partition& partition,
                    const FindingHandler& found) {
  constexpr std::uint64_t kPieceBytes = 1U << 20U;
  const std::uint64_t block_bytes = volume.block_bytes();
  // The extents of a hostile file could lead to the same bytes again and again.
  std::uint64_t left_bytes = volume.image().size_bytes();
  std::vector<std::byte> main, mirror;
  for (std::uint64_t lbn = 0; lbn < partition.size_blocks() && lbn <= 0xFFFF'FFFF;) {
    const auto in_main = partition.map(static_cast<std::uint32_t>(lbn), 0);
    const auto in_mirror = partition.map(static_cast<std::uint32_t>(lbn), 1);
    if (!in_main || !in_mirror) {  // not recorded: nothing to compare
      ++lbn;
      continue;
    }
    const std::uint64_t blocks =
        std::min({in_main->blocks, in_mirror->blocks, partition.size_blocks() - lbn,
                  kPieceBytes / block_bytes});
    lbn += blocks;
    if (in_main->image_offset == in_mirror->image_offset) continue;
    if (blocks * block_bytes > left_bytes) return;
    left_bytes -= blocks * block_bytes;
    main.resize(static_cast<std::size_t>(blocks * block_bytes));
    mirror.resize(main.size());
    if (!volume.image().read(in_main->image_offset, main) ||
        !volume.image().read(in_mirror->image_offset, mirror)) {
      found(
          {Kind::kDamage, "the metadata file or its mirror cannot be read", in_main->image_offset});
      continue;
    }
    const auto [difference, other] = std::ranges::mismatch(main, mirror);
    if (difference == main.end()) continue;
    const auto at = static_cast<std::uint64_t>(difference - main.begin());
    found({Kind::kDamage,
           fmt::format("the metadata file differs from its mirror at byte {}",
                       in_mirror->image_offset + at),
           in_main->image_offset + at});
  }
}

}  // namespace

void check_structure(const Volume& volume, const FindingHandler& found) {
  check_anchors(volume, found);
  for (const auto& partition : volume.logical->partitions()) {
    if (partition && partition->kind() == "metadata" && partition->copies() == 2)
      compare_mirror(*volume.logical, *partition, found);
  }
  if (volume.integrity && volume.integrity->descriptor.type.get() != disc::kIntegrityClosed)
    found({Kind::kNote, "the volume was not closed: its writer may not have finished",
           Error::kNowhere});
}

}  // namespace isofuse::udf
