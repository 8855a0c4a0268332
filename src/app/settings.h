#pragma once
// What the command was asked to do.
#include <optional>
#include <string>
#include <vector>

#include <isofuse/options.h>

namespace isofuse::app {

/// What `-o` sets.
struct Settings {
  Options disc;

  bool allow_other = false;
  bool allow_root = false;
  std::optional<bool> default_permissions;  ///< not said: where others may use the mount
  bool auto_unmount = false;
  bool suid = false;  ///< heeded for root only
  bool dev = false;   ///< heeded for root only
  bool exec = true;
  bool sandbox = true;
  bool asked_for_writing = false;  ///< rw
  bool called_by_mount = false;    ///< mount.fuse3 always says something of dev and suid
  bool sloppy = false;             ///< unknown options are ignored
  unsigned read_bytes_max = 0;     ///< 0: as many as the kernel likes
  unsigned threads_max = 0;        ///< 0: chosen by the machine
  std::string fsname;              ///< empty: the image's path
  std::string subtype = "isofuse";
  std::vector<std::string> contexts;  ///< SELinux's, as they stand
};

enum class Action { kMount, kUnmount, kStatus, kInfo, kCheck, kList, kCat, kExtract };

/// The whole command line.
struct Request {
  Action action = Action::kMount;
  std::string image;        ///< kUnmount, kStatus: the image or the mount point
  std::string mount_point;  ///< empty: one is made
  Settings settings;
  bool foreground = false;
  bool debug = false;
  bool single_threaded = false;
  bool make_mount_point = false;
  bool json = false;
  bool open = false;    ///< mount in the user's folder, and show that in the file manager
  bool notify = false;  ///< a failure is told on the desktop, too
  /// What only mount(8) asks for, see mount_helper.h.
  bool fake = false;                  ///< all but the mount
  bool absent_is_no_failure = false;  ///< nofail
  bool verbose = false;               ///< say what was mounted
  std::string mount_namespace;        ///< where to mount: a process number, or a file; empty: here
  std::string directory;              ///< kExtract: where to
  std::vector<std::string> disc_paths;  ///< kList, kCat, kExtract; none: all of the disc
  bool names_only = false;              ///< kList
  bool end_names_with_nul = false;      ///< kList; implies names_only
  bool overwrite = false;               ///< kExtract
};

}  // namespace isofuse::app
