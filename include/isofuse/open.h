#pragma once
// From a path to a mounted disc: the two registries of the library.
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <isofuse/export.h>
#include <isofuse/filesystem.h>
#include <isofuse/finding.h>
#include <isofuse/options.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

namespace isofuse {

/// Opens the image at `path`: a file or a block device. The descriptor is kept, the path is not
/// looked at again. kIo (with errno) where it cannot be opened or is neither.
ISOFUSE_API Result<std::unique_ptr<Source>> open_image(const std::string& path);

/// Finds out which file systems stand on `image`, and opens all that the options allow, the one to
/// be shown first: UDF on a bridge disc, unless its ISO 9660 side has Rock Ridge and at least as
/// many entries in its root (a Windows disc has only a README there, while a bridge by genisoimage
/// has modes and links on that side alone). norock, nojoliet, sbsector= and session= ask for the
/// ISO 9660 side too. `image` must outlive the results. kNotRecognised where none of the known ones
/// is there; any other error is that of a file system that recognised the disc and could not go on.
ISOFUSE_API Result<std::vector<std::unique_ptr<Filesystem>>> open_filesystems(
    const Source& image, const Options& options);

/// The first of these, which is the one to be shown.
ISOFUSE_API Result<std::unique_ptr<Filesystem>> open_filesystem(const Source& image,
                                                                const Options& options);

/// What else stands on the image, for messages and `--info`: "an ext4 file system", "a ZIP
/// archive", ...; empty where it is not known.
[[nodiscard]] ISOFUSE_API std::string identify(const Source& image);

/// What blkid(8) calls the disc, and through it udev and lsblk: type, version, label, UUID and
/// more, as `isofuse --info` shows them. null where no descriptor tells. Needs no more of the disc
/// than its descriptors, so a volume that cannot be opened may have an identity all the same.
[[nodiscard]] ISOFUSE_API nlohmann::ordered_json identity(const Source& image);

/// Partition tables (MBR, GPT, APM) in front of the file system, as `isofuse --info` shows them: an
/// array with one object a partition; empty where there are none.
[[nodiscard]] ISOFUSE_API nlohmann::ordered_json partitions(const Source& image);

/// What is wrong with these tables: sums, copies, and partitions that the image does not hold.
ISOFUSE_API void check_partitions(const Source& image, const FindingHandler& found);

}  // namespace isofuse
