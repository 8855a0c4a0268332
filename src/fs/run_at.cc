#include "fs/run_at.h"

#include <algorithm>

namespace isofuse {

Result<Extent> run_at(const Filesystem& filesystem, NodeId node, std::uint64_t offset,
                      std::uint64_t length_bytes) {
  Extent run = ISOFUSE_TRY(filesystem.extent(node, offset));
  if (run.kind == Extent::Kind::kEnd) return run;
  const std::uint64_t skip = offset - run.file_offset;
  run.file_offset = offset;
  run.image_offset += skip;
  run.length_bytes = std::min(run.length_bytes - skip, length_bytes);
  return run;
}

}  // namespace isofuse
