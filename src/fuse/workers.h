#pragma once
// The threads that take requests from the kernel and answer them.
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "fuse/counters.h"

struct fuse_session;

namespace isofuse::fuse {

/// libfuse has loops of its own, but they end in any order and drop the requests that are read at
/// that moment. Here whoever ends the session decides what ends first, and every request that was
/// read is answered.
class Workers {
 public:
  /// Begins with one thread; more come while all of them are busy. Each notes in `counters`
  /// which request it has taken.
  Workers(fuse_session* session, unsigned threads_max, Counters& counters);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  /// Ends the threads, each when it has answered what it has read.
  ~Workers();

  /// Becomes readable when the connection has ended, because somebody unmounted or it broke.
  [[nodiscard]] int ended_descriptor() const { return ended_; }
  /// 0, or the errno with which the connection broke.
  [[nodiscard]] int error() const { return error_; }

 private:
  struct Worker {
    std::thread thread;
    std::atomic<bool> done = false;
  };
  bool add_worker();
  void work(Worker& self, Counters::Number& taken);
  void announce_end(int error);

  fuse_session* const session_;
  const unsigned threads_max_;
  Counters& counters_;
  int ended_ = -1;
  std::atomic<int> error_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<unsigned> idle_ = 0;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> workers_;  // under mutex_
};

}  // namespace isofuse::fuse
