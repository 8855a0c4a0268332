#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "app/background.h"
#include "app/commands.h"
#include "app/desktop.h"
#include "app/disc.h"
#include "app/disc_process.h"
#include "app/folder_name.h"
#include "app/kernel_unmount.h"
#include "app/log_setup.h"
#include "app/mount_point.h"
#include "app/mount_table.h"
#include "app/mounted_image.h"
#include "app/preflight.h"
#include "app/service_notifier.h"
#include "app/status_page.h"
#include "app/user_folder.h"
#include "base/ending_signals.h"
#include "fuse/kernel_mount.h"
#include "fuse/mount.h"
#include "fuse/refuse_requests.h"

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
  // Who lets others in wants the disc's permissions to hold for them.
  if (settings.default_permissions.value_or(settings.allow_other || settings.allow_root))
    out.emplace_back("default_permissions");
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

/// In `folder`, where there is one, with the disc's name or else the image's.
Outcome<std::unique_ptr<MountPoint>> find_mount_point(const Request& request,
                                                      const UserFolder* folder,
                                                      const std::string& label) {
  if (folder != nullptr) {
    std::string name = folder_name(label);
    if (name.empty()) name = folder_name(std::filesystem::path(request.image).stem().string());
    return MountPoint::in_folder(*folder, name.empty() ? "disc" : name);
  }
  if (request.mount_point.empty()) return MountPoint::after_image(request.image);
  return MountPoint::named(request.mount_point, request.make_mount_point);
}

/// The kernel reads 128 KiB ahead on a new mount; only root may ask for more. Must be done before
/// the first request, INIT, is answered, which could only lower it. What cannot be done is no loss
/// but of speed.
void raise_read_ahead(const MountEntry& mount) {
  if (geteuid() != 0) return;
  std::ofstream(fmt::format("/sys/class/bdi/{}/read_ahead_kb", mount.device))
      << fuse::kReadAheadBytesMax / 1024;
}

/// Takes the mount away if it is still there, wherever that is by now. What stands on its mount
/// point may be another's, and once it is gone so may be what has the number of its device.
void detach_ours(const fuse::KernelMount& mount, const std::optional<MountEntry>& ours) {
  if (!ours || !mount.is_connected()) return;
  for (const MountEntry& entry : read_mount_table())
    if (entry.device == ours->device && entry.type == ours->type) detach(entry.mount_point);
}

/// Goes into the mount namespace where mount(8) wants the mount. What was opened stays open.
/// REQUIRES: no other thread runs.
Done enter_namespace(const std::string& name) {
  const bool is_process = name.find_first_not_of("0123456789") == std::string::npos;
  const std::string path = is_process ? fmt::format("/proc/{}/ns/mnt", name) : name;
  const int there = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool entered = there >= 0 && setns(there, CLONE_NEWNS) == 0;
  const int err = errno;
  if (there >= 0) close(there);
  if (entered) return {};
  return Failure{
      ExitStatus::kMountRefused,
      fmt::format("{}: this mount namespace cannot be entered: {}", path, std::strerror(err))};
}

/// Stands by until the mount has ended, whoever ended it: somebody who unmounts, a signal to this
/// process or to the one that reads the disc, or a crash. REQUIRES: `signals` are blocked.
void supervise(DiscProcess& disc, const sigset_t& signals, const fuse::KernelMount& mount,
               const std::optional<MountEntry>& ours, const StatusPage& page, bool is_service) {
  struct Shared {
    std::mutex mutex;
    bool ended = false;
    bool told = false;

    /// To be called once or again. REQUIRES: `mutex` is locked.
    void tell_manager() {
      if (!told) notify_service("STOPPING=1");
      told = true;
    }
  };
  const auto shared = std::make_shared<Shared>();
  // Waits until this process ends, so it may outlive what is here.
  std::thread([shared, signals, ours, is_service, &disc, &mount] {
    for (int number = 0;;) {
      while (sigwait(&signals, &number) != 0) {
      }
      const std::lock_guard lock(shared->mutex);
      if (shared->ended) return;
      if (is_service) shared->tell_manager();
      detach_ours(mount, ours);
      disc.terminate();
    }
  }).detach();
  disc.wait_for_main_thread();
  const std::lock_guard lock(shared->mutex);
  shared->ended = true;
  if (is_service) shared->tell_manager();
  detach_ours(mount, ours);
  // A thread of it may wait for an answer that it owes itself. What comes with the next look is
  // what other programs have asked since.
  constexpr unsigned kLooksMax = 20;
  for (unsigned look = 0; look < kLooksMax && !disc.has_ended() && mount.is_connected(); ++look)
    fuse::refuse_requests(mount.descriptor(), page.counters);
}

/// The device of a mount that was made elsewhere, from its descriptor of /dev/fuse, as the kernel
/// tells it from Linux 6.16 on; else empty.
std::string device_of(int descriptor) {
  std::ifstream facts(fmt::format("/proc/self/fdinfo/{}", descriptor));
  constexpr std::string_view kKey = "fuse_connection:\t";
  for (std::string line; std::getline(facts, line);)
    if (line.starts_with(kKey)) return "0:" + line.substr(kKey.size());
  return {};
}

/// Tells --status what this process knows; the other one tells the rest.
void tell(StatusPage& page, const std::string& image, const std::optional<MountEntry>& ours,
          const fuse::KernelMount& mount) {
  page.supervisor_process = getpid();
  set_text(page.image, image);
  set_text(page.device, ours ? ours->device : device_of(mount.descriptor()));
  page.mounted_at = std::time(nullptr);
}

/// Tells where the mount is, to those who did not say where it should be.
void tell(const Request& request, const std::string& mount_point) {
  if (!request.mount_point.empty()) return;
  std::puts(mount_point.c_str());
  std::fflush(stdout);
  if (!request.open) return;
  const auto wrong = open_file_manager(mount_point);
  if (!wrong) return;
  const std::string text =
      fmt::format("{}: mounted, but no file manager opens it: {}", mount_point, *wrong);
  std::fprintf(stderr, "isofuse: warning: %s\n", text.c_str());
  if (isatty(STDERR_FILENO) == 0) notify("The disc image is mounted", text);
}

/// Mounts, and stays as long as the mount does.
Done mount_and_supervise(const Request& request, DiscProcess& disc, const std::string& label,
                         StatusPage& page, Background* background) {
  const std::string image = image_path(request.image);
  if (!request.mount_namespace.empty()) {
    Done entered = enter_namespace(request.mount_namespace);
    if (failure_of(entered) != nullptr) return entered;
  }
  std::string messages;
  const auto mount = fuse::KernelMount::create(mount_options(request.settings, image), messages);
  if (!mount) return explain_refusal(request.image, messages);

  // From here on what is made is removed again: a thread will wait for them.
  const sigset_t signals = ending_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::unique_ptr<UserFolder> folder;
  if (request.open) {
    auto own = UserFolder::find();
    if (const Failure* failure = failure_of(own)) return *failure;
    folder = std::move(std::get<0>(own));
    if (const auto mounted = find_mount_of_image(request.image)) {  // another was faster
      folder.reset();
      tell(request, *mounted);
      return {};
    }
  }
  auto found = find_mount_point(request, folder.get(), label);
  if (const Failure* failure = failure_of(found)) return *failure;
  const MountPoint& mount_point = *std::get<0>(found);
  if (!mount->mount(mount_point.path(), messages))
    return explain_refusal(mount_point.path(), messages);
  folder.reset();
  const std::optional<MountEntry> ours = find_mount(mount_point.path());
  if (ours) raise_read_ahead(*ours);
  tell(page, image, ours, *mount);
  Done serving = disc.serve(mount->descriptor(), mount->life_line());
  if (failure_of(serving) != nullptr) {
    detach_ours(*mount, ours);
    return serving;
  }
  tell(request, mount_point.path());
  if (request.verbose)
    std::printf("isofuse: %s mounted on %s.\n", image.c_str(), mount_point.path().c_str());
  if (background != nullptr) {
    std::fflush(stdout);
    background->ready();
  } else {
    notify_service(fmt::format("STATUS={} is mounted on {}", image, mount_point.path()));
    notify_service("READY=1");
  }
  supervise(disc, signals, *mount, ours, page, background == nullptr);
  page.mounted_at = 0;
  return {};
}

Done mount_image(const Request& request) {
  // Messages that nobody reads any more are no reason to end; both processes inherit this.
  std::signal(SIGPIPE, SIG_IGN);
  // As mount(8) does; but mount(8) itself says "rw" where nothing was said.
  if (request.settings.asked_for_writing && !request.settings.called_by_mount)
    spdlog::warn("a disc cannot be written: it is mounted read-only");
  if (request.open) {
    if (const auto mounted = find_mount_of_image(request.image)) {
      tell(request, *mounted);
      return {};
    }
  }
  auto source = open_source(request.image);
  if (const Failure* failure = failure_of(source)) return *failure;

  std::unique_ptr<Background> background;
  if (!request.foreground) {
    auto begun = Background::begin();
    if (const Failure* failure = failure_of(begun)) return *failure;
    background = std::move(std::get<0>(begun));
  }
  const auto status = SharedStatus::create();
  auto started = DiscProcess::start(request, std::move(std::get<0>(source)), status->page());
  if (const Failure* failure = failure_of(started)) return *failure;
  DiscProcess& disc = *std::get<0>(started);
  const auto opened = disc.opened();
  if (const Failure* failure = failure_of(opened)) return *failure;
  if (!is_open_descriptor(request.mount_point)) {
    if (Done system = check_system(request.settings); failure_of(system) != nullptr) return system;
  }
  if (request.fake) return {};
  return mount_and_supervise(request, disc, std::get<0>(opened), status->page(), background.get());
}

}  // namespace

Done run_mount(const Request& request) {
  Done done = mount_image(request);
  // A command in the background is not the service that its caller may be.
  if (const Failure* failure = failure_of(done); failure != nullptr && request.foreground)
    notify_service("STATUS=" + failure->message);
  return done;
}

}  // namespace isofuse::app
