#pragma once
// The one way in which this project reports that something could not be done.
#include <cassert>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

namespace isofuse {

enum class Errc : std::uint8_t {
  kCorrupt,        ///< The disc contradicts its standard, or itself.
  kTruncated,      ///< The image ends before the bytes that were asked for.
  kUnsupported,    ///< Legal, but this version cannot read it.
  kNotRecognised,  ///< Not this kind of image or file system at all.
  kNotFound,       ///< No such name, session, attribute or file.
  kNotDirectory,   ///< The node is not a directory.
  kNotLink,        ///< The node is not a symbolic link.
  kLoop,           ///< Following the disc's references does not end.
  kTooLarge,       ///< A limit of limits.h is exceeded.
  kInvalid,        ///< An argument of the caller makes no sense.
  kIo,             ///< The system failed to read; `sys_errno` says how.
};

/// What went wrong, small and trivially copyable. `text` is a string literal (static storage).
struct Error {
  static constexpr std::uint64_t kNowhere = ~std::uint64_t{0};

  Errc code = Errc::kCorrupt;
  const char* text = "";
  std::uint64_t offset = kNowhere;  ///< Byte offset in the image, or kNowhere.
  int sys_errno = 0;                ///< Only for kIo.
};
static_assert(std::is_trivially_copyable_v<Error>);

/// A T, or the Error that explains why there is none. Shaped like std::expected (C++23).
/// Asking for the value of a failed Result is a mistake of ours and asserts.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, error) {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& value() & {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  template <class U>
  [[nodiscard]] T value_or(U&& other) const {
    return has_value() ? value() : static_cast<T>(std::forward<U>(other));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : failed_(true), error_(error) {}

  [[nodiscard]] bool has_value() const noexcept { return !failed_; }
  explicit operator bool() const noexcept { return !failed_; }
  void value() const { assert(!failed_); }
  [[nodiscard]] const Error& error() const {
    assert(failed_);
    return error_;
  }

 private:
  bool failed_ = false;
  Error error_;
};

}  // namespace isofuse

/// The value of `expression` (a Result), or a return of its Error from the enclosing function.
/// One to a statement, never nested.
#define ISOFUSE_TRY(expression)             \
  __extension__({                           \
    auto isofuse_try_result = (expression); \
    if (!isofuse_try_result) [[unlikely]]   \
      return isofuse_try_result.error();    \
    std::move(isofuse_try_result).value();  \
  })
