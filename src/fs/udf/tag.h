#pragma once
// The tag in front of every descriptor (ECMA-167 3/7.2, 4/7.2).
#include <cstdint>
#include <optional>

#include <isofuse/bytes.h>
#include <isofuse/result.h>

#include "fs/udf/disc.h"

namespace isofuse::udf {

/// Checks the descriptor at the beginning of `bytes`, which may go on behind it: the sum over its
/// tag, the version (2 or 3), the CRC of as many bytes as the tag says, and, where given, the
/// location. Which kind of descriptor it is, or kCorrupt with what is wrong.
Result<disc::TagId> check_tag(const ByteView& bytes, std::optional<std::uint32_t> location);

/// A descriptor of the kind `wanted`, checked as above; kCorrupt where it is another one.
template <class Descriptor>
Result<Descriptor> read_descriptor(const ByteView& bytes, disc::TagId wanted,
                                   std::optional<std::uint32_t> location) {
  const disc::TagId id = ISOFUSE_TRY(check_tag(bytes, location));
  if (id != wanted) return Error{Errc::kCorrupt, "another descriptor stands there", bytes.where()};
  return bytes.read<Descriptor>(0);
}

}  // namespace isofuse::udf
