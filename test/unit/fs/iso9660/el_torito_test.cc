#include "fs/iso9660/el_torito.h"

#include "support/catch.h"
#include "support/iso_builder.h"

using namespace isofuse;
using namespace isofuse::iso9660;
using test::Bytes;
using test::operator+;

namespace {

Bytes validation(unsigned platform = 0) {
  Bytes out = test::bytes_of({1, platform, 0, 0}) + test::bytes_of("MAKER") + Bytes(19) + Bytes(2) +
              test::bytes_of({0x55, 0xAA});
  unsigned sum = 0;
  for (std::size_t i = 0; i < out.size(); i += 2)
    sum += std::to_integer<unsigned>(out[i]) + (std::to_integer<unsigned>(out[i + 1]) << 8U);
  const unsigned checksum = 0x10000U - (sum & 0xFFFFU);
  out[28] = static_cast<std::byte>(checksum & 0xFFU);
  out[29] = static_cast<std::byte>((checksum >> 8U) & 0xFFU);
  return out;
}

Bytes entry(unsigned indicator, unsigned media, std::uint32_t lbn) {
  return test::bytes_of({indicator, media, 0xC0, 0x07, 0x83, 0, 4, 0}) + test::little32(lbn) +
         Bytes(20);
}

Bytes header(unsigned indicator, unsigned platform, unsigned entries) {
  return test::bytes_of({indicator, platform, entries & 0xFFU, entries >> 8U}) +
         test::bytes_of("SECT") + Bytes(24);
}

test::MemorySource at_sector_30(const Bytes& catalog, std::size_t sectors = 100) {
  Bytes bytes(30 * 2048);
  bytes.insert(bytes.end(), catalog.begin(), catalog.end());
  bytes.resize(sectors * 2048);
  return test::MemorySource(std::move(bytes));
}

}  // namespace

TEST_CASE("a catalogue of one entry is read", "[eltorito]") {
  const auto catalog = read_boot_catalog(at_sector_30(validation() + entry(0x88, 4, 77)), 30);
  REQUIRE(catalog);
  CHECK(catalog->identifier == "MAKER");
  CHECK(catalog->checksum_valid);
  REQUIRE(catalog->images.size() == 1);
  const BootImage& boot = catalog->images[0];
  CHECK(boot.platform == 0);
  CHECK(boot.bootable);
  CHECK(boot.media_type == 4);
  CHECK(boot.load_segment == 0x07C0);
  CHECK(boot.system_type == 0x83);
  CHECK(boot.load_sectors == 4);
  CHECK(boot.image_lbn == 77);
}

TEST_CASE("sections follow, with their platforms and past their extensions", "[eltorito]") {
  const auto catalog = read_boot_catalog(
      at_sector_30(validation() + entry(0x88, 0, 1) + header(0x90, 0xEF, 2) + entry(0x88, 0x20, 2) +
                   entry(0x44, 0, 9) + entry(0x00, 0, 3) + header(0x91, 2, 1) + entry(0x88, 0, 4) +
                   header(0x91, 1, 1) + entry(0x88, 0, 5)),
      30);
  REQUIRE(catalog);
  REQUIRE(catalog->images.size() == 4);
  CHECK(catalog->images[1].platform == 0xEF);
  CHECK(catalog->images[1].section == "SECT");
  CHECK(catalog->images[1].media_type == 0);
  CHECK(catalog->images[2].image_lbn == 3);
  CHECK_FALSE(catalog->images[2].bootable);
  CHECK(catalog->images[3].platform == 2);
  CHECK(catalog->images[3].image_lbn == 4);
}

TEST_CASE("a wrong checksum is told", "[eltorito]") {
  Bytes bytes = validation();
  bytes[28] ^= std::byte{1};
  const auto catalog = read_boot_catalog(at_sector_30(bytes + entry(0x88, 0, 1)), 30);
  REQUIRE(catalog);
  CHECK_FALSE(catalog->checksum_valid);
}

TEST_CASE("where there is no validation entry there is no catalogue", "[eltorito]") {
  const std::size_t damaged = GENERATE(std::size_t{0}, std::size_t{30}, std::size_t{31});
  Bytes bytes = validation() + entry(0x88, 0, 1);
  bytes[damaged] ^= std::byte{1};
  const auto catalog = read_boot_catalog(at_sector_30(bytes), 30);
  REQUIRE_FALSE(catalog);
  CHECK(catalog.error().code == Errc::kCorrupt);
  CHECK(catalog.error().offset == 30 * 2048);
}

TEST_CASE("a catalogue outside the image is truncated", "[eltorito]") {
  const auto image = at_sector_30(validation());
  CHECK(read_boot_catalog(image, 100).error().code == Errc::kTruncated);
  CHECK(read_boot_catalog(image, 0xFFFFFFFF).error().code == Errc::kTruncated);
}

TEST_CASE("a catalogue that never ends is read to its limit", "[eltorito]") {
  Bytes endless = validation() + entry(0x88, 0, 1) + header(0x90, 0, 0xFFFF);
  for (int i = 0; i < 3000; ++i) endless = std::move(endless) + entry(0x88, 0, 1);
  const auto catalog = read_boot_catalog(at_sector_30(endless), 30);
  REQUIRE(catalog);
  CHECK(catalog->images.size() == 2048 - 2);
  // One that ends with the image has what is there.
  const auto cut = read_boot_catalog(at_sector_30(endless, 31), 30);
  REQUIRE(cut);
  CHECK(cut->images.size() == 64 - 2);
  Bytes extensions = validation() + entry(0x88, 0, 1) + header(0x90, 0, 1);
  for (int i = 0; i < 3000; ++i) extensions = std::move(extensions) + entry(0x44, 0, 1);
  CHECK(read_boot_catalog(at_sector_30(extensions), 30)->images.size() == 1);
}

TEST_CASE("platforms and media have names", "[eltorito]") {
  CHECK(platform_name(0xEF) == std::string("EFI"));
  CHECK(platform_name(77) == std::string("unknown"));
  CHECK(media_name(0) == std::string("no emulation"));
  CHECK(media_name(15) == std::string("unknown"));
}

TEST_CASE("what the entries of a catalogue say is kept", "[eltorito]") {
  Bytes chosen = entry(0x88, 0x20, 78);
  chosen[12] = std::byte{1};
  chosen[13] = std::byte{0xAB};
  const Bytes extension = test::bytes_of({0x44, 0}) + test::bytes_of({0xCD}) + Bytes(29);
  const auto catalog =
      read_boot_catalog(at_sector_30(validation(0xEF) + entry(0x88, 0, 77) + header(0x90, 2, 1) +
                                     chosen + extension + header(0x91, 0, 1) + entry(0x88, 0, 79)),
                        30);
  REQUIRE(catalog);
  CHECK(catalog->header_id == 1);
  CHECK(catalog->platform == 0xEF);
  CHECK(catalog->checksum != 0);
  REQUIRE(catalog->sections.size() == 2);
  CHECK(catalog->sections[0].indicator == 0x90);
  CHECK(catalog->sections[0].platform == 2);
  CHECK(catalog->sections[0].entries == 1);
  CHECK(catalog->sections[0].identifier == "SECT");
  REQUIRE(catalog->images.size() == 3);
  CHECK(catalog->images[0].indicator == 0x88);
  CHECK(catalog->images[0].selection_criteria.empty());
  CHECK(catalog->images[1].selection_type == 1);
  const std::vector<std::uint8_t>& criteria = catalog->images[1].selection_criteria;
  REQUIRE(criteria.size() == 20);  // 19 of the entry
  CHECK(criteria.front() == 0xAB);
  CHECK(criteria.back() == 0xCD);
  CHECK(catalog->images[2].image_lbn == 79);
}

TEST_CASE("an extension without an entry belongs to nobody", "[eltorito]") {
  const Bytes extension = test::bytes_of({0x44, 0}) + Bytes(30);
  const auto catalog = read_boot_catalog(
      at_sector_30(validation() + entry(0x88, 0, 77) + header(0x91, 0, 1) + extension), 30);
  REQUIRE(catalog);
  CHECK(catalog->images[0].selection_criteria.empty());
}
