#pragma once
// Where messages go: stderr as long as somebody reads it, then the system's log.

namespace isofuse::app {

/// Sends what the library has to say to where the three below say. REQUIRES: what messages.h says.
void route_messages();

/// Keeps messages back: what the disc is blamed for while it is being opened is worth reading only
/// if it could be opened. Else the one line that says why not is all there is to say.
void hold_log();

/// What was held back, and all that follows, to stderr.
void log_to_stderr(bool debug);

/// Connects to the system's log, for a process that cannot do so later.
void prepare_syslog();
void log_to_syslog();

}  // namespace isofuse::app
