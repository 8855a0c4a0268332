#include "fs/udf/metadata_partition.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"

namespace isofuse::udf {
namespace {

Result<Allocation> open_file(const LogicalVolume& volume, std::uint16_t physical,
                             std::uint32_t icb_lbn) {
  FileEntry entry;
  ISOFUSE_TRY(entry.fetch(volume, {icb_lbn, physical}));
  Allocation out = ISOFUSE_TRY(Allocation::collect(volume, entry));
  // UDF 2.2.13.1: short descriptors, so it lies in the partition of its ICB; a file that lay in
  // itself could not be found.
  if (entry.descriptor_kind() == disc::DescriptorKind::kEmbedded || !out.lies_in(physical))
    return Error{Errc::kCorrupt, "metadata file does not lie in its partition",
                 entry.descriptors().where()};
  return out;
}

}  // namespace

Result<std::unique_ptr<Partition>> MetadataPartition::open(const LogicalVolume& volume,
                                                           std::uint16_t physical,
                                                           const disc::MetadataPartitionMap& map,
                                                           std::vector<std::string>& damage) {
  std::unique_ptr<MetadataPartition> out(new MetadataPartition(volume, physical));
  auto main = open_file(volume, physical, map.main_lbn.get());
  auto mirror = open_file(volume, physical, map.mirror_lbn.get());
  if (main)
    out->main_ = std::move(*main);
  else
    damage.push_back(fmt::format("metadata file: {}", describe(main.error())));
  if (mirror)
    out->mirror_ = std::move(*mirror);
  else
    damage.push_back(fmt::format("metadata mirror file: {}", describe(mirror.error())));
  if (!out->main_ && !out->mirror_)
    return mirror.error().code == Errc::kIo ? mirror.error() : main.error();
  return std::unique_ptr<Partition>(std::move(out));
}

std::uint64_t MetadataPartition::size_blocks() const {
  const Allocation& file = main_ ? *main_ : *mirror_;
  return file.length_bytes() / volume_.block_bytes();
}

Result<ImageRun> MetadataPartition::map_in(const Allocation& file, std::uint32_t lbn) const {
  const std::uint64_t offset = std::uint64_t{lbn} * volume_.block_bytes();
  const Extent run = ISOFUSE_TRY(file.extent(volume_, offset));
  if (run.kind != Extent::Kind::kImage)
    return Error{Errc::kCorrupt, "metadata block is not recorded"};
  const std::uint64_t skip = offset - run.file_offset;
  return ImageRun{run.image_offset + skip,
                  std::max<std::uint64_t>((run.length_bytes - skip) / volume_.block_bytes(), 1)};
}

Result<ImageRun> MetadataPartition::map(std::uint32_t lbn, unsigned copy) const {
  const auto& wanted = copy == 0 ? main_ : mirror_;
  const auto& other = copy == 0 ? mirror_ : main_;
  Result<ImageRun> found{Error{Errc::kCorrupt, "metadata block is not recorded"}};
  if (wanted) found = map_in(*wanted, lbn);
  if (!found && other) return map_in(*other, lbn);
  return found;
}

}  // namespace isofuse::udf
