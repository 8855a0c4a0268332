#include "fuse/quiet.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>

namespace isofuse::fuse {
namespace {

constexpr std::size_t kCaptureBytesMax = 4096;

}  // namespace

StderrCapture::StderrCapture() {
  memory_ = memfd_create("isofuse-messages", MFD_CLOEXEC);
  if (memory_ < 0) return;
  saved_ = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (saved_ < 0 || dup2(memory_, STDERR_FILENO) < 0) {
    close(memory_);
    memory_ = -1;
  }
}

StderrCapture::~StderrCapture() {
  if (saved_ >= 0) {
    dup2(saved_, STDERR_FILENO);
    close(saved_);
  }
  if (memory_ >= 0) close(memory_);
}

std::string StderrCapture::text() const {
  std::array<char, kCaptureBytesMax> bytes;
  if (memory_ < 0) return {};
  const ssize_t length = pread(memory_, bytes.data(), bytes.size(), 0);
  return length > 0 ? std::string(bytes.data(), static_cast<std::size_t>(length)) : std::string();
}

}  // namespace isofuse::fuse
