#pragma once
// The command line, by CLI11.
#include <string>
#include <variant>

#include "app/exit_status.h"
#include "app/settings.h"

namespace isofuse::app {

/// --help or --version: print this and be done.
struct Printed {
  std::string text;
};

/// What was asked for, or a Failure{kUsage}.
[[nodiscard]] std::variant<Request, Printed, Failure> parse_arguments(int argc,
                                                                      const char* const* argv);

}  // namespace isofuse::app
