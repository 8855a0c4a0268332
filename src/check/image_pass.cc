#include "check/image_pass.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

namespace isofuse {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;
/// What a bad piece is taken apart into: sectors are lost as a whole.
constexpr std::size_t kSectorBytes = 2048;

void note_unreadable(std::vector<ByteRange>& into, std::uint64_t begin, std::uint64_t end) {
  if (!into.empty() && into.back().end == begin)
    into.back().end = end;
  else
    into.push_back({begin, end});
}

/// Reads what can be read of a piece of which some sector cannot.
void read_by_sectors(const Source& image, std::uint64_t offset, std::span<std::byte> piece,
                     PassResult& result) {
  for (std::size_t at = 0; at < piece.size(); at += kSectorBytes) {
    const auto sector = piece.subspan(at, std::min(kSectorBytes, piece.size() - at));
    const Result<void> read = image.read(offset + at, sector);
    if (read) continue;
    if (read.error().code == Errc::kTruncated) {
      result.ended = offset + at;
      return;
    }
    std::ranges::fill(sector, std::byte{0});
    note_unreadable(result.unreadable, offset + at, offset + at + sector.size());
  }
}

}  // namespace

std::optional<RunningSum> RunningSum::begin(RecordedSum sum) {
  auto digest = Digest::of(sum.algorithm);
  if (!digest || sum.begin >= sum.end) return std::nullopt;
  return RunningSum(std::move(sum), std::move(*digest));
}

void RunningSum::add(std::uint64_t offset, std::span<const std::byte> bytes) {
  const std::uint64_t end = std::min(offset + bytes.size(), sum_.end);
  std::uint64_t at = std::max(offset, sum_.begin);
  while (at < end) {
    const bool stops = next_checkpoint_ < sum_.checkpoints.size();
    const std::uint64_t stop = stops ? sum_.checkpoints[next_checkpoint_].end : end;
    const std::uint64_t until = std::clamp(stop, at, end);
    add_blanked(at, bytes.subspan(static_cast<std::size_t>(at - offset),
                                  static_cast<std::size_t>(until - at)));
    at = until;
    if (!stops || at < stop) continue;
    if (!wrong_checkpoint_ && !agrees(sum_.checkpoints[next_checkpoint_]))
      wrong_checkpoint_ = next_checkpoint_;
    ++next_checkpoint_;
  }
}

/// All within the range.
void RunningSum::add_blanked(std::uint64_t offset, std::span<const std::byte> bytes) {
  std::array<std::byte, kSectorBytes> filled;
  while (!bytes.empty()) {
    std::size_t length = bytes.size();
    const Blanked* inside = nullptr;
    for (const Blanked& blanked : sum_.blanked) {
      if (blanked.offset <= offset && offset - blanked.offset < blanked.length_bytes) {
        inside = &blanked;
        length = static_cast<std::size_t>(std::min<std::uint64_t>(
            {length, filled.size(), blanked.length_bytes - (offset - blanked.offset)}));
      } else if (blanked.offset > offset) {
        length = static_cast<std::size_t>(std::min<std::uint64_t>(length, blanked.offset - offset));
      }
    }
    if (inside == nullptr) {
      digest_.add(bytes.first(length));
    } else {
      filled.fill(std::byte{inside->fill});
      digest_.add(std::span(filled).first(length));
    }
    offset += length;
    bytes = bytes.subspan(length);
  }
}

bool RunningSum::agrees(const Checkpoint& checkpoint) const {
  const std::vector<std::byte> value = digest_.value();
  for (std::size_t i = 0; i < checkpoint.digits.size() && i < value.size(); ++i) {
    if (fmt::format("{:x}", std::to_integer<unsigned>(value[i])).front() != checkpoint.digits[i])
      return false;
  }
  return true;
}

ByteRange RunningSum::wrong_part() const {
  if (sum_.checkpoints.empty()) return {sum_.begin, sum_.end};
  const std::size_t wrong = wrong_checkpoint_.value_or(sum_.checkpoints.size());
  return {wrong == 0 ? sum_.begin : sum_.checkpoints[wrong - 1].end,
          wrong < sum_.checkpoints.size() ? sum_.checkpoints[wrong].end : sum_.end};
}

PassResult read_whole_image(const Source& image, std::vector<RunningSum>& sums,
                            const std::function<bool(std::uint64_t)>& advance) {
  PassResult result;
  std::vector<std::byte> buffer(kPieceBytes);
  const std::uint64_t size = image.size_bytes();
  for (std::uint64_t offset = 0; offset < size;) {
    const auto length =
        static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, size - offset));
    const auto piece = std::span(buffer).first(length);
    if (!image.read(offset, piece)) read_by_sectors(image, offset, piece, result);
    if (result.ended) return result;
    for (RunningSum& sum : sums) sum.add(offset, piece);
    offset += length;
    if (!advance(length)) {
      result.finished = false;
      return result;
    }
  }
  return result;
}

}  // namespace isofuse
