#include "app/mount_point.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "app/mount_table.h"

namespace isofuse::app {
namespace {

namespace fs = std::filesystem;

constexpr int kNumberMax = 1000;  // of "name (N)": then something else is wrong
constexpr std::chrono::milliseconds kEndPoll{10};
constexpr std::chrono::seconds kEndWait{5};

bool is_on_autofs(int directory) {
  struct statfs info {};
  return fstatfs(directory, &info) == 0 && info.f_type == AUTOFS_SUPER_MAGIC;
}

Failure not_permitted(const std::string& path) {
  return {ExitStatus::kMountPointNotPermitted,
          fmt::format("{}: you may not mount here; use a directory that you own and may write to",
                      path)};
}

Failure from_errno(const std::string& path, int err) {
  switch (err) {
    case ENOENT:
      return {ExitStatus::kMountPointAbsent,
              fmt::format("{}: no such directory; make it, or let isofuse make it with -p", path)};
    case ENOTDIR:
      return {ExitStatus::kMountPointNotDirectory, fmt::format("{}: not a directory", path)};
    case EACCES:
    case EPERM:
      return not_permitted(path);
    case ENOTCONN:
      return {ExitStatus::kMountPointBusy,
              fmt::format("{}: the process of an earlier mount here has died; unmount it first: "
                          "fusermount3 -u '{}'",
                          path, path)};
    default:
      return {ExitStatus::kMountPointAbsent, fmt::format("{}: {}", path, std::strerror(err))};
  }
}

/// What fusermount3 asks of a directory before it mounts for an ordinary user.
bool may_mount_on(const std::string& path, const struct stat& info) {
  if (geteuid() == 0) return true;
  if ((info.st_mode & S_ISVTX) != 0 && info.st_uid != getuid()) return false;
  return access(path.c_str(), W_OK) == 0;
}

std::optional<Failure> check_directory(const std::string& path) {
  // One of ours has taken the place.
  if (const auto ours = find_mount(path); ours && ours->type == kMountType)
    return Failure{ExitStatus::kMountPointBusy,
                   fmt::format("{}: {} is mounted here already; unmount it first: isofuse -u '{}'",
                               path, ours->source, path)};
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return from_errno(path, errno);
  if (!S_ISDIR(info.st_mode)) return from_errno(path, ENOTDIR);
  if (!may_mount_on(path, info)) return not_permitted(path);
  return std::nullopt;
}

Failure cannot_make(const std::string& path, int err) {
  if (err == ENOENT)
    return {ExitStatus::kMountPointAbsent,
            fmt::format("{}: cannot be made, its parent directory does not exist", path)};
  const bool forbidden = err == EACCES || err == EPERM || err == EROFS;
  return {forbidden ? ExitStatus::kMountPointNotPermitted : ExitStatus::kMountPointAbsent,
          fmt::format("{}: cannot be made: {}; name a mount point of your own", path,
                      std::strerror(err))};
}

/// An empty directory on which nothing is mounted, and of which no process of a mount holds the
/// lock any more.
bool is_left_behind(const std::string& path) {
  std::error_code err;
  if (find_mount(path) || check_directory(path) || !fs::is_empty(path, err) || err) return false;
  const int directory = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (directory < 0) return false;
  const bool free = flock(directory, LOCK_EX | LOCK_NB) == 0;
  close(directory);
  return free;
}

/// The names that are tried: "name", "name (2)", "name (3)", ...
std::string numbered(const std::string& name, int number) {
  return number == 1 ? name : fmt::format("{} ({})", name, number);
}

Failure no_free_name(const std::string& name) {
  return {ExitStatus::kMountPointBusy,
          fmt::format("{}: no free name for a mount point; name one", name)};
}

}  // namespace

bool is_open_descriptor(std::string_view mount_point) {
  constexpr std::string_view kPrefix = "/dev/fd/";
  if (!mount_point.starts_with(kPrefix) || mount_point.size() == kPrefix.size()) return false;
  mount_point.remove_prefix(kPrefix.size());
  return std::all_of(mount_point.begin(), mount_point.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

MountPoint::MountPoint(std::string path, bool made) : path_(std::move(path)), made_(made) {
  if (is_open_descriptor(path_)) return;
  held_ = open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // An automount whose directory somebody holds is in use, so it would never expire.
  if (held_ >= 0 && is_on_autofs(held_)) {
    close(held_);
    held_ = -1;
  }
  // Without the lock (a file system that has none) nothing is lost but the waiting.
  if (held_ >= 0) static_cast<void>(flock(held_, LOCK_SH | LOCK_NB));
}

MountPoint::~MountPoint() {
  if (made_) rmdir(path_.c_str());
  if (!folder_.empty()) remove_user_folder(folder_);
  if (held_ >= 0) close(held_);
}

Outcome<std::unique_ptr<MountPoint>> MountPoint::named(const std::string& path, bool make) {
  const auto wrap = [](std::string where, bool made) {
    return std::unique_ptr<MountPoint>(new MountPoint(std::move(where), made));
  };
  if (is_open_descriptor(path)) return wrap(path, false);
  const std::string before = absolute_path(path);
  if (const auto busy = check_directory(before)) {
    if (busy->status != ExitStatus::kMountPointAbsent || !make) return *busy;
    if (mkdir(before.c_str(), 0777) != 0) return cannot_make(path, errno);
    return wrap(before, true);
  }
  std::error_code err;  // a link to a directory: the kernel's table will name its target
  const fs::path target = fs::canonical(before, err);
  const std::string where = err ? before : target.string();
  if (const auto busy = check_directory(where)) return *busy;
  return wrap(where, false);
}

Outcome<std::unique_ptr<MountPoint>> MountPoint::after_image(const std::string& image) {
  std::error_code err;
  const fs::path here = fs::current_path(err);
  if (err) return from_errno(".", err.value());
  std::string name = fs::path(image).stem().string();
  if (name.empty() || name == "." || name == "..") name = "disc";

  for (int number = 1; number <= kNumberMax; ++number) {
    const std::string path = (here / numbered(name, number)).string();
    if (mkdir(path.c_str(), 0777) == 0)
      return std::unique_ptr<MountPoint>(new MountPoint(path, true));
    if (errno != EEXIST) return cannot_make(path, errno);
    const bool free = !find_mount(path) && !check_directory(path) && fs::is_empty(path, err);
    if (free && !err) return std::unique_ptr<MountPoint>(new MountPoint(path, false));
  }
  return no_free_name(name);
}

Outcome<std::unique_ptr<MountPoint>> MountPoint::in_folder(const UserFolder& folder,
                                                           const std::string& name) {
  for (int number = 1; number <= kNumberMax; ++number) {
    const std::string path = fmt::format("{}/{}", folder.path(), numbered(name, number));
    if (mkdir(path.c_str(), 0700) != 0) {
      if (errno != EEXIST) return cannot_make(path, errno);
      if (!is_left_behind(path)) continue;
    }
    auto out = std::unique_ptr<MountPoint>(new MountPoint(path, true));
    if (folder.is_ours()) out->folder_ = folder.path();
    return out;
  }
  return no_free_name(name);
}

void wait_for_end(const std::string& mount_point) {
  const auto until = std::chrono::steady_clock::now() + kEndWait;
  const int directory = open(mount_point.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;  // removed already, or not ours to look at
  while (flock(directory, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK &&
         std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(kEndPoll);
  close(directory);
}

}  // namespace isofuse::app
