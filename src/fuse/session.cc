#include "fuse/session.h"

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/ending_signals.h"
#include "fuse/libfuse_arguments.h"
#include "fuse/list_ahead.h"
#include "fuse/lowlevel.h"
#include "fuse/operations.h"
#include "fuse/pusher.h"
#include "fuse/workers.h"

namespace isofuse::fuse {
namespace {

/// Answers are made of memory copies, so more threads than processors serve no one on fast media;
/// on slow ones each waiting read holds a thread, so a few are wanted on any machine.
constexpr unsigned kThreadsMin = 4;
constexpr unsigned kThreadsMax = 16;

unsigned threads_for_machine() {
  return std::clamp(std::thread::hardware_concurrency(), kThreadsMin, kThreadsMax);
}

/// Gives the kernel the whole contents of a file that it did not ask for.
int store(fuse_session* session, std::uint64_t number, std::span<const std::byte> bytes) {
  fuse_bufvec contents{};
  contents.count = 1;
  contents.buf[0].size = bytes.size();
  contents.buf[0].mem = const_cast<std::byte*>(bytes.data());
  return fuse_lowlevel_notify_store(session, number, 0, &contents, fuse_buf_copy_flags{});
}

}  // namespace

std::unique_ptr<Session> Session::create(Mount& mount, int descriptor,
                                         const SessionOptions& options) {
  LibfuseArguments arguments;
  if (options.debug) arguments.add_option("debug");
  if (mount.read_bytes_max != 0)
    arguments.add_option(fmt::format("max_read={}", mount.read_bytes_max));
  const fuse_lowlevel_ops ops = operations();
  fuse_session* const session = fuse_session_new(arguments.get(), &ops, sizeof ops, &mount);
  if (session == nullptr) return nullptr;
  std::unique_ptr<Session> out(new Session(mount, session, options));
  if (fuse_session_mount(session, fmt::format("/dev/fd/{}", descriptor).c_str()) != 0)
    return nullptr;
  return out;
}

Session::Session(Mount& mount, fuse_session* session, const SessionOptions& options)
    : mount_(mount),
      session_(session),
      single_threaded_(options.single_threaded),
      threads_max_(options.threads_max != 0 ? options.threads_max : threads_for_machine()) {
  block_signals();
}

Session::~Session() {
  fuse_session_destroy(session_);
  pthread_sigmask(SIG_SETMASK, &signals_before_, nullptr);
}

void Session::block_signals() {
  ending_signals_ = ending_signals();
  pthread_sigmask(SIG_BLOCK, &ending_signals_, &signals_before_);
}

void Session::run() {
  try {
    serve();
  } catch (const std::system_error& e) {
    spdlog::error("requests cannot be answered: {}", e.what());
  }
}

void Session::serve() {
  const int signals = signalfd(-1, &ending_signals_, SFD_CLOEXEC);
  if (signals < 0) throw std::system_error(errno, std::generic_category());
  Pusher pusher(mount_.filesystem, mount_.image,
                [this](NodeId file, std::span<const std::byte> bytes) {
                  const int error = store(session_, mount_.number({file, 0}), bytes);
                  if (error == 0) {
                    Counters::add(mount_.counters.files_pushed, 1);
                    Counters::add(mount_.counters.bytes_pushed, bytes.size());
                  }
                  return error;
                });
  if (!single_threaded_ && pusher.start()) mount_.pusher = &pusher;
  ListAhead list_ahead(mount_);
  if (!single_threaded_ && list_ahead.start()) mount_.list_ahead = &list_ahead;
  const Workers workers(session_, single_threaded_ ? 1 : threads_max_, mount_.counters);
  std::array<pollfd, 2> ends = {{{signals, POLLIN, 0}, {workers.ended_descriptor(), POLLIN, 0}}};
  while (poll(ends.data(), ends.size(), -1) < 0 && errno == EINTR) {
  }
  if ((ends[0].revents & POLLIN) != 0) {  // taken, or it would strike when it is no longer blocked
    signalfd_siginfo taken;
    static_cast<void>(!read(signals, &taken, sizeof taken));
  }
  if (workers.error() != 0)
    spdlog::error("the connection to the kernel broke: {}", std::strerror(workers.error()));
  // While requests are still answered: one of them may be what the pusher waits for.
  pusher.stop();
  close(signals);
}

}  // namespace isofuse::fuse
