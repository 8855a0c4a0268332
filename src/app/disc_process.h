#pragma once
// The process that reads the disc, as its supervisor sees it.
#include <sys/types.h>

#include <memory>
#include <string>

#include <isofuse/source.h>

#include "app/channel.h"
#include "app/exit_status.h"
#include "app/settings.h"
#include "app/status_page.h"

namespace isofuse::app {

/// A disc is read in a process of its own, which can do nothing else (sandbox.h). The one that made
/// it never looks at a byte of the disc; it does what the other one cannot any more: mount,
/// unmount, remove what was made.
class DiscProcess {
 public:
  /// Starts it; it opens the disc at once. `image` is closed here. Into `page` it writes what it
  /// does. REQUIRES: no other thread runs.
  static Outcome<std::unique_ptr<DiscProcess>> start(const Request& request,
                                                     std::unique_ptr<Source> image,
                                                     StatusPage& page);
  DiscProcess(const DiscProcess&) = delete;
  DiscProcess& operator=(const DiscProcess&) = delete;
  /// Where it was given nothing to serve it ends, since the line to it does.
  ~DiscProcess();

  /// Waits until the disc is open: the volume's label, as the disc has it, or what its user should
  /// be told.
  [[nodiscard]] Outcome<std::string> opened();
  /// Hands it a mounted descriptor of /dev/fuse, and waits until it answers requests. It keeps
  /// `life_line` (-1: none) open as long as it lives.
  [[nodiscard]] Done serve(int descriptor, int life_line);

  /// Waits until it has ended, or was killed. The second is not the same: a thread of it that
  /// waits in the kernel for an answer which now never comes keeps the process, and with it the
  /// connection, until somebody gives it (refuse_requests.h).
  void wait_for_main_thread();
  /// Asks it to end in order.
  void terminate() const;
  /// True where it has ended, within a moment.
  [[nodiscard]] bool has_ended();

 private:
  struct Life;
  DiscProcess(pid_t process, Life* life, Channel channel)
      : process_(process), life_(life), channel_(std::move(channel)) {}
  [[nodiscard]] Outcome<std::string> answer(std::optional<Channel::Message> message);

  pid_t process_;
  Life* life_;
  Channel channel_;
  bool ended_ = false;
};

}  // namespace isofuse::app
