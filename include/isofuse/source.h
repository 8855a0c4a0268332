#pragma once
// Where the bytes of an image come from.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <isofuse/export.h>
#include <isofuse/result.h>

namespace isofuse {

/// A random-access array of bytes. Immutable for its users and safe for use from many threads.
/// Nothing above this interface knows what kind of image it is.
class ISOFUSE_API Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  [[nodiscard]] virtual std::uint64_t size_bytes() const = 0;

  /// Fills `into` from `offset` on: all of it, or an Error. kTruncated where the range does not
  /// lie inside the image, kIo where the system failed.
  virtual Result<void> read(std::uint64_t offset, std::span<std::byte> into) const = 0;

  /// The same bytes without a copy, or an empty span where the source cannot lend them. They live
  /// as long as the source. They may only be handed to the kernel (writev), never looked at: the
  /// file behind them can be truncated by others, and a touch would then raise SIGBUS where the
  /// kernel merely answers EFAULT.
  [[nodiscard]] virtual std::span<const std::byte> borrow(std::uint64_t offset,
                                                          std::size_t length_bytes) const {
    static_cast<void>(offset);
    static_cast<void>(length_bytes);
    return {};
  }

  /// The sector at which the last session begins, where the source is a drive that knows. An image
  /// has no table of contents: nothing.
  [[nodiscard]] virtual std::optional<std::uint32_t> last_session_sector() const {
    return std::nullopt;
  }
};

/// True where [offset, offset + length) lies inside an image of `size` bytes. Cannot overflow.
[[nodiscard]] constexpr bool inside(std::uint64_t offset, std::uint64_t length_bytes,
                                    std::uint64_t size_bytes) {
  return offset <= size_bytes && length_bytes <= size_bytes - offset;
}

}  // namespace isofuse
