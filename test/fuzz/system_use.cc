// System Use areas: SUSP, Rock Ridge. The input is an area; what follows it is a block that CE
// reaches.
#include "fs/iso9660/susp.h"
#include "fuzz/input.h"
#include "support/memory_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isofuse;
  fuzz::Input input(data, size);
  const std::size_t length = input.take<std::uint8_t>();
  const std::vector<std::byte> area = input.take(length);
  test::MemorySource image(std::uint64_t{1} << 20U);
  image.put(2048, input.rest());
  for (const bool all : {false, true}) {
    iso9660::SystemUse use;
    static_cast<void>(iso9660::collect_system_use(image, 2048, ByteView(area), {all, all}, use));
  }
  iso9660::ListingEntry entry;
  static_cast<void>(iso9660::read_listing_entry(image, 2048, ByteView(area), entry));
  return 0;
}
