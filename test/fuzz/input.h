#pragma once
// What harnesses have in common: numbers taken from the fuzzer's bytes, and a quiet log.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <spdlog/spdlog.h>

namespace isofuse::fuzz {

/// The fuzzer's bytes, taken from the front.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : bytes_(data, size) {
    static const bool quiet = [] {
      spdlog::set_level(spdlog::level::off);
      return true;
    }();
    static_cast<void>(quiet);
  }
  template <class T>
  T take() {
    T value{};
    const std::size_t length = std::min(sizeof value, bytes_.size());
    if (length > 0) std::memcpy(&value, bytes_.data(), length);
    bytes_ = bytes_.subspan(length);
    return value;
  }
  std::vector<std::byte> take(std::size_t length) {
    length = std::min(length, bytes_.size());
    std::vector<std::byte> out(length);
    if (length > 0) std::memcpy(out.data(), bytes_.data(), length);
    bytes_ = bytes_.subspan(length);
    return out;
  }
  std::vector<std::byte> rest() { return take(bytes_.size()); }
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace isofuse::fuzz
