#include "fuse/refuse_requests.h"

#include <linux/fuse.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

namespace isofuse::fuse {
namespace {

/// The kernel counts requests in steps of two; an odd number is an interrupt.
constexpr std::uint64_t kStep = 2;
/// Before and behind the last number that is known: a thread can have died between taking a request
/// and noting it, and requests do not leave the queue in their order.
constexpr std::uint64_t kNumbersAround = 4096;
/// More come only from programs that go on asking; the connection ends soon.
constexpr unsigned kQueuedMax = 65536;
/// What the kernel wants to have room for: libfuse's largest request, 256 pages and a header.
constexpr std::size_t kPagesMax = 257;

/// ENOENT, where there is no such request, is the usual case.
void refuse(int descriptor, std::uint64_t number) {
  const fuse_out_header header{sizeof(fuse_out_header), -ENOTCONN, number};
  static_cast<void>(!write(descriptor, &header, sizeof header));
}

bool wants_answer(const fuse_in_header& head) {
  return head.opcode != FUSE_FORGET && head.opcode != FUSE_BATCH_FORGET &&
         head.opcode != FUSE_INTERRUPT;
}

}  // namespace

void refuse_requests(int descriptor, const Counters& counters) {
  std::uint64_t last = 0;
  std::vector<std::byte> buffer(kPagesMax * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)));
  pollfd device{descriptor, POLLIN, 0};
  for (unsigned i = 0; i < kQueuedMax && poll(&device, 1, 0) == 1 && device.revents == POLLIN;
       ++i) {
    fuse_in_header head{};
    const ssize_t got = read(descriptor, buffer.data(), buffer.size());
    if (got < static_cast<ssize_t>(sizeof head)) break;
    std::memcpy(&head, buffer.data(), sizeof head);
    if (!wants_answer(head)) continue;
    refuse(descriptor, head.unique);
    last = std::max(last, head.unique);
  }
  for (const Counters::Number& taken : counters.taken) {
    const std::uint64_t number = taken;
    if (number != 0) refuse(descriptor, number);
    last = std::max(last, number);
  }
  last -= last % kStep;
  // Counted by a number of its own: the other process may have written any, and sums wrap round.
  const std::uint64_t first = last - std::min(last, kStep * kNumbersAround);
  for (std::uint64_t i = 0; i <= 2 * kNumbersAround; ++i) refuse(descriptor, first + i * kStep);
}

}  // namespace isofuse::fuse
