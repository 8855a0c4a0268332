#pragma once
// The directory that a disc is mounted on: found, or made and removed again.
#include <memory>
#include <string>
#include <string_view>

#include "app/exit_status.h"
#include "app/user_folder.h"

namespace isofuse::app {

class MountPoint {
 public:
  /// What the user named. With `make`, an absent directory is made (its parent must exist).
  /// "/dev/fd/N", an open descriptor of /dev/fuse from mount.fuse3, is taken as it is.
  static Outcome<std::unique_ptr<MountPoint>> named(const std::string& path, bool make);

  /// A directory named after the image, in the current directory: made; or there already, empty and
  /// not mounted on; else with " (2)", " (3)", ... behind it.
  static Outcome<std::unique_ptr<MountPoint>> after_image(const std::string& image);

  /// A directory of that name in `folder`: made, else with a number as above. One that an earlier
  /// mount has left behind, since it was cut off, is taken for it.
  static Outcome<std::unique_ptr<MountPoint>> in_folder(const UserFolder& folder,
                                                        const std::string& name);

  MountPoint(const MountPoint&) = delete;
  MountPoint& operator=(const MountPoint&) = delete;
  /// Removes the directory if it was made here, and the user's folder around it if that is empty
  /// then; REQUIRES: nothing is mounted on it any more.
  ~MountPoint();

  /// Absolute.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool was_made() const { return made_; }

 private:
  MountPoint(std::string path, bool made);

  std::string path_;
  bool made_;
  std::string folder_;  ///< to be removed too; empty: none
  /// The directory below the mount, share-locked (flock) as long as this process lives: so
  /// `isofuse -u` can wait for its end, whoever unmounted.
  int held_ = -1;
};

/// "/dev/fd/N": a descriptor of /dev/fuse that is mounted already.
[[nodiscard]] bool is_open_descriptor(std::string_view mount_point);

/// Waits until the processes that were mounted on this directory have ended, but not for ever.
void wait_for_end(const std::string& mount_point);

}  // namespace isofuse::app
