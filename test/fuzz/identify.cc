// What is told of files that are no discs, and of the partition tables of those that are.
#include <nlohmann/json.hpp>

#include <isofuse/open.h>

#include "fs/iso9660/el_torito.h"
#include "fs/iso9660/sessions.h"
#include "fuzz/sparse_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isofuse;
  fuzz::Input input(data, size);
  const fuzz::SparseImage image(input);
  static_cast<void>(identify(image.source));
  static_cast<void>(partitions(image.source));
  static_cast<void>(iso9660::read_boot_catalog(image.source, image.options & 0xFFU));
  if (image.source.size_bytes() < (std::uint64_t{1} << 24U))
    static_cast<void>(iso9660::find_sessions(image.source));
  return 0;
}
