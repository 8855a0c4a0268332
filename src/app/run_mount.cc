#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "app/commands.h"
#include "app/disc.h"
#include "app/log_setup.h"
#include "app/mount_point.h"
#include "app/mount_table.h"
#include "app/preflight.h"
#include "fuse/decode_ahead.h"
#include "fuse/mount.h"
#include "fuse/session.h"

namespace isofuse::app {
namespace {

constexpr char kSelinux[] = "/sys/fs/selinux/enforce";

/// What goes on to libfuse, and from there to the kernel or to fusermount3.
std::vector<std::string> mount_options(const Settings& settings, const std::string& image_path) {
  const bool is_root = geteuid() == 0;
  std::vector<std::string> out = {
      "ro",
      is_root && settings.suid ? "suid" : "nosuid",
      is_root && settings.dev ? "dev" : "nodev",
      "fsname=" + (settings.fsname.empty() ? image_path : settings.fsname),
      "subtype=" + settings.subtype,
  };
  if (!settings.exec) out.emplace_back("noexec");
  if (settings.allow_other) out.emplace_back("allow_other");
  if (settings.allow_root) out.emplace_back("allow_root");
  if (settings.default_permissions) out.emplace_back("default_permissions");
  if (settings.auto_unmount) out.emplace_back("auto_unmount");
  if (settings.read_bytes_max != 0)
    out.push_back(fmt::format("max_read={}", settings.read_bytes_max));
  // fusermount3 refuses labels, and so does a kernel without SELinux.
  if (is_root && access(kSelinux, F_OK) == 0)
    out.insert(out.end(), settings.contexts.begin(), settings.contexts.end());
  return out;
}

std::string image_path(const std::string& image) {
  std::error_code err;
  const std::filesystem::path path = std::filesystem::canonical(image, err);
  return err ? absolute_path(image) : path.string();
}

Outcome<std::unique_ptr<MountPoint>> find_mount_point(const Request& request) {
  if (request.mount_point.empty()) return MountPoint::after_image(request.image);
  return MountPoint::named(request.mount_point, request.make_mount_point);
}

/// The kernel reads 128 KiB ahead on a new mount; only root may ask for more. Must be done before
/// the session answers its first request, INIT, which could only lower it. What cannot be done is
/// no loss but of speed.
void raise_read_ahead(const std::string& mount_point) {
  if (geteuid() != 0) return;
  const std::vector<MountEntry> table = read_mount_table();
  const auto ours = std::find_if(table.rbegin(), table.rend(), [&](const MountEntry& entry) {
    return entry.mount_point == mount_point;
  });
  if (ours == table.rend()) return;
  std::ofstream(fmt::format("/sys/class/bdi/{}/read_ahead_kb", ours->device))
      << fuse::kReadAheadBytesMax / 1024;
}

/// From here on a signal ends the session in order, so what was made is removed again.
Done serve(const Request& request, const Filesystem& filesystem, const Source& source) {
  const unsigned processors = request.single_threaded ? 1 : std::thread::hardware_concurrency();
  const fuse::DecodeAhead decoded_ahead(filesystem, processors > 1 ? processors - 1 : 0);
  fuse::Mount mount{decoded_ahead, source, request.settings.read_bytes_max,
                    request.settings.auto_unmount};
  fuse::SessionOptions options;
  options.mount_options = mount_options(request.settings, image_path(request.image));
  options.debug = request.debug;
  options.single_threaded = request.single_threaded;
  options.threads_max = request.settings.threads_max;
  std::string messages;
  const std::unique_ptr<fuse::Session> session = fuse::Session::create(mount, options, messages);
  if (!session) return explain_refusal(request.image, messages);

  auto found = find_mount_point(request);
  if (const Failure* failure = failure_of(found)) return *failure;
  const MountPoint& mount_point = *std::get<0>(found);
  if (!session->mount(mount_point.path(), messages))
    return explain_refusal(mount_point.path(), messages);
  if (!request.debug) log_to_stderr(false);
  raise_read_ahead(mount_point.path());
  if (request.mount_point.empty()) {
    std::puts(mount_point.path().c_str());
    std::fflush(stdout);
  }
  if (!request.foreground) {
    if (!session->to_background())
      return Failure{ExitStatus::kInternal, "no process could be made for the background"};
    log_to_syslog();
  }
  session->run();
  session->unmount();  // before the directory, which must be free to be removed
  return {};
}

}  // namespace

Done run_mount(const Request& request) {
  // As mount(8) does; but mount(8) itself says "rw" where nothing was said.
  if (request.settings.asked_for_writing && !request.settings.called_by_mount)
    spdlog::warn("a disc cannot be written: it is mounted read-only");
  const auto source = open_source(request.image);
  if (const Failure* failure = failure_of(source)) return *failure;
  auto volumes = open_volumes(request.image, *std::get<0>(source), request.settings.disc);
  if (const Failure* failure = failure_of(volumes)) return *failure;
  // The others of a bridge disc are not needed any more.
  const std::unique_ptr<Filesystem> filesystem = std::move(std::get<0>(volumes).front());
  std::get<0>(volumes).clear();
  if (Done system = check_system(request.settings); failure_of(system) != nullptr) return system;
  return serve(request, *filesystem, *std::get<0>(source));
}

}  // namespace isofuse::app
