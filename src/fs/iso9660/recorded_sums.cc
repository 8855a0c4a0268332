#include "fs/iso9660/recorded_sums.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <isofuse/bytes.h>
#include <isofuse/limits.h>

#include "base/text.h"
#include "fs/iso9660/sessions.h"

namespace isofuse::iso9660 {
namespace {

constexpr std::uint64_t kSectorBytes = disc::kSectorBytes;
constexpr std::uint64_t kHalfKibi = 512;  // in which tagmedia counts partitions

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

bool is_hexadecimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// "key = value" pairs; keys in lower case.
std::map<std::string, std::string, std::less<>> pairs_of(std::string_view text, char separator) {
  std::map<std::string, std::string, std::less<>> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view pair = text.substr(0, end);
    if (const std::size_t equal = pair.find('='); equal != std::string_view::npos)
      out.try_emplace(lower_case(trim_padding(pair.substr(0, equal))),
                      pair.substr(std::min(pair.find_first_not_of(' ', equal + 1), pair.size())));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  for (auto& [key, value] : out) value = lower_case(trim_padding(value));
  return out;
}

using Pairs = std::map<std::string, std::string, std::less<>>;

std::string_view value_of(const Pairs& pairs, std::string_view key) {
  const auto found = pairs.find(key);
  return found == pairs.end() ? std::string_view{} : found->second;
}

/// The digests of ever longer beginnings, in pieces of 32 KiB: taken when a piece has begun behind
/// the end of a fragment, and only then, so that piece counts too.
std::vector<Checkpoint> checkpoints_of(const Pairs& pairs, std::uint64_t length_bytes) {
  constexpr std::uint64_t kPieceBytes = 32U << 10U;
  constexpr std::size_t kDigits = 60;
  std::vector<Checkpoint> out;
  const auto count = number_of<std::uint32_t>(value_of(pairs, "fragment count"));
  const std::string_view digits = value_of(pairs, "fragment sums");
  if (!count || *count == 0 || *count > kDigits || digits.size() < kDigits) return out;
  const std::uint64_t fragment = length_bytes / (std::uint64_t{*count} + 1);
  const std::size_t each = kDigits / *count;
  if (fragment < kPieceBytes) return out;  // several in one piece: some have no sum
  for (std::uint32_t n = 1; n <= *count; ++n) {
    // The first piece that begins in fragment n, counted from 0.
    const std::uint64_t begin = (n * fragment + kPieceBytes - 1) / kPieceBytes * kPieceBytes;
    if (begin >= length_bytes) break;
    out.push_back({std::min(begin + kPieceBytes, length_bytes),
                   std::string(digits.substr((n - 1) * each, each))});
  }
  return out;
}

/// Where that field stands (8.4.32), filled with spaces.
Blanked application_use_of(const Volume& volume) {
  return {volume.descriptor_offset + offsetof(disc::VolumeDescriptor, application_use),
          sizeof volume.descriptor.application_use, ' '};
}

void add_isomd5sum(const Pairs& pairs, const Blanked& field, std::uint64_t volume_bytes,
                   std::vector<RecordedSum>& out) {
  const std::string_view digest = value_of(pairs, "iso md5sum");
  if (!is_hexadecimal(digest)) return;
  const auto skipped =
      number_of<std::uint32_t>(value_of(pairs, "skipsectors")).value_or(0) * kSectorBytes;
  if (skipped >= volume_bytes) return;
  const std::uint64_t end = volume_bytes - skipped;
  out.push_back(
      {"isomd5sum", "md5", 0, end, {field}, std::string(digest), checkpoints_of(pairs, end)});
}

void add_mediacheck(const Pairs& pairs, const Blanked& field, std::uint64_t volume_bytes,
                    std::vector<RecordedSum>& out) {
  for (const char* algorithm : {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}) {
    const std::string_view digest = value_of(pairs, fmt::format("{}sum", algorithm));
    if (!is_hexadecimal(digest)) continue;
    constexpr std::uint64_t kBootSector = 512;
    std::vector<Blanked> blanked = {{0, kBootSector, 0}, field};
    if (const auto block = number_of<std::uint32_t>(value_of(pairs, "signature"))) {
      constexpr std::uint64_t kMagic = 64;  // what names the block stays
      blanked.push_back({*block * kHalfKibi + kMagic, kSectorBytes - kMagic, 0});
    }
    const auto pad = number_of<std::uint32_t>(value_of(pairs, "pad")).value_or(0) * kSectorBytes;
    std::vector<Blanked> with_pad = blanked;
    if (pad != 0 && pad < volume_bytes) with_pad.push_back({volume_bytes - pad, pad, 0});
    out.push_back({"mediacheck", algorithm, 0, volume_bytes, std::move(with_pad),
                   std::string(digest), checkpoints_of(pairs, volume_bytes - pad)});

    // "first,blocks,digest"
    const std::string_view partition = value_of(pairs, "partition");
    const std::size_t one = partition.find(',');
    const std::size_t two = partition.find(',', one == std::string_view::npos ? one : one + 1);
    if (two == std::string_view::npos) return;
    const auto first = number_of<std::uint32_t>(partition.substr(0, one));
    const auto blocks = number_of<std::uint32_t>(partition.substr(one + 1, two - one - 1));
    const std::string_view its_digest = partition.substr(two + 1);
    if (first && blocks && is_hexadecimal(its_digest))
      out.push_back({"mediacheck (partition)", algorithm, *first * kHalfKibi,
                     (std::uint64_t{*first} + *blocks) * kHalfKibi, std::move(blanked),
                     std::string(its_digest)});
    return;  // one algorithm a disc
  }
}

/// Blocks behind the first of a session in which the tag of its descriptors stands: 16 of the
/// system area, then the descriptors.
constexpr std::uint32_t kTagSearchBlocks = 16 + kVolumeDescriptorsMax;

class TagCollector {
 public:
  TagCollector(const Source& image, std::vector<Blanked> changed_later,
               std::vector<RecordedSum>& out)
      : image_(image), changed_later_(std::move(changed_later)), out_(out) {}

  void search_session(std::uint64_t start_lbn) {
    for (std::uint64_t lbn = start_lbn + disc::kSystemAreaSectors;
         lbn < start_lbn + kTagSearchBlocks; ++lbn) {
      if (lbn > 0xFFFFFFFF) return;
      const auto tag = tag_at(static_cast<std::uint32_t>(lbn));
      if (!tag) continue;
      follow(*tag);
      return;
    }
  }

 private:
  std::optional<ChecksumTag> tag_at(std::uint32_t lbn) {
    std::array<std::byte, kSectorBytes> block;
    if (!image_.read(lbn * kSectorBytes, block)) return std::nullopt;
    return parse_checksum_tag(ByteView(block).chars(), lbn);
  }
  /// From the tag of the descriptors to that of the tree and that of the session.
  void follow(ChecksumTag tag) {
    for (std::size_t links = 0; links < kLinksMax; ++links) {
      if (!seen_.insert(tag.range.end).second) return;
      const auto next = tag.next_lbn;
      const auto session = tag.session_lbn;
      tag.range.blanked = changed_later_;
      out_.push_back(std::move(tag.self));
      out_.push_back(std::move(tag.range));
      if (session && sessions_.insert(*session).second) search_session(*session);
      if (!next) return;
      auto following = tag_at(*next);
      if (!following) return;
      tag = std::move(*following);
    }
  }

  static constexpr std::size_t kLinksMax = 4;
  const Source& image_;
  std::vector<Blanked> changed_later_;
  std::vector<RecordedSum>& out_;
  std::set<std::uint64_t> seen_;
  std::set<std::uint32_t> sessions_;
};

}  // namespace

std::vector<RecordedSum> sums_in_descriptor(const Volume& primary) {
  std::vector<RecordedSum> out;
  if (primary.layout.high_sierra) return out;
  const auto& use = primary.descriptor.application_use;
  const Pairs pairs = pairs_of({reinterpret_cast<const char*>(use), sizeof use}, ';');
  const Blanked field = application_use_of(primary);
  const std::uint64_t volume_bytes = primary.volume_space_blocks * primary.layout.block_bytes;
  add_isomd5sum(pairs, field, volume_bytes, out);
  add_mediacheck(pairs, field, volume_bytes, out);
  return out;
}

std::optional<ChecksumTag> parse_checksum_tag(std::string_view block, std::uint32_t lbn) {
  struct Sort {
    std::string_view name;
    const char* shown;
  };
  static constexpr Sort kSorts[] = {
      {"libisofs_rlsb32_checksum_tag_v1 ", "libisofs tag of the copied descriptors"},
      {"libisofs_sb_checksum_tag_v1 ", "libisofs tag of the descriptors"},
      {"libisofs_tree_checksum_tag_v1 ", "libisofs tag of the tree"},
      {"libisofs_checksum_tag_v1 ", "libisofs tag of the session"},
  };
  const auto* const sort =
      std::ranges::find_if(kSorts, [&](const Sort& one) { return block.starts_with(one.name); });
  if (sort == std::end(kSorts)) return std::nullopt;
  const std::string_view line = block.substr(0, block.find_first_of(std::string_view("\n\0", 2)));
  const Pairs pairs = pairs_of(line, ' ');
  const auto position = number_of<std::uint32_t>(value_of(pairs, "pos"));
  const auto start = number_of<std::uint32_t>(value_of(pairs, "range_start"));
  const auto size = number_of<std::uint32_t>(value_of(pairs, "range_size"));
  const std::size_t self_at = line.find(" self=");
  if (!position || *position != lbn || !start || !size || self_at == std::string_view::npos)
    return std::nullopt;
  ChecksumTag out;
  out.range = {sort->shown,
               "md5",
               *start * kSectorBytes,
               (std::uint64_t{*start} + *size) * kSectorBytes,
               {},
               std::string(value_of(pairs, "md5"))};
  out.self = {fmt::format("{}, itself", sort->shown), "md5", lbn * kSectorBytes,
              lbn * kSectorBytes + self_at,           {},    std::string(value_of(pairs, "self"))};
  out.next_lbn = number_of<std::uint32_t>(value_of(pairs, "next"));
  out.session_lbn = number_of<std::uint32_t>(value_of(pairs, "session_start"));
  return out;
}

std::vector<RecordedSum> recorded_sums(const Source& image, const VolumeDescriptors& descriptors) {
  std::vector<RecordedSum> out;
  if (descriptors.primary) out = sums_in_descriptor(*descriptors.primary);
  // Programs that leave their sum in the primary descriptor change what libisofs has summed up,
  // which had spaces there.
  std::vector<Blanked> changed_later;
  if (!out.empty()) changed_later.push_back(application_use_of(*descriptors.primary));
  TagCollector tags(image, std::move(changed_later), out);
  tags.search_session(0);
  for (const Session& session : find_sessions(image)) tags.search_session(session.start_sector);
  return out;
}

}  // namespace isofuse::iso9660
