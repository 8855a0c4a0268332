#include "app/disc_tree.h"

#include <cstdio>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "app/confine.h"
#include "app/disc.h"
#include "app/log_setup.h"
#include "app/render.h"
#include "base/log.h"
#include "fuse/decode_ahead.h"

namespace isofuse::app {

Outcome<DiscTree> open_tree(const Request& request, std::unique_ptr<Source> image,
                            int writable_directory) {
  load_ahead(request.settings.disc);
  confine(request.settings, writable_directory);
  auto volumes = open_volumes(request.image, *image, request.settings.disc);
  if (const Failure* failure = failure_of(volumes)) return *failure;
  if (!request.debug) log_to_stderr(false);
  DiscTree tree{std::move(image), std::move(std::get<0>(volumes).front()), nullptr};
  const unsigned processors = request.single_threaded ? 1 : std::thread::hardware_concurrency();
  tree.filesystem =
      std::make_unique<fuse::DecodeAhead>(*tree.opened, processors > 1 ? processors - 1 : 0);
  return tree;
}

Outcome<Place> find_on_disc(const Request& request, const Filesystem& filesystem,
                            std::string_view path, LastLink last) {
  Result<Place> place = find_path(filesystem, path, last);
  if (place) return std::move(*place);
  const Errc code = place.error().code;
  const bool absent = code == Errc::kNotFound || code == Errc::kNotDirectory || code == Errc::kLoop;
  return Failure{absent ? ExitStatus::kPathAbsent : ExitStatus::kPartly,
                 fmt::format("{}: {}: {}", request.image, harmless(path), describe(place.error()))};
}

Outcome<Selection> select_paths(const Request& request, const Filesystem& filesystem) {
  Selection selection;
  selection.whole = request.disc_paths.empty();
  for (const std::string& path : request.disc_paths) {
    const auto place = find_on_disc(request, filesystem, path, LastLink::kKept);
    if (const Failure* failure = failure_of(place)) return *failure;
    selection.add(std::get<0>(place).names);
  }
  return selection;
}

void tell(const Request& request, std::string_view path, std::string_view what) {
  fmt::print(stderr, "isofuse: {}: {}: {}\n", request.image, path.empty() ? "/" : harmless(path),
             what);
}

}  // namespace isofuse::app
