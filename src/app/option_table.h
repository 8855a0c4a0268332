#pragma once
// The options behind -o: one table, from which they are parsed and from which --help is made.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.h"

namespace isofuse::app {

enum class OptionGroup {
  kDisc,     ///< how the disc is shown
  kMount,    ///< how it is mounted
  kIgnored,  ///< mount(8), fstab(5) and other file systems know it; here it changes nothing
};

struct OptionRow {
  /// A '*' at the end stands for anything.
  std::string_view name;
  /// What follows "name="; empty: nothing may; in brackets: it may be absent.
  std::string_view argument;
  OptionGroup group;
  std::string_view help;
  /// What is wrong with the value; empty where it was taken.
  std::string (*set)(Settings& settings, std::string_view value);
  /// The values that there are, where they can be counted: "a|b|c".
  std::string_view choices = {};
};

[[nodiscard]] std::span<const OptionRow> option_rows();

/// Takes one "a,b=c,..." list apart as libfuse and mount(8) do: a backslash takes the next
/// character as it is, and commas between double quotes do not separate.
[[nodiscard]] std::vector<std::string> split_options(std::string_view list);

/// Sets every option of `list`; with `settings.sloppy` but for unknown ones. What is wrong with the
/// first bad one, or nothing.
[[nodiscard]] std::optional<std::string> set_options(std::string_view list, Settings& settings);

/// The table for --help.
[[nodiscard]] std::string option_help();

}  // namespace isofuse::app
