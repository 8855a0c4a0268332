#include "fs/udf/volume_sequence.h"

#include <isofuse/limits.h>

#include "fs/udf/cs0.h"
#include "support/catch.h"
#include "support/failing_source.h"
#include "support/options.h"
#include "support/udf_builder.h"

using namespace isofuse;
using namespace isofuse::udf;
using test::Bytes;
using test::MemorySource;
using test::options_with;
namespace build = test::udf;
using build::kImageBlocks;
using build::VolumeDisc;
using Blocks = std::vector<std::uint32_t>;

namespace {

std::string label_of(const VolumeSequence& sequence) {
  return dstring_to_utf8(std::as_bytes(std::span(sequence.logical->volume_identifier)));
}

struct Read {
  VolumeSequence sequence;
  std::vector<std::string> damage;
};

/// The sequence that begins at block 10 of an image with `blocks` there.
Read read_sequence(const std::vector<Bytes>& blocks, std::uint32_t extent_blocks = 16) {
  test::Disc disc;
  disc.block(100, Bytes(2048));
  for (std::size_t i = 0; i < blocks.size(); ++i)
    disc.block(static_cast<std::uint32_t>(10 + i), blocks[i]);
  const MemorySource image(disc.bytes());
  const Bytes extent = build::extent_ad(extent_blocks * 2048, 10);
  Read out;
  read_volume_sequence(Medium(image, 2048), *ByteView(extent).read<disc::ExtentDescriptor>(0),
                       out.sequence, out.damage);
  return out;
}

Result<FoundVolume> find(const VolumeDisc& disc, const Options& options = {}) {
  const auto image = disc.source();
  return find_volume(image, 2048, options);
}

}  // namespace

TEST_CASE("a sequence is read up to its terminator", "[udf][volume_sequence]") {
  const Read read = read_sequence({build::primary(10), build::logical(11), build::partition(12),
                                   build::terminator(13), build::partition(14, {.number = 7})});
  CHECK(read.damage.empty());
  REQUIRE(read.sequence.primary);
  REQUIRE(read.sequence.logical);
  CHECK(label_of(read.sequence) == "TEST");
  CHECK(read.sequence.partition_maps == build::physical_map());
  REQUIRE(read.sequence.partitions.size() == 1);
  CHECK(read.sequence.partitions[0].start.get() == 272);
  CHECK(read.sequence.partitions[0].length_blocks.get() == 200);
}

TEST_CASE("a sequence ends at an unrecorded block, or with its extent", "[udf][volume_sequence]") {
  const auto before = std::vector{build::primary(10), build::logical(11)};
  auto unrecorded = before;
  unrecorded.insert(unrecorded.end(), {Bytes(2048), build::partition(13)});
  CHECK(read_sequence(unrecorded).sequence.partitions.empty());
  auto behind = before;
  behind.push_back(build::partition(12));
  CHECK(read_sequence(behind, 2).sequence.partitions.empty());
  CHECK(read_sequence(behind, 2).damage.empty());
  CHECK_FALSE(read_sequence(before, 0).sequence.primary);
}

TEST_CASE("descriptors that say nothing to a reader are passed over", "[udf][volume_sequence]") {
  const Read read = read_sequence({build::tagged({.identifier = 4, .location = 10}, Bytes(496)),
                                   build::tagged({.identifier = 7, .location = 11}, Bytes(496)),
                                   build::tagged({.identifier = 99, .location = 12}, Bytes(496)),
                                   build::logical(13), build::terminator(14)});
  CHECK(read.damage.empty());
  CHECK(read.sequence.logical);
}

TEST_CASE("the descriptor with the highest sequence number prevails", "[udf][volume_sequence]") {
  const auto numbers = GENERATE(std::pair{1U, 2U}, std::pair{2U, 1U}, std::pair{0U, 0xFFFF'FFFFU});
  const auto [first, second] = numbers;
  const Read read = read_sequence(
      {build::primary(10, first, "FIRST"), build::primary(11, second, "SECOND"),
       build::logical(12, {.label = "FIRST", .sequence_number = first}),
       build::logical(
           13, {.maps = {build::physical_map(7)}, .label = "SECOND", .sequence_number = second}),
       build::partition(14, {.start = 1, .sequence_number = first}),
       build::partition(15, {.start = 2, .sequence_number = second}),
       build::partition(16, {.number = 7, .start = 3}), build::terminator(17)});
  const std::string expected = first > second ? "FIRST" : "SECOND";
  CHECK(dstring_to_utf8(std::as_bytes(std::span(read.sequence.primary->volume_identifier))) ==
        expected);
  CHECK(label_of(read.sequence) == expected);
  CHECK(read.sequence.partition_maps == build::physical_map(first > second ? 0 : 7));
  REQUIRE(read.sequence.partitions.size() == 2);
  CHECK(read.sequence.partitions[0].start.get() == (first > second ? 1 : 2));
  CHECK(read.sequence.partitions[1].start.get() == 3);
}

TEST_CASE("of two descriptors with one sequence number the later prevails",
          "[udf][volume_sequence]") {
  const Read read = read_sequence({build::logical(10, {.label = "FIRST"}),
                                   build::logical(11, {.label = "SECOND"}), build::terminator(12)});
  CHECK(label_of(read.sequence) == "SECOND");
}

TEST_CASE("a damaged descriptor is named and left out", "[udf][volume_sequence]") {
  const auto [damaged, offset] =
      GENERATE(std::pair{build::logical(12), 0}, std::pair{test::pattern(512), 0},
               std::pair{build::tagged({.identifier = 6, .location = 11, .crc = 1}, Bytes(440)), 0},
               std::pair{build::logical(11, {.map_table_bytes = 2048}), 440},
               std::pair{build::logical(11, {.map_table_bytes = 0xFFFF'FFFF}), 440});
  const Read read =
      read_sequence({build::primary(10), damaged, build::partition(12), build::terminator(13)});
  CHECK_FALSE(read.sequence.logical);
  CHECK(read.sequence.partitions.size() == 1);
  REQUIRE(read.damage.size() == 1);
  CHECK(read.damage[0].find("at byte " + std::to_string(11 * 2048 + offset)) != std::string::npos);
}

TEST_CASE("a volume descriptor pointer leads to where the sequence goes on",
          "[udf][volume_sequence]") {
  test::Disc disc;
  disc.block(100, Bytes(2048));
  const Read read =
      read_sequence({build::primary(10), build::pointer(11, 20, 3 * 2048), build::logical(12),
                     Bytes(2048), Bytes(2048), Bytes(2048), Bytes(2048), Bytes(2048), Bytes(2048),
                     Bytes(2048), build::partition(20), build::logical(21, {.label = "FAR"})});
  CHECK(label_of(read.sequence) == "FAR");  // the one behind the pointer is not looked at
  CHECK(read.sequence.partitions.size() == 1);
  CHECK(read.damage.empty());
}

TEST_CASE("a volume descriptor pointer of no length leads nowhere", "[udf][volume_sequence]") {
  const Read read = read_sequence({build::pointer(10, 20, 0), build::logical(11)});
  CHECK(read.sequence.logical);
  CHECK(read.damage.empty());
}

TEST_CASE("volume descriptor pointers that lead in a circle are given up",
          "[udf][volume_sequence]") {
  const Read self = read_sequence({build::logical(10), build::pointer(11, 11, 2048)});
  CHECK(self.sequence.logical);
  REQUIRE(self.damage.size() == 1);
  CHECK(self.damage[0].find("do not end at byte 22528") != std::string::npos);
  const Read two = read_sequence({build::pointer(10, 11, 2048), build::pointer(11, 10, 2048)});
  CHECK(two.damage.size() == 1);
  // Past the end of the image, and to block 0.
  CHECK(read_sequence({build::pointer(10, 0xFFFF'FFFF, 0xFFFF'F800)}).damage.size() == 1);
  CHECK(read_sequence({build::pointer(10, 0, 2048)}).damage.empty());
}

TEST_CASE("a sequence of very many descriptors is given up", "[udf][volume_sequence]") {
  test::Disc disc;
  for (std::uint32_t at = 10; at < 10 + kVolumeSequenceMax; ++at)
    disc.block(at, build::tagged({.identifier = 4, .location = at}, Bytes(10)));
  const std::uint32_t last = 10 + std::uint32_t{kVolumeSequenceMax};
  disc.block(last, build::logical(last));
  const MemorySource image(disc.bytes());
  const Bytes extent = build::extent_ad(0xFFFF'FFFF, 10);
  VolumeSequence sequence;
  std::vector<std::string> damage;
  read_volume_sequence(Medium(image, 2048), *ByteView(extent).read<disc::ExtentDescriptor>(0),
                       sequence, damage);
  CHECK_FALSE(sequence.logical);
}

TEST_CASE("an anchor is found wherever it may stand", "[udf][volume_sequence]") {
  struct Case {
    const char* what;
    Blocks at;
    Options options;
  };
  const std::uint32_t last = kImageBlocks - 1;
  const Case c = GENERATE_COPY(
      Case{"256", {256}, {}}, Case{"the last block", {last}, {}},
      Case{"256 before it", {last - 256}, {}}, Case{"one before", {last - 1}, {}},
      Case{"run-out", {last - 2}, {}}, Case{"a pregap that was counted", {last - 150}, {}},
      Case{"both", {last - 152}, {}}, Case{"256 before one before", {last - 1 - 256}, {}},
      Case{"anchor=", {300}, options_with([](Options& o) { o.anchor_block = 300; })},
      Case{"lastblock=", {400}, options_with([](Options& o) { o.last_block = 400; })},
      Case{"lastblock= that is one too small", {401}, options_with([](Options& o) {
             o.last_block = 400;
           })},
      Case{"256 before lastblock=", {144}, options_with([](Options& o) { o.last_block = 400; })},
      Case{"session=", {266}, options_with([](Options& o) { o.session = 10; })});
  CAPTURE(c.what);
  VolumeDisc disc({.anchors = c.at});
  const auto found = find(disc, c.options);
  REQUIRE(found);
  CHECK(found->anchors == c.at);
  CHECK(found->damage.empty());
  CHECK(found->sequence.logical);
  CHECK_FALSE(found->medium.link_blocks());
}

TEST_CASE("an anchor is found at 512", "[udf][volume_sequence]") {
  VolumeDisc disc({.anchors = {}});
  disc.block(2000, Bytes(2048));
  disc.block(512, build::anchor(512, build::kMain, build::kReserve));
  CHECK(find(disc).value().anchors == Blocks{512});
}

TEST_CASE("where no anchor stands nothing is recognised", "[udf][volume_sequence]") {
  const auto options =
      GENERATE(Options{}, options_with([](Options& o) { o.anchor_block = 0xFFFF'FFFF; }),
               options_with([](Options& o) { o.last_block = 0; }),
               options_with([](Options& o) { o.last_block = 0xFFFF'FFFF; }),
               options_with([](Options& o) { o.session = 0xFFFF'FFFF; }));
  const auto none = find(VolumeDisc({.anchors = {300}}), options);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::kNotRecognised);
  for (const std::uint64_t size : {0U, 100U, 2048U}) {
    const MemorySource image(size);
    CHECK(find_volume(image, 2048, options).error().code == Errc::kNotRecognised);
  }
}

TEST_CASE("all valid anchors are told, a damaged one is named", "[udf][volume_sequence]") {
  VolumeDisc disc({.anchors = {256, 255, kImageBlocks - 1}});
  CHECK(find(disc).value().anchors == Blocks{256, kImageBlocks - 1, 255});
  disc.block(256, build::tagged({.identifier = 2, .location = 256, .crc = 1}, Bytes(496)));
  const auto found = find(disc);
  CHECK(found.value().anchors == Blocks{kImageBlocks - 1, 255});
  REQUIRE(found->damage.size() == 1);
  CHECK(found->damage[0].find("anchor") == 0);
  CHECK(found->damage[0].find(std::to_string(256 * 2048)) != std::string::npos);
}

TEST_CASE("an anchor that leads to no logical volume is passed over", "[udf][volume_sequence]") {
  VolumeDisc disc;
  disc.block(256, build::anchor(256, {200, 8}, {208, 8}));
  const auto found = find(disc);
  REQUIRE(found);
  CHECK(found->sequence.logical);
  disc.block(kImageBlocks - 1, build::anchor(kImageBlocks - 1, {0xFFFF'FFFF, 8}, {0, 0}));
  CHECK(find(disc).error().code == Errc::kNotRecognised);
}

TEST_CASE("what the main sequence lacks the reserve sequence gives", "[udf][volume_sequence]") {
  const std::uint32_t lacking = GENERATE(0U, 1U, 2U);  // the volume, logical volume, partition
  CAPTURE(lacking);
  const bool damaged = GENERATE(false, true);
  VolumeDisc disc;
  const std::uint32_t at = build::kMain.location + lacking;
  disc.block(at, damaged ? test::pattern(512)
                         : build::tagged({.identifier = 7, .location = at}, Bytes(496)));
  const auto found = find(disc);
  REQUIRE(found);
  CHECK(found->sequence.primary);
  CHECK(found->sequence.logical);
  CHECK(found->sequence.partitions.size() == 1);
  CHECK(found->damage.size() == (damaged ? 2 : 1));
}

TEST_CASE("the reserve sequence is not needed where the main one is whole",
          "[udf][volume_sequence]") {
  VolumeDisc disc;
  disc.block(
      build::kReserve.location + 1,
      build::logical(build::kReserve.location + 1, {.label = "RESERVE", .sequence_number = 9}));
  CHECK(label_of(find(disc).value().sequence) == "TEST");
}

TEST_CASE("an older descriptor does not prevail because the newer one is damaged in one sequence",
          "[udf][volume_sequence]") {
  VolumeDisc disc;
  for (const auto& range : {build::kMain, build::kReserve}) {
    const std::uint32_t at = range.location;
    disc.block(at + 3, build::logical(at + 3, {.label = "NEWER", .sequence_number = 2}));
    disc.block(at + 4, build::terminator(at + 4));
  }
  REQUIRE(label_of(find(disc).value().sequence) == "NEWER");
  SECTION("damaged") {
    disc.block(build::kMain.location + 3, test::pattern(512));
    CHECK(label_of(find(disc).value().sequence) == "NEWER");
  }
  SECTION("unreadable") {
    const auto image = disc.source();
    test::FailingSource failing(image);
    failing.fail_after(4);  // the anchor, and three descriptors
    CHECK(label_of(find_volume(failing, 2048, {}).value().sequence) == "NEWER");
    CHECK(failing.has_failed());
  }
}

TEST_CASE("a volume on a raw CD-RW is found behind its link blocks", "[udf][volume_sequence]") {
  const VolumeDisc disc;
  const MemorySource image(build::with_link_blocks(disc.bytes()));
  const auto found = find_volume(image, 2048, {});
  REQUIRE(found);
  CHECK(found->medium.link_blocks());
  CHECK(found->anchors == Blocks{256, kImageBlocks - 1});
  CHECK(found->sequence.partitions.size() == 1);
}
