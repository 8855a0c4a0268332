#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "app/commands.h"
#include "app/kernel_unmount.h"
#include "app/mount_point.h"
#include "app/mount_table.h"

namespace isofuse::app {
namespace {

/// The mounts of ours that `what` names: those on that directory, else those of that image. The
/// last made comes first, as one may lie on another. A mount whose process is dead must be found
/// too, so nothing is asked of it.
std::vector<MountEntry> find_mounts(const std::string& what) {
  std::vector<MountEntry> ours;
  for (MountEntry& entry : read_mount_table()) {
    if (entry.type == kMountType) ours.push_back(std::move(entry));
  }
  std::reverse(ours.begin(), ours.end());
  const auto those = [&](std::string MountEntry::*member, const std::string& value) {
    std::vector<MountEntry> out;
    std::copy_if(ours.begin(), ours.end(), std::back_inserter(out),
                 [&](const MountEntry& entry) { return entry.*member == value; });
    return out;
  };
  const std::string path = absolute_path(what);
  if (auto on_it = those(&MountEntry::mount_point, path); !on_it.empty()) {
    on_it.resize(1);  // of several on one directory only the uppermost can be meant
    return on_it;
  }
  if (auto of_it = those(&MountEntry::source, path); !of_it.empty()) return of_it;
  std::error_code err;  // a link to either; to resolve it is safe, `what` is no mount of ours
  const std::string target = std::filesystem::canonical(what, err).string();
  if (err) return {};
  if (auto on_it = those(&MountEntry::mount_point, target); !on_it.empty()) {
    on_it.resize(1);
    return on_it;
  }
  return those(&MountEntry::source, target);
}

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
  const std::vector<MountEntry> mounts = find_mounts(request.image);
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
