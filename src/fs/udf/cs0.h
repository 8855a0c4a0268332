#pragma once
// OSTA Compressed Unicode (UDF 2.1.1): one byte that says 8 or 16 bits, then the characters.
#include <cstddef>
#include <span>
#include <string>

#include <isofuse/result.h>

#include "base/charset.h"

namespace isofuse::udf {

/// A dstring (ECMA-167 1/7.2.12): its last byte says how many are used. In UTF-8; empty where the
/// field is empty or cannot be read.
[[nodiscard]] std::string dstring_to_utf8(std::span<const std::byte> field);

/// The name of a file as the kernel shows it, in UTF-8 or in `iocharset` where that is not null.
/// What cannot stand in a name (NUL, '/', half of a surrogate pair) becomes one '_' a run; such a
/// name, one of more than 254 bytes, "." and ".." get '#' and the CRC of the recorded characters
/// before their extension (of up to four characters), so that they stay different. kCorrupt where
/// the first byte is neither 8 nor 16, or half a character is left over; an empty identifier gives
/// an empty name.
Result<std::string> file_name(std::span<const std::byte> identifier, const Charset* iocharset);

}  // namespace isofuse::udf
