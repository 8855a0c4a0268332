#include "fs/iso9660/zisofs.h"

#include <vector>

#include "support/catch.h"
#include "support/compress.h"
#include "support/zisofs.h"

using namespace isofuse;
using namespace isofuse::iso9660;
using test::Bytes;
using test::MemorySource;
using test::operator+;

namespace {

/// A compressed file at block 100 of an image.
struct File {
  MemorySource image{100 * 2048 + (8U << 20U)};
  FileSections sections;
  explicit File(const Bytes& stored) {
    image.put(100 * 2048, stored);
    const Bytes record =
        test::make_record(test::file_record("Z", 100, static_cast<std::uint32_t>(stored.size())));
    const auto decoded = Record::decode(ByteView(record), false);
    sections = *FileSections::collect(image, {}, *decoded);
  }
};

CompressionInfo info(const char* algorithm, unsigned words, unsigned log2, std::uint64_t size,
                     unsigned version) {
  return {{algorithm[0], algorithm[1]},
          static_cast<std::uint8_t>(words),
          static_cast<std::uint8_t>(log2),
          size,
          static_cast<std::uint8_t>(version)};
}

/// Two and a half blocks of 32 KiB, the second of zeros.
Bytes plain() {
  Bytes out = test::pattern(32768);
  for (std::byte& b : out) b &= std::byte{0x0F};
  out.resize(65536);
  return std::move(out) + test::pattern(16000, 2);
}

}  // namespace

TEST_CASE("a ZF entry says how a file is compressed", "[zisofs]") {
  const auto one = zisofs_of(info("pz", 4, 15, 100, 1));
  REQUIRE(one);
  CHECK(one->codec == Codec::kZlib);
  CHECK(one->header_bytes == 16);
  CHECK(one->block_log2 == 15);
  CHECK(one->size_bytes == 100);
  CHECK(one->pointer_bytes == 4);
  struct Case {
    const char* name;
    Codec codec;
  };
  const Case c = GENERATE(Case{"PZ", Codec::kZlib}, Case{"XZ", Codec::kXz}, Case{"L4", Codec::kLz4},
                          Case{"ZD", Codec::kZstd}, Case{"B2", Codec::kBzip2});
  const auto two = zisofs_of(info(c.name, 6, 17, 1ULL << 40U, 2));
  REQUIRE(two);
  CHECK(two->codec == c.codec);
  CHECK(two->pointer_bytes == 8);
  CHECK_FALSE(zisofs_of(info(c.name, 6, 17, 100, 1)).has_value());
}

TEST_CASE("version 2 has blocks of up to 1 MiB", "[zisofs]") {
  const Bytes all = test::pattern((1U << 20U) + 5000);
  const File file(test::zisofs2(all, 20, 1, Codec::kZlib));
  auto layout = zisofs_of(info("PZ", 6, 20, all.size(), 2));
  REQUIRE(layout);
  layout = *with_header(file.image, file.sections, *layout);
  CHECK(layout->block_log2 == 20);
  const auto first = read_zisofs_block(file.image, file.image, file.sections, *layout, 0);
  const auto second = read_zisofs_block(file.image, file.image, file.sections, *layout, 1);
  REQUIRE(first);
  REQUIRE(second);
  CHECK((first->size() == 1U << 20U && second->size() == 5000));
  CHECK((Bytes(*first) + *second) == all);
}

TEST_CASE("a file of unknown algorithm or block size is not decompressed", "[zisofs]") {
  CHECK_FALSE(zisofs_of(info("PZ", 6, 21, 100, 2)).has_value());
  CHECK_FALSE(zisofs_of(info("xx", 4, 15, 100, 2)).has_value());
  CHECK_FALSE(zisofs_of(info("pz", 4, 9, 100, 1)).has_value());
  CHECK_FALSE(zisofs_of(info("pz", 4, 18, 100, 1)).has_value());
  CHECK_FALSE(zisofs_of(info("pz", 4, 255, 100, 1)).has_value());
}

TEST_CASE("blocks of version 1 are decompressed one by one", "[zisofs]") {
  const Bytes all = plain();
  const File file(test::zisofs1(all, 15));
  const Zisofs layout = *zisofs_of(info("pz", 4, 15, all.size(), 1));
  Bytes got;
  for (std::uint64_t block = 0; block < 3; ++block) {
    const auto out = read_zisofs_block(file.image, file.image, file.sections, layout, block);
    REQUIRE(out);
    got = std::move(got) + *out;
    CHECK(*zisofs_block_is_empty(file.image, file.sections, layout, block) == (block == 1));
  }
  CHECK(got == all);
}

TEST_CASE("blocks of version 2 are decompressed with each codec", "[zisofs]") {
  struct Case {
    const char* name;
    unsigned id;
    Codec codec;
  };
  const Case c =
      GENERATE(Case{"PZ", 1, Codec::kZlib}, Case{"XZ", 2, Codec::kXz}, Case{"L4", 3, Codec::kLz4},
               Case{"ZD", 4, Codec::kZstd}, Case{"B2", 5, Codec::kBzip2});
  const Bytes all = plain();
  const File file(test::zisofs2(all, 16, c.id, c.codec));
  Zisofs layout = *zisofs_of(info(c.name, 6, 16, all.size(), 2));
  layout = *with_header(file.image, file.sections, layout);
  Bytes got;
  for (std::uint64_t block = 0; block < 2; ++block)
    got = std::move(got) + *read_zisofs_block(file.image, file.image, file.sections, layout, block);
  CHECK(got == all);
}

TEST_CASE("the header of a file of version 2 overrules its entry", "[zisofs]") {
  const Bytes all = plain();
  const File file(test::zisofs2(all, 15, 4, Codec::kZstd));
  const Zisofs entry = *zisofs_of(info("PZ", 9, 17, all.size(), 2));
  const auto layout = with_header(file.image, file.sections, entry);
  REQUIRE(layout);
  CHECK(layout->header_bytes == 24);
  CHECK(layout->block_log2 == 15);
  CHECK(layout->codec == Codec::kZstd);
  CHECK(layout->size_bytes == all.size());
  Bytes other = test::zisofs2(all, 15, 4, Codec::kZstd);
  other[0] ^= std::byte{1};  // no header: the entry counts
  const File without(other);
  CHECK(with_header(without.image, without.sections, entry)->block_log2 == 17);
}

TEST_CASE("a damaged table is found", "[zisofs]") {
  const Bytes all = plain();
  const Bytes good = test::zisofs1(all, 15);
  const Zisofs layout = *zisofs_of(info("pz", 4, 15, all.size(), 1));
  struct Case {
    const char* what;
    std::uint32_t begin, end;
  };
  const Case c = GENERATE(Case{"falling", 100, 50}, Case{"past the end", 32, 0xFFFFFFFF},
                          Case{"both past the end", 0x7FFFFFFF, 0x7FFFFFFF});
  CAPTURE(c.what);
  Bytes bad = good;
  std::ranges::copy(test::little32(c.begin) + test::little32(c.end), bad.begin() + 16);
  const File file(bad);
  const auto out = read_zisofs_block(file.image, file.image, file.sections, layout, 0);
  REQUIRE_FALSE(out);
  CHECK(out.error().code == Errc::kCorrupt);
  CHECK(out.error().offset == 100 * 2048);
}

TEST_CASE("a stored block larger than any of its size can be is refused", "[zisofs]") {
  Bytes bad = test::zisofs1(plain(), 15);
  bad.resize(200'000);
  std::ranges::copy(test::little32(32) + test::little32(32 + 65536 + 4097), bad.begin() + 16);
  const File file(bad);
  CHECK(read_zisofs_block(file.image, file.image, file.sections,
                          *zisofs_of(info("pz", 4, 15, 80'000, 1)), 0)
            .error()
            .code == Errc::kCorrupt);
}

TEST_CASE("a table that the file does not hold is found", "[zisofs]") {
  const File file(test::bytes_of("short"));
  const std::uint64_t block = GENERATE(std::uint64_t{0}, std::uint64_t{1} << 40U);
  const Zisofs layout = *zisofs_of(info("PZ", 6, 15, ~std::uint64_t{0}, 2));
  const auto out = read_zisofs_block(file.image, file.image, file.sections, layout, block);
  REQUIRE_FALSE(out);
  CHECK(out.error().code == Errc::kCorrupt);
}

TEST_CASE("a block that gives fewer bytes than it must is damaged", "[zisofs]") {
  const Bytes all = test::pattern(1000);
  const File file(test::zisofs1(all, 15));
  const auto out = read_zisofs_block(file.image, file.image, file.sections,
                                     *zisofs_of(info("pz", 4, 15, 1001, 1)), 0);
  REQUIRE_FALSE(out);
  CHECK(out.error().code == Errc::kCorrupt);
}
