#pragma once
// The thread that makes listings before the kernel asks for them.
#include <condition_variable>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>

#include <isofuse/directory.h>

#include "fuse/helper_thread.h"
#include "fuse/listing.h"
#include "fuse/walk_order.h"

namespace isofuse::fuse {

/// While the kernel takes in one piece of a listing, which costs it more than us, the next piece is
/// made; and in a walk the first piece of the directory that comes next. Nothing is read that the
/// walk would not read itself.
class ListAhead {
 public:
  /// Listings that are kept, of some 32 KiB each: those that were made and not asked for yet, and
  /// those last given out, since of two programs that walk together one comes right behind.
  static constexpr std::size_t kReadyMax = 8;

  explicit ListAhead(const Mount& mount) : mount_(mount) {}
  ListAhead(const ListAhead&) = delete;
  ListAhead& operator=(const ListAhead&) = delete;
  ~ListAhead() { stop(); }

  /// False where no thread can be had.
  bool start();
  void stop();

  /// The listing, where it was made, else null; waits for it where it is in the making.
  [[nodiscard]] std::shared_ptr<const Listing> find(const ListingRequest& request);
  /// This was asked for, and `listing` is the answer: makes what may be asked for next.
  void answered(const ListingRequest& request, const std::shared_ptr<const Directory>& directory,
                const std::shared_ptr<const Listing>& listing);

 private:
  struct Ready {
    ListingRequest request;
    std::shared_ptr<const Listing> listing;
  };
  /// Either what to make, or where in a walk it is to be found.
  struct Job {
    ListingRequest request;
    std::shared_ptr<const Directory> directory;
    std::optional<WalkOrder::Next> next;
  };
  void run();
  bool locate(Job& job) const;
  void make(Job job, std::unique_lock<std::mutex>& lock);
  void keep(const ListingRequest& request, const std::shared_ptr<const Listing>& listing);

  const Mount& mount_;
  std::condition_variable made_;
  WalkOrder walk_;                        // under the lock
  std::deque<Job> jobs_;                  // under the lock
  std::optional<ListingRequest> making_;  // under the lock
  std::list<Ready> ready_;                // under the lock, what was used last first
  HelperThread thread_;
};

}  // namespace isofuse::fuse
