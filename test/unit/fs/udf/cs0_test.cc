// The names that the kernel shows (fs/udf/unicode.c), case by case.
#include "fs/udf/cs0.h"

#include <fmt/format.h>

#include "base/crc.h"
#include "support/catch.h"
#include "support/udf_builder.h"

using namespace isofuse;
using namespace isofuse::udf;
using test::Bytes;
namespace build = test::udf;

namespace {

std::string name_of(const std::string& identifier, const Charset* iocharset = nullptr) {
  const Bytes bytes = test::bytes_of(identifier);
  const auto name = file_name(bytes, iocharset);
  REQUIRE(name);
  return *name;
}

/// "#XXXX" of what stands behind the compression byte.
std::string mark(const std::string& identifier) {
  return fmt::format("#{:04X}", crc_itu_t(test::bytes_of(identifier.substr(1))));
}

std::string times(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("a dstring is as long as its last byte says", "[udf][cs0]") {
  CHECK(dstring_to_utf8(build::dstring(build::cs0("LABEL"), 32)) == "LABEL");
  CHECK(dstring_to_utf8(build::dstring(build::cs0(u"\u00E4\u20AC"), 32)) == "ä€");
  CHECK(dstring_to_utf8(build::dstring(build::cs0("\xE4"), 32)) == "ä");
  CHECK(dstring_to_utf8(build::dstring(build::cs0(times(30, "x")), 32)) == times(30, "x"));
  Bytes shorter = build::dstring(build::cs0("LABEL"), 32);
  shorter.back() = std::byte{4};
  CHECK(dstring_to_utf8(shorter) == "LAB");
  shorter.back() = std::byte{31};  // the padding is counted
  CHECK(dstring_to_utf8(shorter) == "LABEL");
}

TEST_CASE("a dstring that is nothing, or cannot be read, is empty", "[udf][cs0]") {
  CHECK(dstring_to_utf8({}).empty());
  CHECK(dstring_to_utf8(Bytes(32)).empty());
  CHECK(dstring_to_utf8(Bytes(1)).empty());
  Bytes longer = build::dstring(build::cs0("LABEL"), 32);
  longer.back() = std::byte{32};
  CHECK(dstring_to_utf8(longer).empty());
  Bytes other = build::dstring("\x09LABEL", 32);
  CHECK(dstring_to_utf8(other).empty());
  Bytes half = build::dstring(build::cs0(u"AB"), 32);
  half.back() = std::byte{4};
  CHECK(dstring_to_utf8(half).empty());
}

TEST_CASE("half a surrogate pair in a dstring is marked", "[udf][cs0]") {
  CHECK(dstring_to_utf8(build::dstring(build::cs0(u"A\xD83D\xDE00"), 32)) == "A\U0001F600");
  CHECK(dstring_to_utf8(build::dstring(build::cs0(u"A\xDE00"), 32)) == "A_");
}

TEST_CASE("names of 8 and of 16 bits are shown in UTF-8", "[udf][cs0]") {
  CHECK(name_of(build::cs0("plain.txt")) == "plain.txt");
  CHECK(name_of(build::cs0("\xFC.txt")) == "ü.txt");
  CHECK(name_of(build::cs0(u"\u65E5\u672C.txt")) == "日本.txt");
  CHECK(name_of(build::cs0(u"\xD83D\xDE00")) == "\U0001F600");
  CHECK(name_of(build::cs0(u"\xDBFF\xDFFF")) == "\U0010FFFF");
  CHECK(name_of(build::cs0("")).empty());
  CHECK(name_of("").empty());
}

TEST_CASE("a name that is none is refused", "[udf][cs0]") {
  const std::string identifier =
      GENERATE(std::string("\x00name", 5), std::string("\x07name"), std::string("\xFEname"),
               std::string("\xFFname"), std::string("\x10\x00n\x00", 4), std::string("\x10n"));
  const auto name = file_name(test::bytes_of(identifier), nullptr);
  REQUIRE_FALSE(name);
  CHECK(name.error().code == Errc::kCorrupt);
}

TEST_CASE("a run of characters that cannot stand becomes one '_', and the name is marked",
          "[udf][cs0]") {
  struct Case {
    std::string identifier;
    std::string base, extension;
  };
  const Case c = GENERATE(
      Case{build::cs0("a/b"), "a_b", ""}, Case{build::cs0("a//b"), "a_b", ""},
      Case{build::cs0(std::string("a/\0/b", 5)), "a_b", ""}, Case{build::cs0("/"), "_", ""},
      Case{build::cs0("a/"), "a_", ""}, Case{build::cs0("a/b/c"), "a_b_c", ""},
      Case{build::cs0("a/b.txt"), "a_b", ".txt"}, Case{build::cs0("a.t/t"), "a", ".t_t"},
      Case{build::cs0("a.//"), "a", "._"}, Case{build::cs0("a/.txt"), "a_", ".txt"},
      Case{build::cs0(u"a/b.txt"), "a_b", ".txt"},
      Case{build::cs0(u"a\xD800z"), "a_", ""},         // the unit behind the half is gone
      Case{build::cs0(u"a\xD800\xD800z"), "a_z", ""},  // two halves: both gone
      Case{build::cs0(u"a\xDC00z"), "a_z", ""}, Case{build::cs0(u"a\xD800"), "a_", ""},
      Case{build::cs0(u"a\xDC00/\xDC01z"), "a_z", ""});
  CAPTURE(c.base);
  CHECK(name_of(c.identifier) == c.base + mark(c.identifier) + c.extension);
}

TEST_CASE("\".\" and \"..\" are marked, other dots are not", "[udf][cs0]") {
  CHECK(name_of(build::cs0(".")) == "." + mark(build::cs0(".")));
  CHECK(name_of(build::cs0("..")) == ".." + mark(build::cs0("..")));
  CHECK(name_of(build::cs0("..a")) == "." + mark(build::cs0("..a")) + ".a");  // as the kernel does
  CHECK(name_of(build::cs0("...")) == "...");
  CHECK(name_of(build::cs0(".a")) == ".a");
  CHECK(name_of(build::cs0("a.")) == "a.");
}

TEST_CASE("an extension has up to four characters", "[udf][cs0]") {
  const std::string four = build::cs0("a/.html");
  CHECK(name_of(four) == "a_" + mark(four) + ".html");
  const std::string five = build::cs0("a/.xhtml");
  CHECK(name_of(five) == "a_.xhtml" + mark(five));
  const std::string none = build::cs0("a/b.");
  CHECK(name_of(none) == "a_b." + mark(none));
  const std::string two = build::cs0("a/.tar.gz");
  CHECK(name_of(two) == "a_.tar" + mark(two) + ".gz");
}

TEST_CASE("a name of 254 bytes stands, a longer one is cut before its mark", "[udf][cs0]") {
  CHECK(name_of(build::cs0(times(254, "x"))) == times(254, "x"));
  CHECK(name_of(build::cs0(times(250, "x") + ".txt")) == times(250, "x") + ".txt");

  const std::string long_8 = build::cs0(times(255, "x"));
  CHECK(name_of(long_8) == times(249, "x") + mark(long_8));
  const std::string with_extension = build::cs0(times(251, "x") + ".txt");
  CHECK(name_of(with_extension) == times(245, "x") + mark(with_extension) + ".txt");

  // 127 characters of three bytes each are 381.
  std::u16string wide(123, u'\u65E5');
  const std::string long_16 = build::cs0(wide + u".txt");
  CHECK(name_of(long_16) == times(81, "日") + mark(long_16) + ".txt");  // 243 + 5 + 4 <= 254
  // What does not fit is a whole character.
  const std::string edge = build::cs0(std::u16string(84, u'\u65E5') + u"\u00E4\u00E4");
  CHECK(name_of(edge) == times(83, "日") + mark(edge));
}

TEST_CASE("names of another character set are converted character by character", "[udf][cs0]") {
  const auto latin = Charset::open("UTF-8", "ISO-8859-1");
  REQUIRE(latin);
  CHECK(name_of(build::cs0("\xFC.txt"), latin->get()) == "\xFC.txt");
  const std::string wide = build::cs0(u"a\u65E5.txt");
  CHECK(name_of(wide, latin->get()) == "a?" + mark(wide) + ".txt");
  CHECK(name_of(build::cs0("a?"), latin->get()) == "a?");  // recorded so
}

TEST_CASE("no identifier makes a name of more than 254 bytes or with bytes that cannot stand",
          "[udf][cs0]") {
  for (unsigned seed = 1; seed < 2000; ++seed) {
    Bytes bytes = test::pattern(1 + seed % 255, seed);
    bytes[0] = std::byte{seed % 2 == 0 ? std::uint8_t{8} : std::uint8_t{16}};
    const auto name = file_name(bytes, nullptr);
    if (!name) continue;
    CAPTURE(seed);
    REQUIRE(name->size() <= 254);
    REQUIRE(name->find('/') == std::string::npos);
    REQUIRE(name->find('\0') == std::string::npos);
    REQUIRE(*name != ".");
    REQUIRE(*name != "..");
  }
}
