#pragma once
// The volume descriptor sequences (ECMA-167 3/8.4.2), from the anchors on.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <isofuse/options.h>
#include <isofuse/result.h>

#include "fs/udf/disc.h"
#include "fs/udf/medium.h"

namespace isofuse::udf {

/// What the prevailing descriptors say.
struct VolumeSequence {
  std::optional<disc::PrimaryVolumeDescriptor> primary;
  std::optional<disc::LogicalVolumeDescriptor> logical;
  std::vector<std::byte> partition_maps;  ///< the map table of `logical`, not taken apart
  std::vector<disc::PartitionDescriptor> partitions;             ///< one for each number
  std::optional<disc::ImplementationUseDescriptor> information;  ///< "*UDF LV Info": who made it
};

/// A volume that was found: its blocks, where anchors were seen, what they lead to.
struct FoundVolume {
  Medium medium;
  std::vector<std::uint32_t> anchors;            ///< blocks of the valid ones that were looked at
  disc::AnchorVolumeDescriptorPointer anchor{};  ///< the one that led to `sequence`
  VolumeSequence sequence;
  std::vector<std::string> damage;  ///< what is wrong with it, in words
};

/// Looks for anchors where the kernel does (options: anchor=, then session + 256, then about the
/// end of the image, then session + 512; and once more as on a raw image of a CD-RW with link
/// blocks), and reads the sequence that the first good one leads to. What the main sequence lacks
/// or has damaged, the reserve sequence gives. kNotRecognised where no anchor leads to a logical
/// volume.
Result<FoundVolume> find_volume(const Source& image, std::uint32_t block_bytes,
                                const Options& options);

/// The same for who only wants to know what the disc calls itself: where no anchor leads to a
/// logical volume, what the first of them leads to. Nothing where there is no anchor.
[[nodiscard]] std::optional<FoundVolume> find_descriptors(const Source& image,
                                                          std::uint32_t block_bytes,
                                                          const Options& options);

/// The kinds of descriptors are kept by their sequence number: the highest prevails (3/8.4.3), of
/// partitions for each number. Damaged descriptors are left out and named in `damage`. At most
/// kVolumeSequenceMax descriptors and kVolumePointersMax pointers.
void read_volume_sequence(const Medium& medium, const disc::ExtentDescriptor& extent,
                          VolumeSequence& into, std::vector<std::string>& damage);

}  // namespace isofuse::udf
