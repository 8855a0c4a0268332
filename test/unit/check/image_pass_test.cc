#include "check/image_pass.h"

#include "support/catch.h"
#include "support/failing_source.h"
#include "support/iso_builder.h"
#include "support/memory_source.h"

namespace isofuse {
namespace {

using test::Bytes;

constexpr std::uint64_t kMebi = std::uint64_t{1} << 20U;

std::string md5_of(const Bytes& bytes) {
  auto digest = Digest::of("md5");
  REQUIRE(digest);
  digest->add(bytes);
  return digest->hexadecimal();
}

Bytes part_of(const Bytes& bytes, std::uint64_t begin, std::uint64_t end) {
  return {bytes.begin() + static_cast<std::ptrdiff_t>(begin),
          bytes.begin() + static_cast<std::ptrdiff_t>(end)};
}

/// Of the beginning of `bytes`, as a checkpoint has them.
std::string first_digits(const Bytes& bytes, std::uint64_t end, std::size_t count) {
  auto digest = Digest::of("md5");
  digest->add(part_of(bytes, 0, end));
  std::string out;
  for (const std::byte byte : digest->value()) {
    const auto value = std::to_integer<unsigned>(byte);
    out += "0123456789abcdef"[value < 16 ? value : value >> 4U];
  }
  return out.substr(0, count);
}

std::vector<RunningSum> one(RecordedSum sum) {
  std::vector<RunningSum> out;
  auto running = RunningSum::begin(std::move(sum));
  REQUIRE(running);
  out.push_back(std::move(*running));
  return out;
}

bool go_on(std::uint64_t /*bytes*/) { return true; }

TEST_CASE("a sum over a range that begins and ends within pieces") {
  const Bytes bytes = test::pattern(3 * kMebi + 100);
  const test::MemorySource image(bytes);
  auto sums =
      one({"x", "md5", 5000, 2 * kMebi + 7, {}, md5_of(part_of(bytes, 5000, 2 * kMebi + 7))});
  const PassResult result = read_whole_image(image, sums, go_on);
  CHECK(result.finished);
  CHECK(result.unreadable.empty());
  CHECK(sums[0].right());
  CHECK(image.bytes_read() == bytes.size());
}

TEST_CASE("what is blanked counts as filled, across pieces too") {
  Bytes bytes = test::pattern(2 * kMebi);
  const test::MemorySource image(bytes);
  const std::vector<Blanked> blanked = {{kMebi - 3000, 6000, ' '}, {0, 512, 0}, {100000, 1, 7}};
  for (const Blanked& blank : blanked)
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(blank.offset), blank.length_bytes,
                std::byte{blank.fill});
  auto sums = one({"x", "md5", 0, bytes.size(), blanked, md5_of(bytes)});
  read_whole_image(image, sums, go_on);
  CHECK(sums[0].right());
}

TEST_CASE("checkpoints tell where the first difference lies") {
  const Bytes bytes = test::pattern(kMebi);
  RecordedSum sum{"x", "md5", 0, bytes.size(), {}, md5_of(bytes)};
  for (const std::uint64_t end : {100000U, 300000U, 700000U})
    sum.checkpoints.push_back({end, first_digits(bytes, end, 5)});
  const auto wrong_part = [&](std::uint64_t changed) {
    Bytes damaged = bytes;
    damaged[static_cast<std::size_t>(changed)] ^= std::byte{1};
    auto sums = one(sum);
    read_whole_image(test::MemorySource(damaged), sums, go_on);
    CHECK_FALSE(sums[0].right());
    return sums[0].wrong_part();
  };
  CHECK(wrong_part(5) == ByteRange{0, 100000});
  CHECK(wrong_part(299999) == ByteRange{100000, 300000});
  CHECK(wrong_part(300000) == ByteRange{300000, 700000});
  CHECK(wrong_part(kMebi - 1) == ByteRange{700000, kMebi});
}

TEST_CASE("bytes that cannot be read are named by sectors, and the rest is read") {
  const Bytes bytes = test::pattern(2 * kMebi);
  const test::MemorySource sound(bytes);
  const test::ScratchedSource image(sound, kMebi - 10, kMebi + 2050);
  auto sums = one({"x", "md5", 0, 1000, {}, md5_of(part_of(bytes, 0, 1000))});
  const PassResult result = read_whole_image(image, sums, go_on);
  REQUIRE(result.unreadable.size() == 1);
  CHECK(result.unreadable[0] == ByteRange{kMebi - 2048, kMebi + 4096});
  CHECK(result.finished);
  CHECK(sums[0].right());
}

TEST_CASE("a pass can be stopped, and sums of nothing are none") {
  std::vector<RunningSum> none;
  const test::MemorySource image(Bytes(3 * kMebi));
  CHECK_FALSE(read_whole_image(image, none, [](std::uint64_t) { return false; }).finished);
  CHECK_FALSE(RunningSum::begin({"x", "crc", 0, 10, {}, ""}));
  CHECK_FALSE(RunningSum::begin({"x", "md5", 10, 10, {}, ""}));
}

}  // namespace
}  // namespace isofuse
