#pragma once
// What a check of a disc finds (check.h).
#include <cstdint>
#include <functional>
#include <string>

#include <isofuse/result.h>

namespace isofuse {

struct Finding {
  enum class Kind : std::uint8_t {
    kDamage,  ///< The disc contradicts its standard, itself or a sum, or a part cannot be read.
    kNote,    ///< Worth knowing; nothing is lost by it.
    kRight,   ///< A sum that the disc records, and that its contents have.
  };
  Kind kind = Kind::kDamage;
  std::string text;                        ///< One line, without path and place.
  std::uint64_t offset = Error::kNowhere;  ///< Byte of the image at which it is, or begins.
  std::string path = {};                   ///< Of the file on the disc, "/a/b"; may be empty.
};

/// What it throws goes through to the caller of the library.
using FindingHandler = std::function<void(const Finding&)>;

}  // namespace isofuse
