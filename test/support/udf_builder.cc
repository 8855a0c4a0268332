#include "support/udf_builder.h"

#include <algorithm>

#include "base/crc.h"

namespace isofuse::test::udf {
namespace {

constexpr std::size_t kTagBytes = 16;
constexpr std::uint32_t kExtentBytes = 2048;

Bytes long_length(std::uint32_t length_bytes, unsigned type) {
  return little32(length_bytes | (std::uint32_t{type} << 30U));
}

Bytes address(std::uint32_t lbn, std::uint16_t partition) {
  return little32(lbn) + little16(partition);
}

Bytes tag_of(const TagSpec& tag, const Bytes& body) {
  const auto crc_bytes = tag.crc_bytes.value_or(static_cast<std::uint16_t>(body.size()));
  const auto covered = std::span(body).first(std::min<std::size_t>(crc_bytes, body.size()));
  Bytes out = little16(tag.identifier) + little16(tag.version) + bytes_of({0, 0}) + little16(1) +
              little16(tag.crc.value_or(crc_itu_t(covered))) + little16(crc_bytes) +
              little32(tag.location);
  unsigned sum = 0;
  for (const std::byte b : out) sum += std::to_integer<unsigned>(b);
  out[4] = static_cast<std::byte>(tag.checksum.value_or(static_cast<std::uint8_t>(sum & 0xFFU)));
  return out;
}

Bytes map2(std::string_view kind, std::uint16_t revision, std::uint16_t number) {
  return bytes_of({2, 64, 0, 0}) + entity(kind, revision) + little16(1) + little16(number);
}

Bytes icb_tag(std::uint16_t strategy, std::uint8_t type, std::uint16_t flags) {
  return little32(0) + little16(strategy) + little16(0) + little16(1) + bytes_of({0, type}) +
         address(0, 0) + little16(flags);
}

}  // namespace

Bytes little16(std::uint16_t v) { return bytes_of({v & 0xFFU, unsigned{v} >> 8U}); }

Bytes sized(Bytes bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}

Bytes tagged(const TagSpec& tag, const Bytes& body) { return tag_of(tag, body) + body; }

Bytes changed(const Bytes& descriptor, std::size_t pos, const Bytes& bytes) {
  Bytes out = descriptor;
  std::ranges::copy(bytes, out.begin() + static_cast<std::ptrdiff_t>(pos));
  const auto number = [&](std::size_t at) {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(out[at]) |
                                      std::to_integer<unsigned>(out[at + 1]) << 8U);
  };
  const auto location = number(12) | (std::uint32_t{number(14)} << 16U);
  const Bytes body(out.begin() + kTagBytes, out.end());
  return tagged({.identifier = number(0),
                 .location = location,
                 .version = number(2),
                 .crc_bytes = number(10)},
                body);
}

std::string cs0(std::string_view text) { return "\x08" + std::string(text); }
std::string cs0(std::u16string_view text) { return "\x10" + utf16be(text); }

Bytes dstring(std::string_view identifier, std::size_t size) {
  Bytes out = sized(bytes_of(identifier), size);
  out.back() = static_cast<std::byte>(identifier.size());
  return out;
}

Bytes entity(std::string_view identifier, std::uint16_t suffix) {
  return bytes_of({0}) + sized(bytes_of(identifier), 23) + sized(little16(suffix), 8);
}

Bytes stamp(const StampSpec& s) {
  return little16(s.type_and_zone) + little16(s.year) +
         bytes_of({s.month, s.day, s.hour, s.minute, s.second, s.centiseconds,
                   s.hundreds_of_microseconds, s.microseconds});
}

Bytes extent_ad(std::uint32_t length_bytes, std::uint32_t location) {
  return little32(length_bytes) + little32(location);
}
Bytes short_ad(std::uint32_t length_bytes, std::uint32_t lbn, unsigned type) {
  return long_length(length_bytes, type) + little32(lbn);
}
Bytes long_ad(std::uint32_t length_bytes, std::uint32_t lbn, std::uint16_t partition,
              unsigned type) {
  return long_length(length_bytes, type) + address(lbn, partition) + Bytes(6);
}
Bytes ext_ad(std::uint32_t length_bytes, std::uint32_t lbn, std::uint16_t partition, unsigned type,
             std::optional<std::uint32_t> recorded_bytes,
             std::optional<std::uint32_t> information_bytes) {
  return long_length(length_bytes, type) + little32(recorded_bytes.value_or(length_bytes)) +
         little32(information_bytes.value_or(length_bytes)) + address(lbn, partition) + Bytes(2);
}

Bytes volume_structure(std::string_view identifier) {
  return sized(bytes_of({0}) + bytes_of(identifier) + bytes_of({1}), 2048);
}

Bytes anchor(std::uint32_t location, const BlockRange& main, const BlockRange& reserve,
             std::uint32_t block_bytes) {
  const Bytes body = extent_ad(main.blocks * block_bytes, main.location) +
                     extent_ad(reserve.blocks * block_bytes, reserve.location);
  return tagged({.identifier = 2, .location = location}, sized(body, 496));
}

Bytes primary(std::uint32_t location, std::uint32_t sequence_number, std::string_view identifier) {
  Bytes body = little32(sequence_number) + little32(0) + dstring(cs0(identifier), 32);
  body = sized(body, 56) + dstring(cs0("SET"), 128) + Bytes(128) + Bytes(16);
  body = body + entity("*Application") + stamp() + entity("*Writer");
  return tagged({.identifier = 1, .location = location}, sized(body, 496));
}

Bytes pointer(std::uint32_t location, std::uint32_t next_location, std::uint32_t next_bytes,
              std::uint32_t sequence_number) {
  return tagged({.identifier = 3, .location = location},
                sized(little32(sequence_number) + extent_ad(next_bytes, next_location), 496));
}

Bytes terminator(std::uint32_t location) {
  return tagged({.identifier = 8, .location = location}, Bytes(496));
}

Bytes partition(std::uint32_t location, const PartitionSpec& spec) {
  const Bytes use = sized(Bytes(8) + spec.bitmap, 128);  // 4/14.3
  const Bytes body = little32(spec.sequence_number) + little16(1) + little16(spec.number) +
                     entity("+NSR03") + use + little32(spec.access_type) + little32(spec.start) +
                     little32(spec.blocks) + entity("*Writer");
  return tagged({.identifier = 5, .location = location}, sized(body, 496));
}

Bytes physical_map(std::uint16_t number) {
  return bytes_of({1, 6}) + little16(1) + little16(number);
}
Bytes virtual_map(std::uint16_t revision, std::uint16_t number) {
  return sized(map2("*UDF Virtual Partition", revision, number), 64);
}
Bytes sparable_map(const SparableSpec& spec) {
  const auto count = spec.table_count.value_or(static_cast<std::uint8_t>(spec.tables.size()));
  Bytes out = map2("*UDF Sparable Partition", 0x0201, spec.number) + little16(spec.packet_blocks) +
              bytes_of({count, 0}) + little32(spec.table_bytes);
  for (const std::uint32_t table : spec.tables) out = out + little32(table);
  return sized(out, 64);
}
Bytes metadata_map(std::uint32_t main_lbn, std::uint32_t mirror_lbn, std::uint16_t number,
                   unsigned flags) {
  return sized(map2("*UDF Metadata Partition", 0x0250, number) + little32(main_lbn) +
                   little32(mirror_lbn) + little32(0xFFFF'FFFF) + little32(32) + little16(1) +
                   bytes_of({flags}),
               64);
}

Bytes logical(std::uint32_t location, const LogicalSpec& spec) {
  Bytes maps;
  for (const Bytes& map : spec.maps) maps = maps + map;
  const auto count = spec.map_count.value_or(static_cast<std::uint32_t>(spec.maps.size()));
  const auto bytes = spec.map_table_bytes.value_or(static_cast<std::uint32_t>(maps.size()));
  const Bytes body = little32(spec.sequence_number) + Bytes(64) + dstring(cs0(spec.label), 128) +
                     little32(spec.block_bytes) + entity("*OSTA UDF Compliant", spec.revision) +
                     long_ad(spec.block_bytes, spec.file_set_lbn, spec.file_set_partition) +
                     little32(bytes) + little32(count) + entity("*Writer") + Bytes(128) +
                     extent_ad(spec.integrity.blocks * spec.block_bytes, spec.integrity.location);
  return tagged({.identifier = 6, .location = location}, body + maps);
}

Bytes integrity(std::uint32_t location, const IntegritySpec& spec) {
  Bytes tables;
  for (const std::uint32_t count : spec.free_blocks) tables = tables + little32(count);
  for (const std::uint32_t count : spec.size_blocks) tables = tables + little32(count);
  const Bytes use = entity("*Writer") + little32(spec.files) + little32(spec.directories) +
                    little16(0x0102) + little16(0x0201) + little16(0x0250);
  const auto partitions =
      spec.partition_count.value_or(static_cast<std::uint32_t>(spec.free_blocks.size()));
  const Bytes body =
      stamp() + little32(spec.type) + spec.next + little64(16) + Bytes(24) + little32(partitions) +
      little32(spec.use_bytes.value_or(static_cast<std::uint32_t>(use.size()))) + tables + use;
  return tagged({.identifier = 9, .location = location}, body);
}

Bytes sparing_table(std::uint32_t location,
                    const std::vector<std::pair<std::uint32_t, std::uint32_t>>& entries,
                    std::string_view identifier) {
  Bytes body = entity(identifier, 0x0201) + little16(static_cast<std::uint16_t>(entries.size())) +
               little16(0) + little32(1);
  for (const auto& [original, mapped] : entries)
    body = body + little32(original) + little32(mapped);
  return tagged({.identifier = 0, .location = location}, body);
}

Bytes vat_150(const std::vector<std::uint32_t>& entries, std::uint32_t previous_lbn,
              std::string_view identifier) {
  Bytes out;
  for (const std::uint32_t entry : entries) out = out + little32(entry);
  return out + entity(identifier, 0x0150) + little32(previous_lbn);
}

Bytes vat_200(const std::vector<std::uint32_t>& entries, std::uint32_t previous_lbn,
              std::uint16_t header_bytes) {
  Bytes out = little16(header_bytes) + little16(0) + dstring(cs0("VATLABEL"), 128) +
              little32(previous_lbn) + little32(1) + little32(1) + little16(0x0200) +
              little16(0x0200) + little16(0x0260) + little16(0);
  for (const std::uint32_t entry : entries) out = out + little32(entry);
  return out;
}

Bytes file_set(std::uint32_t location, const FileSetSpec& spec) {
  const Bytes body = stamp() + little16(3) + little16(3) + Bytes(16) + Bytes(64) +
                     dstring(cs0("TEST"), 128) + Bytes(64) + dstring(cs0(spec.identifier), 32) +
                     Bytes(64) + long_ad(kExtentBytes, spec.root_lbn, spec.root_partition) +
                     entity("*OSTA UDF Compliant", 0x0201);
  return tagged({.identifier = 256, .location = location}, sized(body, 496));
}

Bytes file_entry(std::uint32_t location, const EntrySpec& spec) {
  const auto flags = static_cast<std::uint16_t>(static_cast<unsigned>(spec.kind) | spec.more_flags);
  const Bytes size = little64(spec.information_bytes.value_or(spec.data.size()));
  Bytes body = icb_tag(spec.strategy, spec.type, flags) + little32(spec.uid) + little32(spec.gid) +
               little32(spec.permissions) + little16(spec.link_count) + bytes_of({0, 0}) +
               little32(0) + size;
  if (spec.extended) body = body + size;
  body = body + little64(spec.blocks_recorded) + spec.accessed + spec.modified;
  if (spec.extended) body = body + stamp({.year = 1999});
  body = body + spec.changed + little32(1);
  if (spec.extended) body = body + little32(0);
  body = body + spec.attributes_icb;
  if (spec.extended) body = body + spec.streams_icb;
  const auto attributes_bytes =
      spec.attributes_bytes.value_or(static_cast<std::uint32_t>(spec.attributes.size()));
  const auto data_bytes = spec.data_bytes.value_or(static_cast<std::uint32_t>(spec.data.size()));
  body = body + entity("*Writer") + little64(17) + little32(attributes_bytes) +
         little32(data_bytes) + spec.attributes + spec.data;
  return tagged(
      {.identifier = static_cast<std::uint16_t>(spec.extended ? 266 : 261), .location = location},
      body);
}

Bytes indirect_entry(std::uint32_t location, std::uint32_t lbn, std::uint16_t partition,
                     std::uint32_t length_bytes) {
  return tagged({.identifier = 259, .location = location},
                icb_tag(4096, 3, 0) + long_ad(length_bytes, lbn, partition));
}

Bytes allocation_extent(std::uint32_t location, const Bytes& descriptors,
                        std::optional<std::uint32_t> descriptors_bytes) {
  const auto bytes = descriptors_bytes.value_or(static_cast<std::uint32_t>(descriptors.size()));
  return tagged({.identifier = 258, .location = location},
                little32(0) + little32(bytes) + descriptors);
}

Bytes fid(const FidSpec& spec) {
  const auto identifier_bytes =
      spec.identifier_bytes.value_or(static_cast<std::uint8_t>(spec.identifier.size()));
  Bytes body = little16(1) + bytes_of({spec.characteristics, identifier_bytes}) +
               long_ad(kExtentBytes, spec.lbn, spec.partition) +
               little16(static_cast<std::uint16_t>(spec.implementation_use.size())) +
               spec.implementation_use + bytes_of(spec.identifier);
  body.resize((kTagBytes + body.size() + 3) / 4 * 4 - kTagBytes);
  return tagged({.identifier = 257, .location = spec.location}, body);
}

Bytes directory(std::uint32_t parent_lbn, const std::vector<FidSpec>& entries,
                std::uint16_t parent_partition) {
  Bytes out = fid({.lbn = parent_lbn,
                   .partition = parent_partition,
                   .characteristics = kDirectory | kParentEntry});
  for (const FidSpec& entry : entries) out = out + fid(entry);
  return out;
}

Bytes path_component(unsigned type, std::string_view identifier) {
  return bytes_of({type, static_cast<unsigned>(identifier.size())}) + little16(0) +
         bytes_of(identifier);
}

Bytes attribute_space(const Bytes& attributes, std::uint32_t implementation_location,
                      std::uint32_t application_location) {
  const Bytes head = little32(implementation_location) + little32(application_location);
  return tagged({.identifier = 262}, head) + attributes;
}
Bytes attribute(std::uint32_t type, const Bytes& payload,
                std::optional<std::uint32_t> length_bytes) {
  const auto bytes = length_bytes.value_or(static_cast<std::uint32_t>(12 + payload.size()));
  return little32(type) + bytes_of({1, 0, 0, 0}) + little32(bytes) + payload;
}
Bytes device_attribute(std::uint32_t major, std::uint32_t minor) {
  return attribute(12, little32(0) + little32(major) + little32(minor));
}
Bytes implementation_attribute(std::string_view identifier, const Bytes& use,
                               std::optional<std::uint32_t> use_bytes) {
  const auto bytes = use_bytes.value_or(static_cast<std::uint32_t>(use.size()));
  return attribute(2048, little32(bytes) + entity(identifier) + use);
}
Bytes os2_attribute(const std::vector<std::pair<std::string, std::string>>& list) {
  Bytes use = little16(0);
  for (const auto& [name, value] : list)
    use = use + bytes_of({0, static_cast<unsigned>(name.size())}) +
          little16(static_cast<std::uint16_t>(value.size())) + bytes_of(name) + bytes_of(value);
  return implementation_attribute("*UDF OS/2 EA", use);
}

VolumeDisc::VolumeDisc(const VolumeSpec& spec)
    : Disc(spec.logical.block_bytes), block_bytes_(spec.logical.block_bytes) {
  block(kImageBlocks - 1, Bytes(block_bytes_));
  const std::uint64_t step = std::max(2048U, block_bytes_);
  for (std::size_t i = 0; i < spec.recognition.size(); ++i)
    put(32768 + i * step, volume_structure(spec.recognition[i]));
  for (const BlockRange& range : {kMain, kReserve}) {
    std::uint32_t at = range.location;
    block(at, primary(at));
    ++at;
    block(at, logical(at, spec.logical));
    ++at;
    for (const PartitionSpec& described : spec.partitions) {
      block(at, partition(at, described));
      ++at;
    }
    block(at, terminator(at));
  }
  block(kIntegrityBlock, integrity(kIntegrityBlock, spec.integrity));
  block(kIntegrityBlock + 1, terminator(kIntegrityBlock + 1));
  for (const std::uint32_t at : spec.anchors) block(at, anchor(at, kMain, kReserve, block_bytes_));
}

void VolumeDisc::directory_entry(std::uint32_t lbn, std::uint32_t parent_lbn,
                                 const std::vector<FidSpec>& entries) {
  entry(lbn, {.type = kDirectoryType, .data = udf::directory(parent_lbn, entries)});
}

VolumeDisc plain_volume(const std::vector<FidSpec>& root_entries, const VolumeSpec& spec) {
  VolumeDisc disc(spec);
  disc.part(0, file_set(0));
  disc.directory_entry(1, 1, root_entries);
  return disc;
}

Bytes with_link_blocks(const Bytes& image, std::uint32_t block_bytes) {
  constexpr std::size_t kPacketBlocks = 32;
  constexpr std::size_t kLinkBlocks = 7;
  Bytes out;
  for (std::size_t pos = 0; pos < image.size(); pos += kPacketBlocks * block_bytes) {
    const auto from = image.begin() + static_cast<std::ptrdiff_t>(pos);
    const auto size = std::min(kPacketBlocks * block_bytes, image.size() - pos);
    out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(size));
    if (pos + size < image.size())
      out.resize(out.size() + kLinkBlocks * block_bytes, std::byte{0xEE});
  }
  return out;
}

}  // namespace isofuse::test::udf
