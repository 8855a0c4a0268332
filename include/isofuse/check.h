#pragma once
// Whether a disc is as it was made: its structure, every byte, and the sums that it records.
#include <cstdint>
#include <functional>

#include <isofuse/export.h>
#include <isofuse/finding.h>
#include <isofuse/options.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

namespace isofuse {

struct CheckReport {
  std::uint64_t directories = 0;  ///< of all trees together
  std::uint64_t files = 0;
  std::uint64_t damage = 0;  ///< findings of that kind; wrong sums count
  std::uint64_t sums_right = 0;
  std::uint64_t sums_wrong = 0;
  bool finished = true;  ///< false: `progress` stopped it
};

/// Told now and then how much of what is to be read has been; false stops the check.
using CheckProgress = std::function<bool(std::uint64_t done_bytes, std::uint64_t total_bytes)>;

/// Reads everything, and tells `found` what is wrong, as it comes:
///  - the structure of every file system that the options allow (Filesystem::check_structure);
///  - its tree: each directory, attribute, link and extent; extents that lie outside of the image,
///    and those of two files that overlap; files that are compressed are decompressed;
///  - partition tables;
///  - every byte of the image, once, in order;
///  - the sums that are recorded (Filesystem::recorded_sums), and those of the files that lists
///    like md5sum.txt in the root of the first tree name.
/// What the library has to say (messages.h) becomes findings meanwhile. Works and calls back in the
/// thread that called it; several may check at the same time. It ends, in a time that the size of
/// the image bounds, whatever stands on it. Errors: as open_filesystems.
ISOFUSE_API Result<CheckReport> check(const Source& image, const Options& options,
                                      const FindingHandler& found, const CheckProgress& progress);

}  // namespace isofuse
