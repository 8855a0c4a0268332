#pragma once
// The contents of a file of the disc, into a descriptor.
#include <cstdint>
#include <functional>
#include <optional>

#include <isofuse/filesystem.h>
#include <isofuse/source.h>

namespace isofuse::app {

/// How copying ended. Neither member set: well, or because it was told to stop.
struct CopyEnd {
  std::optional<Error> reading;  ///< what the disc, or its image, could not give
  int writing_errno = 0;         ///< why the descriptor took no more
  bool stopped = false;
};

enum class Holes {
  kWritten,  ///< as zeros
  kLeft,     ///< skipped; `descriptor` is an empty file, whose size is set at the end
};

/// Copies all of `node`, piece by piece from the image's mapping where the image is mapped, so that
/// nothing here looks at the bytes. `copied` is told of each part, holes too, and false from it
/// stops the copying. With Holes::kLeft a part that the image cannot hold is found before anything
/// of that part is written.
CopyEnd copy_contents(const Filesystem& filesystem, const Source& image, NodeId node,
                      int descriptor, Holes holes,
                      const std::function<bool(std::uint64_t bytes)>& copied);

}  // namespace isofuse::app
