#pragma once
// ISO 9660, High Sierra, Joliet and Rock Ridge as a Filesystem.
#include <memory>

#include <isofuse/filesystem.h>
#include <isofuse/options.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

namespace isofuse::iso9660 {

/// kNotRecognised where there is no ISO 9660 or High Sierra volume at sector 16 (or where the
/// options say); kNotFound where the session or view that the options ask for is not there.
Result<std::unique_ptr<Filesystem>> open_iso9660(const Source& image, const Options& options);

}  // namespace isofuse::iso9660
