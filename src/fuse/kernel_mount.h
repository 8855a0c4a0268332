#pragma once
// The kernel's side of a mount: made here, served elsewhere.
#include <memory>
#include <string>
#include <vector>

struct fuse_session;

namespace isofuse::fuse {

/// What mounting takes, without a disc: a descriptor of /dev/fuse that is mounted somewhere.
class KernelMount {
 public:
  /// `options` ("ro", "fsname=...") are for libfuse, not escaped. Null where it refuses them;
  /// `messages` then says why.
  static std::unique_ptr<KernelMount> create(const std::vector<std::string>& options,
                                             std::string& messages);
  KernelMount(const KernelMount&) = delete;
  KernelMount& operator=(const KernelMount&) = delete;
  /// Closes the descriptor. Does not unmount: the mount point's path may name something else by
  /// now.
  ~KernelMount();

  /// Mounts at `mount_point`: an absolute path, or /dev/fd/N for an open descriptor of /dev/fuse.
  /// False where that was refused; `messages` holds what libfuse and fusermount3 said.
  bool mount(const std::string& mount_point, std::string& messages);

  [[nodiscard]] int descriptor() const;
  /// With auto_unmount: the socket on whose other end fusermount3 waits. When every process that
  /// holds it has ended, fusermount3 looks, once, whether the mount is dead. Otherwise -1.
  [[nodiscard]] int life_line() const { return life_line_; }
  /// False once the mount is gone for good. As long as it is true the number of its device is not
  /// given to another mount. As long as any process holds the descriptor, the kernel waits for
  /// answers, even if there is nobody to give them.
  [[nodiscard]] bool is_connected() const;

 private:
  KernelMount(fuse_session* session, bool auto_unmount)
      : session_(session), auto_unmount_(auto_unmount) {}
  fuse_session* session_;
  bool auto_unmount_;
  int life_line_ = -1;  ///< closed with this process
};

}  // namespace isofuse::fuse
