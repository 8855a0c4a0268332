#pragma once
// The sums that programs leave on an ISO 9660 disc, outside of its files.
#include <optional>
#include <string_view>
#include <vector>

#include <isofuse/recorded_sum.h>
#include <isofuse/source.h>

#include "fs/iso9660/volume.h"

namespace isofuse::iso9660 {

/// Those that stand in the application use field of the primary descriptor: implantisomd5's
/// ("ISO MD5SUM = ...;SKIPSECTORS = 15;FRAGMENT SUMS = ...", rhinstaller/isomd5sum) and tagmedia's
/// ("sha256sum=...;pad=150;partition=...", openSUSE/checkmedia, README: Technical specification).
[[nodiscard]] std::vector<RecordedSum> sums_in_descriptor(const Volume& primary);

/// One tag of libisofs (libisofs, doc/checksums.txt): a line in a block of its own.
struct ChecksumTag {
  RecordedSum range;  ///< what the tag is about
  RecordedSum self;   ///< the line itself
  std::optional<std::uint32_t> next_lbn;
  std::optional<std::uint32_t> session_lbn;
};
/// The tag in `block`, which is block `lbn` of the image; nothing where there is none, or one that
/// says that it belongs somewhere else.
[[nodiscard]] std::optional<ChecksumTag> parse_checksum_tag(std::string_view block,
                                                            std::uint32_t lbn);

/// See Filesystem::recorded_sums: both of the above, the tags of every session.
[[nodiscard]] std::vector<RecordedSum> recorded_sums(const Source& image,
                                                     const VolumeDescriptors& descriptors);

}  // namespace isofuse::iso9660
