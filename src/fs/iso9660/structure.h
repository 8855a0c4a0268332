#pragma once
// What is recorded twice on an ISO 9660 disc, compared.
#include <isofuse/finding.h>
#include <isofuse/source.h>

#include "fs/iso9660/volume.h"

namespace isofuse::iso9660 {

/// See Filesystem::check_structure. Of every tree that has a descriptor: numbers in both byte
/// orders, the path tables against the directories, each directory's own record; and the boot
/// catalogues.
void check_structure(const Source& image, const VolumeDescriptors& descriptors,
                     const FindingHandler& found);

}  // namespace isofuse::iso9660
