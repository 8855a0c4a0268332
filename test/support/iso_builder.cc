#include "support/iso_builder.h"

#include <algorithm>
#include <utility>

namespace isofuse::test {
namespace {

constexpr std::size_t kSectorBytes = 2048;

std::byte to_byte(std::uint64_t value) { return static_cast<std::byte>(value & 0xFFU); }

void overwrite(Bytes& into, std::size_t at, const Bytes& bytes) {
  if (into.size() < at + bytes.size()) into.resize(at + bytes.size());
  std::ranges::copy(bytes, into.begin() + static_cast<std::ptrdiff_t>(at));
}

Bytes components(const std::vector<susp::Part>& parts, unsigned flags) {
  Bytes out = bytes_of({flags});
  for (const susp::Part& part : parts)
    out =
        out + bytes_of({part.flags, static_cast<unsigned>(part.text.size())}) + bytes_of(part.text);
  return out;
}

Bytes padded(std::string_view text, std::size_t size, char fill = ' ') {
  std::string out(text.substr(0, size));
  out.resize(size, fill);
  return bytes_of(out);
}

}  // namespace

Bytes bytes_of(std::string_view text) {
  Bytes out;
  for (const char c : text) out.push_back(static_cast<std::byte>(c));
  return out;
}

Bytes bytes_of(std::initializer_list<unsigned> values) {
  Bytes out;
  for (const unsigned value : values) out.push_back(to_byte(value));
  return out;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes pattern(std::size_t size, unsigned seed) {
  Bytes out(size);
  std::uint32_t state = seed * 2654435761U + 1;
  for (std::byte& b : out) {
    state = state * 1664525U + 1013904223U;
    b = to_byte(state >> 24U);
  }
  return out;
}

Bytes both16(std::uint16_t v) {
  return {to_byte(v), to_byte(std::uint64_t{v} >> 8U), to_byte(std::uint64_t{v} >> 8U), to_byte(v)};
}

Bytes little32(std::uint32_t v) {
  return {to_byte(v), to_byte(v >> 8U), to_byte(v >> 16U), to_byte(v >> 24U)};
}

Bytes both32(std::uint32_t v) {
  Bytes big = little32(v);
  std::ranges::reverse(big);
  return little32(v) + big;
}

Bytes little64(std::uint64_t v) {
  return little32(static_cast<std::uint32_t>(v)) + little32(static_cast<std::uint32_t>(v >> 32U));
}

std::string utf16be(std::u16string_view text) {
  std::string out;
  for (const char16_t unit : text) {
    out.push_back(static_cast<char>(unit >> 8U));
    out.push_back(static_cast<char>(unit & 0xFFU));
  }
  return out;
}

Bytes make_record(const RecordSpec& spec) {
  Bytes out = bytes_of({0, spec.xattr_blocks}) + both32(spec.extent_lbn) + both32(spec.data_bytes);
  for (const std::uint8_t field : spec.recorded_at) out.push_back(to_byte(field));
  if (spec.high_sierra) {
    out.back() = to_byte(spec.flags);
    out.push_back(std::byte{0});
  } else {
    out.push_back(to_byte(spec.flags));
  }
  out = out + bytes_of({spec.unit_blocks, spec.gap_blocks}) + both16(1);
  out.push_back(
      to_byte(spec.identifier_bytes.value_or(static_cast<std::uint8_t>(spec.identifier.size()))));
  out = out + bytes_of(spec.identifier);
  if (out.size() % 2 != 0) out.push_back(std::byte{0});
  out = out + spec.system_use;
  if (out.size() % 2 != 0 && out.size() < 255) out.push_back(std::byte{0});
  out[0] = to_byte(spec.record_bytes.value_or(static_cast<std::uint8_t>(out.size())));
  return out;
}

namespace susp {

Bytes entry(std::string_view signature, const Bytes& payload, unsigned version) {
  return bytes_of(signature) + bytes_of({static_cast<unsigned>(4 + payload.size()), version}) +
         payload;
}
Bytes sp(unsigned skip_bytes) { return entry("SP", bytes_of({0xBE, 0xEF, skip_bytes})); }
Bytes ce(std::uint32_t lbn, std::uint32_t offset, std::uint32_t length) {
  return entry("CE", both32(lbn) + both32(offset) + both32(length));
}
Bytes er(std::string_view identifier) {
  return entry(
      "ER", bytes_of({static_cast<unsigned>(identifier.size()), 0, 0, 1}) + bytes_of(identifier));
}
Bytes px(std::uint32_t mode, std::uint32_t links, std::uint32_t uid, std::uint32_t gid,
         std::optional<std::uint32_t> serial) {
  Bytes payload = both32(mode) + both32(links) + both32(uid) + both32(gid);
  if (serial) payload = payload + both32(*serial);
  return entry("PX", payload);
}
Bytes pn(std::uint32_t high, std::uint32_t low) { return entry("PN", both32(high) + both32(low)); }
Bytes nm(std::string_view name, unsigned flags) {
  return entry("NM", bytes_of({flags}) + bytes_of(name));
}
Bytes sl(const std::vector<Part>& parts, unsigned flags) {
  return entry("SL", components(parts, flags));
}
Bytes al(const std::vector<Part>& parts, unsigned flags) {
  return entry("AL", components(parts, flags));
}
Bytes cl(std::uint32_t lbn) { return entry("CL", both32(lbn)); }
Bytes pl(std::uint32_t lbn) { return entry("PL", both32(lbn)); }
Bytes re() { return entry("RE"); }
Bytes tf(unsigned flags, const Bytes& stamps) { return entry("TF", bytes_of({flags}) + stamps); }
Bytes sf(std::uint64_t size, unsigned depth) {
  return entry("SF", both32(static_cast<std::uint32_t>(size >> 32U)) +
                         both32(static_cast<std::uint32_t>(size)) + bytes_of({depth}));
}
Bytes sf_old(std::uint32_t size) { return entry("SF", both32(size)); }
Bytes zf(std::string_view algorithm, unsigned header_words, unsigned block_log2,
         std::uint32_t size) {
  return entry("ZF", bytes_of(algorithm) + bytes_of({header_words, block_log2}) + both32(size));
}
Bytes zf2(std::string_view algorithm, unsigned header_words, unsigned block_log2,
          std::uint64_t size, std::string_view signature) {
  return entry(signature,
               bytes_of(algorithm) + bytes_of({header_words, block_log2}) + little64(size), 2);
}

}  // namespace susp

Bytes make_descriptor(const DescriptorSpec& spec) {
  Bytes out(kSectorBytes);
  overwrite(out, 0, bytes_of({spec.type}) + bytes_of(spec.identifier) + bytes_of({spec.version}));
  overwrite(out, 8, padded("LINUX", 32));
  overwrite(out, 40, padded(spec.volume_identifier, 32));
  overwrite(out, 80, both32(spec.space_blocks));
  overwrite(out, 88, bytes_of(spec.escape));
  overwrite(out, 120, both16(1) + both16(1) + both16(spec.block_bytes) + both32(10));
  overwrite(out, 156,
            make_record({.identifier = kSelf,
                         .extent_lbn = spec.root_lbn,
                         .data_bytes = spec.root_bytes,
                         .flags = kDirectoryFlag,
                         .xattr_blocks = spec.root_xattr_blocks}));
  overwrite(out, 190, padded("", 623));
  const Bytes stamp = bytes_of("2001020304050607") + bytes_of({0});
  overwrite(out, 813, stamp + stamp);
  overwrite(out, 847, bytes_of("0000000000000000") + bytes_of({0}));
  overwrite(out, 864, bytes_of("0000000000000000") + bytes_of({0}));
  overwrite(out, 881, bytes_of({1}));
  return out;
}

Bytes make_terminator() {
  Bytes out(kSectorBytes);
  overwrite(out, 0, bytes_of({255}) + bytes_of("CD001") + bytes_of({1}));
  return out;
}

Bytes make_boot_record(std::uint32_t catalog_lbn, std::string_view system) {
  Bytes out(kSectorBytes);
  overwrite(out, 0, bytes_of({0}) + bytes_of("CD001") + bytes_of({1}) + padded(system, 32, '\0'));
  overwrite(out, 71, little32(catalog_lbn));
  return out;
}

Bytes make_high_sierra_descriptor(const DescriptorSpec& spec) {
  Bytes out(kSectorBytes);
  overwrite(out, 0, both32(16) + bytes_of({spec.type}) + bytes_of("CDROM") + bytes_of({1}));
  overwrite(out, 16, padded("MSDOS", 32));
  overwrite(out, 48, padded(spec.volume_identifier, 32));
  overwrite(out, 88, both32(spec.space_blocks));
  overwrite(out, 128, both16(1) + both16(1) + both16(spec.block_bytes) + both32(10));
  overwrite(out, 180,
            make_record({.identifier = kSelf,
                         .extent_lbn = spec.root_lbn,
                         .data_bytes = spec.root_bytes,
                         .flags = kDirectoryFlag,
                         .xattr_blocks = spec.root_xattr_blocks,
                         .high_sierra = true}));
  return out;
}

Bytes make_high_sierra_terminator() {
  Bytes out(kSectorBytes);
  overwrite(out, 0, both32(17) + bytes_of({255}) + bytes_of("CDROM") + bytes_of({1}));
  return out;
}

void Disc::put(std::uint64_t offset, const Bytes& bytes) {
  const auto at = static_cast<std::size_t>(offset);
  const std::size_t end = (at + bytes.size() + kSectorBytes - 1) / kSectorBytes * kSectorBytes;
  if (bytes_.size() < end) bytes_.resize(end);
  overwrite(bytes_, at, bytes);
}

void Disc::directory(const DirectorySpec& spec, const std::vector<RecordSpec>& records) {
  const auto special = [&](const std::string& identifier, std::uint32_t lbn, const Bytes& use) {
    return RecordSpec{.identifier = identifier,
                      .extent_lbn = lbn,
                      .data_bytes = spec.data_bytes,
                      .flags = kDirectoryFlag,
                      .system_use = use,
                      .high_sierra = spec.high_sierra};
  };
  std::vector<RecordSpec> all = {special(kSelf, spec.lbn, spec.self_use),
                                 special(kParent, spec.parent_lbn, spec.parent_use)};
  all.insert(all.end(), records.begin(), records.end());
  Bytes out;
  for (RecordSpec& record : all) {
    record.high_sierra = spec.high_sierra;
    const Bytes bytes = make_record(record);
    const std::size_t in_sector = out.size() % kSectorBytes;
    if (in_sector + bytes.size() > kSectorBytes) out.resize(out.size() - in_sector + kSectorBytes);
    out = std::move(out) + bytes;
  }
  out.resize((out.size() + kSectorBytes - 1) / kSectorBytes * kSectorBytes);
  block(spec.lbn, out);
}

Disc plain_disc(const std::vector<RecordSpec>& root_records, const Bytes& self_use,
                const DescriptorSpec& primary) {
  Disc disc(primary.block_bytes);
  disc.sector(16, make_descriptor(primary));
  disc.sector(17, make_terminator());
  disc.directory({.lbn = primary.root_lbn,
                  .parent_lbn = primary.root_lbn,
                  .data_bytes = primary.root_bytes,
                  .self_use = self_use},
                 root_records);
  disc.sector(63, Bytes(kSectorBytes));
  return disc;
}

Disc rock_ridge_disc(const std::vector<RecordSpec>& root_records, const Bytes& more_self_use) {
  return plain_disc(root_records, susp::sp() + susp::er() + more_self_use);
}

RecordSpec file_record(std::string identifier, std::uint32_t lbn, std::uint32_t bytes,
                       Bytes system_use) {
  return {.identifier = std::move(identifier),
          .extent_lbn = lbn,
          .data_bytes = bytes,
          .system_use = std::move(system_use)};
}

RecordSpec directory_record(std::string identifier, std::uint32_t lbn, Bytes system_use) {
  return {.identifier = std::move(identifier),
          .extent_lbn = lbn,
          .data_bytes = 2048,
          .flags = kDirectoryFlag,
          .system_use = std::move(system_use)};
}

}  // namespace isofuse::test
