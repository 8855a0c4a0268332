#pragma once
// Sparse files of Rock Ridge (RRIP 1.12 4.1.7).
#include <isofuse/filesystem.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

#include "fs/iso9660/file_sections.h"
#include "fs/iso9660/susp.h"

namespace isofuse::iso9660 {

/// The run at `offset` of a sparse file whose index and data are recorded in `sections`.
Result<Extent> sparse_extent(const Source& image, const FileSections& sections,
                             const SparseInfo& info, std::uint64_t offset);

}  // namespace isofuse::iso9660
