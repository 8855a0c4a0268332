#pragma once
// A disc that a command reads by itself, in this process and without a mount.
#include <memory>
#include <string_view>

#include <isofuse/filesystem.h>
#include <isofuse/source.h>

#include <isofuse/selection.h>
#include "app/exit_status.h"
#include "app/settings.h"

namespace isofuse::app {

struct DiscTree {
  std::unique_ptr<Source> image;
  std::unique_ptr<Filesystem> opened;
  std::unique_ptr<Filesystem> filesystem;  ///< `opened`, decoded on all processors
};

/// Enters the sandbox (confine.h; `writable_directory` likewise) and opens the volume to be shown.
/// From here on messages go to the standard error.
[[nodiscard]] Outcome<DiscTree> open_tree(const Request& request, std::unique_ptr<Source> image,
                                          int writable_directory = -1);

/// What the request names; everything where it names nothing. Fails for the first path that is not
/// there.
[[nodiscard]] Outcome<Selection> select_paths(const Request& request, const Filesystem& filesystem);

/// find_path(), or the line that says why not.
[[nodiscard]] Outcome<Place> find_on_disc(const Request& request, const Filesystem& filesystem,
                                          std::string_view path, LastLink last);

/// One line on the standard error: the image, `path` (an empty one is the root) and what is wrong.
void tell(const Request& request, std::string_view path, std::string_view what);

}  // namespace isofuse::app
