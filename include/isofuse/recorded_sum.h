#pragma once
// Sums over parts of an image that the disc itself records, outside of its files.
#include <cstdint>
#include <string>
#include <vector>

namespace isofuse {

/// A part of the image that counts as if it were filled with one byte: where the sum itself stands,
/// and what programs change later on.
struct Blanked {
  std::uint64_t offset = 0;
  std::uint64_t length_bytes = 0;
  std::uint8_t fill = 0;
};

/// What the digest of a beginning of the range looks like. `digits` has the first hexadecimal digit
/// of each byte of the digest, as "%x" prints it, for as many bytes as it is long.
struct Checkpoint {
  std::uint64_t end = 0;  ///< byte of the image
  std::string digits;
};

struct RecordedSum {
  std::string name;       ///< "isomd5sum", "mediacheck", ...
  std::string algorithm;  ///< "md5", "sha256", ...
  std::uint64_t begin = 0;
  std::uint64_t end = 0;  ///< bytes of the image; not checked against its size
  std::vector<Blanked> blanked;
  std::string digest;                        ///< lower-case hexadecimal
  std::vector<Checkpoint> checkpoints = {};  ///< in order
};

}  // namespace isofuse
