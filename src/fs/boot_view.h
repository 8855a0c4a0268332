#pragma once
// The option `boot`: what firmware starts, as files.
#include <memory>

#include <isofuse/filesystem.h>
#include <isofuse/options.h>
#include <isofuse/source.h>

namespace isofuse {

/// `filesystem` with one directory more in its root, "[BOOT]" (or another free name, see
/// DirectoryBuilder), which holds the boot images (boot_files.h) and the partitions of the image
/// ("mbr-1.img", "gpt-2.img"); as it is where there is neither. `image` must outlive it.
[[nodiscard]] std::unique_ptr<Filesystem> with_boot_files(std::unique_ptr<Filesystem> filesystem,
                                                          const Source& image,
                                                          const Options& options);

}  // namespace isofuse
