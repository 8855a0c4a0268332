#include <isofuse/extents.h>

#include <cstddef>

#include <fmt/format.h>

#include <isofuse/limits.h>

namespace isofuse {
namespace {

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
    Extent run = ISOFUSE_TRY(filesystem.extent(node, offset));
    if (run.kind == Extent::Kind::kEnd) return out;
    const std::uint64_t skip = offset - run.file_offset;
    run.file_offset = offset;
    run.image_offset += run.kind == Extent::Kind::kImage ? skip : 0;
    run.length_bytes -= skip;
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
