#include "fuse/list_ahead.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace isofuse::fuse {

bool ListAhead::start() {
  return thread_.start([this] { run(); });
}

void ListAhead::stop() {
  thread_.stop();
  made_.notify_all();
}

std::shared_ptr<const Listing> ListAhead::find(const ListingRequest& request) {
  std::unique_lock lock(thread_.mutex());
  made_.wait(lock, [&] { return making_ != request || !thread_.running(); });
  const auto found = std::ranges::find(ready_, request, &Ready::request);
  if (found == ready_.end()) {
    // Whoever asks makes it himself; what is only planned is then not needed.
    std::erase_if(jobs_, [&](const Job& job) { return job.request == request; });
    return nullptr;
  }
  return found->listing;
}

void ListAhead::answered(const ListingRequest& request,
                         const std::shared_ptr<const Directory>& directory,
                         const std::shared_ptr<const Listing>& listing) {
  {
    const std::lock_guard lock(thread_.mutex());
    if (!thread_.running()) return;
    if (request.position == 0) walk_.listed(mount_.node(request.number), directory);
    keep(request, listing);
    jobs_.clear();
    ListingRequest next = request;
    if (!listing->at_end) {
      next.position = listing->next_position;
      jobs_.push_back({next, directory, std::nullopt});
    } else if (request.position == 0 || listing->used_bytes != 0) {
      if (auto below = walk_.next()) {
        next.position = 0;
        next.number = 0;  // not known yet
        jobs_.push_back({next, nullptr, std::move(below)});
      }
    }
    if (jobs_.empty()) return;
  }
  thread_.wake().notify_one();
}

void ListAhead::run() {
  std::unique_lock lock(thread_.mutex());
  while (thread_.running()) {
    thread_.wake().wait(lock, [&] { return !thread_.running() || !jobs_.empty(); });
    if (!thread_.running()) break;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    try {
      make(std::move(job), lock);
    } catch (const std::exception&) {  // no memory: who asks will be told
      if (!lock.owns_lock()) lock.lock();
    }
    making_.reset();
    made_.notify_all();
  }
}

/// Finds the directory that a walk comes to next. What fails here fails again when it is asked for.
bool ListAhead::locate(Job& job) const {
  if (!job.next) return true;
  const Filesystem& filesystem = mount_.filesystem;
  const auto& [parent, entry, kept] = *job.next;
  const auto attributes = filesystem.attributes(entry.node);
  if (!attributes || attributes->type != FileType::kDirectory) return false;
  const auto node = child_node(filesystem, parent, entry.name, entry, *attributes);
  if (!node) return false;
  job.request.number = mount_.number(*node);
  return true;
}

void ListAhead::make(Job job, std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  const bool located = locate(job);
  lock.lock();
  if (!located || std::ranges::find(ready_, job.request, &Ready::request) != ready_.end()) return;
  making_ = job.request;
  lock.unlock();
  if (!job.directory) {
    auto directory = mount_.filesystem.directory(mount_.node(job.request.number).node);
    if (directory) job.directory = *std::move(directory);
  }
  std::shared_ptr<const Listing> listing;
  if (job.directory)
    listing = std::make_shared<Listing>(make_listing(mount_, *job.directory, job.request));
  lock.lock();
  if (listing) keep(job.request, listing);
}

/// REQUIRES: the lock is held.
void ListAhead::keep(const ListingRequest& request, const std::shared_ptr<const Listing>& listing) {
  std::erase_if(ready_, [&](const Ready& ready) { return ready.request == request; });
  ready_.push_front({request, listing});
  if (ready_.size() > kReadyMax) ready_.pop_back();
}

}  // namespace isofuse::fuse
