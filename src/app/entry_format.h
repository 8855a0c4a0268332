#pragma once
// One file of a disc in a listing.
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include <isofuse/node.h>

namespace isofuse::app {

/// "-rw-r--r--", as ls(1) has it.
[[nodiscard]] std::string mode_text(const Attributes& attributes);

/// "-rw-r--r--   1     0/0           12345 2024-02-29 12:34:56 ", up to the path; the time is
/// local.
[[nodiscard]] std::string long_columns(const Attributes& attributes);

/// The members that isofuse(1) documents under JSON. `target`: of a symbolic link.
[[nodiscard]] nlohmann::ordered_json entry_facts(std::string_view path,
                                                 const Attributes& attributes,
                                                 std::string_view target);

}  // namespace isofuse::app
