#pragma once
// UDF 1.02 to 2.60 as a Filesystem.
#include <memory>

#include <isofuse/filesystem.h>
#include <isofuse/options.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

namespace isofuse::udf {

/// Opens the UDF volume of `image`, which must outlive the result. kNotRecognised where there is
/// none, or the options ask for a tree of another file system.
Result<std::unique_ptr<Filesystem>> open_udf(const Source& image, const Options& options);

}  // namespace isofuse::udf
