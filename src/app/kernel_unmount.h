#pragma once
// Taking mounts away, as root or through fusermount3.
#include <optional>
#include <string>

namespace isofuse::app {

/// Unmounts; what the system said where it refused.
[[nodiscard]] std::optional<std::string> unmount(const std::string& mount_point);

/// Detaches: whoever uses the mount keeps what he has, nobody else finds it.
void detach(const std::string& mount_point);

/// Ends the connection of the mount on `device` ("0:43") by force: whoever waits for an answer gets
/// an error. The user who mounted may do that.
void abort_connection(const std::string& device);

}  // namespace isofuse::app
