#pragma once
// A Source that fails once, when it is told to.
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <isofuse/source.h>

namespace isofuse::test {

/// Another source, of whose reads one fails with kIo (EIO); all others work. Lends nothing, so that
/// every byte is read. Not for several threads.
class FailingSource final : public Source {
 public:
  explicit FailingSource(const Source& image) : image_(image) {}

  /// The read after `count` more successful ones fails.
  void fail_after(std::size_t count) { left_ = count; }
  /// True once the failure has been handed out.
  [[nodiscard]] bool has_failed() const { return !left_.has_value(); }

  [[nodiscard]] std::uint64_t size_bytes() const override { return image_.size_bytes(); }

  Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override {
    if (left_ && *left_ == 0) {
      left_.reset();
      return Error{Errc::kIo, "cannot read the image", offset, EIO};
    }
    if (left_) --*left_;
    return image_.read(offset, into);
  }

 private:
  const Source& image_;
  mutable std::optional<std::size_t> left_;
};

/// Another source with a scratch: whatever touches the bytes from `begin` to `end` fails with kIo.
class ScratchedSource final : public Source {
 public:
  ScratchedSource(const Source& image, std::uint64_t begin, std::uint64_t end)
      : image_(image), begin_(begin), end_(end) {}

  [[nodiscard]] std::uint64_t size_bytes() const override { return image_.size_bytes(); }

  Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset < end_ && offset + into.size() > begin_)
      return Error{Errc::kIo, "cannot read the image", offset, EIO};
    return image_.read(offset, into);
  }

 private:
  const Source& image_;
  std::uint64_t begin_, end_;
};

}  // namespace isofuse::test
