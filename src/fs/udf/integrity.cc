#include "fs/udf/integrity.h"

#include <fmt/format.h>

#include <isofuse/limits.h>

#include "base/log.h"
#include "fs/udf/tag.h"

namespace isofuse::udf {
namespace {

Result<Integrity> decode(const ByteView& block) {
  Integrity out;
  out.descriptor = ISOFUSE_TRY(block.read<disc::IntegrityDescriptor>(0));
  const std::uint64_t count = out.descriptor.partition_count.get();
  std::uint64_t pos = sizeof out.descriptor;
  // One check for both tables: what does not fit into the block ends here.
  static_cast<void>(ISOFUSE_TRY(block.slice(pos, count * 2 * sizeof(Little32))));
  for (auto* table : {&out.free_blocks, &out.size_blocks}) {
    for (std::uint64_t i = 0; i < count; ++i, pos += sizeof(Little32))
      table->push_back(ISOFUSE_TRY(block.read<Little32>(pos)).get());
  }
  if (out.descriptor.implementation_use_bytes.get() >= sizeof(disc::IntegrityImplementationUse))
    if (const auto use = block.read<disc::IntegrityImplementationUse>(pos)) out.use = *use;
  return out;
}

}  // namespace

std::optional<Integrity> read_integrity(const Medium& medium, const disc::ExtentDescriptor& extent,
                                        std::vector<std::string>& damage) {
  std::optional<Integrity> last;
  std::vector<std::uint64_t> locations;
  disc::ExtentDescriptor here = extent;
  StoredBlock block;
  std::size_t seen = 0;
  while (here.length_bytes.get() >= medium.block_bytes()) {
    std::optional<Integrity> newest;
    const std::uint64_t begin = here.location.get();
    const std::uint64_t end = begin + here.length_bytes.get() / medium.block_bytes();
    for (std::uint64_t at = begin; at < end; ++at) {
      if (++seen > kIntegrityDescriptorsMax) {
        damage.emplace_back("the integrity sequence does not end");
        if (last) last->locations = std::move(locations);
        return last;
      }
      if (!block.fetch(medium, at)) break;
      const auto id = check_tag(block.view(), static_cast<std::uint32_t>(at));
      if (!id) {
        if (!newest) damage.push_back(fmt::format("integrity: {}", describe(id.error())));
        break;
      }
      if (*id != disc::TagId::kIntegrity) break;
      const auto found = decode(block.view());
      if (!found) {
        damage.push_back(fmt::format("integrity: {}", describe(found.error())));
        break;
      }
      newest = *found;
      locations.push_back(at);
    }
    if (!newest) break;
    last = std::move(newest);
    here = last->descriptor.next;
  }
  if (last) last->locations = std::move(locations);
  return last;
}

}  // namespace isofuse::udf
