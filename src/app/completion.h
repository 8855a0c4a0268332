#pragma once
// What a shell needs to complete our command line, made from the tables behind it.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/option_table.h"

namespace isofuse::app {

/// A flag of the command line.
struct FlagRow {
  std::vector<std::string> names;    ///< with their dashes: "-u", "--unmount"
  std::string help;                  ///< one line
  std::vector<std::string> choices;  ///< what may follow; empty: nothing does, but for -o
};

/// The script for "bash", "zsh" or "fish", to be sourced or installed; nothing for other shells.
/// Of `rows` the values of options that have a choice ("a|b") are completed, too.
[[nodiscard]] std::optional<std::string> completion_script(std::string_view shell,
                                                           std::span<const FlagRow> flags,
                                                           std::span<const OptionRow> rows);

}  // namespace isofuse::app
