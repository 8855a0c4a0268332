#include "fuse/kernel_mount.h"

#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "fuse/libfuse_arguments.h"
#include "fuse/lowlevel.h"
#include "fuse/quiet.h"

namespace isofuse::fuse {
namespace {

/// The sockets that this process has open.
std::set<int> open_sockets() {
  std::set<int> out;
  std::error_code unreadable;
  for (std::filesystem::directory_iterator at("/proc/self/fd", unreadable), end;
       !unreadable && at != end; at.increment(unreadable)) {
    const std::string name = at->path().filename();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    struct stat status = {};
    if (descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode))
      out.insert(descriptor);
  }
  return out;
}

}  // namespace

std::unique_ptr<KernelMount> KernelMount::create(const std::vector<std::string>& options,
                                                 std::string& messages) {
  LibfuseArguments arguments;
  for (const std::string& option : options) arguments.add_option(option);
  const fuse_lowlevel_ops nothing{};  // no request is answered here
  fuse_session* session = nullptr;
  messages = quietly(
      [&] { session = fuse_session_new(arguments.get(), &nothing, sizeof nothing, nullptr); });
  if (session == nullptr) return nullptr;
  const bool auto_unmount = std::ranges::find(options, "auto_unmount") != options.end();
  return std::unique_ptr<KernelMount>(new KernelMount(session, auto_unmount));
}

KernelMount::~KernelMount() { fuse_session_destroy(session_); }

bool KernelMount::mount(const std::string& mount_point, std::string& messages) {
  const std::set<int> before = auto_unmount_ ? open_sockets() : std::set<int>();
  bool mounted = false;
  messages = quietly([&] { mounted = fuse_session_mount(session_, mount_point.c_str()) == 0; });
  if (!mounted || !auto_unmount_) return mounted;
  // libfuse keeps the socket to fusermount3 to itself; it is the one that is new.
  for (const int descriptor : open_sockets())
    if (!before.contains(descriptor)) life_line_ = descriptor;
  return true;
}

int KernelMount::descriptor() const { return fuse_session_fd(session_); }

bool KernelMount::is_connected() const {
  pollfd device{descriptor(), 0, 0};
  return poll(&device, 1, 0) == 0;  // POLLERR where it is not
}

}  // namespace isofuse::fuse
