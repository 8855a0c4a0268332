// Directory records: the input is what a directory of ISO 9660, Joliet or High Sierra holds.
#include "fs/iso9660/directory_parser.h"
#include "fuzz/input.h"
#include "support/memory_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isofuse;
  fuzz::Input input(data, size);
  const auto kind = input.take<std::uint8_t>();
  iso9660::Tree tree;
  tree.layout.high_sierra = (kind & 1U) != 0;
  tree.layout.block_bytes = 512U << ((kind >> 1U) & 3U) % 3;
  tree.names.joliet = (kind & 8U) != 0;
  tree.rock_ridge = (kind & 16U) != 0;
  tree.hide = (kind & 32U) != 0;
  if ((kind & 64U) != 0) tree.names.map = NameMap::kAcorn;
  const std::vector<std::byte> records = input.rest();
  test::MemorySource image(std::uint64_t{1} << 20U);
  image.put(4096, records);
  // A record that leads to them.
  std::vector<std::byte> self(34);
  self[0] = std::byte{34};
  self[tree.layout.high_sierra ? 24 : 25] = std::byte{2};
  self[32] = std::byte{1};
  const auto put32 = [&self](std::size_t at, std::uint64_t value) {
    for (std::size_t i = 0; i < 4; ++i) self[at + i] = static_cast<std::byte>(value >> (8 * i));
  };
  put32(2, 4096 / tree.layout.block_bytes);
  put32(10, records.size());
  const auto record = iso9660::Record::decode(ByteView(self), tree.layout.high_sierra);
  if (!record) return 0;
  const auto sections = iso9660::FileSections::collect(image, tree.layout, *record);
  if (!sections) return 0;
  static_cast<void>(iso9660::parse_directory(image, tree, *sections));
  static_cast<void>(iso9660::find_named_directories(image, tree, *sections));
  return 0;
}
