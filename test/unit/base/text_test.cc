#include "base/text.h"

#include <string>

#include "base/charset.h"
#include "base/log.h"
#include "support/catch.h"
#include "support/iso_builder.h"

using namespace isofuse;
using test::bytes_of;
using test::utf16be;

TEST_CASE("UTF-16 becomes UTF-8", "[text]") {
  struct Case {
    std::u16string in;
    std::string out;
  };
  const Case c = GENERATE(Case{u"", ""}, Case{u"abc", "abc"}, Case{u"\u007F\u0080", "\x7F\xC2\x80"},
                          Case{u"\u07FF\u0800", "\xDF\xBF\xE0\xA0\x80"},
                          Case{u"\uD7FF\uE000\uFFFF", "\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"},
                          Case{u"\U00010000\U0010FFFF", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
                          Case{std::u16string(u"a\0b", 3), "a"});
  CHECK(utf16be_to_utf8(bytes_of(utf16be(c.in))) == c.out);
}

TEST_CASE("a surrogate without its partner is left out", "[text]") {
  struct Case {
    std::u16string in;
    std::string out;
  };
  const Case c = GENERATE(Case{{u'a', 0xD800, u'b'}, "ab"}, Case{{u'a', 0xDC00, u'b'}, "ab"},
                          Case{{u'a', 0xD800}, "a"}, Case{{u'a', 0xDFFF}, "a"},
                          Case{{0xD800, 0xD800, 0xDC00, u'x'}, "\xF0\x90\x80\x80x"},
                          Case{{0xDC00, 0xD800}, ""});
  CHECK(utf16be_to_utf8(bytes_of(utf16be(c.in))) == c.out);
}

TEST_CASE("an odd last byte of UTF-16 is ignored", "[text]") {
  CHECK(utf16be_to_utf8(bytes_of({0, 'a', 0})) == "a");
  CHECK(utf16be_to_utf8(bytes_of({'a'})).empty());
}

TEST_CASE("code points that UTF-8 cannot hold are left out", "[text]") {
  std::string out;
  append_utf8(0xD800, out);
  append_utf8(0xDFFF, out);
  append_utf8(0x110000, out);
  append_utf8(0xFFFFFFFF, out);
  CHECK(out.empty());
  append_utf8(0x10FFFF, out);
  CHECK(out == "\xF4\x8F\xBF\xBF");
}

TEST_CASE("padding ends a field", "[text]") {
  using namespace std::string_view_literals;
  CHECK(trim_padding("AB  ") == "AB");
  CHECK(trim_padding(" A B ") == " A B");
  CHECK(trim_padding("    ").empty());
  CHECK(trim_padding("").empty());
  CHECK(trim_padding("AB\0\0"sv) == "AB");
  CHECK(trim_padding("AB \0CD"sv) == "AB");
  CHECK(trim_padding("\0AB"sv).empty());
}

TEST_CASE("only A to Z have a lower case", "[text]") {
  CHECK(ascii_lower('A') == 'a');
  CHECK(ascii_lower('Z') == 'z');
  for (const char c : {'@', '[', 'a', '0', '\xC4', '\0'}) CHECK(ascii_lower(c) == c);
}

TEST_CASE("an unknown character set is refused", "[charset]") {
  const auto opened = Charset::open("no-such-set", "UTF-8");
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::kInvalid);
  CHECK_FALSE(Charset::open("UTF-8", "no-such-set"));
}

TEST_CASE("text is converted between character sets, however long", "[charset]") {
  const auto latin = Charset::open("ISO-8859-1", "UTF-8");
  REQUIRE(latin);
  CHECK((*latin)->convert("f\xFCr") == "f\xC3\xBCr");
  CHECK((*latin)->convert("").empty());
  const std::string many(5000, '\xE4');
  const std::string converted = (*latin)->convert(many);
  REQUIRE(converted.size() == 10000);
  CHECK(converted.substr(9998) == "\xC3\xA4");
}

TEST_CASE("without a substitute, text that cannot be converted comes back as it was", "[charset]") {
  const auto utf8 = Charset::open("UTF-8", "ISO-8859-1");
  REQUIRE(utf8);
  CHECK((*utf8)->convert("\xC3\xA4") == "\xE4");
  CHECK((*utf8)->convert("a\xFF"
                         "b") ==
        "a\xFF"
        "b");                                                                 // no UTF-8
  CHECK((*utf8)->convert("\xC3\xA4\xE2\x82\xAC") == "\xC3\xA4\xE2\x82\xAC");  // no euro in Latin 1
  CHECK((*utf8)->convert("a\xC3") == "a\xC3");    // ends within a character
  CHECK((*utf8)->convert("\xC3\xA4") == "\xE4");  // nothing is left over
}

TEST_CASE("a substitute stands for each unit that cannot be converted", "[charset]") {
  const auto joliet = Charset::open("UCS-2BE", "ISO-8859-1");
  REQUIRE(joliet);
  CHECK((*joliet)->convert(utf16be(u"a\u20ACb\u00E4"), '?', 2) == "a?b\xE4");
  CHECK((*joliet)->convert(utf16be(u"a") + "\x01", '?', 2) == "a?");  // half a unit
}

TEST_CASE("an error is described with its place and cause", "[log]") {
  CHECK(describe({Errc::kCorrupt, "bad thing"}) == "bad thing");
  CHECK(describe({Errc::kCorrupt, "bad thing", 12}) == "bad thing at byte 12 of the image");
  CHECK(describe({Errc::kIo, "cannot read", 12, 5}) ==
        "cannot read at byte 12 of the image (Input/output error)");
}
