#include "fs/udf/volume.h"

#include <fmt/format.h>

#include "base/log.h"
#include "fs/udf/icb.h"
#include "fs/udf/partition_maps.h"
#include "fs/udf/recognition.h"
#include "fs/udf/tag.h"

namespace isofuse::udf {
namespace {

Result<void> read_file_set(Volume& volume) {
  const disc::LongDescriptor& where = volume.found.sequence.logical->file_set;
  const BlockAddress address = to_address(where.location);
  StoredBlock block;
  const disc::TagId id = ISOFUSE_TRY(fetch_descriptor(*volume.logical, address, block));
  if (id != disc::TagId::kFileSet)
    return Error{Errc::kCorrupt, "no file set descriptor stands there", block.view().where()};
  volume.file_set = ISOFUSE_TRY(block.view().read<disc::FileSetDescriptor>(0));
  volume.root_icb = to_address(volume.file_set.root_icb.location);
  FileEntry root;
  ISOFUSE_TRY(root.fetch(*volume.logical, volume.root_icb));
  return {};
}

/// The file set, or the error of reading it. A disc whose descriptors all say another place than
/// theirs (seen: images cut out of larger ones) is read with a warning, since their CRCs are right.
Result<void> find_file_set(Volume& volume) {
  const auto read = read_file_set(volume);
  if (read || read.error().code != Errc::kCorrupt) return read;
  volume.logical->accept_wrong_locations();
  if (!read_file_set(volume)) return read;
  volume.damage.emplace_back("the tags of descriptors say wrong locations");
  return {};
}

Result<Volume> open_with_block_size(const Source& image, std::uint32_t block_bytes,
                                    const Options& options) {
  Volume out{{}, {Medium(image, block_bytes), {}, {}, {}, {}}, nullptr, std::nullopt, {}, {}, {}};
  const std::uint64_t session_offset = std::uint64_t{options.session.value_or(0)} * block_bytes;
  Recognition recognition = read_recognition_sequence(image, block_bytes, session_offset);
  if (options.need_recognition && !recognition.recognised)
    return Error{Errc::kNotRecognised, "no UDF volume recognition sequence found"};
  out.structures = std::move(recognition.structures);
  out.found = ISOFUSE_TRY(find_volume(image, block_bytes, options));
  out.damage = std::move(out.found.damage);
  out.logical = std::make_unique<LogicalVolume>(out.found.medium);
  ISOFUSE_TRY(add_partitions(out.found.sequence, options, *out.logical, out.damage));
  out.integrity =
      read_integrity(out.found.medium, out.found.sequence.logical->integrity_sequence, out.damage);
  ISOFUSE_TRY(find_file_set(out));
  for (const std::string& text : out.damage) log_warning("UDF volume: " + text);
  return out;
}

}  // namespace

Result<Volume> open_volume(const Source& image, const Options& options) {
  std::vector<std::uint32_t> sizes = {512, 1024, 2048, 4096};
  if (options.block_bytes) sizes = {*options.block_bytes};
  // What explains most: a size with which an anchor was found and no more tells more than one that
  // does not fit at all.
  Error best{Errc::kNotRecognised, "no UDF volume found"};
  for (const std::uint32_t block_bytes : sizes) {
    auto opened = open_with_block_size(image, block_bytes, options);
    if (opened) return opened;
    if (best.code == Errc::kNotRecognised) best = opened.error();
  }
  const std::uint64_t session_offset = std::uint64_t{options.session.value_or(0)} * sizes.front();
  if (best.code == Errc::kNotRecognised &&
      read_recognition_sequence(image, sizes.front(), session_offset).recognised)
    return Error{Errc::kCorrupt, "this is UDF, but no anchor leads to a volume"};
  return best;
}

}  // namespace isofuse::udf
