// The protocol is a datagram, stable and open to everybody: sd_notify(3), "NOTES". libsystemd would
// bring itself, libgcrypt, libgpg-error and libcap into both processes of a mount for this, and
// about a millisecond to the start of each command.
#include "app/service_notifier.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

namespace isofuse::app {
namespace {

constexpr timeval kSendWait{5, 0};
constexpr int kLastControl = 0x1F;

/// A path, or "@name" in the abstract name space. 0: neither, or too long.
socklen_t make_address(std::string_view name, sockaddr_un& address) {
  if (name.size() < 2 || name.size() > sizeof address.sun_path) return 0;
  if (name.front() != '/' && name.front() != '@') return 0;
  if (name.front() == '/' && name.size() == sizeof address.sun_path) return 0;  // its NUL
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name.front() == '@') address.sun_path[0] = '\0';
  const std::size_t bytes = offsetof(sockaddr_un, sun_path) + name.size();
  return static_cast<socklen_t>(bytes + (name.front() == '/' ? 1 : 0));
}

}  // namespace

void notify_service(std::string_view variable) {
  const char* const name = std::getenv("NOTIFY_SOCKET");
  if (name == nullptr) return;
  sockaddr_un address{};
  const socklen_t address_bytes = make_address(name, address);
  if (address_bytes == 0) return;
  const int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (sender < 0) return;
  std::string text(variable);
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) <= kLastControl; }, ' ');
  setsockopt(sender, SOL_SOCKET, SO_SNDTIMEO, &kSendWait, sizeof kSendWait);
  static_cast<void>(sendto(sender, text.data(), text.size(), MSG_NOSIGNAL,
                           reinterpret_cast<const sockaddr*>(&address), address_bytes));
  close(sender);
}

}  // namespace isofuse::app
