#include "fs/udf/tag.h"

#include "base/crc.h"

namespace isofuse::udf {

Result<disc::TagId> check_tag(const ByteView& bytes, std::optional<std::uint32_t> location) {
  const auto tag = ISOFUSE_TRY(bytes.read<disc::Tag>(0));
  const auto wrong = [&](const char* text) { return Error{Errc::kCorrupt, text, bytes.where()}; };
  // 3/7.2.3: modulo 256, of all bytes of the tag but the sum itself.
  std::uint8_t sum = 0;
  for (std::size_t i = 0; i < sizeof tag; ++i)
    if (i != offsetof(disc::Tag, checksum))
      sum = static_cast<std::uint8_t>(sum + std::to_integer<std::uint8_t>(bytes.bytes()[i]));
  if (sum != tag.checksum) return wrong("descriptor tag has a wrong checksum");
  // 3/7.2.2: 2 in the second edition of the standard (NSR02), 3 in the third.
  if (tag.version.get() != 2 && tag.version.get() != 3)
    return wrong("descriptor tag has an unknown version");
  const auto body = bytes.slice(sizeof tag, tag.crc_bytes.get());
  if (!body) return wrong("descriptor is longer than its block");
  if (crc_itu_t(body->bytes()) != tag.crc.get()) return wrong("descriptor has a wrong CRC");
  if (location && tag.location.get() != *location)
    return wrong("descriptor belongs to another place");
  return static_cast<disc::TagId>(tag.identifier.get());
}

}  // namespace isofuse::udf
