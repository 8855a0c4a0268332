#pragma once
// The command line, by CLI11.
#include <optional>
#include <string>
#include <variant>
#include <vector>

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

/// Sets every option of these `-o` lists. What is wrong with them, or nothing.
[[nodiscard]] std::optional<std::string> set_all_options(const std::vector<std::string>& lists,
                                                         Settings& settings);

}  // namespace isofuse::app
