#pragma once
// Where in the image the bytes of a file lie.
#include <string>
#include <string_view>
#include <vector>

#include <isofuse/export.h>
#include <isofuse/filesystem.h>
#include <isofuse/node.h>
#include <isofuse/result.h>

namespace isofuse {

/// All runs of a file, in order, those that continue each other joined; kEnd is not among them. A
/// run need not lie inside the image. kTooLarge where there are more than kListedExtentsMax
/// (limits.h); else as Filesystem::extent.
[[nodiscard]] ISOFUSE_API Result<std::vector<Extent>> file_extents(const Filesystem& filesystem,
                                                                   NodeId node);

/// A line for each: "OFFSET LENGTH", both in bytes, where the bytes stand in the image; "hole
/// LENGTH", where nothing is recorded and zeros are read; "compressed LENGTH", of the decoded
/// bytes.
[[nodiscard]] ISOFUSE_API std::string describe_extents(const std::vector<Extent>& extents);

/// The extended attribute with which a mount tells the same.
inline constexpr std::string_view kExtentsAttribute = "user.isofuse.extents";

}  // namespace isofuse
