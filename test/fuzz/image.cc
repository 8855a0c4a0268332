// The whole way: opens an image, lists everything, reads everything, within limits on steps and
// bytes. Aborts where the library breaks what its headers promise.
#include <cstdlib>
#include <deque>
#include <set>
#include <span>

#include <nlohmann/json.hpp>

#include <isofuse/check.h>
#include <isofuse/filesystem.h>
#include <isofuse/limits.h>
#include <isofuse/open.h>
#include <isofuse/read.h>

#include "fuzz/mend.h"
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
  out.boot = flag();
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

bool is_descriptor(std::span<const std::byte> bytes) {
  const std::size_t identifier = number_at(bytes, 0);
  return ((identifier >= 1 && identifier <= 9) || (identifier >= 256 && identifier <= 266)) &&
         bytes[3] == std::byte{0};
}

/// All descriptors of a sector: one at its beginning, or a row of file identifiers.
void mend_all(std::span<std::byte> bytes) {
  constexpr std::size_t kFileIdentifier = 257, kFileIdentifierBytes = 38;
  for (bool first = true; bytes.size() >= kFileIdentifierBytes && is_descriptor(bytes);
       first = false) {
    const bool is_row = number_at(bytes, 0) == kFileIdentifier;
    if (!is_row && !first) return;
    mend(bytes);
    if (!is_row) return;
    const auto name = std::to_integer<std::size_t>(bytes[19]);
    const std::size_t length = (kFileIdentifierBytes + name + number_at(bytes, 36) + 3) / 4 * 4;
    bytes = bytes.subspan(std::min(length, bytes.size()));
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
  if (seed % 16 != 2) mend_all(std::as_writable_bytes(std::span(sector, kSectorBytes)));
  return size;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isofuse;
  fuzz::Input input(data, size);
  const fuzz::SparseImage image(input);
  const auto volumes = open_filesystems(image.source, fuzz::options_of(image.options));
  if (!volumes) {
    static_cast<void>(identify(image.source));
    static_cast<void>(identity(image.source).dump());  // which UTF-8 alone survives
    return 0;
  }
  constexpr std::uint64_t kCheckedBytesMax = 2U << 20U;  // all of it is read, holes too
  if (image.source.size_bytes() <= kCheckedBytesMax)
    static_cast<void>(check(
        image.source, fuzz::options_of(image.options), [](const Finding&) {},
        [](std::uint64_t, std::uint64_t) { return true; }));
  check_partitions(image.source, [](const Finding&) {});
  for (const auto& volume : *volumes) {
    volume->check_structure([](const Finding&) {});
    static_cast<void>(volume->recorded_sums());
    fuzz::look_at(*volume, image.source);
    static_cast<void>(
        volume->facts().dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    static_cast<void>(volume->stats());
    static_cast<void>(volume->label());
  }
  return 0;
}
