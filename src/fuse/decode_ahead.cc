#include "fuse/decode_ahead.h"

#include <algorithm>
#include <exception>
#include <system_error>

namespace isofuse::fuse {

DecodeAhead::DecodeAhead(const Filesystem& filesystem, unsigned threads)
    : ForwardingFilesystem(filesystem), threads_max_(std::min(threads, kThreadsMax)) {}

DecodeAhead::~DecodeAhead() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    planned_.clear();
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Result<DecodedBytes> DecodeAhead::decode(NodeId node, std::uint64_t offset) const {
  if (threads_max_ == 0) return behind().decode(node, offset);
  {
    std::unique_lock lock(mutex_);
    wait_or_help(lock, node, offset);
  }
  auto decoded = behind().decode(node, offset);
  if (decoded && !decoded->bytes->empty()) plan(node, *decoded);
  return decoded;
}

/// Returns when nobody else has the block in hand. What is only planned is taken out: the caller
/// decodes it himself.
void DecodeAhead::wait_or_help(std::unique_lock<std::mutex>& lock, NodeId node,
                               std::uint64_t offset) const {
  const auto holds = [&](const Block& block) {
    return block.first == node && block.second <= offset && offset - block.second < block_bytes_;
  };
  std::erase_if(planned_, holds);
  while (std::ranges::any_of(running_, holds)) {
    if (planned_.empty()) {
      done_.wait(lock);
    } else {
      const Block block = planned_.front();
      planned_.pop_front();
      run_block(lock, block);
    }
  }
}

/// Decodes a block into the cache of the file system. What fails will fail again for who asks.
void DecodeAhead::run_block(std::unique_lock<std::mutex>& lock, const Block& block) const {
  running_.insert(block);
  lock.unlock();
  try {
    const auto extent = behind().extent(block.first, block.second);
    if (extent && extent->kind == Extent::Kind::kDecoded)
      static_cast<void>(behind().decode(block.first, block.second));
  } catch (const std::exception&) {  // no memory: not ahead, then
  }
  lock.lock();
  running_.erase(block);
  done_.notify_all();
}

/// A block was decoded for somebody. If he reads in order, the next ones are planned.
void DecodeAhead::plan(NodeId node, const DecodedBytes& decoded) const {
  const std::uint64_t begin = decoded.file_offset;
  const std::uint64_t bytes = decoded.bytes->size();
  const std::lock_guard lock(mutex_);
  block_bytes_ = std::max(block_bytes_, bytes);
  const auto known = std::ranges::find_if(streams_, [&](const Stream& stream) {
    // Several requests may be answered at a time, so some come a little late or early.
    return stream.used != 0 && stream.node == node && begin + kAheadBytes >= stream.end &&
           begin <= stream.planned;
  });
  if (known == streams_.end()) {
    *std::ranges::min_element(streams_, {}, &Stream::used) =
        Stream{node, begin, begin + bytes, begin + bytes, ++clock_};
    return;
  }
  known->used = ++clock_;
  if (begin < known->end) return;  // the same block again, or a late one
  known->begin = begin;
  known->end = begin + bytes;
  known->planned = std::max(known->planned, known->end);
  const std::size_t before = planned_.size();
  for (; known->planned + bytes <= known->end + kAheadBytes; known->planned += bytes)
    planned_.emplace_back(node, known->planned);
  if (planned_.size() == before) return;
  start_threads();
  work_.notify_all();
}

void DecodeAhead::start_threads() const {
  try {
    while (!ending_ && threads_.size() < threads_max_) threads_.emplace_back([this] { run(); });
  } catch (const std::system_error&) {  // whoever reads decodes what is planned
  }
}

void DecodeAhead::run() const {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [&] { return ending_ || !planned_.empty(); });
    if (ending_) return;
    const Block block = planned_.front();
    planned_.pop_front();
    run_block(lock, block);
  }
}

}  // namespace isofuse::fuse
