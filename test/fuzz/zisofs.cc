// Compressed files: what ZF says, the file's header and table, and its blocks.
#include "fs/iso9660/zisofs.h"
#include "fuzz/input.h"
#include "support/memory_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isofuse;
  fuzz::Input input(data, size);
  iso9660::CompressionInfo info{};
  info.algorithm[0] = input.take<char>();
  info.algorithm[1] = input.take<char>();
  info.header_words = input.take<std::uint8_t>();
  info.block_log2 = input.take<std::uint8_t>();
  info.version = input.take<std::uint8_t>();
  info.size_bytes = input.take<std::uint64_t>();
  const std::vector<std::byte> contents = input.rest();
  test::MemorySource image(std::uint64_t{1} << 20U);
  image.put(0, contents);
  std::vector<std::byte> self(34);
  self[0] = std::byte{34};
  self[32] = std::byte{1};
  for (std::size_t i = 0; i < 4; ++i)
    self[10 + i] = static_cast<std::byte>(contents.size() >> (8 * i));
  const auto record = iso9660::Record::decode(ByteView(self), false);
  const auto sections = iso9660::FileSections::collect(image, {}, *record);
  const auto layout = iso9660::zisofs_of(info);
  if (!layout || !sections) return 0;
  const auto whole = iso9660::with_header(image, *sections, *layout);
  if (!whole) return 0;
  for (std::uint64_t block = 0; block < 8 && block << whole->block_log2 < whole->size_bytes;
       ++block) {
    static_cast<void>(iso9660::zisofs_block_is_empty(image, *sections, *whole, block));
    static_cast<void>(iso9660::read_zisofs_block(image, image, *sections, *whole, block));
  }
  return 0;
}
