#pragma once
// libfuse and fusermount3 print what they have to say. Our users get one line, which we make of it.
#include <string>

namespace isofuse::fuse {

/// While it lives, what is written to descriptor 2 by us or our children goes to memory, and so
/// does what libfuse logs. REQUIRES: no other thread runs.
class StderrCapture {
 public:
  StderrCapture();
  StderrCapture(const StderrCapture&) = delete;
  StderrCapture& operator=(const StderrCapture&) = delete;
  ~StderrCapture();
  /// What was written so far; empty where capturing was not possible.
  [[nodiscard]] std::string text() const;

 private:
  int saved_ = -1;
  int memory_ = -1;
};

/// Runs `body` and returns what it printed.
template <class Body>
std::string quietly(Body&& body) {
  const StderrCapture capture;
  body();
  return capture.text();
}

}  // namespace isofuse::fuse
