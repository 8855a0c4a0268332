#pragma once
// Compressed files are decoded ahead of who reads them in order, on several processors.
#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include <isofuse/filesystem.h>

#include "base/forwarding_filesystem.h"

namespace isofuse::fuse {

/// A Filesystem as the one behind it, but that decode() of one block lets other threads decode the
/// next ones, into the cache of the file system, where decode() then finds them. A thread that
/// needs a block which another one has in hand decodes a later one meanwhile.
class DecodeAhead final : public ForwardingFilesystem {
 public:
  /// Decoded ahead of a reader: some blocks of each size that there is, and well below what the
  /// caches of decoded blocks hold.
  static constexpr std::uint64_t kAheadBytes = 1U << 20U;
  static constexpr unsigned kThreadsMax = 3;

  /// 0 threads: everything as it comes. They begin with the first block that is worth it.
  DecodeAhead(const Filesystem& filesystem, unsigned threads);
  ~DecodeAhead() override;

  Result<DecodedBytes> decode(NodeId node, std::uint64_t offset) const override;

 private:
  /// A block, by the file and the offset at which it begins.
  using Block = std::pair<NodeId, std::uint64_t>;
  /// A file that is read in order.
  struct Stream {
    NodeId node;
    std::uint64_t begin = 0;    ///< of the block decoded last
    std::uint64_t end = 0;      ///< where the next one begins
    std::uint64_t planned = 0;  ///< up to where the next ones are planned or decoded
    std::uint64_t used = 0;     ///< for the choice of one to forget
  };

  void wait_or_help(std::unique_lock<std::mutex>& lock, NodeId node, std::uint64_t offset) const;
  void run_block(std::unique_lock<std::mutex>& lock, const Block& block) const;
  void plan(NodeId node, const DecodedBytes& decoded) const;
  void start_threads() const;
  void run() const;

  const unsigned threads_max_;
  mutable std::mutex mutex_;
  mutable std::condition_variable work_, done_;
  mutable std::deque<Block> planned_;  // under mutex_, as all that follows
  mutable std::set<Block> running_;
  mutable std::array<Stream, 4> streams_;
  mutable std::uint64_t clock_ = 0;
  mutable std::uint64_t block_bytes_ = 0;  // the largest seen: how far a block in hand may reach
  mutable bool ending_ = false;
  mutable std::vector<std::thread> threads_;
};

}  // namespace isofuse::fuse
