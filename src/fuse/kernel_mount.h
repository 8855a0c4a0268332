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
  /// Closes the descriptor, if it is still here. Does not unmount: the mount point's path may name
  /// something else by now.
  ~KernelMount();

  /// Mounts at `mount_point`: an absolute path, or /dev/fd/N for an open descriptor of /dev/fuse.
  /// False where that was refused; `messages` holds what libfuse and fusermount3 said. With
  /// auto_unmount fusermount3 then lives as long as this process.
  bool mount(const std::string& mount_point, std::string& messages);

  /// Good until close_descriptor().
  [[nodiscard]] int descriptor() const;
  /// When it was handed on: as long as any process holds one, the kernel waits for answers.
  void close_descriptor();

 private:
  explicit KernelMount(fuse_session* session) : session_(session) {}
  fuse_session* session_;
};

}  // namespace isofuse::fuse
