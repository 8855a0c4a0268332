#pragma once
// A disc image as the fuzzer sees it: only the sectors in which something stands.
//
//   4 bytes  how many sectors the image has (little-endian, modulo 2^24)
//   4 bytes  options: see image.cc
//   then, as often as there are bytes for it: 4 bytes sector, 2048 bytes contents
//
// So a disc of some megabytes is an input of some kilobytes, and one changed number moves a
// structure. test/fuzz/seeds.py writes the same.
#include <cstddef>
#include <cstdint>

#include "fuzz/input.h"
#include "support/memory_source.h"

namespace isofuse::fuzz {

constexpr std::size_t kSectorBytes = 2048;
constexpr std::size_t kHeadBytes = 8;
constexpr std::size_t kPieceBytes = 4 + kSectorBytes;

struct SparseImage {
  explicit SparseImage(Input& input)
      : source(std::uint64_t{input.take<std::uint32_t>() & 0xFF'FFFFU} * kSectorBytes),
        options(input.take<std::uint32_t>()) {
    while (input.left() > sizeof(std::uint32_t)) {
      const std::uint32_t sector = input.take<std::uint32_t>() & 0xFF'FFFFU;
      std::vector<std::byte> contents = input.take(kSectorBytes);
      contents.resize(kSectorBytes);
      source.put(std::uint64_t{sector} * kSectorBytes, std::move(contents));
    }
  }
  test::MemorySource source;
  std::uint32_t options;
};

}  // namespace isofuse::fuzz
