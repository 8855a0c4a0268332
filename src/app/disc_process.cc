#include "app/disc_process.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "app/serve_disc.h"

namespace isofuse::app {
namespace {

constexpr std::chrono::milliseconds kEndPoll{5};
constexpr std::chrono::milliseconds kEndWait{500};

}  // namespace

/// In memory that both processes see: a lock that the other one's main thread holds as long as it
/// lives. The kernel gives it up for a thread that dies, whatever its process still waits for.
struct DiscProcess::Life {
  pthread_mutex_t lock;

  static Life* create() {
    void* const memory =
        mmap(nullptr, sizeof(Life), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    auto* const life = new (memory) Life;
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&life->lock, &kind);
    pthread_mutexattr_destroy(&kind);
    return life;
  }
};

Outcome<std::unique_ptr<DiscProcess>> DiscProcess::start(const Request& request,
                                                         std::unique_ptr<Source> image,
                                                         StatusPage& page) {
  const Failure failed{ExitStatus::kInternal, "no process could be made that reads the disc"};
  auto ends = Channel::make_pair();
  Life* const life = Life::create();
  if (!ends || life == nullptr) return failed;
  std::fflush(nullptr);
  const pid_t process = fork();
  if (process < 0) return failed;
  if (process > 0)
    return std::unique_ptr<DiscProcess>(new DiscProcess(process, life, std::move(ends->first)));

  pthread_mutex_lock(&life->lock);
  { const Channel other_end(std::move(ends->first)); }
  int status = static_cast<int>(ExitStatus::kInternal);
  try {
    status = serve_disc(request, *image, ends->second, page);
  } catch (const std::exception& error) {
    ends->second.send(status, error.what());
  }
  image.reset();
  std::fflush(nullptr);
  _exit(status);
}

DiscProcess::~DiscProcess() { munmap(life_, sizeof *life_); }

Outcome<std::string> DiscProcess::answer(std::optional<Channel::Message> message) {
  if (message && message->descriptor >= 0) close(message->descriptor);
  if (message && message->status == 0) return std::move(message->text);
  if (message) return Failure{static_cast<ExitStatus>(message->status), std::move(message->text)};
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  ended_ = true;
  return Failure{
      ExitStatus::kInternal,
      WIFSIGNALED(status)
          ? fmt::format("the process that reads the disc was ended by signal {}", WTERMSIG(status))
          : "the process that reads the disc has ended"};
}

Outcome<std::string> DiscProcess::opened() { return answer(channel_.receive()); }

Done DiscProcess::serve(int descriptor, int life_line) {
  channel_.send(0, {}, descriptor);
  channel_.send(0, {}, life_line);
  const auto answered = answer(channel_.receive());
  if (const Failure* failure = failure_of(answered)) return *failure;
  return {};
}

void DiscProcess::wait_for_main_thread() {
  // EOWNERDEAD. Nobody else wants the lock, so it need not be made consistent.
  static_cast<void>(pthread_mutex_lock(&life_->lock));
}

void DiscProcess::terminate() const { kill(process_, SIGTERM); }

bool DiscProcess::has_ended() {
  const auto until = std::chrono::steady_clock::now() + kEndWait;
  while (!ended_) {
    const pid_t done = waitpid(process_, nullptr, WNOHANG);
    ended_ = done == process_ || (done < 0 && errno == ECHILD);
    if (ended_ || std::chrono::steady_clock::now() > until) break;
    std::this_thread::sleep_for(kEndPoll);
  }
  return ended_;
}

}  // namespace isofuse::app
