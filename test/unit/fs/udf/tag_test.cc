#include "fs/udf/tag.h"

#include "support/catch.h"
#include "support/udf_builder.h"

using namespace isofuse;
using namespace isofuse::udf;
using test::Bytes;
using test::operator+;
namespace build = test::udf;

namespace {

constexpr std::uint64_t kPlace = 7000;  // where the descriptors stand in the image

}  // namespace

TEST_CASE("a tag that is right says which descriptor stands there", "[udf][tag]") {
  const Bytes bytes = build::anchor(256, {96, 8}, {112, 8});
  const ByteView view(bytes, kPlace);
  CHECK(check_tag(view, 256).value() == disc::TagId::kAnchor);
  CHECK(check_tag(view, std::nullopt).value() == disc::TagId::kAnchor);
  const auto anchor =
      read_descriptor<disc::AnchorVolumeDescriptorPointer>(view, disc::TagId::kAnchor, 256);
  REQUIRE(anchor);
  CHECK(anchor->main_sequence.location.get() == 96);
  CHECK(anchor->main_sequence.length_bytes.get() == 8 * 2048);
  CHECK(anchor->reserve_sequence.location.get() == 112);
}

TEST_CASE("both editions of the standard have tags", "[udf][tag]") {
  for (const std::uint16_t version : {std::uint16_t{2}, std::uint16_t{3}}) {
    const Bytes bytes = build::tagged({.identifier = 1, .version = version}, Bytes(10));
    CHECK(check_tag(ByteView(bytes), 0));
  }
}

TEST_CASE("a CRC covers as much as the tag says, nothing too", "[udf][tag]") {
  Bytes bytes = build::tagged({.identifier = 8, .crc_bytes = 4}, test::pattern(20));
  bytes.back() = std::byte{0};  // not covered
  CHECK(check_tag(ByteView(bytes), 0));
  const Bytes none = build::tagged({.identifier = 8, .crc = 0, .crc_bytes = 0}, test::pattern(20));
  CHECK(check_tag(ByteView(none), 0));
}

TEST_CASE("a tag that is wrong is refused with its place", "[udf][tag]") {
  struct Case {
    const char* text;
    build::TagSpec tag;
    std::size_t cut_to;
  };
  const Case c = GENERATE(
      Case{"descriptor tag has a wrong checksum", {.identifier = 1, .checksum = 0}, 100},
      Case{"descriptor tag has an unknown version", {.identifier = 1, .version = 1}, 100},
      Case{"descriptor tag has an unknown version", {.identifier = 1, .version = 4}, 100},
      Case{"descriptor has a wrong CRC", {.identifier = 1, .crc = 0x1234}, 100},
      Case{"descriptor is longer than its block", {.identifier = 1, .crc_bytes = 41}, 100},
      Case{"descriptor is longer than its block", {.identifier = 1, .crc_bytes = 0xFFFF}, 100},
      Case{"descriptor is longer than its block", {.identifier = 1}, 55},
      Case{"descriptor belongs to another place", {.identifier = 1, .location = 6}, 100},
      Case{"structure reaches past its container", {.identifier = 1}, 15},
      Case{"structure reaches past its container", {.identifier = 1}, 0});
  CAPTURE(c.text);
  Bytes bytes = build::tagged(c.tag, test::pattern(40));
  bytes.resize(std::min(c.cut_to, bytes.size()));
  const auto id = check_tag(ByteView(bytes, kPlace), 0);
  REQUIRE_FALSE(id);
  CHECK(id.error().code == Errc::kCorrupt);
  CHECK(std::string(id.error().text) == c.text);
  CHECK(id.error().offset == kPlace);
}

TEST_CASE("another descriptor than the one wanted is refused with its place", "[udf][tag]") {
  const Bytes bytes = build::terminator(5);
  const auto wanted = read_descriptor<disc::PrimaryVolumeDescriptor>(
      ByteView(bytes, kPlace), disc::TagId::kPrimaryVolume, 5);
  REQUIRE_FALSE(wanted);
  CHECK(wanted.error().code == Errc::kCorrupt);
  CHECK(wanted.error().offset == kPlace);
}

TEST_CASE("a descriptor that ends before its structure is refused", "[udf][tag]") {
  const Bytes bytes = build::tagged({.identifier = 1}, Bytes(495));  // 512 are wanted
  const auto wanted = read_descriptor<disc::PrimaryVolumeDescriptor>(
      ByteView(bytes, kPlace), disc::TagId::kPrimaryVolume, 0);
  REQUIRE_FALSE(wanted);
  CHECK(wanted.error().code == Errc::kCorrupt);
  CHECK(wanted.error().offset == kPlace);
}

TEST_CASE("any other byte of a descriptor makes it wrong", "[udf][tag]") {
  const Bytes good = build::anchor(256, {96, 8}, {112, 8});
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bytes = good;
    bytes[i] ^= std::byte{0x10};
    CAPTURE(i);
    REQUIRE_FALSE(check_tag(ByteView(bytes), 256));
  }
}
