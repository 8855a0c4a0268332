#pragma once
// What reading a file and telling where it lies have in common.
#include <cstdint>

#include <isofuse/filesystem.h>
#include <isofuse/node.h>
#include <isofuse/result.h>

namespace isofuse {

/// The run of a file at `offset`, cut to begin there and to `length_bytes`; kEnd at the end of the
/// file.
Result<Extent> run_at(const Filesystem& filesystem, NodeId node, std::uint64_t offset,
                      std::uint64_t length_bytes);

}  // namespace isofuse
