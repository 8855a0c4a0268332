#pragma once
// What the manager of a service is told of it: the protocol of sd_notify(3).
#include <string_view>

namespace isofuse::app {

/// Sends one variable ("READY=1", "STATUS=...") to the socket that NOTIFY_SOCKET names, if it names
/// one. Control characters, which would begin another variable, become blanks. Keeps nothing open,
/// and does not wait for a manager that does not read for longer than a few seconds.
void notify_service(std::string_view variable);

}  // namespace isofuse::app
