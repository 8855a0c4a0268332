#include "fuse/refuse_requests.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <vector>

#include "support/catch.h"

namespace isofuse::fuse {
namespace {

/// The kernel's end of a connection, played by a test: sockets that keep messages apart.
class Device {
 public:
  Device() { REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends_.data()) == 0); }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device() {
    close(ends_[0]);
    close(ends_[1]);
  }
  [[nodiscard]] int descriptor() const { return ends_[0]; }
  void ask(std::uint32_t opcode, std::uint64_t number) const {
    fuse_in_header head{};
    head.len = sizeof head;
    head.opcode = opcode;
    head.unique = number;
    REQUIRE(write(ends_[1], &head, sizeof head) == sizeof head);
  }
  /// The numbers of the requests that were answered, as far as there is room for answers.
  [[nodiscard]] std::vector<std::uint64_t> refused() const {
    std::vector<std::uint64_t> out;
    fuse_out_header head{};
    while (read(ends_[1], &head, sizeof head) == sizeof head) {
      CHECK(head.len == sizeof head);
      CHECK(head.error == -ENOTCONN);
      out.push_back(head.unique);
    }
    return out;
  }

 private:
  std::array<int, 2> ends_{};
};

TEST_CASE("what waits in the queue and what a dead process had in hand is refused") {
  const Device device;
  const auto counters = std::make_unique<Counters>();
  counters->taken[3] = 2;
  counters->taken[5] = 20;
  device.ask(FUSE_READ, 22);
  device.ask(FUSE_FORGET, 24);
  device.ask(FUSE_INTERRUPT, 23);
  device.ask(FUSE_GETATTR, 26);
  refuse_requests(device.descriptor(), *counters);
  const auto refused = device.refused();
  REQUIRE(refused.size() > 10);
  CHECK(std::vector(refused.begin(), refused.begin() + 4) ==
        std::vector<std::uint64_t>{22, 26, 2, 20});
  // Then all numbers about the last one: one may have been taken and not noted.
  for (std::size_t i = 4; i < refused.size(); ++i) CHECK(refused[i] == 2 * (i - 4));
}

TEST_CASE("a connection that is closed ends the refusals") {
  Device device;
  shutdown(device.descriptor(), SHUT_RDWR);
  refuse_requests(device.descriptor(), *std::make_unique<Counters>());
  CHECK(device.refused().empty());
}

TEST_CASE("the highest number of a request that was taken counts") {
  const Device device;
  const auto counters = std::make_unique<Counters>();
  counters->taken[0] = 40000;
  counters->taken[7] = 50000;
  counters->taken[9] = 6;
  refuse_requests(device.descriptor(), *counters);
  const auto refused = device.refused();
  REQUIRE(refused.size() > 4);
  CHECK(std::vector(refused.begin(), refused.begin() + 3) ==
        std::vector<std::uint64_t>{40000, 50000, 6});
  CHECK(refused[3] == 50000 - 2 * 4096);
}

TEST_CASE("whatever numbers a process that a disc has taken over writes, there is an end") {
  for (const std::uint64_t number :
       {~std::uint64_t{0}, ~std::uint64_t{0} - 1, ~std::uint64_t{0} - 8193, std::uint64_t{1}}) {
    const Device device;
    const auto counters = std::make_unique<Counters>();
    counters->taken[0] = number;
    refuse_requests(device.descriptor(), *counters);
    CHECK_FALSE(device.refused().empty());
  }
}

}  // namespace
}  // namespace isofuse::fuse
