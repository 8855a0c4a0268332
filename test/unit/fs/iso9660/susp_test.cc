#include "fs/iso9660/susp.h"

#include <string>
#include <vector>

#include <sys/stat.h>

#include <isofuse/limits.h>

#include "support/catch.h"
#include "support/failing_source.h"
#include "support/iso_builder.h"

using namespace isofuse;
using namespace isofuse::iso9660;
using namespace std::string_literals;
using test::Bytes;
using test::MemorySource;
using test::operator+;
namespace susp = test::susp;

namespace {

constexpr std::uint32_t kBlock = 2048;

struct Walk {
  std::string signatures;
  std::string payloads;
  Result<void> done;
};

/// The signatures and payloads of all entries, in order.
Walk walk(const Source& image, const Bytes& area) {
  Walk out;
  out.done = walk_system_use(image, kBlock, ByteView(area, 500), [&](const SystemUseEntry& entry) {
    out.signatures += entry.view.chars().substr(0, 2);
    out.payloads += entry.view.tail(4).chars();
    return true;
  });
  return out;
}

Walk walk(const Bytes& area) { return walk(MemorySource(1U << 20U), area); }

SystemUse collect(const Bytes& area, SystemUseWanted wanted = {true, true}) {
  const MemorySource image(1U << 20U);
  SystemUse out;
  REQUIRE(collect_system_use(image, kBlock, ByteView(area), wanted, out));
  return out;
}

Bytes aa(std::string_view text = "") { return susp::entry("AA", test::bytes_of(text)); }
Bytes bb() { return susp::entry("BB"); }

}  // namespace

TEST_CASE("entries are visited in order, until the visitor has enough", "[susp]") {
  const Bytes area = aa("1") + bb() + susp::entry("CC", test::bytes_of("22"));
  const Walk all = walk(area);
  CHECK(all.done);
  CHECK(all.signatures == "AABBCC");
  CHECK(all.payloads == "122");
  int seen = 0;
  const MemorySource image(4096);
  CHECK(walk_system_use(image, kBlock, ByteView(area), [&](const SystemUseEntry& entry) {
    ++seen;
    return entry.signature != signature('B', 'B');
  }));
  CHECK(seen == 2);
}

TEST_CASE("what follows the last entry is padding", "[susp]") {
  for (std::size_t padding = 0; padding < 10; ++padding)
    CHECK(walk(aa() + bb() + Bytes(padding)).signatures == "AABB");
  CHECK(walk({}).signatures.empty());
  CHECK(walk({}).done);
}

TEST_CASE("an entry with an impossible length ends the area quietly", "[susp]") {
  const unsigned length = GENERATE(0U, 1U, 2U, 3U, 9U, 255U);
  Bytes bad = susp::entry("XX", test::bytes_of("1234"));  // 8 bytes, the last ones
  bad[2] = static_cast<std::byte>(length);
  const Walk seen = walk(aa() + bad);
  CHECK(seen.done);
  CHECK(seen.signatures == "AA");
}

TEST_CASE("ST ends an area, but not the one that goes on elsewhere", "[susp]") {
  CHECK(walk(aa() + susp::entry("ST") + bb()).signatures == "AA");
  MemorySource image(1U << 20U);
  image.put(10 * kBlock, bb());
  CHECK(walk(image, aa() + susp::ce(10, 0, 4) + susp::entry("ST") + aa()).signatures == "AABB");
}

TEST_CASE("continuation areas follow the area that names them, in turn", "[susp]") {
  MemorySource image(1U << 20U);
  image.put(10 * kBlock + 100, susp::entry("C1") + susp::ce(11, 0, 4) + susp::entry("C2"));
  image.put(11 * kBlock, susp::entry("D1"));
  const Walk seen = walk(image, susp::ce(10, 100, 36) + aa());
  CHECK(seen.done);
  CHECK(seen.signatures == "AAC1C2D1");
}

TEST_CASE("a continuation area may be larger than a block, and end the image", "[susp]") {
  MemorySource image(20 * kBlock);
  Bytes area;
  for (int i = 0; i < 1024; ++i) area = std::move(area) + bb();
  image.put(18 * kBlock, area);
  CHECK(walk(image, susp::ce(18, 0, 4096)).signatures.size() == 2048);
}

TEST_CASE("the views of a continuation area know their place", "[susp]") {
  MemorySource image(1U << 20U);
  image.put(10 * kBlock + 8, aa() + bb());
  std::vector<std::uint64_t> places;
  CHECK(walk_system_use(image, kBlock, ByteView(susp::ce(10, 8, 8), 500),
                        [&](const SystemUseEntry& entry) {
                          places.push_back(entry.view.where());
                          return true;
                        }));
  CHECK(places == std::vector<std::uint64_t>{10 * kBlock + 8, 10 * kBlock + 12});
}

TEST_CASE("of two continuations in one area the last one counts", "[susp]") {
  MemorySource image(1U << 20U);
  image.put(10 * kBlock, aa());
  image.put(11 * kBlock, bb());
  CHECK(walk(image, susp::ce(10, 0, 4) + susp::ce(11, 0, 4)).signatures == "BB");
}

TEST_CASE("a continuation in block zero, or of no length, is none", "[susp]") {
  CHECK(walk(aa() + susp::ce(0, 0, 100)).done);
  CHECK(walk(aa() + susp::ce(0, 100, 100)).done);
  CHECK(walk(aa() + susp::ce(10, 0, 0)).done);
  CHECK(walk(aa() + susp::entry("CE", Bytes(20))).signatures == "AA");  // shorter than a CE
}

TEST_CASE("continuation areas that lead to themselves end with an error", "[susp]") {
  MemorySource image(1U << 20U);
  image.put(10 * kBlock, aa() + susp::ce(10, 0, 32));
  const Walk self = walk(image, susp::ce(10, 0, 32));
  REQUIRE_FALSE(self.done);
  CHECK(self.done.error().code == Errc::kLoop);
  CHECK(self.done.error().offset == 500);
  CHECK(self.signatures.size() == 2 * kContinuationsMax);

  image.put(11 * kBlock, susp::ce(12, 0, 28));
  image.put(12 * kBlock, susp::ce(11, 0, 28));
  CHECK(walk(image, susp::ce(11, 0, 28)).done.error().code == Errc::kLoop);
}

TEST_CASE("a chain of as many continuation areas as are allowed is followed", "[susp]") {
  MemorySource image(1U << 20U);
  for (std::uint32_t i = 1; i <= kContinuationsMax; ++i)
    image.put(i * kBlock, i < kContinuationsMax ? susp::ce(i + 1, 0, 28) : aa());
  const Walk seen = walk(image, susp::ce(1, 0, 28));
  CHECK(seen.done);
  CHECK(seen.signatures == "AA");
}

TEST_CASE("continuation areas that are too large together are refused", "[susp]") {
  MemorySource image(1U << 20U);
  const auto most = static_cast<std::uint32_t>(kSystemUseBytesMax);
  CHECK(walk(image, susp::ce(10, 0, most)).done);
  const Walk one = walk(image, susp::ce(10, 0, most + 1));
  REQUIRE_FALSE(one.done);
  CHECK(one.done.error().code == Errc::kTooLarge);
  CHECK(one.done.error().offset == 500);
  CHECK(walk(image, susp::ce(10, 0, 0xFFFFFFFF)).done.error().code == Errc::kTooLarge);
  image.put(10 * kBlock, susp::ce(20, 0, most - 99));
  CHECK(walk(image, susp::ce(10, 0, 100)).done.error().code == Errc::kTooLarge);
  image.put(10 * kBlock, susp::ce(20, 0, 0xFFFFFFFF));  // their sum does not fit 32 bits
  CHECK(walk(image, susp::ce(10, 0, 100)).done.error().code == Errc::kTooLarge);
}

TEST_CASE("a continuation area outside the image is an error with its place", "[susp]") {
  const MemorySource image(20 * kBlock);
  struct Case {
    std::uint32_t lbn, offset, length;
  };
  const Case c = GENERATE(Case{20, 0, 1}, Case{19, 2000, 49}, Case{0xFFFFFFFF, 0xFFFFFFFF, 4},
                          Case{1, 0xFFFFFFFF, 4});
  const Walk outside = walk(image, aa() + susp::ce(c.lbn, c.offset, c.length));
  REQUIRE_FALSE(outside.done);
  CHECK(outside.done.error().code == Errc::kCorrupt);
  CHECK(outside.done.error().offset == std::uint64_t{c.lbn} * kBlock + c.offset);
  CHECK(outside.signatures == "AA");  // what was seen until then counts
}

TEST_CASE("a continuation area that cannot be read is an error of the system", "[susp]") {
  const MemorySource image(20 * kBlock);
  test::FailingSource failing(image);
  failing.fail_after(0);
  const Walk failed = walk(failing, aa() + susp::ce(10, 0, 100));
  REQUIRE_FALSE(failed.done);
  CHECK(failed.done.error().code == Errc::kIo);
}

TEST_CASE("SP tells how much to skip, and stops what is no System Use area", "[susp]") {
  CHECK(collect(susp::sp(7) + susp::er()).skip_bytes == 7);
  CHECK(collect(susp::er()).skip_bytes == std::nullopt);
  for (const std::size_t check : {std::size_t{4}, std::size_t{5}}) {
    Bytes bad = susp::sp(7);
    bad[check] ^= std::byte{1};
    const SystemUse use = collect(bad + susp::er());
    CHECK_FALSE(use.skip_bytes.has_value());
    CHECK(use.extensions.empty());
  }
}

TEST_CASE("ER gives the identifiers of the extensions", "[susp]") {
  const SystemUse use = collect(susp::er("RRIP_1991A") + susp::er("AAIP_0200") + susp::er(""));
  CHECK(use.extensions == std::vector<std::string>{"RRIP_1991A", "AAIP_0200", ""});
  CHECK_FALSE(use.any_rock_ridge);
  Bytes longer = susp::er("IEEE_1282");
  longer[4] = std::byte{10};  // an identifier that does not fit
  CHECK(collect(longer).extensions.empty());
  CHECK(collect(susp::entry("ER", Bytes(3))).extensions.empty());
}

TEST_CASE("PX is read with and without a serial number", "[susp]") {
  const SystemUse old = collect(susp::px(0100644, 2, 1000, 0xFFFFFFFE));
  REQUIRE(old.posix);
  CHECK(old.posix->mode == 0100644);
  CHECK(old.posix->links == 2);
  CHECK(old.posix->uid == 1000);
  CHECK(old.posix->gid == 0xFFFFFFFE);
  CHECK_FALSE(old.posix->serial.has_value());
  CHECK(old.any_rock_ridge);
  const SystemUse with_serial = collect(susp::px(040755, 3, 1, 2, 77));
  CHECK(with_serial.posix->serial == 77U);
}

TEST_CASE("a PX of another size is read as far as it goes, or not at all", "[susp]") {
  CHECK_FALSE(collect(susp::entry("PX", Bytes(31))).posix.has_value());
  CHECK_FALSE(collect(susp::entry("PX")).posix.has_value());
  const SystemUse odd = collect(susp::entry("PX", Bytes(39)));
  REQUIRE(odd.posix);
  CHECK_FALSE(odd.posix->serial.has_value());
  CHECK(collect(susp::entry("PX", Bytes(60))).posix->serial == 0U);
}

TEST_CASE("PN gives a device in each of its forms", "[susp]") {
  struct Case {
    std::uint32_t high, low, major, minor;
  };
  const Case c = GENERATE(Case{8, 1, 8, 1}, Case{0, 5, 0, 5}, Case{0, 255, 0, 255},
                          Case{0, 0x0801, 8, 1}, Case{0, 0x12345, 0x123, 0x45},
                          Case{0, 0x00100801, 8, 0x101}, Case{300, 70000, 300, 70000});
  const SystemUse use = collect(susp::pn(c.high, c.low));
  REQUIRE(use.device);
  CHECK(use.device->major == c.major);
  CHECK(use.device->minor == c.minor);
  CHECK_FALSE(collect(susp::entry("PN", Bytes(15))).device.has_value());
}

TEST_CASE("SL puts slashes between components, and none where they are not", "[susp]") {
  using Parts = std::vector<susp::Part>;
  struct Case {
    Parts parts;
    std::string target;
  };
  const Case c = GENERATE(
      Case{{{0, "a"}}, "a"}, Case{{{0, "a"}, {0, "b"}}, "a/b"},
      Case{{{8, ""}, {0, "usr"}, {0, "bin"}}, "/usr/bin"}, Case{{{8, ""}}, "/"},
      Case{{{2, ""}}, "."}, Case{{{4, ""}}, ".."}, Case{{{4, ""}, {4, ""}, {0, "x"}}, "../../x"},
      Case{{{2, ""}, {0, "x"}}, "./x"}, Case{{{1, "ab"}, {0, "cd"}, {0, "e"}}, "abcd/e"},
      Case{{{1, "a"}, {1, "b"}, {0, "c"}}, "abc"}, Case{{{0, ""}, {0, "x"}}, "/x"},
      Case{{{0, "x"}, {0, ""}}, "x/"}, Case{{{16, ""}, {0, "x"}}, "/x"},
      Case{{{32, "host"}, {0, "x"}}, "/x"});
  const SystemUse use = collect(susp::sl(c.parts));
  CHECK(use.link_target == c.target);
  CHECK_FALSE(use.link_damaged);
}

TEST_CASE("SL goes on in the next one, within a component or between two", "[susp]") {
  CHECK(collect(susp::sl({{0, "a"}}, 1) + susp::sl({{0, "b"}})).link_target == "a/b");
  CHECK(collect(susp::sl({{1, "a"}}, 1) + susp::sl({{0, "b"}})).link_target == "ab");
  CHECK(collect(susp::sl({{8, ""}}, 1) + susp::sl({{0, "b"}})).link_target == "/b");
  CHECK(
      collect(susp::sl({{4, ""}}, 1) + susp::sl({{4, ""}}, 1) + susp::sl({{0, "c"}})).link_target ==
      "../../c");
}

TEST_CASE("a damaged SL is known as such", "[susp]") {
  Bytes longer = susp::sl({{0, "abc"}});
  longer[6] = std::byte{4};
  CHECK(collect(longer).link_damaged);
  CHECK_FALSE(collect(susp::sl({})).link_damaged);
  CHECK(collect(susp::sl({})).link_target.empty());
  CHECK(collect(susp::entry("SL")).link_target.empty());
}

TEST_CASE("a target of 4095 bytes is a target, one of more is damaged", "[susp]") {
  const MemorySource small(4096);
  for (const std::size_t last : {std::size_t{15}, std::size_t{16}}) {
    Bytes area;
    for (int i = 0; i < 17; ++i) area = area + susp::sl({{1, std::string(240, 'x')}}, 1);
    area = area + susp::sl({{0, std::string(last, 'y')}});
    SystemUse use;
    REQUIRE(collect_system_use(small, kBlock, ByteView(area), {true, false}, use));
    CHECK(use.link_damaged == (last == 16));
    CHECK(use.link_target.size() <= kLinkBytesMax);
  }
}

TEST_CASE("what is not wanted is not collected", "[susp]") {
  const SystemUse use = collect(susp::sl({{0, "a"}}) + susp::al({{0, "n"}, {0, "v"}}), {});
  CHECK(use.link_target.empty());
  CHECK(use.attribute_list.empty());
  CHECK(use.any_rock_ridge);
}

TEST_CASE("CL, PL and RE are collected", "[susp]") {
  const SystemUse use = collect(susp::cl(0x01020304) + susp::pl(0x05060708) + susp::re());
  CHECK(use.child_lbn == 0x01020304U);
  CHECK(use.parent_lbn == 0x05060708U);
  CHECK(use.relocated);
  const SystemUse none = collect(susp::entry("CL", Bytes(7)) + susp::entry("PL", Bytes(7)));
  CHECK_FALSE(none.child_lbn.has_value());
  CHECK_FALSE(none.parent_lbn.has_value());
  CHECK_FALSE(none.relocated);
}

TEST_CASE("TF gives the stamps that its flags name, in their order", "[susp]") {
  // Seven stamps of one year each: 1971 to 1977.
  Bytes stamps;
  for (unsigned i = 0; i < 7; ++i) stamps = stamps + test::bytes_of({71 + i, 1, 1, 0, 0, 0, 0});
  const auto flags = static_cast<unsigned>(GENERATE(range(0, 128)));
  const SystemUse use = collect(susp::tf(flags, stamps));
  unsigned next = 0;
  const auto expected = [&](unsigned flag) -> std::optional<Timestamp> {
    if ((flags & flag) == 0) return std::nullopt;
    constexpr std::int64_t kYears[] = {365, 730, 1096, 1461};  // days from 1970 to 1971, ...
    return Timestamp{kYears[next++] * 86400, 0};
  };
  CHECK(use.created == expected(1));
  CHECK(use.modified == expected(2));
  CHECK(use.accessed == expected(4));
  CHECK(use.attributes_changed == expected(8));
}

TEST_CASE("TF of the long form gives the stamps that its flags name", "[susp]") {
  Bytes stamps;
  for (const char* year : {"1971", "1972", "2039", "1974", "1975", "1976", "1977"})
    stamps = stamps + test::bytes_of(year) + test::bytes_of("010100000012") + test::bytes_of({0});
  const SystemUse all = collect(susp::tf(0xFF, stamps));
  CHECK(all.created == Timestamp{365 * 86400, 120'000'000});
  CHECK(all.modified == Timestamp{730 * 86400, 120'000'000});
  CHECK(all.accessed == Timestamp{25202LL * 86400, 120'000'000});
  CHECK(all.attributes_changed == Timestamp{1461 * 86400, 120'000'000});
  const SystemUse some = collect(susp::tf(0x8A, stamps));
  CHECK_FALSE(some.created.has_value());
  CHECK(some.modified == Timestamp{365 * 86400, 120'000'000});
  CHECK(some.attributes_changed == Timestamp{730 * 86400, 120'000'000});
}

TEST_CASE("a TF that ends early gives the stamps that are whole", "[susp]") {
  const Bytes stamp = test::bytes_of({71, 1, 1, 0, 0, 0, 0});
  Bytes cut = stamp + stamp;
  cut.resize(cut.size() - 2);
  const SystemUse use = collect(susp::tf(0x0F, cut));
  CHECK(use.created.has_value());
  CHECK_FALSE(use.modified.has_value());
  CHECK_FALSE(use.accessed.has_value());
  CHECK_FALSE(collect(susp::entry("TF")).created.has_value());
}

TEST_CASE("a TF that is one byte short has a last stamp without a zone (makefs)", "[susp]") {
  const Bytes stamp = test::bytes_of({71, 1, 1, 0, 0, 0, 4});
  Bytes cut = stamp + stamp + stamp;
  cut.pop_back();
  const SystemUse use = collect(susp::tf(0x0E, cut));
  CHECK(use.modified == Timestamp{365 * 86400 - 3600, 0});
  CHECK(use.accessed == Timestamp{365 * 86400 - 3600, 0});
  CHECK(use.attributes_changed == Timestamp{365 * 86400, 0});
}

TEST_CASE("SF is read in both of its forms", "[susp]") {
  const SystemUse use = collect(susp::sf(0x1'0203'0405ULL, 4));
  REQUIRE(use.sparse);
  CHECK(use.sparse->size_bytes == 0x1'0203'0405ULL);
  CHECK(use.sparse->table_depth == 4);
  const SystemUse old = collect(susp::sf_old(0x01020304));
  REQUIRE(old.sparse);
  CHECK(old.sparse->size_bytes == 0x01020304);
  CHECK(old.sparse->table_depth == 0);
  CHECK_FALSE(collect(susp::entry("SF", Bytes(7))).sparse.has_value());
}

TEST_CASE("ZF is read in both of its versions, and Z2", "[susp]") {
  const SystemUse one = collect(susp::zf("pz", 4, 15, 0x01020304));
  REQUIRE(one.compression);
  CHECK(std::string(one.compression->algorithm, 2) == "pz");
  CHECK(one.compression->header_words == 4);
  CHECK(one.compression->block_log2 == 15);
  CHECK(one.compression->size_bytes == 0x01020304);
  CHECK(one.compression->version == 1);
  for (const char* name : {"ZF", "Z2"}) {
    const SystemUse two = collect(susp::zf2("ZD", 6, 17, 0x0102030405060708ULL, name));
    REQUIRE(two.compression);
    CHECK(two.compression->size_bytes == 0x0102030405060708ULL);
    CHECK(two.compression->version == 2);
  }
  CHECK_FALSE(collect(susp::entry("ZF", Bytes(11))).compression.has_value());
}

TEST_CASE("AL entries are laid end to end", "[susp]") {
  const SystemUse use = collect(susp::al({{0, "na"}}, 1) + susp::al({{0, "v"}}));
  CHECK(test::text_of(use.attribute_list) == "\0\2na\0\1v"s);
  CHECK(collect(susp::entry("AL")).attribute_list.empty());
}

TEST_CASE("entries that are not known are passed over", "[susp]") {
  const SystemUse use = collect(susp::entry("PD", Bytes(3)) + susp::entry("ES", Bytes(1)) +
                                susp::entry("AA", Bytes(10)) + susp::px(0100644));
  CHECK(use.posix.has_value());
}

namespace {
ListingEntry listing(const Bytes& area) {
  const MemorySource image(1U << 20U);
  ListingEntry entry;
  REQUIRE(read_listing_entry(image, kBlock, ByteView(area), entry));
  return entry;
}
}  // namespace

TEST_CASE("NM gives the name, in as many pieces as there are", "[susp]") {
  CHECK(listing(susp::nm("name")).name == "name");
  CHECK(listing(susp::nm("na", 1) + susp::nm("me")).name == "name");
  CHECK(listing(susp::nm("na") + susp::nm("me")).name ==
        "name");  // whether the flag says so or not
  CHECK(listing(susp::nm("")).name.empty());
  CHECK(listing({}).name.empty());
  CHECK(listing(susp::entry("NM")).name.empty());
}

TEST_CASE("an NM that is no name is passed over", "[susp]") {
  const unsigned flags = GENERATE(2U, 4U, 8U, 16U, 32U, 64U, 128U, 3U, 5U);
  CHECK(listing(susp::nm("host", flags)).name.empty());
  CHECK(listing(susp::nm("host", flags) + susp::nm("real")).name == "real");
}

TEST_CASE("a name ends at a NUL, and at 255 bytes", "[susp]") {
  CHECK(listing(susp::nm("na\0me"s)).name == "na");
  const std::string half(127, 'x');
  CHECK(listing(susp::nm(half) + susp::nm(half + "y")).name == half + half + "y");  // 255
  // The piece that would make it longer is left out whole, with all that follow.
  CHECK(listing(susp::nm(half) + susp::nm(half + "yz") + susp::nm("a")).name == half);
}

TEST_CASE("an RR without the bit of NM hides the names behind it", "[susp]") {
  const Bytes with = susp::entry("RR", test::bytes_of({0x89}));
  const Bytes without = susp::entry("RR", test::bytes_of({0x81}));
  CHECK(listing(with + susp::nm("name")).name == "name");
  CHECK(listing(without + susp::nm("name")).name.empty());
}

TEST_CASE("a listing knows relocated directories and their places", "[susp]") {
  CHECK(listing(susp::nm("x") + susp::re()).relocated);
  CHECK_FALSE(listing(susp::nm("x")).relocated);
  CHECK(listing(susp::cl(77)).child_lbn == 77U);
  CHECK(listing(susp::px(0120777)).mode == 0120777U);
}

TEST_CASE("a name goes on in a continuation area", "[susp]") {
  MemorySource image(1U << 20U);
  image.put(10 * kBlock, susp::nm("me"));
  const Bytes area = susp::nm("na", 1) + susp::ce(10, 0, 7);
  ListingEntry entry;
  CHECK(read_listing_entry(image, kBlock, ByteView(area), entry));
  CHECK(entry.name == "name");
}

TEST_CASE("any byte of an area may be wrong without harm", "[susp]") {
  MemorySource image(64 * kBlock);
  image.put(10 * kBlock, susp::nm("more") + susp::sl({{0, "x"}}));
  const Bytes good = susp::px(0100644, 1, 0, 0, 1) + susp::nm("name") + susp::sl({{0, "target"}}) +
                     susp::tf(0x0F, Bytes(28)) + susp::pn(1, 2) + susp::zf("pz", 4, 15, 100) +
                     susp::sf(100, 1) + susp::al({{0, "n"}, {0, "v"}}) + susp::ce(10, 0, 16);
  REQUIRE(good.size() < 256);
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x80U, 0xFFU, 0x10U, 0x04U}) {
      Bytes bytes = good;
      bytes[i] ^= static_cast<std::byte>(flip);
      SystemUse use;
      static_cast<void>(
          collect_system_use(image, kBlock, ByteView(bytes), {true, true}, use).has_value());
      ListingEntry entry;
      static_cast<void>(read_listing_entry(image, kBlock, ByteView(bytes), entry).has_value());
      REQUIRE(use.link_target.size() <= kLinkBytesMax + 1);
    }
  }
}
