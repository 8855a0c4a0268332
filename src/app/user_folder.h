#pragma once
// The folder in which `isofuse --open` mounts discs.
#include <memory>
#include <string>
#include <vector>

#include "app/exit_status.h"

namespace isofuse::app {

/// A place that such a folder can have.
struct FolderPlace {
  std::string path;
  bool ours = true;  ///< made where it is absent, and removed when it is empty
};

/// What the places depend on; empty where it is not known.
struct FolderHints {
  std::string user;         ///< the name of the user
  std::string home;         ///< the home directory
  std::string runtime_dir;  ///< XDG_RUNTIME_DIR
};

/// The places, the best first. File managers that use GLib or gvfs show what is mounted in the
/// user's media folder or in the home directory, in no path with a part that begins with a dot, and
/// nothing that is mounted in XDG_RUNTIME_DIR (gvfs: monitor/udisks2/what-is-shown.txt). A mount by
/// fusermount3 cannot carry the option that would change that, x-gvfs-show.
[[nodiscard]] std::vector<FolderPlace> folder_places(const FolderHints& hints);

/// The first of the places that this user may use. As long as this lives, another process waits in
/// find(): what one mounts, the next one finds.
class UserFolder {
 public:
  /// Makes the folder where need be. kMountPointNotPermitted where no place can be used.
  static Outcome<std::unique_ptr<UserFolder>> find(const std::vector<FolderPlace>& places);
  /// The places of this process's user.
  static Outcome<std::unique_ptr<UserFolder>> find();
  UserFolder(const UserFolder&) = delete;
  UserFolder& operator=(const UserFolder&) = delete;
  /// Removes the folder if it is ours and empty.
  ~UserFolder();

  /// Absolute, without links.
  [[nodiscard]] const std::string& path() const { return place_.path; }
  [[nodiscard]] bool is_ours() const { return place_.ours; }

 private:
  UserFolder(FolderPlace place, int lock) : place_(std::move(place)), lock_(lock) {}
  static std::unique_ptr<UserFolder> take(const FolderPlace& place);

  FolderPlace place_;
  int lock_;  ///< the directory, locked (flock)
};

/// Removes a folder that is_ours() if it is empty and nobody is about to use it.
void remove_user_folder(const std::string& path);

}  // namespace isofuse::app
