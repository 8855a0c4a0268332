#include <isofuse/extents.h>

#include <cstddef>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include <isofuse/limits.h>

#include "fs/run_at.h"

namespace isofuse {
namespace {

constexpr std::uint64_t kWhole = std::numeric_limits<std::uint64_t>::max();

/// Whether `next` goes on where `last` ends, in the image too.
bool continues(const Extent& last, const Extent& next) {
  return last.kind == next.kind && (next.kind != Extent::Kind::kImage ||
                                    last.image_offset + last.length_bytes == next.image_offset);
}

}  // namespace

Result<std::vector<Extent>> file_extents(const Filesystem& filesystem, NodeId node) {
  std::vector<Extent> out;
  std::uint64_t offset = 0;
  // Short runs that join are asked for one by one, so they count too.
  for (std::size_t asked = 0; asked < kListedExtentsMax; ++asked) {
    const Extent run = ISOFUSE_TRY(run_at(filesystem, node, offset, kWhole));
    if (run.kind == Extent::Kind::kEnd) return out;
    offset += run.length_bytes;
    if (!out.empty() && continues(out.back(), run))
      out.back().length_bytes += run.length_bytes;
    else
      out.push_back(run);
  }
  return Error{Errc::kTooLarge, "the file lies in too many pieces to be listed"};
}

std::string describe_extents(const std::vector<Extent>& extents) {
  std::string out;
  for (const Extent& run : extents) {
    switch (run.kind) {
      case Extent::Kind::kImage:
        out += fmt::format("{} {}\n", run.image_offset, run.length_bytes);
        break;
      case Extent::Kind::kZeros:
        out += fmt::format("hole {}\n", run.length_bytes);
        break;
      case Extent::Kind::kDecoded:
        out += fmt::format("compressed {}\n", run.length_bytes);
        break;
      case Extent::Kind::kEnd:
        break;
    }
  }
  return out;
}

}  // namespace isofuse
