#pragma once
// How the command ends: one number for each kind of cause. isofuse(1), "EXIT STATUS", lists the
// same (a test compares them). Numbers never change their meaning.
#include <array>
#include <string>
#include <utility>
#include <variant>

namespace isofuse::app {

enum class ExitStatus : int {
  kSuccess = 0,
  kInternal = 1,  ///< no memory, no processes: nothing to do with what was asked for
  kUsage = 2,

  kMountPointAbsent = 10,
  kMountPointNotDirectory = 11,
  kMountPointBusy = 12,
  kMountPointNotPermitted = 13,

  kImageAbsent = 20,
  kImageNotReadable = 21,

  kNotADisc = 30,
  kDiscTruncated = 31,
  kDiscDamaged = 32,
  kDiscUnsupported = 33,

  kFuseDeviceAbsent = 40,
  kFuseDeviceNotPermitted = 41,
  kFusermountAbsent = 42,
  kAllowOtherNotPermitted = 43,
  kMountRefused = 44,

  kNotMounted = 50,
  kUnmountRefused = 51,

  kCheckDamaged = 60,  ///< --check: something is wrong
  kCheckNoSum = 61,    ///< --check: nothing is wrong, and no sum vouches for the contents

  kPathAbsent = 70,  ///< on the disc
  kPartly = 71,      ///< some of what was asked for: the disc is damaged, or a file has no place
  kNotWritten = 72,  ///< the standard output, or the directory that is extracted to
};

/// Every status, for the test that compares them with the manual.
inline constexpr std::array kExitStatuses = {
    ExitStatus::kSuccess,
    ExitStatus::kInternal,
    ExitStatus::kUsage,
    ExitStatus::kMountPointAbsent,
    ExitStatus::kMountPointNotDirectory,
    ExitStatus::kMountPointBusy,
    ExitStatus::kMountPointNotPermitted,
    ExitStatus::kImageAbsent,
    ExitStatus::kImageNotReadable,
    ExitStatus::kNotADisc,
    ExitStatus::kDiscTruncated,
    ExitStatus::kDiscDamaged,
    ExitStatus::kDiscUnsupported,
    ExitStatus::kFuseDeviceAbsent,
    ExitStatus::kFuseDeviceNotPermitted,
    ExitStatus::kFusermountAbsent,
    ExitStatus::kAllowOtherNotPermitted,
    ExitStatus::kMountRefused,
    ExitStatus::kNotMounted,
    ExitStatus::kUnmountRefused,
    ExitStatus::kCheckDamaged,
    ExitStatus::kCheckNoSum,
    ExitStatus::kPathAbsent,
    ExitStatus::kPartly,
    ExitStatus::kNotWritten,
};

/// Why the command cannot go on: its status, and the one line that its user reads.
struct Failure {
  ExitStatus status = ExitStatus::kInternal;
  std::string message;
};

/// A T, or why there is none. The library's Result carries literals; here the texts name files.
template <class T>
using Outcome = std::variant<T, Failure>;
using Done = Outcome<std::monostate>;

template <class T>
[[nodiscard]] const Failure* failure_of(const Outcome<T>& outcome) {
  return std::get_if<Failure>(&outcome);
}

}  // namespace isofuse::app
