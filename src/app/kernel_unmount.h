#pragma once
// Taking mounts away, as root or through fusermount3.
#include <optional>
#include <string>

namespace isofuse::app {

/// Unmounts; what the system said where it refused.
[[nodiscard]] std::optional<std::string> unmount(const std::string& mount_point);

/// Detaches: whoever uses the mount keeps what he has, nobody else finds it.
void detach(const std::string& mount_point);

}  // namespace isofuse::app
