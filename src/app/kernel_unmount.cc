#include "app/kernel_unmount.h"

#include <spawn.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "app/preflight.h"
#include "fuse/quiet.h"

namespace isofuse::app {
namespace {

/// fusermount3, whose words are kept from the user. What it said where it failed.
std::optional<std::string> unmount_as_user(const std::string& mount_point, const char* how) {
  std::string program = find_fusermount();
  if (program.empty()) return "fusermount3 was not found; install the package fuse3";
  std::string unmount = how;
  std::string end = "--";
  std::string path = mount_point;
  char* const arguments[] = {program.data(), unmount.data(), end.data(), path.data(), nullptr};
  int status = -1;
  const std::string said = fuse::quietly([&] {
    pid_t child = 0;
    if (posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments, environ) != 0) return;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  });
  if (status == 0) return std::nullopt;
  return said.empty() ? "fusermount3 failed" : said.substr(0, said.find('\n'));
}

}  // namespace

std::optional<std::string> unmount(const std::string& mount_point) {
  if (geteuid() != 0) return unmount_as_user(mount_point, "-u");
  if (umount2(mount_point.c_str(), UMOUNT_NOFOLLOW) == 0) return std::nullopt;
  return std::strerror(errno);
}

void detach(const std::string& mount_point) {
  if (geteuid() == 0)
    umount2(mount_point.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
  else
    static_cast<void>(unmount_as_user(mount_point, "-uz"));
}

}  // namespace isofuse::app
