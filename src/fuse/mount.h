#pragma once
// What the requests of one mount share.
#include <atomic>

#include <isofuse/filesystem.h>
#include <isofuse/source.h>

#include "fuse/counters.h"
#include "fuse/node_number.h"

namespace isofuse::fuse {

class ListAhead;
class Pusher;

/// What we let the kernel read ahead of a program that reads in order; the largest single READ too.
inline constexpr unsigned kReadAheadBytesMax = 1U << 20U;

/// Reached by every request through fuse_req_userdata. Outlives the session.
struct Mount {
  const Filesystem& filesystem;
  const Source& image;
  Counters& counters;
  unsigned read_bytes_max = 0;  ///< -o max_read=, of which INIT must say the same as mount(2) did
  /// -o auto_unmount: fusermount3 takes a mount for dead when its root cannot be opened, so that
  /// must remain a request to us.
  bool auto_unmount = false;

  /// Set by INIT, before the kernel sends anything else: an answer of ENOSYS to OPEN and OPENDIR is
  /// taken for "not needed, never ask again".
  std::atomic<bool> kernel_opens_files = false;
  std::atomic<bool> kernel_opens_directories = false;

  /// Told of what is listed and read; null where nothing is sent ahead.
  std::atomic<Pusher*> pusher = nullptr;
  /// Makes listings ahead; null where nothing is made ahead.
  std::atomic<ListAhead*> list_ahead = nullptr;

  [[nodiscard]] std::uint64_t number(FuseNode node) const {
    return to_number(node, filesystem.root());
  }
  [[nodiscard]] FuseNode node(std::uint64_t number) const {
    return from_number(number, filesystem.root());
  }
};

}  // namespace isofuse::fuse
