#include <unistd.h>

#include <csignal>
#include <cstring>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "app/commands.h"
#include "app/copy_contents.h"
#include "app/disc.h"
#include "app/disc_tree.h"
#include "app/render.h"
#include "base/log.h"

namespace isofuse::app {
namespace {

Done write_file(const Request& request, const DiscTree& tree, const std::string& path) {
  const auto failure = [&](ExitStatus status, const std::string& what) {
    return Failure{status, fmt::format("{}: {}: {}", request.image, harmless(path), what)};
  };
  const auto found = find_on_disc(request, *tree.filesystem, path, LastLink::kFollowed);
  if (const Failure* absent = failure_of(found)) return *absent;
  const Place& place = std::get<0>(found);
  if (place.attributes.type == FileType::kDirectory)
    return failure(ExitStatus::kPathAbsent, "a directory");
  if (place.attributes.type != FileType::kRegular)
    return failure(ExitStatus::kPathAbsent, "has no contents: it is a device, a fifo or a socket");
  const CopyEnd end = copy_contents(*tree.filesystem, *tree.image, place.node, STDOUT_FILENO,
                                    Holes::kWritten, [](std::uint64_t) { return true; });
  if (end.reading) return failure(ExitStatus::kPartly, "cannot be read: " + describe(*end.reading));
  if (end.writing_errno != 0)
    return Failure{ExitStatus::kNotWritten, fmt::format("the standard output cannot be written: {}",
                                                        std::strerror(end.writing_errno))};
  return {};
}

}  // namespace

Done run_cat(const Request& request) {
  // Who reads no further (head) ends this quietly.
  std::signal(SIGPIPE, SIG_DFL);
  auto source = open_source(request.image);
  if (const Failure* failure = failure_of(source)) return *failure;
  const auto tree = open_tree(request, std::move(std::get<0>(source)));
  if (const Failure* failure = failure_of(tree)) return *failure;
  for (const std::string& path : request.disc_paths) {
    // The first that fails ends it: what came behind would stand at the wrong place.
    const Done done = write_file(request, std::get<0>(tree), path);
    if (const Failure* failure = failure_of(done)) return *failure;
  }
  return {};
}

}  // namespace isofuse::app
