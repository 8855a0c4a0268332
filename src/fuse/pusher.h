#pragma once
// The thread that sends small files to the kernel before it asks for them.
#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include <isofuse/filesystem.h>
#include <isofuse/read.h>
#include <isofuse/source.h>

#include "fuse/helper_thread.h"
#include "fuse/listed_directories.h"
#include "fuse/push_policy.h"
#include "fuse/pushed_directory.h"

namespace isofuse::fuse {

/// A directory that was listed tells which files may be read next; the kernel takes pages that it
/// did not ask for. Who reads them then asks us nothing.
///
/// One thread of its own does it, never one that answers requests: to store a page the kernel may
/// have to wait for a READ of that page that is still in the queue. For the same reason stop() must
/// come before the threads end that answer.
class Pusher {
 public:
  /// A larger file is worth a request of its own.
  static constexpr std::uint64_t kFileBytesMax = 64U << 10U;
  /// Directories that are read at the same time, and what is kept of them together, besides the
  /// last one.
  static constexpr std::size_t kDirectoriesMax = 8;
  static constexpr std::size_t kDirectoryBytesMax = 4U << 20U;

  /// Sends the whole contents of a file; 0, or a negative errno: ENOENT where the kernel does not
  /// know the file. Lent bytes must not be looked at (Source::borrow).
  using Store = std::function<int(NodeId file, std::span<const std::byte> bytes)>;

  Pusher(const Filesystem& filesystem, const Source& image, Store store);
  Pusher(const Pusher&) = delete;
  Pusher& operator=(const Pusher&) = delete;
  ~Pusher() { stop(); }

  /// False where no thread can be had.
  bool start();
  /// Ends the thread; what is reported after that is dropped.
  void stop();

  /// These two are for the threads that answer, and are called before the answer. A part of
  /// `directory` was listed, whose files have nodes from `first` to `last`.
  void listed(NodeId directory, NodeId first, NodeId last);
  /// The kernel asked for the beginning of a file.
  void read(NodeId file);

 private:
  struct Event {
    NodeId node;
    bool listed;  // a directory, else a file that was read
  };
  void run();
  void report(Event event, std::unique_lock<std::mutex>& lock);
  void take_events();
  void on_read(NodeId file);
  void on_listed(NodeId directory);
  PushedDirectory* find_directory(NodeId file, std::uint32_t& number);
  PushedDirectory* open_directory(NodeId file, std::uint32_t& number);
  void forget_directories();
  bool push_next();
  void push_file(PushedDirectory& directory, std::uint32_t number);
  std::optional<std::span<const std::byte>> contents(NodeId file);

  const Filesystem& filesystem_;
  const Source& image_;
  const Store store_;

  ListedDirectories listed_;        // under the lock
  std::vector<Event> events_;       // under the lock
  std::size_t wake_at_events_ = 1;  // under the lock
  bool sleeping_ = false;           // under the lock
  bool eager_ = false;              // under the lock: listings are events too
  std::atomic<bool> events_waiting_ = false;

  // The thread's own.
  std::list<PushedDirectory> directories_;  // the one read last first
  PushConfidence confidence_;
  unsigned jumps_in_a_row_ = 0;
  std::vector<Event> taken_;
  std::vector<Piece> pieces_;
  std::vector<std::byte> buffer_;

  HelperThread thread_;
};

}  // namespace isofuse::fuse
