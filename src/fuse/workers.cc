#include "fuse/workers.h"

#include <linux/fuse.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "fuse/lowlevel.h"

namespace isofuse::fuse {
namespace {

/// Does nothing but to end a read(2) that waits.
constexpr int kInterrupt = SIGUSR1;
constexpr std::chrono::milliseconds kInterruptAgain{1};

void take_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) {};  // without SA_RESTART
  sigaction(kInterrupt, &action, nullptr);
}

/// The kernel's own, at the head of a request; libfuse keeps it to itself.
std::uint64_t number_of(const fuse_buf& buffer, std::size_t size) {
  fuse_in_header head{};
  if ((buffer.flags & FUSE_BUF_IS_FD) != 0 || size < sizeof head) return 0;
  std::memcpy(&head, buffer.mem, sizeof head);
  return head.unique;
}

}  // namespace

Workers::Workers(fuse_session* session, unsigned threads_max, Counters& counters)
    : session_(session),
      threads_max_(std::min<unsigned>(threads_max, Counters::kWorkersMax)),
      counters_(counters),
      ended_(eventfd(0, EFD_CLOEXEC)) {
  if (ended_ < 0) throw std::system_error(errno, std::generic_category());
  take_interrupts();
  if (!add_worker()) {
    close(ended_);
    throw std::system_error(EAGAIN, std::generic_category());
  }
}

Workers::~Workers() {
  stopping_ = true;
  // No worker is added once this lock was held.
  { const std::lock_guard lock(mutex_); }
  for (const auto& worker : workers_) {
    // A signal that comes just before the read is lost, so it is repeated.
    while (!worker->done) {
      pthread_kill(worker->thread.native_handle(), kInterrupt);
      std::this_thread::sleep_for(kInterruptAgain);
    }
    worker->thread.join();
  }
  close(ended_);
}

bool Workers::add_worker() {
  const std::lock_guard lock(mutex_);
  if (stopping_ || workers_.size() >= threads_max_) return false;
  try {
    workers_.push_back(std::make_unique<Worker>());
    Worker& worker = *workers_.back();
    ++idle_;
    worker.thread = std::thread(
        [this, &worker, &taken = counters_.taken[workers_.size() - 1]] { work(worker, taken); });
    return true;
  } catch (const std::exception&) {  // those that are there go on
    if (!workers_.empty() && !workers_.back()->thread.joinable()) {
      workers_.pop_back();
      --idle_;
    }
    return false;
  }
}

void Workers::announce_end(int error) {
  if (error != 0) error_ = error;
  const std::uint64_t one = 1;
  static_cast<void>(!write(ended_, &one, sizeof one));
}

void Workers::work(Worker& self, Counters::Number& taken) {
  fuse_buf buffer{};  // libfuse allocates it with the first read
  while (!stopping_) {
    const int got = fuse_session_receive_buf(session_, &buffer);
    if (got == -EINTR || got == -EAGAIN) continue;
    if (got <= 0) {
      announce_end(-got);
      break;
    }
    taken.store(number_of(buffer, static_cast<std::size_t>(got)), std::memory_order_relaxed);
    if (--idle_ == 0) add_worker();
    fuse_session_process_buf(session_, &buffer);
    ++idle_;
  }
  std::free(buffer.mem);
  self.done = true;
}

}  // namespace isofuse::fuse
