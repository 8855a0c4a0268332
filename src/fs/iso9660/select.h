#pragma once
// Which of the trees of a disc is shown: the kernel's choice, and the options that overrule it.
#include <cstdint>

#include <isofuse/options.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

#include "fs/iso9660/directory_parser.h"
#include "fs/iso9660/volume.h"

namespace isofuse::iso9660 {

/// CD-ROM XA puts 14 bytes before the System Use entries.
inline constexpr std::uint8_t kXaBytes = 14;

/// What was found, and what was chosen.
struct Selection {
  VolumeDescriptors descriptors;
  Volume volume;                        ///< the tree that is shown
  View view = View::kIso;               ///< kIso, kEnhanced, kJoliet or kRockRidge
  Tree tree;                            ///< how its records are to be understood
  std::uint8_t root_skip_bytes = 0;     ///< where the entries of the root's own "." begin
  bool try_behind_xa = false;           ///< nothing says where entries begin
  std::vector<std::string> extensions;  ///< the ER identifiers in the root
};

/// The sector at which the session begins that the options choose: the last one a drive tells of,
/// the first of an image. kNotFound as below.
Result<std::uint32_t> session_sector(const Source& image, const Options& options);

/// Chooses as fs/isofs does: Rock Ridge where the root of the primary tree declares an extension,
/// else Joliet, else the primary tree (whose records may have Rock Ridge entries all the same);
/// Joliet too where the primary root cannot be read or holds nothing. Where there is no other tree,
/// the enhanced one. Errors: as read_volume_descriptors; kNotFound where the options ask for a
/// session or view that is not there; kInvalid for an unknown character set.
Result<Selection> select_tree(const Source& image, const Options& options);

}  // namespace isofuse::iso9660
