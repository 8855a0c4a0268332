#pragma once
// The line between the supervisor and the process that reads the disc.
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace isofuse::app {

/// One end of a pair of sockets that keep messages apart. Used from one thread at a time.
class Channel {
 public:
  /// What is longer is cut: the texts are lines for people.
  static constexpr std::size_t kTextBytesMax = 8192;

  struct Message {
    int status = 0;
    std::string text;
    int descriptor = -1;  ///< the receiver's to close; -1: none came along
  };

  /// Both ends; nothing where the system has none to give.
  static std::optional<std::pair<Channel, Channel>> make_pair();
  Channel(Channel&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  Channel& operator=(Channel&&) = delete;
  ~Channel();

  /// False where the other end is gone.
  bool send(int status, std::string_view text = {}, int descriptor = -1) const;
  /// Waits for the next message; nothing where the other end is gone.
  [[nodiscard]] std::optional<Message> receive() const;

 private:
  explicit Channel(int socket) : socket_(socket) {}
  int socket_;
};

}  // namespace isofuse::app
