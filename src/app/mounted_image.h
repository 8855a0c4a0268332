#pragma once
// Where an image is mounted already.
#include <optional>
#include <string>
#include <string_view>

#include "app/mount_table.h"

namespace isofuse::app {

/// The directory on which `image`, by whatever path or hard link, is mounted so that this process
/// may look into it; the newest where there are several. Only mounts by isofuse that this user or
/// root made count: what another user shows under the name of an image may be anything. Nothing is
/// found of a mount whose fsname= or subtype= says something else.
[[nodiscard]] std::optional<std::string> find_mount_of_image(const std::string& image);

/// Whether a mount by FUSE belongs to `user` or to root, by its options (user_id=).
[[nodiscard]] bool is_mounted_by(const MountEntry& entry, unsigned user);

}  // namespace isofuse::app
