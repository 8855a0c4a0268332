#include "fs/udf/facts.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/calendar.h"
#include "base/facts_text.h"
#include "fs/udf/allocation.h"
#include "fs/udf/areas.h"
#include "fs/udf/cs0.h"
#include "fs/udf/identity.h"
#include "fs/udf/sparable_partition.h"
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

template <std::size_t N>
std::string text(const std::uint8_t (&field)[N]) {
  return dstring_to_utf8(std::as_bytes(std::span(field)));
}

/// The number by which Windows knows a volume: the sums of every fourth byte of the file set.
std::string windows_serial(const disc::FileSetDescriptor& file_set) {
  const auto bytes = std::as_bytes(std::span(&file_set, 1));
  std::uint32_t out = 0;
  for (unsigned lane = 4; lane-- > 0;) {
    std::uint8_t sum = 0;
    for (std::size_t i = lane; i < bytes.size(); i += 4)
      sum = static_cast<std::uint8_t>(sum + std::to_integer<std::uint8_t>(bytes[i]));
    out = (out << 8U) | sum;
  }
  return fmt::format("{:08x}", out);
}

/// What is left of the identifier of a volume set behind its unique beginning (UDF 2.2.2.5).
std::string volume_set_name(std::string_view identifier) {
  const auto is_hex = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  std::size_t unique = 0;
  for (const std::size_t size : {std::size_t{8}, std::size_t{16}})
    if (identifier.size() >= size && std::ranges::all_of(identifier.substr(0, size), is_hex))
      unique = size;
  return std::string(identifier.substr(unique));
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
      if (const auto& header = table->facts().header) {
        put_text(entry, "label", text(header->volume_identifier));
        entry["files"] = header->file_count.get();
        entry["directories"] = header->directory_count.get();
        entry["revision_to_read"] = revision_text(header->revision_to_read.get());
        entry["revision_to_write"] = revision_text(header->revision_to_write.get());
        entry["revision_to_write_max"] = revision_text(header->revision_to_write_max.get());
      }
    }
    if (const auto* sparable = dynamic_cast<const SparablePartition*>(partition.get()))
      entry["packet_blocks"] = sparable->facts().packet_blocks;
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
  std::size_t skip = sizeof(disc::SpaceBitmapDescriptor);
  for (std::uint64_t pos = 0; pos < length; pos += chunk.size()) {
    chunk.resize(static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), length - pos)));
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
  return text(volume.found.sequence.logical->volume_identifier);
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

namespace {

/// The table of a medium that is written once; null elsewhere.
const VirtualPartition* find_virtual(const Volume& volume) {
  for (const auto& partition : volume.logical->partitions())
    if (const auto* found = dynamic_cast<const VirtualPartition*>(partition.get())) return found;
  return nullptr;
}

/// What the volume takes of the image, and what of it.
void describe_blocks(const Volume& volume, const Space& space, Json& out) {
  const std::uint64_t image_blocks = volume.found.medium.size_blocks();
  std::uint64_t free = space.blocks_free;
  std::uint64_t end = 0;
  const std::vector<Area> areas = used_areas(volume);
  for (const Area& area : areas) end = std::max(end, area.end());
  // Written once: what lies behind the table has not been written yet.
  if (const VirtualPartition* table = find_virtual(volume)) {
    const std::uint64_t written = std::uint64_t{table->facts().icb_lbn} + 1;
    free = space.blocks_total - std::min(space.blocks_total, written);
  }
  out["image_blocks"] = image_blocks;
  out["used_blocks"] = free <= space.blocks_total ? space.blocks_total - free : space.blocks_total;
  out["free_blocks"] = free;
  out["behind_blocks"] = image_blocks - std::min(image_blocks, end);
  Json list = Json::array();
  for (const Area& area : areas) {
    Json entry;
    entry["kind"] = area.kind;
    entry["start_block"] = area.start_block;
    entry["blocks"] = area.blocks;
    list.push_back(std::move(entry));
  }
  out["areas"] = std::move(list);
}

}  // namespace

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
    put_text(out, "volume_identifier", text(primary.volume_identifier));
    const std::string volume_set = text(primary.volume_set_identifier);
    put_text(out, "volume_set", volume_set);
    put_text(out, "volume_set_name", volume_set_name(volume_set));
    put_text(out, "application", developer(primary.application));
    put_text(out, "implementation", developer(primary.implementation));
    put_time(out, "created", primary.recorded_at);
  }
  if (sequence.information) {
    put_text(out, "owner", text(sequence.information->owner));
    put_text(out, "organization", text(sequence.information->organization));
    put_text(out, "contact", text(sequence.information->contact));
  }
  put_text(out, "file_set", text(volume.file_set.file_set_identifier));
  put_time(out, "file_set_recorded", volume.file_set.recorded_at);
  out["windows_serial"] = windows_serial(volume.file_set);
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
  const std::uint8_t flags =
      logical.domain.of_domain.flags | volume.file_set.domain.of_domain.flags;
  out["soft_write_protected"] = (flags & disc::kSoftWriteProtected) != 0;
  out["hard_write_protected"] = (flags & disc::kHardWriteProtected) != 0;
  const Space space = space_of(volume);
  out["volume_bytes"] = space.blocks_total * volume.logical->block_bytes();
  out["free_bytes"] = space.blocks_free * volume.logical->block_bytes();
  describe_blocks(volume, space, out);
  Json damage = Json::array();
  for (const std::string& wrong : volume.damage) damage.push_back(wrong);
  out["damage"] = std::move(damage);
  return out;
}

}  // namespace isofuse::udf
