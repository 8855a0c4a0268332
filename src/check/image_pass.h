#pragma once
// One pass over the bytes of an image: whether they can be read, and their sums.
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <isofuse/recorded_sum.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

#include "base/digest.h"

namespace isofuse {

/// Bytes of the image, [begin, end).
struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  auto operator<=>(const ByteRange&) const = default;  // NOLINT(modernize-use-nullptr): false alarm
};

/// A recorded sum, while its bytes pass.
class RunningSum {
 public:
  /// Nothing for an algorithm that is not known, and for an empty range.
  static std::optional<RunningSum> begin(RecordedSum sum);

  /// The bytes of the image from `offset` on. They come in order, without a gap.
  void add(std::uint64_t offset, std::span<const std::byte> bytes);

  [[nodiscard]] const RecordedSum& sum() const { return sum_; }
  [[nodiscard]] std::string computed() const { return digest_.hexadecimal(); }
  [[nodiscard]] bool right() const { return computed() == sum_.digest; }
  /// Where the first difference lies, as far as the checkpoints tell; the whole range at worst.
  [[nodiscard]] ByteRange wrong_part() const;

 private:
  RunningSum(RecordedSum sum, Digest digest) : sum_(std::move(sum)), digest_(std::move(digest)) {}
  void add_blanked(std::uint64_t offset, std::span<const std::byte> bytes);
  [[nodiscard]] bool agrees(const Checkpoint& checkpoint) const;

  RecordedSum sum_;
  Digest digest_;
  std::size_t next_checkpoint_ = 0;
  std::optional<std::size_t> wrong_checkpoint_;
};

struct PassResult {
  std::vector<ByteRange> unreadable;   ///< in order; they count as zeros in the sums
  std::optional<std::uint64_t> ended;  ///< the image became shorter meanwhile: where it ended
  bool finished = true;
};

/// Reads the whole image. `advance` is told of every piece, in bytes; false stops the pass.
PassResult read_whole_image(const Source& image, std::vector<RunningSum>& sums,
                            const std::function<bool(std::uint64_t)>& advance);

}  // namespace isofuse
