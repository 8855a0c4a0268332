#pragma once
// Bytes as they stand on a disc: integers of either order, and a view that checks every access.
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include <isofuse/result.h>

namespace isofuse {

/// True for a struct that may be copied byte by byte from a disc: exactly N bytes, alignment 1.
template <class S, std::size_t N>
inline constexpr bool is_disc_type =
    sizeof(S) == N &&
    alignof(S) == 1 && std::is_trivially_copyable_v<S>&& std::is_standard_layout_v<S>;

/// An unsigned integer stored least significant byte first. Bytes only, so it has alignment 1.
template <std::unsigned_integral T>
struct Little {
  std::uint8_t bytes[sizeof(T)];
  [[nodiscard]] constexpr T get() const {
    T value = 0;
    for (std::size_t i = sizeof(T); i-- > 0;) value = static_cast<T>((value << 8U) | bytes[i]);
    return value;
  }
};
/// An unsigned integer stored most significant byte first.
template <std::unsigned_integral T>
struct Big {
  std::uint8_t bytes[sizeof(T)];
  [[nodiscard]] constexpr T get() const {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>((value << 8U) | bytes[i]);
    return value;
  }
};
// One byte has no order, and shifting it by eight would be undefined for types narrower than int.
using Little16 = Little<std::uint16_t>;
using Little32 = Little<std::uint32_t>;
using Little64 = Little<std::uint64_t>;
using Big16 = Big<std::uint16_t>;
using Big32 = Big<std::uint32_t>;
using Big64 = Big<std::uint64_t>;

/// A number recorded twice, in both orders (ECMA-119 7.2.3, 7.3.3). Mastering programs have been
/// known to get the second half wrong; like every driver we trust the first.
template <std::unsigned_integral T>
struct Both {
  Little<T> little;
  Big<T> big;
  [[nodiscard]] constexpr T get() const { return little.get(); }
  [[nodiscard]] constexpr bool agrees() const { return little.get() == big.get(); }
};
using Both16 = Both<std::uint16_t>;
using Both32 = Both<std::uint32_t>;
static_assert(is_disc_type<Both32, 8>);

/// a + b, or nothing where that does not fit.
template <std::unsigned_integral T>
[[nodiscard]] constexpr std::optional<T> checked_add(T a, T b) {
  T sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}
/// a * b, or nothing where that does not fit.
template <std::unsigned_integral T>
[[nodiscard]] constexpr std::optional<T> checked_mul(T a, T b) {
  T product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

/// A run of bytes that were copied from the image, with the place where they stood. Does not own
/// them. Every access is checked; what does not fit is an Error{kCorrupt} with the image offset.
class ByteView {
 public:
  ByteView() = default;
  /// `image_offset` is where bytes[0] lies in the image; it serves only messages and node numbers.
  explicit ByteView(std::span<const std::byte> bytes, std::uint64_t image_offset = 0)
      : bytes_(bytes), image_offset_(image_offset) {}

  [[nodiscard]] std::uint64_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  /// The image offset of position `pos` of this view.
  [[nodiscard]] std::uint64_t where(std::uint64_t pos = 0) const { return image_offset_ + pos; }
  [[nodiscard]] std::string_view chars() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

  /// The `length` bytes from `pos`; kCorrupt where the view is shorter.
  [[nodiscard]] Result<ByteView> slice(std::uint64_t pos, std::uint64_t length) const {
    if (pos > size() || length > size() - pos)
      return Error{Errc::kCorrupt, "structure reaches past its container", where(pos)};
    return ByteView(bytes_.subspan(static_cast<std::size_t>(pos), static_cast<std::size_t>(length)),
                    where(pos));
  }
  /// What is left from `pos` on; empty where nothing is.
  [[nodiscard]] ByteView tail(std::uint64_t pos) const {
    const std::uint64_t start = pos < size() ? pos : size();
    return ByteView(bytes_.subspan(static_cast<std::size_t>(start)), where(start));
  }

  /// A copy of the on-disc structure at `pos`; kCorrupt where the view is shorter.
  template <class S>
  [[nodiscard]] Result<S> read(std::uint64_t pos) const {
    static_assert(std::is_trivially_copyable_v<S> && alignof(S) == 1);
    if (pos > size() || sizeof(S) > size() - pos)
      return Error{Errc::kCorrupt, "structure reaches past its container", where(pos)};
    S out;
    std::memcpy(&out, bytes_.data() + pos, sizeof out);
    return out;
  }

 private:
  std::span<const std::byte> bytes_;
  std::uint64_t image_offset_ = 0;
};

}  // namespace isofuse
