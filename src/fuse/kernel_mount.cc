#include "fuse/kernel_mount.h"

#include <poll.h>

#include "fuse/libfuse_arguments.h"
#include "fuse/lowlevel.h"
#include "fuse/quiet.h"

namespace isofuse::fuse {

std::unique_ptr<KernelMount> KernelMount::create(const std::vector<std::string>& options,
                                                 std::string& messages) {
  LibfuseArguments arguments;
  for (const std::string& option : options) arguments.add_option(option);
  const fuse_lowlevel_ops nothing{};  // no request is answered here
  fuse_session* session = nullptr;
  messages = quietly(
      [&] { session = fuse_session_new(arguments.get(), &nothing, sizeof nothing, nullptr); });
  if (session == nullptr) return nullptr;
  return std::unique_ptr<KernelMount>(new KernelMount(session));
}

KernelMount::~KernelMount() { fuse_session_destroy(session_); }

bool KernelMount::mount(const std::string& mount_point, std::string& messages) {
  bool mounted = false;
  messages = quietly([&] { mounted = fuse_session_mount(session_, mount_point.c_str()) == 0; });
  return mounted;
}

int KernelMount::descriptor() const { return fuse_session_fd(session_); }

bool KernelMount::is_connected() const {
  pollfd device{descriptor(), 0, 0};
  return poll(&device, 1, 0) == 0;  // POLLERR where it is not
}

}  // namespace isofuse::fuse
