#pragma once
// The sessions of a disc whose image holds more than one.
#include <cstdint>
#include <string>
#include <vector>

#include <isofuse/source.h>

namespace isofuse::iso9660 {

struct Session {
  std::uint32_t start_sector;   ///< its volume descriptors begin 16 sectors further on
  std::uint32_t volume_blocks;  ///< as its primary descriptor says
  std::string volume_identifier;
};

/// All sessions that can be found, in the order of the disc; empty where there is no primary volume
/// descriptor at all. An image has no table of contents, so they are looked for where the size of
/// one says that it ends, and for some 12,000 sectors behind that (the gap between sessions of a
/// CD). xorriso keeps a copy of the newest descriptors at sector 16 and the first session's at
/// sector 32: then the first session is the one at sector 32 - 16.
[[nodiscard]] std::vector<Session> find_sessions(const Source& image);

}  // namespace isofuse::iso9660
