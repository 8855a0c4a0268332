#include "fs/udf/facts.h"

#include <algorithm>
#include <bit>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/calendar.h"
#include "fs/facts_text.h"
#include "fs/udf/allocation.h"
#include "fs/udf/cs0.h"
#include "fs/udf/identity.h"
#include "fs/udf/tag.h"
#include "fs/udf/time.h"
#include "fs/udf/virtual_partition.h"

namespace isofuse::udf {
namespace {

using Json = nlohmann::ordered_json;

void put_time(Json& into, const char* key, const disc::Timestamp& time) {
  if (time.month != 0) into[key] = iso_8601(to_timestamp(time).seconds);
}

/// "*Linux UDFFS": the developer of what wrote the volume; not all are text.
std::string developer(const disc::EntityIdentifier& entity) {
  std::string out(disc::identifier_of(entity));
  for (char& c : out)
    if (c < ' ' || c > '~') c = '?';
  return out;
}

/// 3/10.5.7
const char* access_name(std::uint32_t type) {
  switch (type) {
    case 0:
      return "pseudo-overwritable";
    case 1:
      return "read only";
    case 2:
      return "write once";
    case 3:
      return "rewritable";
    case 4:
      return "overwritable";
    default:
      return "unknown";
  }
}

Json describe_partitions(const Volume& volume) {
  Json out = Json::array();
  for (const disc::PartitionDescriptor& partition : volume.found.sequence.partitions) {
    Json entry;
    entry["number"] = partition.number.get();
    entry["contents"] = developer(partition.contents);
    entry["access"] = access_name(partition.access_type.get());
    entry["start_block"] = partition.start.get();
    entry["blocks"] = partition.length_blocks.get();
    out.push_back(std::move(entry));
  }
  return out;
}

Json describe_maps(const Volume& volume) {
  Json out = Json::array();
  for (const auto& partition : volume.logical->partitions()) {
    Json entry;
    entry["kind"] = partition ? std::string(partition->kind()) : "not readable";
    if (partition) entry["blocks"] = partition->size_blocks();
    if (partition && partition->copies() > 1) entry["mirror"] = true;
    if (const auto* table = dynamic_cast<const VirtualPartition*>(partition.get())) {
      entry["table_block"] = table->facts().icb_lbn;
      if (table->facts().header)
        put_text(
            entry, "label",
            dstring_to_utf8(std::as_bytes(std::span(table->facts().header->volume_identifier))));
    }
    out.push_back(std::move(entry));
  }
  return out;
}

Json describe_integrity(const Integrity& integrity) {
  Json out;
  out["state"] = integrity.descriptor.type.get() == disc::kIntegrityClosed ? "closed" : "open";
  put_time(out, "recorded", integrity.descriptor.recorded_at);
  if (integrity.use) {
    out["files"] = integrity.use->file_count.get();
    out["directories"] = integrity.use->directory_count.get();
    out["revision_to_read"] = revision_text(integrity.use->revision_to_read.get());
    out["revision_to_write"] = revision_text(integrity.use->revision_to_write.get());
    out["revision_to_write_max"] = revision_text(integrity.use->revision_to_write_max.get());
    put_text(out, "written_by", developer(integrity.use->implementation));
  }
  return out;
}

/// The bits of a space bitmap (4/14.12): a one is a free block.
std::optional<std::uint64_t> count_bitmap(const Volume& volume, std::uint16_t partition,
                                          const disc::ShortDescriptor& where) {
  constexpr std::uint64_t kBytesMax = 64U << 20U;  // 2^29 blocks
  const LogicalVolume& logical = *volume.logical;
  const auto run = logical.map({where.lbn.get(), partition});
  if (!run) return std::nullopt;
  const std::uint64_t length =
      std::min<std::uint64_t>(where.length_and_type.get() & disc::kExtentLengthMask, kBytesMax);
  std::vector<std::byte> chunk(64U << 10U);
  std::uint64_t bits_left = 0;
  std::uint64_t free = 0;
  std::uint64_t skip = sizeof(disc::SpaceBitmapDescriptor);
  for (std::uint64_t pos = 0; pos < length; pos += chunk.size()) {
    chunk.resize(std::min<std::uint64_t>(chunk.size(), length - pos));
    if (!logical.image().read(run->image_offset + pos, chunk)) return std::nullopt;
    if (pos == 0) {
      const auto head = ByteView(chunk).read<disc::SpaceBitmapDescriptor>(0);
      if (!head ||
          head->tag.identifier.get() != static_cast<std::uint16_t>(disc::TagId::kSpaceBitmap))
        return std::nullopt;
      bits_left = head->bits.get();
    }
    for (std::size_t i = skip; i < chunk.size() && bits_left > 0; ++i) {
      auto byte = std::to_integer<std::uint8_t>(chunk[i]);
      if (bits_left < 8) byte &= static_cast<std::uint8_t>((1U << bits_left) - 1);
      free += static_cast<std::uint64_t>(std::popcount(byte));
      bits_left -= std::min<std::uint64_t>(bits_left, 8);
    }
    skip = 0;
  }
  return free;
}

}  // namespace

std::string volume_label(const Volume& volume) {
  return dstring_to_utf8(
      std::as_bytes(std::span(volume.found.sequence.logical->volume_identifier)));
}

std::string volume_format(const Volume& volume) {
  return "UDF " + revision_text(volume.found.sequence.logical->domain.udf_revision.get());
}

Space space_of(const Volume& volume) {
  const auto partitions = volume.logical->partitions();
  std::uint16_t reference = to_address(volume.found.sequence.logical->file_set.location).partition;
  if (reference >= partitions.size() || !partitions[reference]) return {};
  const bool written_once = partitions[reference]->kind() == "virtual";
  reference = partitions[reference]->host().value_or(reference);
  Space out{partitions[reference]->size_blocks(), 0, 0};
  if (written_once) return out;
  for (const disc::PartitionDescriptor& partition : volume.found.sequence.partitions)
    out.blocks_of_image = std::max(
        out.blocks_of_image, std::uint64_t{partition.start.get()} + partition.length_blocks.get());
  if (volume.integrity && reference < volume.integrity->free_blocks.size()) {
    const std::uint32_t free = volume.integrity->free_blocks[reference];
    if (free != disc::kSpaceUnknown) out.blocks_free = free;
  }
  if (out.blocks_free == 0 && reference < volume.found.sequence.partitions.size()) {
    const auto& bitmap = volume.found.sequence.partitions[reference].unallocated_bitmap;
    if (bitmap.length_and_type.get() != 0)
      out.blocks_free = count_bitmap(volume, reference, bitmap).value_or(0);
  }
  return out;
}

Json volume_facts(const Volume& volume) {
  const VolumeSequence& sequence = volume.found.sequence;
  const disc::LogicalVolumeDescriptor& logical = *sequence.logical;
  Json out;
  out["filesystem"] = "UDF";
  out["label"] = volume_label(volume);
  out["view"] = "udf";
  out["revision"] = revision_text(logical.domain.udf_revision.get());
  out["domain"] = developer(logical.domain);
  out["block_bytes"] = volume.logical->block_bytes();
  put_text(out, "written_by", developer(logical.implementation));
  if (sequence.primary) {
    const auto& primary = *sequence.primary;
    put_text(out, "volume_identifier",
             dstring_to_utf8(std::as_bytes(std::span(primary.volume_identifier))));
    put_text(out, "volume_set",
             dstring_to_utf8(std::as_bytes(std::span(primary.volume_set_identifier))));
    put_text(out, "application", developer(primary.application));
    put_time(out, "created", primary.recorded_at);
  }
  put_text(out, "file_set",
           dstring_to_utf8(std::as_bytes(std::span(volume.file_set.file_set_identifier))));
  put_time(out, "file_set_recorded", volume.file_set.recorded_at);
  Json structures = Json::array();
  for (const std::string& identifier : volume.structures) structures.push_back(identifier);
  out["recognition_sequence"] = std::move(structures);
  Json anchors = Json::array();
  for (const std::uint32_t block : volume.found.anchors) anchors.push_back(block);
  out["anchors"] = std::move(anchors);
  if (volume.found.medium.link_blocks()) out["link_blocks"] = true;
  out["partitions"] = describe_partitions(volume);
  out["partition_maps"] = describe_maps(volume);
  if (volume.integrity) out["integrity"] = describe_integrity(*volume.integrity);
  const Space space = space_of(volume);
  out["volume_bytes"] = space.blocks_total * volume.logical->block_bytes();
  out["free_bytes"] = space.blocks_free * volume.logical->block_bytes();
  Json damage = Json::array();
  for (const std::string& text : volume.damage) damage.push_back(text);
  out["damage"] = std::move(damage);
  return out;
}

}  // namespace isofuse::udf
