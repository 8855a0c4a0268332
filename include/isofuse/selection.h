#pragma once
// Which parts of a disc were asked for, by paths on it.
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <isofuse/export.h>
#include <isofuse/filesystem.h>

namespace isofuse {

/// Where a path of the command line leads.
struct Place {
  std::vector<std::string> names;  ///< from the root down, as the disc has them; the root: none
  NodeId node;
  Attributes attributes;
};

enum class LastLink { kKept, kFollowed };

/// Looks `path` up from the root of the disc on, whether it begins with a slash or not. Symbolic
/// links on the way are followed inside the disc, whose root an absolute one begins at, and ".."
/// of the root is the root. A link at the end is followed only where `last` says so.
/// kNotFound, kNotDirectory; kLoop for too many links.
ISOFUSE_API Result<Place> find_path(const Filesystem& filesystem, std::string_view path,
                                    LastLink last);

/// The parts of a tree, by the names that lead to them.
struct Selection {
  bool whole = false;  ///< this, and all that is below
  std::map<std::string, std::unique_ptr<Selection>, std::less<>> below;

  /// Adds what `names` lead to, which is at most kDirectoryDepthMax deep.
  ISOFUSE_API void add(const std::vector<std::string>& names);
};

}  // namespace isofuse
