#include "app/preflight.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace isofuse::app {
namespace {

constexpr char kFuseDevice[] = "/dev/fuse";
constexpr char kFuseConf[] = "/etc/fuse.conf";
constexpr char kFusermount[] = "fusermount3";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t from = text.find_first_not_of(kBlanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlanks) - from + 1);
}

Done check_device() {
  const int device = open(kFuseDevice, O_RDWR | O_CLOEXEC);
  if (device >= 0) {
    close(device);
    return {};
  }
  if (errno == EACCES || errno == EPERM)
    return Failure{ExitStatus::kFuseDeviceNotPermitted,
                   "/dev/fuse: you may not open it; as root: chmod 666 /dev/fuse (in a container, "
                   "also allow the device)"};
  return Failure{ExitStatus::kFuseDeviceAbsent,
                 fmt::format("/dev/fuse: {}; as root: modprobe fuse (a container is to be started "
                             "with --device /dev/fuse)",
                             std::strerror(errno))};
}

std::string read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The last line that was printed, without the names of the programs before it.
std::string last_line(std::string_view messages) {
  messages = trimmed(messages);
  std::string_view line = messages.substr(messages.rfind('\n') + 1);
  for (const std::string_view prefix :
       {"isofuse: ", "error: ", "warning: ", "fuse: ", "fusermount3: "}) {
    if (line.starts_with(prefix)) line.remove_prefix(prefix.size());
  }
  return std::string(line.empty() ? "no reason was given" : line);
}

}  // namespace

bool allows_other(std::string_view fuse_conf) {
  while (!fuse_conf.empty()) {
    const std::size_t end = std::min(fuse_conf.find('\n'), fuse_conf.size());
    std::string_view line = fuse_conf.substr(0, end);
    line = trimmed(line.substr(0, line.find('#')));
    if (line == "user_allow_other") return true;
    fuse_conf.remove_prefix(std::min(end + 1, fuse_conf.size()));
  }
  return false;
}

std::string find_fusermount() {
  std::string directories = "/usr/bin:/bin";
  if (const char* const path = std::getenv("PATH")) directories += fmt::format(":{}", path);
  std::string_view rest = directories;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    std::string candidate = fmt::format("{}/{}", rest.substr(0, end), kFusermount);
    if (end != 0 && access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

Done check_system(const Settings& settings) {
  if (Done device = check_device(); failure_of(device) != nullptr) return device;
  const bool is_root = geteuid() == 0;
  if ((!is_root || settings.auto_unmount) && find_fusermount().empty())
    return Failure{ExitStatus::kFusermountAbsent,
                   "fusermount3 was not found; install the package fuse3"};
  if (!is_root && (settings.allow_other || settings.allow_root) &&
      !allows_other(read_file(kFuseConf)))
    return Failure{ExitStatus::kAllowOtherNotPermitted,
                   fmt::format("-o {} is not permitted here; root must add the line "
                               "'user_allow_other' to {}",
                               settings.allow_other ? "allow_other" : "allow_root", kFuseConf)};
  return {};
}

Failure explain_refusal(const std::string& mount_point, std::string_view messages) {
  const std::string reason = last_line(messages);
  const auto says = [&](std::string_view words) {
    return messages.find(words) != std::string_view::npos;
  };
  if (says("user_allow_other"))
    return {ExitStatus::kAllowOtherNotPermitted, fmt::format("{}: {}", mount_point, reason)};
  if (says(std::strerror(EBUSY)))
    return {ExitStatus::kMountPointBusy, fmt::format("{}: {}", mount_point, reason)};
  if (says(std::strerror(EPERM)))
    return {ExitStatus::kMountRefused,
            fmt::format("{}: mounting is not permitted here; a container needs the capability "
                        "SYS_ADMIN and the device /dev/fuse, and fusermount3 must be set-user-ID "
                        "root",
                        mount_point)};
  return {ExitStatus::kMountRefused,
          fmt::format("{}: the mount was refused: {}", mount_point, reason)};
}

}  // namespace isofuse::app
