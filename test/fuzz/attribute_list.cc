// AAIP: the components of AL entries.
#include "fs/iso9660/aaip.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  isofuse::fuzz::Input input(data, size);
  static_cast<void>(isofuse::iso9660::parse_attribute_list(input.rest()));
  return 0;
}
