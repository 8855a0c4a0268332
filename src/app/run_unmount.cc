#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "app/commands.h"
#include "app/kernel_unmount.h"
#include "app/mount_point.h"
#include "app/mount_table.h"

namespace isofuse::app {
namespace {

Done unmount_and_wait(const std::string& mount_point) {
  const std::optional<std::string> wrong = unmount(mount_point);
  if (!wrong) {
    wait_for_end(mount_point);
    return {};
  }
  if (wrong->find(std::strerror(EBUSY)) != std::string::npos)
    return Failure{ExitStatus::kUnmountRefused,
                   fmt::format("{}: still in use; end the programs that use it (fuser -vm '{}' "
                               "lists them)",
                               mount_point, mount_point)};
  return Failure{ExitStatus::kUnmountRefused,
                 fmt::format("{}: could not be unmounted: {}", mount_point, *wrong)};
}

}  // namespace

Done run_unmount(const Request& request) {
  const std::vector<MountEntry> mounts = find_our_mounts(request.image);
  if (mounts.empty())
    return Failure{ExitStatus::kNotMounted,
                   fmt::format("{}: neither a mount by isofuse nor an image that is mounted; "
                               "'findmnt -t fuse.isofuse' lists them",
                               request.image)};
  Done out;
  for (const MountEntry& entry : mounts) {  // one that is in use does not hold up the others
    if (Done done = unmount_and_wait(entry.mount_point); failure_of(done) != nullptr)
      out = std::move(done);
  }
  return out;
}

}  // namespace isofuse::app
