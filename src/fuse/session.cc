#include "fuse/session.h"

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <span>
#include <system_error>
#include <thread>

#include <spdlog/spdlog.h>

#include "fuse/list_ahead.h"
#include "fuse/lowlevel.h"
#include "fuse/operations.h"
#include "fuse/pusher.h"
#include "fuse/quiet.h"
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

/// libfuse splits options at commas and takes a backslash for an escape; image names hold both.
std::string escaped(const std::string& option) {
  std::string out;
  for (const char c : option) {
    if (c == ',' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// The argument list libfuse wants, freed at the end.
class Arguments {
 public:
  explicit Arguments(const SessionOptions& options) {
    add("isofuse");
    for (const std::string& option : options.mount_options) add(("-o" + escaped(option)).c_str());
    if (options.debug) add("-odebug");
  }
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;
  ~Arguments() { fuse_opt_free_args(&args_); }
  fuse_args* get() { return &args_; }

 private:
  void add(const char* argument) {
    if (fuse_opt_add_arg(&args_, argument) != 0) throw std::bad_alloc();
  }
  fuse_args args_ = FUSE_ARGS_INIT(0, nullptr);
};

/// Gives the kernel the whole contents of a file that it did not ask for.
int store(fuse_session* session, std::uint64_t number, std::span<const std::byte> bytes) {
  fuse_bufvec contents{};
  contents.count = 1;
  contents.buf[0].size = bytes.size();
  contents.buf[0].mem = const_cast<std::byte*>(bytes.data());
  return fuse_lowlevel_notify_store(session, number, 0, &contents, fuse_buf_copy_flags{});
}

}  // namespace

std::unique_ptr<Session> Session::create(Mount& mount, const SessionOptions& options,
                                         std::string& messages) {
  Arguments arguments(options);
  const fuse_lowlevel_ops ops = operations();
  fuse_session* session = nullptr;
  messages =
      quietly([&] { session = fuse_session_new(arguments.get(), &ops, sizeof ops, &mount); });
  if (session == nullptr) return nullptr;
  return std::unique_ptr<Session>(new Session(mount, session, options));
}

Session::Session(Mount& mount, fuse_session* session, const SessionOptions& options)
    : mount_(mount),
      session_(session),
      single_threaded_(options.single_threaded),
      threads_max_(options.threads_max != 0 ? options.threads_max : threads_for_machine()) {
  block_signals();
}

Session::~Session() {
  unmount();
  fuse_session_destroy(session_);
  pthread_sigmask(SIG_SETMASK, &signals_before_, nullptr);
}

/// A signal that somebody has ignored for us (nohup) stays so. Whoever unmounts while an answer is
/// written closes a pipe, as it were; the answer's errno says so.
void Session::block_signals() {
  sigemptyset(&ending_signals_);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) == 0 && action.sa_handler != SIG_IGN)
      sigaddset(&ending_signals_, number);
  }
  pthread_sigmask(SIG_BLOCK, &ending_signals_, &signals_before_);
  std::signal(SIGPIPE, SIG_IGN);
}

bool Session::mount(const std::string& mount_point, std::string& messages) {
  messages = quietly([&] { mounted_ = fuse_session_mount(session_, mount_point.c_str()) == 0; });
  return mounted_;
}

bool Session::to_background() { return fuse_daemonize(0) == 0; }

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
                  return store(session_, mount_.number({file, 0}), bytes);
                });
  if (!single_threaded_ && pusher.start()) mount_.pusher = &pusher;
  ListAhead list_ahead(mount_);
  if (!single_threaded_ && list_ahead.start()) mount_.list_ahead = &list_ahead;
  const Workers workers(session_, single_threaded_ ? 1 : threads_max_);
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

void Session::unmount() {
  if (!mounted_) return;
  mounted_ = false;
  fuse_session_unmount(session_);
}

}  // namespace isofuse::fuse
