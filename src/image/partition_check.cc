// What is wrong with the partition tables of an image. What is no table at all is no damage.
#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <libdeflate.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <isofuse/bytes.h>
#include <isofuse/open.h>

#include "image/partition_tables.h"

namespace isofuse {
namespace {

using Kind = Finding::Kind;

std::uint32_t crc32_of(std::span<const std::byte> bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

bool is_gpt(const disc::GptHeader& header) {
  return std::string_view(header.signature, sizeof header.signature) == "EFI PART";
}

/// UEFI 2.10, 5.3.2: the sum of the header, over which its own field counts as zero.
bool header_sum_is_right(const Source& image, std::uint64_t where, const disc::GptHeader& header) {
  const std::uint32_t length = header.header_bytes.get();
  if (length < sizeof(disc::GptHeader) || length > kPartitionSectorBytes) return false;
  std::vector<std::byte> bytes(length);
  if (!image.read(where, bytes)) return false;
  constexpr std::size_t kSum = offsetof(disc::GptHeader, header_crc);
  std::ranges::fill(std::span(bytes).subspan(kSum, sizeof header.header_crc), std::byte{0});
  return crc32_of(bytes) == header.header_crc.get();
}

bool entries_sum_is_right(const Source& image, const disc::GptHeader& header) {
  constexpr std::uint64_t kTableBytesMax = 16U << 20U;
  const std::uint64_t length = std::uint64_t{header.entry_count.get()} * header.entry_bytes.get();
  const auto where = checked_mul(header.entries_lba.get(), kPartitionSectorBytes);
  if (length > kTableBytesMax || !where) return false;
  std::vector<std::byte> bytes(static_cast<std::size_t>(length));
  return image.read(*where, bytes) && crc32_of(bytes) == header.entries_crc.get();
}

void check_gpt(const Source& image, std::uint64_t where, const char* name,
               const FindingHandler& found) {
  const auto header = read_at<disc::GptHeader>(image, where);
  if (!header || !is_gpt(*header)) {
    found({Kind::kDamage, fmt::format("{}: it is not there", name), where});
    return;
  }
  if (!header_sum_is_right(image, where, *header))
    found({Kind::kDamage, fmt::format("{}: the sum of the header is wrong", name), where});
  if (!entries_sum_is_right(image, *header))
    found({Kind::kDamage, fmt::format("{}: the sum of the entries is wrong", name), where});
}

}  // namespace

void check_partitions(const Source& image, const FindingHandler& found) {
  const auto first = read_at<disc::GptHeader>(image, kPartitionSectorBytes);
  if (first && is_gpt(*first)) {
    check_gpt(image, kPartitionSectorBytes, "GPT", found);
    const auto backup = checked_mul(first->backup_lba.get(), kPartitionSectorBytes);
    if (first->backup_lba.get() != 0 && backup)
      check_gpt(image, *backup, "second GPT, at the end", found);
  }
  for (const auto& partition : partitions(image)) {
    const auto begin = partition["start_bytes"].get<std::uint64_t>();
    const auto length = partition["length_bytes"].get<std::uint64_t>();
    // The entry that only guards a GPT may say anything (5.2.3).
    const auto type = partition["type"].get<std::string>();
    if (inside(begin, length, image.size_bytes()) || type.starts_with("GPT protective")) continue;
    found({Kind::kDamage,
           fmt::format("{} partition {} ends {} bytes behind the image",
                       partition["scheme"].get<std::string>(),
                       partition["index"].get<std::uint64_t>(),
                       checked_add(begin, length).value_or(~std::uint64_t{0}) - image.size_bytes()),
           begin});
  }
}

}  // namespace isofuse
