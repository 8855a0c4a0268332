#include "fs/iso9660/recorded_sums.h"

#include <algorithm>
#include <string>

#include "base/digest.h"
#include "support/catch.h"
#include "support/iso_builder.h"

namespace isofuse::iso9660 {
namespace {

const std::string kDigest = "00112233445566778899aabbccddeeff";
constexpr std::uint64_t kApplicationUse = 32768 + 883;

Volume volume_with(std::string_view application_use, std::uint32_t blocks = 1000) {
  Volume out;
  out.descriptor_offset = 32768;
  out.volume_space_blocks = blocks;
  auto& field = out.descriptor.application_use;
  std::fill(std::begin(field), std::end(field), ' ');
  std::copy(application_use.begin(), application_use.end(), std::begin(field));
  return out;
}

TEST_CASE("implantisomd5's sum, with its fragments") {
  const std::string digits(60, '7');
  const auto sums = sums_in_descriptor(volume_with(
      "ISO MD5SUM = " + kDigest + ";SKIPSECTORS = 15;RHLISOSTATUS=1;FRAGMENT SUMS = " + digits +
      ";FRAGMENT COUNT = 20;THIS IS NOT THE "
      "SAME AS RUNNING MD5SUM ON THIS ISO!!"));
  REQUIRE(sums.size() == 1);
  CHECK(sums[0].name == "isomd5sum");
  CHECK(sums[0].algorithm == "md5");
  CHECK(sums[0].digest == kDigest);
  CHECK(sums[0].begin == 0);
  CHECK(sums[0].end == 985 * 2048);
  REQUIRE(sums[0].blanked.size() == 1);
  CHECK(sums[0].blanked[0].offset == kApplicationUse);
  CHECK(sums[0].blanked[0].length_bytes == 512);
  CHECK(sums[0].blanked[0].fill == ' ');
  REQUIRE(sums[0].checkpoints.size() == 20);
  CHECK(sums[0].checkpoints[0].digits == "777");
  // A fragment has 96,060 bytes: the piece that begins at 98,304 is the first one in the second.
  CHECK(sums[0].checkpoints[0].end == 98304 + 32768);
}

TEST_CASE("tagmedia's sums: padding, boot sector, signature and partition") {
  const auto sums = sums_in_descriptor(volume_with(
      "check=1;pad=150;md5sum=" + kDigest + ";partition=64,800," + kDigest + ";signature=256"));
  REQUIRE(sums.size() == 2);
  CHECK(sums[0].name == "mediacheck");
  CHECK(sums[0].end == 1000 * 2048);
  REQUIRE(sums[0].blanked.size() == 4);
  CHECK(sums[0].blanked[0].length_bytes == 512);
  CHECK(sums[0].blanked[2].offset == 256 * 512 + 64);
  CHECK(sums[0].blanked[3].offset == 850 * 2048);
  CHECK(sums[0].blanked[3].length_bytes == 150 * 2048);
  CHECK(sums[1].begin == 64 * 512);
  CHECK(sums[1].end == 864 * 512);
  CHECK(sums[1].blanked.size() == 3);
}

TEST_CASE("what is no sum, and numbers that make no sense") {
  CHECK(sums_in_descriptor(volume_with("")).empty());
  CHECK(sums_in_descriptor(volume_with("ISO MD5SUM = none")).empty());
  CHECK(sums_in_descriptor(volume_with("ISO MD5SUM = " + kDigest + ";SKIPSECTORS = 5000")).empty());
  const auto odd = sums_in_descriptor(
      volume_with("md5sum=" + kDigest + ";pad=99999999999;partition=1,,x;signature=-1"));
  REQUIRE(odd.size() == 1);
  CHECK(odd[0].blanked.size() == 2);
  for (const char* count : {"0", "61", "x", "18446744073709551615"}) {
    const auto sums = sums_in_descriptor(volume_with("ISO MD5SUM = " + kDigest +
                                                     ";FRAGMENT SUMS = " + std::string(60, '1') +
                                                     ";FRAGMENT COUNT = " + count));
    REQUIRE(sums.size() == 1);
    CHECK(sums[0].checkpoints.empty());
  }
}

std::string tag(const std::string& text) {
  auto digest = Digest::of("md5");
  digest->add(test::bytes_of(text));
  return text + " self=" + digest->hexadecimal() + "\n" + std::string(100, '\0');
}

TEST_CASE("a tag of libisofs") {
  const std::string text =
      "libisofs_sb_checksum_tag_v1 pos=50 range_start=32 range_size=18 next=56 md5=" + kDigest;
  const auto found = parse_checksum_tag(tag(text), 50);
  REQUIRE(found);
  CHECK(found->range.begin == 32 * 2048);
  CHECK(found->range.end == 50 * 2048);
  CHECK(found->range.digest == kDigest);
  CHECK(found->next_lbn == 56U);
  CHECK_FALSE(found->session_lbn);
  CHECK(found->self.begin == 50 * 2048);
  CHECK(found->self.end == 50 * 2048 + text.size());
  // A disc image as a file on a disc has tags, too.
  CHECK_FALSE(parse_checksum_tag(tag(text), 51));
  CHECK_FALSE(parse_checksum_tag("libisofs_other_tag_v1 pos=50", 50));
  CHECK_FALSE(
      parse_checksum_tag("libisofs_checksum_tag_v1 pos=50 range_start=-1 range_size=1 self=0", 50));
  CHECK_FALSE(parse_checksum_tag(text, 50));
}

TEST_CASE("tags are found from the descriptors on, and followed") {
  test::MemorySource image(200 * 2048);
  image.put(18 * 2048, test::bytes_of(tag("libisofs_sb_checksum_tag_v1 pos=18 range_start=0 "
                                          "range_size=18 next=30 md5=" +
                                          kDigest)));
  image.put(30 * 2048, test::bytes_of(tag("libisofs_tree_checksum_tag_v1 pos=30 range_start=0 "
                                          "range_size=30 next=18 md5=" +
                                          kDigest)));
  const auto sums = recorded_sums(image, {});
  REQUIRE(sums.size() == 4);  // each with the sum of itself, and no more where they go in a circle
  CHECK(sums[1].end == 18 * 2048);
  CHECK(sums[3].end == 30 * 2048);
}

}  // namespace
}  // namespace isofuse::iso9660
