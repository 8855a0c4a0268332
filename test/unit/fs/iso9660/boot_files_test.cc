#include "fs/iso9660/boot_files.h"

#include "support/catch.h"
#include "support/iso_builder.h"

namespace isofuse::iso9660 {
namespace {

using test::Bytes;
using test::operator+;

constexpr std::uint32_t kLbn = 30;
constexpr std::uint64_t kAt = kLbn * 2048;
constexpr std::uint64_t kImageBytes = 4U << 20U;

BootImage boot(std::uint8_t media = 0, std::uint16_t load_sectors = 4, std::uint8_t platform = 0) {
  BootImage out;
  out.platform = platform;
  out.media_type = media;
  out.load_sectors = load_sectors;
  out.image_lbn = kLbn;
  return out;
}

std::uint64_t bytes_of(const BootImage& image, const Bytes& begin = {},
                       const std::vector<BootFile>& partitions = {}) {
  test::MemorySource source(kImageBytes);
  source.put(kAt, begin);
  return boot_image_bytes(source, image, partitions);
}

Bytes sector(std::initializer_list<std::pair<std::size_t, Bytes>> parts) {
  Bytes out(512);
  for (const auto& [at, bytes] : parts)
    std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
  return out;
}

TEST_CASE("a boot image is as large as what it imitates") {
  CHECK(bytes_of(boot(1)) == 1228800);
  CHECK(bytes_of(boot(2)) == 1474560);
  CHECK(bytes_of(boot(3)) == 2949120);
}

TEST_CASE("a hard disk ends with its last partition") {
  const Bytes table = sector({{446 + 4, test::bytes_of({0x83})},
                              {446 + 8, test::little32(100) + test::little32(300)},
                              {510, test::bytes_of({0x55, 0xAA})}});
  CHECK(bytes_of(boot(4), table) == 400 * 512);
  CHECK(bytes_of(boot(4)) == 2048);  // no table: what is loaded
}

TEST_CASE("a boot information table tells the size, if it is about this image") {
  const auto table = [](std::uint32_t lbn, std::uint32_t bytes) {
    return sector({{8, test::little32(16) + test::little32(lbn) + test::little32(bytes)}});
  };
  CHECK(bytes_of(boot(), table(kLbn, 24576)) == 24576);
  CHECK(bytes_of(boot(), table(kLbn + 1, 24576)) == 2048);
  CHECK(bytes_of(boot(), table(kLbn, 0)) == 2048);
}

TEST_CASE("a FAT file system tells the size") {
  const Bytes parameters = test::bytes_of({0x00, 0x02, 1, 1, 0, 2, 0xE0, 0, 0x40, 0x0B, 0xF0});
  const Bytes fat = sector({{11, parameters}, {510, test::bytes_of({0x55, 0xAA})}});
  CHECK(bytes_of(boot(0, 1, 0xEF), fat) == 2880 * 512);
  Bytes large = sector({{11, test::bytes_of({0x00, 0x02, 4, 32, 0, 2, 0, 0, 0, 0, 0xF8})},
                        {32, test::little32(5000)},
                        {510, test::bytes_of({0x55, 0xAA})}});
  CHECK(bytes_of(boot(0, 0, 0xEF), large) == 5000 * 512);
  large[13] = std::byte{3};  // sectors to a cluster: no power of two
  CHECK(bytes_of(boot(0, 4, 0xEF), large) == 2048);
}

TEST_CASE("a partition that begins there tells the size") {
  CHECK(bytes_of(boot(0, 4, 0xEF), {}, {{"gpt-2.img", kAt, 70000}}) == 70000);
  CHECK(bytes_of(boot(0, 4, 0xEF), {}, {{"gpt-2.img", kAt + 512, 70000}}) == 2048);
}

TEST_CASE("else what is loaded; for EFI nothing said means all the rest") {
  CHECK(bytes_of(boot(0, 8)) == 4096);
  CHECK(bytes_of(boot(0, 0)) == 2048);
  CHECK(bytes_of(boot(0, 0, 0xEF)) == kImageBytes - kAt);
  CHECK(bytes_of(boot(0, 1, 0xEF)) == kImageBytes - kAt);
}

TEST_CASE("no boot image goes beyond the image") {
  BootImage late = boot(3);
  late.image_lbn = kImageBytes / 2048 - 1;
  CHECK(bytes_of(late) == 2048);
  late.image_lbn = 0xFFFFFFFF;
  CHECK(bytes_of(late) == 0);
}

}  // namespace
}  // namespace isofuse::iso9660
