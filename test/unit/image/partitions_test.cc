#include <isofuse/open.h>

#include <cstring>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/catch.h"
#include "support/memory_source.h"

namespace isofuse {
namespace {

using namespace std::string_view_literals;

/// A disk built field by field.
class Disk {
 public:
  explicit Disk(std::size_t size_bytes) : bytes_(size_bytes) {}
  Disk& put(std::size_t offset, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
      bytes_.at(offset + i) = static_cast<std::byte>(text[i]);
    return *this;
  }
  Disk& little(std::size_t offset, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
      bytes_.at(offset + i) = static_cast<std::byte>(value >> (8U * i));
    return *this;
  }
  Disk& big(std::size_t offset, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
      bytes_.at(offset + i) = static_cast<std::byte>(value >> (8U * (size - 1 - i)));
    return *this;
  }
  Disk& mbr(std::size_t slot, unsigned boot, unsigned type, std::uint32_t first,
            std::uint32_t length) {
    const std::size_t at = 446 + slot * 16;
    put(510, "\x55\xaa");
    return little(at, boot, 1)
        .little(at + 4, type, 1)
        .little(at + 8, first, 4)
        .little(at + 12, length, 4);
  }
  [[nodiscard]] nlohmann::ordered_json table() const {
    return partitions(test::MemorySource(bytes_));
  }

 private:
  std::vector<std::byte> bytes_;
};

TEST_CASE("an isohybrid's MBR") {
  const auto table = Disk(4096).mbr(0, 0x80, 0x00, 0, 2048).mbr(1, 0, 0xef, 64, 100).table();
  REQUIRE(table.size() == 2);
  CHECK(table[0]["scheme"] == "MBR");
  CHECK(table[0]["index"] == 1);
  CHECK(table[0]["bootable"] == true);
  CHECK(table[0]["length_bytes"] == 2048 * 512);
  CHECK(table[1]["type"] == "EFI system (0xef)");
  CHECK(table[1]["start_bytes"] == 64 * 512);
}

TEST_CASE("a boot sector without a table is none") {
  CHECK(Disk(4096).mbr(0, 0x80, 0x83, 0, 1).mbr(1, 0x12, 0, 0, 7).table().empty());
  CHECK(Disk(4096).table().empty());
  CHECK(Disk(100).table().empty());
  CHECK(Disk(0).table().empty());
}

Disk gpt() {
  Disk disk(16384);
  disk.put(512, "EFI PART").little(512 + 72, 2, 8).little(512 + 80, 4, 4).little(512 + 84, 128, 4);
  // C12A7328-F81F-11D2-BA4B-00A0C93EC93B
  disk.put(1024, "\x28\x73\x2a\xc1\x1f\xf8\xd2\x11\xba\x4b\x00\xa0\xc9\x3e\xc9\x3b"sv);
  disk.little(1024 + 32, 10, 8).little(1024 + 40, 19, 8).little(1024 + 48, 4, 8);
  return disk.put(1024 + 56, "E\0F\0I\0"sv);
}

TEST_CASE("a GPT") {
  const auto table = gpt().table();
  REQUIRE(table.size() == 1);
  CHECK(table[0]["scheme"] == "GPT");
  CHECK(table[0]["type"] == "EFI system (c12a7328-f81f-11d2-ba4b-00a0c93ec93b)");
  CHECK(table[0]["name"] == "EFI");
  CHECK(table[0]["start_bytes"] == 5120);
  CHECK(table[0]["length_bytes"] == 5120);
  CHECK(table[0]["bootable"] == true);
}

TEST_CASE("a GPT whose numbers make no sense") {
  const std::uint64_t huge = ~std::uint64_t{0};
  CHECK(gpt().little(512 + 84, 64, 4).table().empty());          // entries too small
  CHECK(gpt().little(512 + 84, 0xffffffff, 4).table().empty());  // entries too large
  CHECK(gpt().little(512 + 72, huge, 8).table().empty());        // entries at no place
  CHECK(gpt().little(1024 + 32, 20, 8).table().empty());         // ends before it begins
  CHECK(gpt().little(1024 + 32, huge, 8).little(1024 + 40, huge, 8).table().empty());
  CHECK(gpt().little(1024 + 40, huge, 8).table().empty());
  CHECK(gpt().little(512 + 80, 0xffffffff, 4).table().size() == 1);  // more than there can be
}

TEST_CASE("an Apple partition map, in blocks of either size") {
  const std::size_t block = GENERATE(as<std::size_t>{}, 512, 2048);
  Disk disk(16384);
  for (std::size_t i = 1; i <= 2; ++i) {
    disk.put(i * block, "PM").big(i * block + 4, 2, 4).big(i * block + 8, 3 * i, 4);
    disk.big(i * block + 12, 5, 4).put(i * block + 16, "a name").put(i * block + 48, "Apple_HFS");
  }
  disk.big(block + 88, 8, 4);
  const auto table = disk.table();
  REQUIRE(table.size() == 2);
  CHECK(table[0]["scheme"] == "APM");
  CHECK(table[0]["type"] == "Apple_HFS");
  CHECK(table[0]["name"] == "a name");
  CHECK(table[0]["start_bytes"] == 3 * block);
  CHECK(table[0]["length_bytes"] == 5 * block);
  CHECK(table[0]["bootable"] == true);
  CHECK(table[1]["bootable"] == false);
}

TEST_CASE("an Apple map that claims more entries than there are ends where they do") {
  Disk disk(4096);
  disk.put(512, "PM").big(512 + 4, 0xffffffff, 4).big(512 + 8, 0xffffffff, 4);
  const auto table = disk.table();
  REQUIRE(table.size() == 1);
  CHECK(table[0]["start_bytes"] == 0xffffffffULL * 512);
}

}  // namespace
}  // namespace isofuse
