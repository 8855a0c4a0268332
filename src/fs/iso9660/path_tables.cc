#include "fs/iso9660/path_tables.h"

#include <algorithm>

#include <isofuse/bytes.h>
#include <isofuse/limits.h>

namespace isofuse::iso9660 {
namespace {

/// 9.4, of either order.
template <template <class> class Order>
struct RecordHead {
  std::uint8_t identifier_bytes;
  std::uint8_t xattr_blocks;
  Order<std::uint32_t> extent_lbn;
  Order<std::uint16_t> parent;
};

template <template <class> class Order>
Result<std::vector<PathTableEntry>> parse(const ByteView& table) {
  using Head = RecordHead<Order>;
  static_assert(is_disc_type<Head, 8>);
  std::vector<PathTableEntry> out;
  for (std::uint64_t at = 0; at < table.size();) {
    const auto head = table.read<Head>(at);
    if (!head || head->identifier_bytes == 0)
      return Error{Errc::kCorrupt, "path table has a broken entry", table.where() + at};
    const auto identifier = table.slice(at + sizeof(Head), head->identifier_bytes);
    if (!identifier)
      return Error{Errc::kCorrupt, "path table has a broken entry", table.where() + at};
    out.push_back({std::string(identifier->chars()), head->extent_lbn.get() + head->xattr_blocks,
                   head->parent.get(), table.where() + at});
    // 9.4.6: a padding byte makes the length even.
    at += sizeof(Head) + head->identifier_bytes + head->identifier_bytes % 2U;
  }
  return out;
}

}  // namespace

Result<std::vector<PathTableEntry>> read_path_table(const Source& image, std::uint64_t offset,
                                                    std::uint32_t length_bytes, ByteOrder order) {
  if (length_bytes > kPathTableBytesMax)
    return Error{Errc::kTooLarge, "path table is too large", offset};
  std::vector<std::byte> bytes(length_bytes);
  ISOFUSE_TRY(image.read(offset, bytes));
  if (std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; }))
    return std::vector<PathTableEntry>{};
  const ByteView table(bytes, offset);
  return order == ByteOrder::kLittle ? parse<Little>(table) : parse<Big>(table);
}

}  // namespace isofuse::iso9660
