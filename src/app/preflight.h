#pragma once
// What a mount needs of the system, looked at before libfuse does, so that each lack has its own
// message and exit status.
#include <string>
#include <string_view>

#include "app/exit_status.h"
#include "app/settings.h"

namespace isofuse::app {

[[nodiscard]] Done check_system(const Settings& settings);

/// True where the text of fuse.conf has a line "user_allow_other".
[[nodiscard]] bool allows_other(std::string_view fuse_conf);

/// The path of fusermount3 as libfuse finds it; empty where there is none.
[[nodiscard]] std::string find_fusermount();

/// Makes a Failure of what libfuse and fusermount3 printed when they refused to mount.
[[nodiscard]] Failure explain_refusal(const std::string& mount_point, std::string_view messages);

}  // namespace isofuse::app
