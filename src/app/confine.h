#pragma once
// The way into the sandbox, for every command that reads a disc.
#include <string>

#include "app/settings.h"

namespace isofuse::app {

/// Loads what the C library would load later from files: the character sets that the options name,
/// and the time zone. They stay loaded.
void load_ahead(const Options& options);

/// Enters the sandbox, unless -o nosandbox; says what holds to the log, and returns it.
/// `writable_directory`: see enter_sandbox(). REQUIRES: load_ahead() was called, and what it says
/// there.
std::string confine(const Settings& settings, int writable_directory = -1);

}  // namespace isofuse::app
