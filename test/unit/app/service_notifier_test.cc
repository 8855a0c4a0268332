#include "app/service_notifier.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include "support/catch.h"

namespace isofuse::app {
namespace {

/// A socket in the abstract name space, and NOTIFY_SOCKET for as long as it lives.
class Manager {
 public:
  /// `name` without its '@'.
  explicit Manager(const std::string& name)
      : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    REQUIRE(bind(socket_, reinterpret_cast<const sockaddr*>(&address), bytes) == 0);
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;
  ~Manager() {
    unsetenv("NOTIFY_SOCKET");
    close(socket_);
  }

  /// The next datagram; "(nothing)" where there is none.
  [[nodiscard]] std::string told() const {
    std::array<char, 4096> text{};
    const ssize_t got = recv(socket_, text.data(), text.size(), 0);
    return got < 0 ? "(nothing)" : std::string(text.data(), static_cast<std::size_t>(got));
  }

 private:
  int socket_;
};

std::string unique_name() { return "isofuse-unit-" + std::to_string(getpid()); }

TEST_CASE("one variable goes to the manager, whatever its value holds") {
  const Manager manager(unique_name());
  notify_service("READY=1");
  CHECK(manager.told() == "READY=1");
  notify_service("STATUS=a\nREADY=1\tb");
  CHECK(manager.told() == "STATUS=a READY=1 b");
  notify_service("STATUS=\xC3\xA4");
  CHECK(manager.told() == "STATUS=\xC3\xA4");
  CHECK(manager.told() == "(nothing)");
}

TEST_CASE("the longest name of a socket fits, a longer one is none") {
  const std::size_t name_bytes_max = sizeof(sockaddr_un::sun_path) - 1;  // and the '@'
  const Manager manager(unique_name() + std::string(name_bytes_max - unique_name().size(), 'x'));
  notify_service("READY=1");
  CHECK(manager.told() == "READY=1");
  setenv("NOTIFY_SOCKET", (std::string(std::getenv("NOTIFY_SOCKET")) + "x").c_str(), 1);
  notify_service("READY=1");
  CHECK(manager.told() == "(nothing)");
}

TEST_CASE("without a manager nothing happens, and nothing stays open") {
  const int before = open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(before);
  for (const char* name : {"", "@", "/", "relative", "/nonexistent/socket", "vsock:2:1234"}) {
    setenv("NOTIFY_SOCKET", name, 1);
    notify_service("READY=1");
  }
  unsetenv("NOTIFY_SOCKET");
  notify_service("READY=1");
  const int after = open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(after);
  CHECK(after == before);
}

}  // namespace
}  // namespace isofuse::app
