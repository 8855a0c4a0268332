// A file's entry with its allocation descriptors and extended attributes, in block 1; what follows
// stands in the blocks behind it.
#include <isofuse/filesystem.h>

#include "fs/udf/allocation.h"
#include "fs/udf/extended_attributes.h"
#include "fs/udf/icb.h"
#include "fuzz/input.h"
#include "fuzz/mend.h"
#include "support/small_volume.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isofuse;
  fuzz::Input input(data, size);
  test::udf::SmallVolume volume(256);
  for (std::uint32_t block = 1; block < 9 && input.left() > 0; ++block) {
    std::vector<std::byte> bytes = input.take(2048);
    bytes.resize(2048);
    fuzz::put_number(bytes, 12, block, 4);  // its place
    fuzz::mend(bytes);
    volume.put(block, bytes);
  }
  udf::FileEntry entry;
  if (!entry.fetch(volume.logical(), {1, 0})) return 0;
  static_cast<void>(udf::extended_attributes(volume.logical(), entry));
  const auto allocation = udf::Allocation::collect(volume.logical(), entry);
  if (!allocation) return 0;
  std::vector<std::byte> bytes(4096);
  for (const std::uint64_t offset :
       {std::uint64_t{0}, std::uint64_t{2047}, std::uint64_t{1} << 32U})
    static_cast<void>(allocation->read(volume.logical(), offset, bytes));
  return 0;
}
