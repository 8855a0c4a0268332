#pragma once
// Going to the background: the command ends when the mount is there, and says how that went.
#include <memory>

#include "app/exit_status.h"

namespace isofuse::app {

class Background {
 public:
  /// Makes the process that goes on, and returns in it. The one that was called waits until that
  /// one is ready() or has ended, and ends with its exit status. REQUIRES: no other thread runs.
  static Outcome<std::unique_ptr<Background>> begin();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  ~Background();

  /// Success: leaves the terminal, and lets the command end.
  void ready();

 private:
  explicit Background(int pipe) : pipe_(pipe) {}
  int pipe_;
};

/// Descriptors 0, 1 and 2 become `null`, an open /dev/null.
void leave_terminal(int null);

}  // namespace isofuse::app
