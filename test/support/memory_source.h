#pragma once
// A Source over bytes in memory.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <isofuse/source.h>

namespace isofuse::test {

using Bytes = std::vector<std::byte>;

/// Some runs of bytes in an image of any size; zeros where none was put. A run that is put over
/// another must not reach past its end. Counts what is read. Not for several threads.
class MemorySource final : public Source {
 public:
  explicit MemorySource(std::uint64_t size_bytes) : size_bytes_(size_bytes) {}
  explicit MemorySource(Bytes bytes) : size_bytes_(bytes.size()) { put(0, std::move(bytes)); }

  void put(std::uint64_t offset, Bytes bytes) {
    if (bytes.empty()) return;
    const auto after = runs_.upper_bound(offset);
    if (after != runs_.begin()) {
      auto& [begin, run] = *std::prev(after);
      if (offset + bytes.size() <= begin + run.size()) {
        std::ranges::copy(bytes, run.begin() + static_cast<std::ptrdiff_t>(offset - begin));
        return;
      }
    }
    runs_[offset] = std::move(bytes);
  }
  /// Whether borrow() lends what lies within one run. Off unless told.
  void lend(bool on) { lends_ = on; }
  void resize(std::uint64_t size_bytes) { size_bytes_ = size_bytes; }

  [[nodiscard]] std::uint64_t size_bytes() const override { return size_bytes_; }

  Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override {
    if (!inside(offset, into.size(), size_bytes_))
      return Error{Errc::kTruncated, "the image ends too early", offset};
    ++reads_;
    bytes_read_ += into.size();
    std::ranges::fill(into, std::byte{0});
    for (const auto& [begin, run] : runs_) {
      const std::uint64_t from = std::max(begin, offset);
      const std::uint64_t to = std::min(begin + run.size(), offset + into.size());
      if (from < to)
        std::memcpy(into.data() + (from - offset), run.data() + (from - begin),
                    static_cast<std::size_t>(to - from));
    }
    return {};
  }

  [[nodiscard]] std::span<const std::byte> borrow(std::uint64_t offset,
                                                  std::size_t length_bytes) const override {
    if (!lends_ || !inside(offset, length_bytes, size_bytes_)) return {};
    for (const auto& [begin, run] : runs_)
      if (offset >= begin && inside(offset - begin, length_bytes, run.size()))
        return std::span(run).subspan(static_cast<std::size_t>(offset - begin), length_bytes);
    return {};
  }

  [[nodiscard]] std::size_t reads() const { return reads_; }
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  std::map<std::uint64_t, Bytes> runs_;
  std::uint64_t size_bytes_;
  bool lends_ = false;
  mutable std::size_t reads_ = 0;
  mutable std::uint64_t bytes_read_ = 0;
};

}  // namespace isofuse::test
