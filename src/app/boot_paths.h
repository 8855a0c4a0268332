#pragma once
// Which files of a disc its boot entries mean.
#include <nlohmann/json_fwd.hpp>

#include <isofuse/filesystem.h>

namespace isofuse::app {

/// Adds to the facts of `filesystem` the path of each boot catalogue ("catalog_path") and of each
/// boot image ("path") that is a file. Walks the tree until all are found, or for some 100,000
/// files; not at all where nothing boots.
void add_boot_paths(const Filesystem& filesystem, nlohmann::ordered_json& facts);

}  // namespace isofuse::app
