#pragma once
// A thread that works ahead of the requests.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace isofuse::fuse {

/// What such threads have in common: a lock, something to wake them by, and a flag that ends them.
/// A mount does without one that cannot be had.
class HelperThread {
 public:
  HelperThread() = default;
  HelperThread(const HelperThread&) = delete;
  HelperThread& operator=(const HelperThread&) = delete;
  ~HelperThread() { stop(); }

  /// False where no thread can be had. `body` ends soon after running() is false; it waits on
  /// wake().
  template <class Body>
  bool start(Body&& body) {
    running_ = true;
    try {
      thread_ = std::thread(std::forward<Body>(body));
    } catch (const std::system_error&) {
      running_ = false;
    }
    return running_;
  }
  /// Waits until the thread has ended. It may be stopped again, and without having been started.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      running_ = false;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  [[nodiscard]] bool running() const { return running_; }
  [[nodiscard]] std::mutex& mutex() { return mutex_; }
  [[nodiscard]] std::condition_variable& wake() { return wake_; }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> running_ = false;
  std::thread thread_;
};

}  // namespace isofuse::fuse
