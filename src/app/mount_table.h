#pragma once
// What is mounted where, as the kernel tells it.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isofuse::app {

struct MountEntry {
  std::string device;  ///< "0:43"
  std::string mount_point;
  std::string type;     ///< "fuse.isofuse"
  std::string source;   ///< for our mounts: the image's path, if not overruled by fsname=
  std::string options;  ///< of the file system: "ro,user_id=1000,group_id=1000"
};

/// The text of /proc/self/mountinfo (proc(5)), taken apart. Lines that do not fit are left out.
[[nodiscard]] std::vector<MountEntry> parse_mount_table(std::string_view text);

/// The mounts of this process's namespace, in the order in which they were made. Empty where
/// /proc is not there.
[[nodiscard]] std::vector<MountEntry> read_mount_table();

/// What is mounted on `path` (as the kernel names it), the uppermost if there are several.
[[nodiscard]] std::optional<MountEntry> find_mount(const std::string& path);

/// The type of our own mounts.
inline constexpr std::string_view kMountType = "fuse.isofuse";

/// Who mounted it, as the options of every FUSE mount say; nothing where they do not.
[[nodiscard]] std::optional<unsigned> owner_of(const MountEntry& entry);

/// The mounts of ours that `what` names: those on that directory, else those of that image. The
/// last made comes first, as one may lie on another. A mount whose process is dead must be found
/// too, so nothing is asked of it.
[[nodiscard]] std::vector<MountEntry> find_our_mounts(const std::string& what);

/// `path` made absolute and free of links without touching what it names itself, which may be a
/// mount whose process is dead: only its parent directory is resolved.
[[nodiscard]] std::string absolute_path(const std::string& path);

}  // namespace isofuse::app
