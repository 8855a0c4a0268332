#include <isofuse/open.h>

#include <memory>
#include <string>
#include <vector>

#include <libdeflate.h>

#include "support/catch.h"
#include "support/iso_builder.h"
#include "support/memory_source.h"

namespace isofuse {
namespace {

using test::Bytes;
using test::operator+;

constexpr std::uint64_t kSectors = 200;

std::uint32_t crc(const Bytes& bytes) { return libdeflate_crc32(0, bytes.data(), bytes.size()); }

Bytes entries() {
  Bytes out(4 * 128);
  out[0] = std::byte{1};  // some type
  const Bytes place = test::little64(40) + test::little64(49);
  std::copy(place.begin(), place.end(), out.begin() + 32);
  return out;
}

Bytes header(std::uint64_t own, std::uint64_t other, std::uint64_t entries_lba) {
  const auto build = [&](std::uint32_t sum) {
    return test::bytes_of("EFI PART") + test::little32(0x10000) + test::little32(92) +
           test::little32(sum) + Bytes(4) + test::little64(own) + test::little64(other) +
           test::little64(34) + test::little64(160) + Bytes(16) + test::little64(entries_lba) +
           test::little32(4) + test::little32(128) + test::little32(crc(entries()));
  };
  return build(crc(build(0)));
}

std::unique_ptr<test::MemorySource> disk() {
  auto out = std::make_unique<test::MemorySource>(Bytes(kSectors * 512));
  out->put(512, header(1, kSectors - 1, 2));
  out->put(2 * 512, entries());
  out->put((kSectors - 2) * 512, entries());
  out->put((kSectors - 1) * 512, header(kSectors - 1, 1, kSectors - 2));
  return out;
}

using Lines = std::vector<std::string>;

Lines told(const Source& image) {
  Lines out;
  check_partitions(image, [&](const Finding& finding) {
    out.push_back(finding.text + " " + std::to_string(finding.offset / 512));
  });
  return out;
}

TEST_CASE("a sound GPT, and none at all") {
  CHECK(told(*disk()).empty());
  CHECK(told(test::MemorySource(Bytes(4096))).empty());
}

TEST_CASE("damage to either GPT is told with its place") {
  auto image = disk();
  image->put(512 + 40, Bytes{std::byte{99}});
  CHECK(told(*image) == Lines{"GPT: the sum of the header is wrong 1"});
  image = disk();
  image->put(2 * 512 + 60, Bytes{std::byte{99}});
  CHECK(told(*image) == Lines{"GPT: the sum of the entries is wrong 1"});
  image = disk();
  image->put((kSectors - 1) * 512, Bytes(8));
  CHECK(told(*image) == Lines{"second GPT, at the end: it is not there 199"});
  image = disk();
  image->resize(45 * 512);
  CHECK(told(*image) == Lines{"second GPT, at the end: it is not there 199",
                              "GPT partition 1 ends 2560 bytes behind the image 40"});
}

}  // namespace
}  // namespace isofuse
