#include "fuse/session.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <thread>

#include <spdlog/spdlog.h>

#include "fuse/lowlevel.h"
#include "fuse/operations.h"
#include "fuse/quiet.h"

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

}  // namespace

std::unique_ptr<Session> Session::create(Mount& mount, const SessionOptions& options,
                                         std::string& messages) {
  Arguments arguments(options);
  const fuse_lowlevel_ops ops = operations();
  fuse_session* session = nullptr;
  messages =
      quietly([&] { session = fuse_session_new(arguments.get(), &ops, sizeof ops, &mount); });
  if (session == nullptr) return nullptr;
  std::unique_ptr<Session> out(new Session(session, options));
  if (fuse_set_signal_handlers(session) != 0) {
    messages = "signals cannot be handled";
    return nullptr;
  }
  return out;
}

Session::Session(fuse_session* session, const SessionOptions& options)
    : session_(session),
      single_threaded_(options.single_threaded),
      threads_max_(options.threads_max != 0 ? options.threads_max : threads_for_machine()) {}

Session::~Session() {
  unmount();
  fuse_remove_signal_handlers(session_);
  fuse_session_destroy(session_);
}

bool Session::mount(const std::string& mount_point, std::string& messages) {
  messages = quietly([&] { mounted_ = fuse_session_mount(session_, mount_point.c_str()) == 0; });
  return mounted_;
}

bool Session::to_background() { return fuse_daemonize(0) == 0; }

void Session::run() {
  int ended = 0;
  if (single_threaded_) {
    ended = fuse_session_loop(session_);
  } else {
    const std::unique_ptr<fuse_loop_config, decltype(&fuse_loop_cfg_destroy)> config(
        fuse_loop_cfg_create(), fuse_loop_cfg_destroy);
    if (!config) throw std::bad_alloc();
    fuse_loop_cfg_set_max_threads(config.get(), threads_max_);
    ended = fuse_session_loop_mt(session_, config.get());
  }
  if (ended < 0) spdlog::error("the connection to the kernel broke: {}", std::strerror(-ended));
}

void Session::unmount() {
  if (!mounted_) return;
  mounted_ = false;
  fuse_session_unmount(session_);
}

}  // namespace isofuse::fuse
