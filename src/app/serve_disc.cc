#include "app/serve_disc.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <memory>
#include <thread>

#include "app/background.h"
#include "app/confine.h"
#include "app/disc.h"
#include "app/log_setup.h"
#include "fuse/decode_ahead.h"
#include "fuse/mount.h"
#include "fuse/session.h"

namespace isofuse::app {
namespace {

/// What a large directory took goes back to the system when it is forgotten: glibc would keep it as
/// soon as it has seen it once. And a few arenas serve all threads.
void bound_memory() {
  constexpr int kOwnMappingBytes = 256 << 10;
  constexpr int kArenas = 2;
  mallopt(M_MMAP_THRESHOLD, kOwnMappingBytes);
  mallopt(M_ARENA_MAX, kArenas);
}

void tell(StatusPage& page, const Filesystem& filesystem, const std::string& sandbox) {
  set_text(page.format, filesystem.format());
  set_text(page.label, filesystem.label());
  set_text(page.sandbox, sandbox);
  page.disc_process = getpid();
}

}  // namespace

int serve_disc(const Request& request, const Source& image, const Channel& supervisor,
               StatusPage& page) {
  prctl(PR_SET_NAME, "isofuse-disc");
  bound_memory();
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  load_ahead(request.settings.disc);
  if (!request.foreground) prepare_syslog();
  const std::string sandbox = confine(request.settings);

  auto volumes = open_volumes(request.image, image, request.settings.disc);
  if (const Failure* failure = failure_of(volumes)) {
    supervisor.send(static_cast<int>(failure->status), failure->message);
    return static_cast<int>(failure->status);
  }
  // The others of a bridge disc are not needed any more.
  const std::unique_ptr<Filesystem> filesystem = std::move(std::get<0>(volumes).front());
  std::get<0>(volumes).clear();
  if (!supervisor.send(0, filesystem->label())) return 0;
  const auto order = supervisor.receive();
  if (!order || order->descriptor < 0) return 0;  // the mount was refused, which is told elsewhere
  // Kept open until the end. Descriptors are closed in the order of their numbers, so fusermount3
  // looks when the mount is not connected any more.
  const auto life_line = supervisor.receive();
  if (!life_line) return 0;

  const unsigned processors = request.single_threaded ? 1 : std::thread::hardware_concurrency();
  const fuse::DecodeAhead decoded_ahead(*filesystem, processors > 1 ? processors - 1 : 0);
  tell(page, *filesystem, sandbox);
  fuse::Mount mount{decoded_ahead, image, page.counters, request.settings.read_bytes_max,
                    request.settings.auto_unmount};
  const auto session =
      fuse::Session::create(mount, order->descriptor,
                            {request.debug, request.single_threaded, request.settings.threads_max});
  if (!session) {
    const int status = static_cast<int>(ExitStatus::kMountRefused);
    supervisor.send(status, "libfuse refuses to serve the mount");
    return status;
  }
  if (!request.debug) log_to_stderr(false);
  supervisor.send(0);
  if (!request.foreground) {
    leave_terminal(null);
    log_to_syslog();
  }
  session->run();
  return 0;
}

}  // namespace isofuse::app
