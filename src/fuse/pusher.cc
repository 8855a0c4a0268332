#include "fuse/pusher.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <string>
#include <utility>

#include "base/log.h"

namespace isofuse::fuse {
namespace {

/// Events that nobody has looked at yet; more of them tell nothing new.
constexpr std::size_t kEventsWaitingMax = 256;
/// Where nothing comes of it for long, the thread is woken for some events at a time only.
constexpr unsigned kJumpsPatience = 8;
constexpr std::size_t kEventsTogether = 8;

}  // namespace

Pusher::Pusher(const Filesystem& filesystem, const Source& image, Store store)
    : filesystem_(filesystem), image_(image), store_(std::move(store)) {}

bool Pusher::start() {
  return thread_.start([this] { run(); });
}

void Pusher::stop() { thread_.stop(); }

void Pusher::listed(NodeId directory, NodeId first, NodeId last) {
  std::unique_lock lock(thread_.mutex());
  if (!thread_.running()) return;
  listed_.add(directory, first, last);
  if (eager_) report({directory, true}, lock);
}

void Pusher::read(NodeId file) {
  std::unique_lock lock(thread_.mutex());
  if (thread_.running() && listed_.size() != 0) report({file, false}, lock);
}

void Pusher::report(Event event, std::unique_lock<std::mutex>& lock) {
  if (events_.size() >= kEventsWaitingMax) return;
  events_.push_back(event);
  events_waiting_ = true;
  if (!sleeping_ || events_.size() < wake_at_events_) return;
  sleeping_ = false;
  lock.unlock();
  thread_.wake().notify_one();
}

void Pusher::run() {
  while (thread_.running()) {
    try {
      take_events();
      while (thread_.running() && !events_waiting_ && push_next()) {
      }
    } catch (const std::bad_alloc&) {
      directories_.clear();  // pushes are worth no memory that is needed elsewhere
    } catch (const std::exception& e) {
      log_debug(std::string("small files are not sent ahead: ") + e.what());
      directories_.clear();
    }
  }
  directories_.clear();
}

/// Waits for events, unless there is still something to push.
void Pusher::take_events() {
  bool open = false;
  for (PushedDirectory& directory : directories_) open = open || directory.window().is_open();
  taken_.clear();
  {
    std::unique_lock lock(thread_.mutex());
    eager_ = confidence_.eager();
    if (!open) {
      wake_at_events_ = jumps_in_a_row_ >= kJumpsPatience ? kEventsTogether : 1;
      sleeping_ = true;
      thread_.wake().wait(lock,
                          [&] { return !thread_.running() || events_.size() >= wake_at_events_; });
      sleeping_ = false;
    }
    taken_.swap(events_);
    events_waiting_ = false;
  }
  for (const Event& event : taken_) event.listed ? on_listed(event.node) : on_read(event.node);
}

PushedDirectory* Pusher::find_directory(NodeId file, std::uint32_t& number) {
  for (auto at = directories_.begin(); at != directories_.end(); ++at) {
    const auto found = at->find(file);
    if (!found) continue;
    number = *found;
    directories_.splice(directories_.begin(), directories_, at);
    return &directories_.front();
  }
  return nullptr;
}

PushedDirectory* Pusher::open_directory(NodeId file, std::uint32_t& number) {
  std::vector<NodeId> candidates;
  {
    const std::lock_guard lock(thread_.mutex());
    candidates = listed_.candidates(file);
  }
  for (const NodeId node : candidates) {
    auto directory = filesystem_.directory(node);
    if (!directory || (*directory)->size() > PushedDirectory::kFilesMax) continue;
    // Whoever goes on to another directory before what was pushed for him is used up may not want
    // so much.
    if (!directories_.empty() && directories_.front().window().unconfirmed())
      confidence_.disappointed();
    directories_.emplace_front(node, *std::move(directory), confidence_.start());
    if (const auto found = directories_.front().find(file)) {
      number = *found;
      forget_directories();
      return &directories_.front();
    }
    directories_.pop_front();
  }
  return nullptr;
}

void Pusher::forget_directories() {
  std::size_t bytes = 0, count = 0;
  for (auto at = directories_.begin(); at != directories_.end();) {
    bytes += at->memory_bytes();
    const bool keep = ++count == 1 || (count <= kDirectoriesMax && bytes <= kDirectoryBytesMax);
    at = keep ? std::next(at) : directories_.erase(at);
  }
}

void Pusher::on_read(NodeId file) {
  std::uint32_t number = 0;
  PushedDirectory* directory = find_directory(file, number);
  if (directory == nullptr) directory = open_directory(file, number);
  if (directory == nullptr) return;
  PushWindow& window = directory->window();
  PushWindow::Verdict verdict = window.on_read(number);
  if (verdict == PushWindow::Verdict::kOrdersWanted) {
    directory->add_orders(filesystem_);
    forget_directories();
    verdict = window.on_read(number);
  }
  if (verdict == PushWindow::Verdict::kFollowed) {
    jumps_in_a_row_ = 0;
    confidence_.followed(window.confidence());
    if (window.read_through()) confidence_.read_through();
  } else if (verdict == PushWindow::Verdict::kJumped) {
    ++jumps_in_a_row_;
    confidence_.disappointed();
  }
}

/// Where the directories before were read to their ends, this one will be too; so it need not wait
/// for the first read. The kernel takes in the listing meanwhile, in the same order.
void Pusher::on_listed(NodeId directory) {
  if (!confidence_.eager() ||
      std::ranges::find(directories_, directory, &PushedDirectory::node) != directories_.end())
    return;
  if (!directories_.empty() && directories_.front().window().unconfirmed()) {
    confidence_.disappointed();
    return;
  }
  auto parsed = filesystem_.directory(directory);
  if (!parsed || (*parsed)->size() > PushedDirectory::kFilesMax) return;
  directories_.emplace_front(directory, *std::move(parsed), confidence_.start());
  directories_.front().window().begin();
  forget_directories();
}

/// Pushes one file for each directory that has some to push; false where none has.
bool Pusher::push_next() {
  bool any = false;
  for (PushedDirectory& directory : directories_) {
    if (!thread_.running()) return false;
    if (const auto number = directory.window().next()) {
      any = true;
      push_file(directory, *number);
    }
  }
  return any;
}

/// The whole file as READ would answer it, where that can be had for one write to the kernel.
std::optional<std::span<const std::byte>> Pusher::contents(NodeId file) {
  const Result<Attributes> attributes = filesystem_.attributes(file);
  if (!attributes || attributes->type != FileType::kRegular || attributes->size_bytes == 0 ||
      attributes->size_bytes > kFileBytesMax)
    return std::nullopt;
  const auto size = static_cast<std::size_t>(attributes->size_bytes);
  pieces_.clear();
  const auto got = read_pieces(filesystem_, image_, file, 0, size, pieces_);
  if (!got || *got != size) return std::nullopt;
  if (pieces_.size() == 1) return pieces_.front().bytes;
  // libfuse would copy several pieces into one itself, and so look at what is only lent.
  buffer_.resize(size);
  const auto copied = read_bytes(filesystem_, image_, file, 0, buffer_);
  if (!copied || *copied != size) return std::nullopt;
  return buffer_;
}

/// An error pushes nothing: who reads the file will ask for it and be told.
void Pusher::push_file(PushedDirectory& directory, std::uint32_t number) {
  const NodeId file = directory.file(number);
  const auto bytes = contents(file);
  if (!bytes) return;
  const int status = store_(file, *bytes);
  if (status == 0)
    directory.window().pushed(bytes->size());
  else if (status != -EFAULT)  // the image was cut off there; others may still be whole
    directory.window().refused(number);
}

}  // namespace isofuse::fuse
