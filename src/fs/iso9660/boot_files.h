#pragma once
// The boot images of a disc, with the sizes that they have.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <isofuse/options.h>
#include <isofuse/source.h>

#include "fs/iso9660/el_torito.h"

namespace isofuse::iso9660 {

/// Bytes of the image that are shown as a file.
struct BootFile {
  std::string name;
  std::uint64_t image_offset = 0;
  std::uint64_t length_bytes = 0;
};

/// How large `boot` is, as far as it says so itself: El Torito tells how much of it is loaded only.
/// `partitions` is what else is known to begin somewhere. Not beyond the end of the image.
[[nodiscard]] std::uint64_t boot_image_bytes(const Source& image, const BootImage& boot,
                                             std::span<const BootFile> partitions);

/// The images of all boot catalogues of the session that the options choose, in their order:
/// "1-bios.img", "2-efi.img"; those that lie outside of the image are left out.
[[nodiscard]] std::vector<BootFile> boot_files(const Source& image, const Options& options,
                                               std::span<const BootFile> partitions);

}  // namespace isofuse::iso9660
