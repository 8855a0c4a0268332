#pragma once
// What a mount tells of itself to --status: a page of memory that its processes share.
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/interprocess/mapped_region.hpp>

#include "fuse/counters.h"

namespace isofuse::app {

/// As it lies in memory. Only this version of the program reads it; `magic` and `version` tell.
///
/// It is a memfd (memfd_create(2)), and whoever asks finds it as /proc/PID/fd/N. So it has no name
/// that another user could take first, nothing of it is left behind when the processes are killed,
/// and the kernel itself sees to it that only the mount's owner (and root) can open it. Its size is
/// sealed. The process that reads the disc can write into it, so a reader trusts nothing in it.
struct StatusPage {
  static constexpr std::array<char, 8> kMagic = {'i', 's', 'o', 'f', 'u', 's', 'e', 'S'};
  static constexpr std::uint32_t kVersion = 1;

  std::array<char, 8> magic;
  std::uint32_t version;
  std::int32_t supervisor_process;
  std::int64_t mounted_at;  ///< seconds since 1970; 0: not mounted yet, or not any more
  // Texts end with a NUL.
  std::array<char, 32> device;    ///< of the mount, "0:43"; empty: mount(8) made it
  std::array<char, 4096> image;   ///< its absolute path
  std::array<char, 128> format;   ///< Filesystem::format
  std::array<char, 512> label;    ///< Filesystem::label
  std::array<char, 128> sandbox;  ///< what holds
  std::atomic<std::int32_t> disc_process;
  fuse::Counters counters;
};

/// A mapping of one, its maker's or a reader's.
class SharedStatus {
 public:
  /// A new one, for this process and those that it makes. Where it cannot be made so that others
  /// find it (without /proc), it serves these two.
  static std::unique_ptr<SharedStatus> create();
  /// Those of all mounts whose processes this user may look at, in no order. A process that is just
  /// ending has one, too.
  static std::vector<std::unique_ptr<SharedStatus>> find_all();

  SharedStatus(const SharedStatus&) = delete;
  SharedStatus& operator=(const SharedStatus&) = delete;
  ~SharedStatus();

  /// REQUIRES: it was created here, or in a process that made this one.
  [[nodiscard]] StatusPage& page() { return *static_cast<StatusPage*>(region_.get_address()); }
  /// Of one that was found: whether its process sees other mounts than this one does.
  [[nodiscard]] bool in_other_namespace() const { return in_other_namespace_; }
  /// Of one that was found: whose mount it is. The page itself is not to be believed.
  [[nodiscard]] unsigned owner() const { return owner_; }
  [[nodiscard]] const StatusPage& page() const {
    return *static_cast<const StatusPage*>(region_.get_address());
  }

 private:
  SharedStatus(int descriptor, boost::interprocess::mapped_region region)
      : descriptor_(descriptor), region_(std::move(region)) {}
  static std::unique_ptr<SharedStatus> open(const std::string& path);

  int descriptor_;  ///< kept open by who made it, for others to find; else -1
  boost::interprocess::mapped_region region_;
  unsigned owner_ = 0;
  bool in_other_namespace_ = false;
};

/// Into a text of the page, cut to what it holds, at the end of a character of UTF-8.
void set_text(std::span<char> into, std::string_view text);
/// Out of one, whatever stands there.
[[nodiscard]] std::string get_text(std::span<const char> from);

}  // namespace isofuse::app
