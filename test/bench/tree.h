#pragma once
// The tree that every column of the benchmark shows: names, sizes and contents by rule, so that
// `limit` can serve it without an image and the others from one that was made of it.
//
//   small/d000 .. d199/f00000.txt .. f00099.txt   0.5 to 8 KiB each
//   many/f00000.txt .. f49999.txt                 below 2 KiB each
//   big.bin                                       1 GiB
// or, with `million`: d0000 .. d0999/f00000.txt .. f00999.txt, 48 KiB each, and nothing else.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace bench {

inline constexpr unsigned kSmallDirectories = 200;
inline constexpr unsigned kSmallFiles = 100;
inline constexpr unsigned kManyFiles = 50000;
inline constexpr std::uint64_t kBigBytes = std::uint64_t{1} << 30U;
inline constexpr unsigned kMillionDirectories = 1000;
inline constexpr unsigned kMillionFiles = 1000;
inline constexpr std::uint64_t kMillionFileBytes = 48U << 10U;

inline std::string directory_name(unsigned index, bool million) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), million ? "d%04u" : "d%03u", index);
  return text.data();
}
inline std::string file_name(unsigned index) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "f%05u.txt", index);
  return text.data();
}

/// splitmix64: a number for each file, the same on every run.
constexpr std::uint64_t mixed(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}
/// `directory` is below kSmallDirectories, or equal to it for many/.
constexpr std::uint64_t file_bytes(unsigned directory, unsigned file) {
  const std::uint64_t random = mixed(std::uint64_t{directory} << 32U | file);
  return directory < kSmallDirectories ? 512 + random % (8192 - 512 + 1) : 64 + random % 1900;
}

/// Text of which every file shows a part: words, so that grep takes it for text.
inline std::string make_text() {
  std::string text;
  for (std::uint64_t i = 0; text.size() < (128U << 10U); ++i) {
    const std::uint64_t random = mixed(i);
    for (unsigned letter = 0; letter < 3 + random % 7; ++letter)
      text += static_cast<char>('a' + (random >> (8 + 5 * letter)) % 26);
    text += random % 11 == 0 ? '\n' : ' ';
  }
  return text;
}
constexpr std::uint64_t text_offset(unsigned directory, unsigned file) {
  return mixed(std::uint64_t{file} << 32U | directory) % (64U << 10U);
}
inline std::string_view contents(std::string_view text, unsigned directory, unsigned file) {
  return text.substr(text_offset(directory, file), file_bytes(directory, file));
}

}  // namespace bench
