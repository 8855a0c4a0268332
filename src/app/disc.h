#pragma once
// From the command line's image to an opened volume, or the line that says why not.
#include <memory>
#include <string>

#include <isofuse/filesystem.h>
#include <isofuse/options.h>
#include <isofuse/source.h>

#include "app/exit_status.h"

namespace isofuse::app {

[[nodiscard]] Outcome<std::unique_ptr<Source>> open_source(const std::string& path);

/// Opens the volume and reads what every use of it reads first: the root and its listing.
[[nodiscard]] Outcome<std::unique_ptr<Filesystem>> open_volume(const std::string& path,
                                                               const Source& source,
                                                               const Options& options);

}  // namespace isofuse::app
