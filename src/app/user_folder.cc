#include "app/user_folder.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

namespace isofuse::app {
namespace {

constexpr std::chrono::milliseconds kLockPoll{10};
constexpr std::chrono::seconds kLockWait{10};  // then the other one hangs, which must not spread
constexpr int kTriesMax = 100;                 // against others who remove the folder

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// As GLib finds them, since its rules say what is shown.
FolderHints hints_of_user() {
  const passwd* const user = getpwuid(geteuid());
  FolderHints out{user == nullptr ? environment("USER") : user->pw_name, environment("HOME"),
                  environment("XDG_RUNTIME_DIR")};
  if (out.home.empty() && user != nullptr) out.home = user->pw_dir;
  return out;
}

bool is_usable(const std::string& directory) {
  struct stat info {};
  if (stat(directory.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return false;
  if ((info.st_mode & S_ISVTX) != 0 && info.st_uid != geteuid()) return false;
  return access(directory.c_str(), W_OK | X_OK) == 0;
}

/// Not what another user owns: a HOME kept by su or sudo would get files that its owner cannot
/// remove.
bool is_own(const std::string& directory) {
  struct stat info {};
  return stat(directory.c_str(), &info) == 0 && info.st_uid == geteuid() && is_usable(directory);
}

bool make(const FolderPlace& place) {
  const std::filesystem::path path = place.path;
  if (!is_own(path.parent_path().string())) return false;
  return (mkdir(place.path.c_str(), 0700) == 0 || errno == EEXIST) && is_own(place.path);
}

/// Waits, but not for ever: without the lock nothing is lost but that two who open one image in
/// the same moment may get two mounts.
void lock_for_a_while(int directory) {
  const auto until = std::chrono::steady_clock::now() + kLockWait;
  while (flock(directory, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK &&
         std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(kLockPoll);
}

bool is_still(const std::string& path, int directory) {
  struct stat now {};
  struct stat held {};
  return stat(path.c_str(), &now) == 0 && fstat(directory, &held) == 0 &&
         now.st_dev == held.st_dev && now.st_ino == held.st_ino;
}

}  // namespace

std::vector<FolderPlace> folder_places(const FolderHints& hints) {
  std::vector<FolderPlace> out;
  if (!hints.user.empty() && hints.user.find('/') == std::string::npos) {
    for (const char* const media : {"/run/media", "/media"})
      out.push_back({fmt::format("{}/{}", media, hints.user), false});
  }
  for (const std::string& directory : {hints.home, hints.runtime_dir})
    if (directory.starts_with('/')) out.push_back({directory + "/isofuse", true});
  return out;
}

std::unique_ptr<UserFolder> UserFolder::take(const FolderPlace& place) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    if (!(place.ours ? make(place) : is_usable(place.path))) return nullptr;
    std::error_code err;
    const std::string path = std::filesystem::canonical(place.path, err).string();
    const int directory = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!err && directory < 0 && !place.ours)  // one may write there, but not list it
      return std::unique_ptr<UserFolder>(new UserFolder({path, false}, -1));
    if (directory < 0) continue;
    lock_for_a_while(directory);
    if (!err && is_still(path, directory))
      return std::unique_ptr<UserFolder>(new UserFolder({path, place.ours}, directory));
    close(directory);
  }
  return nullptr;
}

Outcome<std::unique_ptr<UserFolder>> UserFolder::find(const std::vector<FolderPlace>& places) {
  std::string tried;
  for (const FolderPlace& place : places) {
    if (auto folder = take(place)) return folder;
    tried += (tried.empty() ? "" : ", ") + place.path;
  }
  return Failure{
      ExitStatus::kMountPointNotPermitted,
      fmt::format("no folder to mount in: neither HOME nor XDG_RUNTIME_DIR names a directory that "
                  "you own and may write to (tried: {}); name a mount point instead of --open",
                  tried.empty() ? "none" : tried)};
}

Outcome<std::unique_ptr<UserFolder>> UserFolder::find() {
  return find(folder_places(hints_of_user()));
}

UserFolder::~UserFolder() {
  if (place_.ours) rmdir(place_.path.c_str());
  if (lock_ >= 0) close(lock_);
}

void remove_user_folder(const std::string& path) {
  const int directory = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  if (flock(directory, LOCK_EX | LOCK_NB) == 0) rmdir(path.c_str());
  close(directory);
}

}  // namespace isofuse::app
