#pragma once
// A directory's listing as the kernel wants it: the answer to READDIR and READDIRPLUS.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include <isofuse/directory.h>

#include "fuse/mount.h"

namespace isofuse::fuse {

/// What the kernel asks for. Positions are stable: 0 is ".", 1 is "..", 2 + i the i-th entry.
struct ListingRequest {
  std::uint64_t number = 0;  ///< the directory, as the kernel calls it
  std::uint64_t position = 0;
  std::size_t bytes_max = 0;
  bool with_attributes = false;
  bool operator==(const ListingRequest&) const = default;
};

struct Listing {
  std::unique_ptr<char[]> bytes;
  std::size_t used_bytes = 0;
  std::uint64_t next_position = 0;
  bool at_end = false;  ///< no entry is left behind it
  /// The nodes of the files in it, as a range.
  std::optional<NodeId> first_file, last_file;
};

/// Never fails: what cannot be read is still listed by its name, so that a damaged record costs
/// itself only and its user learns of it when he touches it.
[[nodiscard]] Listing make_listing(const Mount& mount, const Directory& directory,
                                   const ListingRequest& request);

}  // namespace isofuse::fuse
