#pragma once
// A mount's life: set up, serve, take down. What the program needs of libfuse, and all of it.
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "fuse/mount.h"

struct fuse_session;

namespace isofuse::fuse {

struct SessionOptions {
  std::vector<std::string> mount_options;  ///< "ro", "fsname=...": for libfuse, not escaped
  bool debug = false;                      ///< every request to the log
  bool single_threaded = false;            ///< one request at a time, and nothing besides
  unsigned threads_max = 0;                ///< 0: chosen by the machine
};

/// Sends what libfuse has to say to spdlog.
void route_log();

/// REQUIRES: used from one thread; one at a time in a process (signals reach only one).
class Session {
 public:
  /// From here on SIGTERM, SIGINT and SIGHUP end the session in order: they are blocked, and run()
  /// looks at them. Null where libfuse refuses; `messages` then says why.
  static std::unique_ptr<Session> create(Mount& mount, const SessionOptions& options,
                                         std::string& messages);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  /// Takes the mount down if it is still there.
  ~Session();

  /// Mounts at `mount_point`: an absolute path, or /dev/fd/N for an open descriptor of /dev/fuse.
  /// False where that was refused; `messages` holds what libfuse and fusermount3 said.
  bool mount(const std::string& mount_point, std::string& messages);

  /// Goes to the background: returns in the new process only. False where that cannot be.
  bool to_background();

  /// Serves requests until somebody unmounts, or a signal comes.
  void run();

  /// Takes the mount down if it is still there.
  void unmount();

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
  bool mounted_ = false;
};

}  // namespace isofuse::fuse
