#pragma once
// Answering the requests of a mount that was made elsewhere (kernel_mount.h).
#include <csignal>
#include <memory>

#include "fuse/mount.h"

struct fuse_session;

namespace isofuse::fuse {

struct SessionOptions {
  bool debug = false;            ///< every request to the log
  bool single_threaded = false;  ///< one request at a time, and nothing besides
  unsigned threads_max = 0;      ///< 0: chosen by the machine
};

/// Sends what libfuse has to say to spdlog.
void route_log();

/// REQUIRES: used from one thread; one at a time in a process (signals reach only one).
class Session {
 public:
  /// Takes `descriptor`, a mounted one of /dev/fuse. From here on SIGTERM, SIGINT and SIGHUP end
  /// the session in order: they are blocked, and run() looks at them. Null where libfuse refuses;
  /// the log then says why.
  static std::unique_ptr<Session> create(Mount& mount, int descriptor,
                                         const SessionOptions& options);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  /// Serves requests until somebody unmounts, or a signal comes.
  void run();

 private:
  Session(Mount& mount, fuse_session* session, const SessionOptions& options);
  void block_signals();
  void serve();

  Mount& mount_;
  fuse_session* session_;
  sigset_t ending_signals_{};
  sigset_t signals_before_{};
  bool single_threaded_;
  unsigned threads_max_;
};

}  // namespace isofuse::fuse
