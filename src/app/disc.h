#pragma once
// From the command line's image to an opened volume, or the line that says why not.
#include <memory>
#include <string>
#include <vector>

#include <isofuse/filesystem.h>
#include <isofuse/options.h>
#include <isofuse/source.h>

#include "app/exit_status.h"

namespace isofuse::app {

[[nodiscard]] Outcome<std::unique_ptr<Source>> open_source(const std::string& path);

/// Opens the volumes of the disc (open.h: the one to be shown first), and reads what every use of
/// the first reads first: the root and its listing.
[[nodiscard]] Outcome<std::vector<std::unique_ptr<Filesystem>>> open_volumes(
    const std::string& path, const Source& source, const Options& options);

}  // namespace isofuse::app
