#pragma once
// The name of the directory that shows a disc in a file manager.
#include <cstddef>
#include <string>
#include <string_view>

namespace isofuse::app {

/// Longest name, in bytes. Linux allows 255; the rest is for " (2)" and the like.
inline constexpr std::size_t kFolderNameBytesMax = 200;

/// `label`, which a disc may fill with anything, as a name that is safe in paths, in shells' hands
/// and before people's eyes: valid UTF-8 of at most kFolderNameBytesMax bytes; no '/', no control
/// character and none that turns the direction of text ('_' stands for each); no blank at either
/// end; neither '.' (hidden), '-' (an option) nor '~' in front. Empty where nothing is left.
[[nodiscard]] std::string folder_name(std::string_view label);

}  // namespace isofuse::app
