#include "app/mounted_image.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace isofuse::app {
namespace {

/// Of a drive, the device counts, whatever node names it.
bool is_same_file(const struct stat& one, const struct stat& other) {
  if (S_ISBLK(one.st_mode) && S_ISBLK(other.st_mode)) return one.st_rdev == other.st_rdev;
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/// Mounts of ours, the newest first, but those that lie below another one.
std::vector<MountEntry> mounts_in_sight() {
  std::vector<MountEntry> table = read_mount_table();
  std::reverse(table.begin(), table.end());
  std::vector<MountEntry> out;
  for (auto entry = table.begin(); entry != table.end(); ++entry) {
    const auto same_place = [&](const MountEntry& newer) {
      return newer.mount_point == entry->mount_point;
    };
    if (entry->type == kMountType && is_mounted_by(*entry, geteuid()) &&
        std::none_of(table.begin(), entry, same_place))
      out.push_back(*entry);
  }
  return out;
}

/// The kernel refuses at once where the mount is another's, or dead.
bool may_enter(const MountEntry& entry) {
  return access(entry.mount_point.c_str(), R_OK | X_OK) == 0;
}

}  // namespace

bool is_mounted_by(const MountEntry& entry, unsigned user) {
  const auto owner = owner_of(entry);
  return owner && (*owner == user || *owner == 0);
}

std::optional<std::string> find_mount_of_image(const std::string& image) {
  std::error_code err;
  const std::string path = std::filesystem::canonical(image, err).string();
  struct stat wanted {};
  if (err || stat(path.c_str(), &wanted) != 0) return std::nullopt;
  const std::vector<MountEntry> mounts = mounts_in_sight();
  for (const MountEntry& entry : mounts)
    if (entry.source == path && may_enter(entry)) return entry.mount_point;
  for (const MountEntry& entry : mounts) {
    struct stat source {};
    if (entry.source.starts_with('/') && stat(entry.source.c_str(), &source) == 0 &&
        is_same_file(wanted, source) && may_enter(entry))
      return entry.mount_point;
  }
  return std::nullopt;
}

}  // namespace isofuse::app
