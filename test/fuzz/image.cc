// The whole way: opens an image, lists everything, reads everything, within limits on steps and
// bytes. Aborts where the library breaks what its headers promise.
#include <cstdlib>
#include <deque>
#include <set>

#include <nlohmann/json.hpp>

#include <isofuse/filesystem.h>
#include <isofuse/limits.h>
#include <isofuse/open.h>
#include <isofuse/read.h>

#include "base/crc.h"
#include "fuzz/sparse_image.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace isofuse::fuzz {
namespace {

constexpr std::size_t kNodesMax = 2000;
constexpr std::size_t kBytesMax = 4U << 20U;
constexpr std::size_t kReadBytes = 64U << 10U;

void promise(bool kept) {
  if (!kept) std::abort();
}

Options options_of(std::uint32_t bits) {
  constexpr View kViews[] = {View::kAuto, View::kAuto,     View::kAuto, View::kRockRidge,
                             View::kUdf,  View::kEnhanced, View::kIso,  View::kJoliet};
  Options out;
  const auto flag = [&bits] {
    const bool set = (bits & 1U) != 0;
    bits >>= 1U;
    return set;
  };
  out.view = kViews[bits & 7U];
  bits >>= 3U;
  out.rock_ridge = !flag();
  out.joliet = !flag();
  out.hide = flag();
  out.show_associated = flag();
  out.cruft = flag();
  out.decompress = !flag();
  out.show_deleted = flag();
  out.need_recognition = !flag();
  if (flag()) out.map = NameMap::kAcorn;
  if (flag()) out.check = NameCheck::kRelaxed;
  if (flag()) out.session = bits & 3U;
  return out;
}

void read_file(const Filesystem& filesystem, const Source& image, NodeId node,
               std::size_t& budget) {
  std::uint64_t offset = 0;
  for (int pieces = 0; pieces < 64 && budget > 0; ++pieces) {
    std::vector<Piece> parts;
    const auto got = read_pieces(filesystem, image, node, offset, kReadBytes, parts);
    if (!got || *got == 0) return;
    std::size_t sum = 0;
    for (const Piece& part : parts) sum += part.bytes.size();
    promise(sum == *got && *got <= kReadBytes && parts.size() <= kPiecesMax);
    std::vector<std::byte> copy(kReadBytes);
    const auto again = read_bytes(filesystem, image, node, offset, copy);
    promise(!again || *again == *got);
    offset += *got;
    budget -= std::min(budget, *got);
  }
}

void look_at(const Filesystem& filesystem, const Source& image) {
  std::deque<NodeId> waiting = {filesystem.root()};
  std::set<NodeId> seen = {filesystem.root()};
  std::size_t nodes = 0;
  std::size_t budget = kBytesMax;
  while (!waiting.empty() && ++nodes < kNodesMax) {
    const NodeId node = waiting.front();
    waiting.pop_front();
    const auto attributes = filesystem.attributes(node);
    static_cast<void>(filesystem.extended_attributes(node).has_value());
    static_cast<void>(filesystem.parent(node).has_value());
    if (const auto target = filesystem.link_target(node))
      promise(!target->empty() && target->find('\0') == std::string::npos &&
              target->size() <= kLinkBytesMax);
    if (attributes && attributes->type == FileType::kRegular)
      read_file(filesystem, image, node, budget);
    const auto directory = filesystem.directory(node);
    if (!directory) continue;
    for (std::size_t i = 0; i < (*directory)->size() && i < kNodesMax; ++i) {
      const DirectoryEntry entry = (*directory)->entry(i);
      promise(!entry.name.empty() && entry.name.size() <= kNameBytesMax && entry.name != "." &&
              entry.name != ".." &&
              entry.name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos);
      promise((*directory)->find(entry.name) == i);
      if (seen.size() < kNodesMax && seen.insert(entry.node).second) waiting.push_back(entry.node);
    }
  }
}

unsigned number_at(const std::uint8_t* sector, std::size_t at) {
  return static_cast<unsigned>(sector[at] | (sector[at + 1] << 8));
}

bool is_descriptor(const std::uint8_t* sector) {
  const unsigned identifier = number_at(sector, 0);
  return (identifier - 1 < 9 || (identifier >= 256 && identifier <= 266)) && sector[3] == 0;
}

/// Sets the CRC and the sum of a descriptor right, so that the fuzzer gets behind them.
void mend(std::uint8_t* sector) {
  const unsigned crc_bytes = number_at(sector, 10);
  if (crc_bytes + 16U <= kSectorBytes) {
    const std::uint16_t crc = crc_itu_t({reinterpret_cast<std::byte*>(sector + 16), crc_bytes});
    sector[8] = static_cast<std::uint8_t>(crc);
    sector[9] = static_cast<std::uint8_t>(crc >> 8U);
  }
  unsigned sum = 0;
  for (int i = 0; i < 16; ++i)
    if (i != 4) sum += sector[i];
  sector[4] = static_cast<std::uint8_t>(sum);
}

/// All descriptors of a sector: one at its beginning, or a row of file identifiers.
void mend_all(std::uint8_t* sector) {
  if (!is_descriptor(sector)) return;
  constexpr std::size_t kFileIdentifierBytes = 38;
  std::size_t at = 0;
  while (at + kFileIdentifierBytes <= kSectorBytes && is_descriptor(sector + at)) {
    const unsigned identifier = number_at(sector, at);
    if (identifier != 257 && at != 0) break;
    std::uint8_t piece[kSectorBytes] = {};
    std::memcpy(piece, sector + at, kSectorBytes - at);
    mend(piece);
    std::memcpy(sector + at, piece, 16);
    if (identifier != 257) break;
    const std::size_t use = number_at(sector, at + 36);
    at += (kFileIdentifierBytes + sector[at + 19] + use + 3) / 4 * 4;
  }
}

}  // namespace
}  // namespace isofuse::fuzz

/// Half of the changes stay within one sector, a few bytes of it; the sums of UDF are then mended.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  using namespace isofuse::fuzz;
  const std::size_t pieces = size > kHeadBytes ? (size - kHeadBytes) / kPieceBytes : 0;
  if (pieces == 0 || seed % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  std::uint8_t* const piece = data + kHeadBytes + (seed / 4) % pieces * kPieceBytes;
  if (seed % 4 == 1 && (seed >> 20U) % 8 == 0) {
    LLVMFuzzerMutate(piece, 4, 4);
    return size;
  }
  std::uint8_t* const sector = piece + 4;
  // Structures stand at the front of a sector more often than not.
  const std::size_t begin =
      (seed >> 8U) % 3 == 0 ? (seed >> 10U) % kSectorBytes : (seed >> 10U) % 256;
  const std::size_t length = std::min<std::size_t>(1 + (seed >> 22U) % 32, kSectorBytes - begin);
  LLVMFuzzerMutate(sector + begin, length, length);
  if (seed % 16 != 2) mend_all(sector);
  return size;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isofuse;
  fuzz::Input input(data, size);
  const fuzz::SparseImage image(input);
  const auto volumes = open_filesystems(image.source, fuzz::options_of(image.options));
  if (!volumes) {
    static_cast<void>(identify(image.source));
    return 0;
  }
  for (const auto& volume : *volumes) {
    fuzz::look_at(*volume, image.source);
    static_cast<void>(
        volume->facts().dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    static_cast<void>(volume->stats());
    static_cast<void>(volume->label());
  }
  return 0;
}
