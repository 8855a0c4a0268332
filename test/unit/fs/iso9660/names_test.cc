#include "fs/iso9660/names.h"

#include <string>
#include <string_view>

#include "support/catch.h"
#include "support/iso_builder.h"

using namespace isofuse;
using namespace isofuse::iso9660;
using namespace std::string_literals;
using test::Bytes;
using test::operator+;
using test::utf16be;

namespace {

std::string normal(std::string_view identifier) {
  const Bytes bytes = test::bytes_of(identifier);
  return normal_name(ByteView(bytes));
}

std::string joliet(std::string_view identifier, const Charset* charset = nullptr) {
  const Bytes bytes = test::bytes_of(identifier);
  return joliet_name(ByteView(bytes), charset);
}

/// "ARCHIMEDES", a load address of type `type`, and the attributes.
Bytes acorn_field(unsigned type, unsigned attributes, unsigned stamp = 0xFFF) {
  return test::bytes_of("ARCHIMEDES") +
         test::bytes_of({0x11, type & 0xFFU, ((stamp & 0xFU) << 4U) | (type >> 8U), stamp >> 4U}) +
         Bytes(5) + test::bytes_of({attributes}) + Bytes(12);
}

std::string acorn(const std::string& identifier, const Bytes& field, std::uint8_t flags = 0) {
  const Bytes bytes =
      test::make_record({.identifier = identifier, .flags = flags, .system_use = field});
  return acorn_name(*Record::decode(ByteView(bytes), false));
}

}  // namespace

TEST_CASE("map=normal shows names as the kernel does", "[names]") {
  struct Case {
    std::string in, out;
  };
  const Case c = GENERATE(
      Case{"README.TXT;1", "readme.txt"}, Case{"README.;1", "readme"}, Case{"README;1", "readme"},
      Case{"README.", "readme."}, Case{"README.;2", "readme..2"}, Case{"A;11", "a.11"},
      Case{"A;1;1", "a.1"}, Case{"A/B", "a.b"}, Case{"a_Z0", "a_z0"}, Case{".;1", ""},
      Case{";1", ""}, Case{"", ""}, Case{"A.;1 ", "a..1 "}, Case{"A\0B;1"s, "a"},
      Case{"\xC4;1", "\xC4"}, Case{";", "."}, Case{"A..;1", "a."}, Case{"@[", "@["});
  CAPTURE(c.in);
  CHECK(normal(c.in) == c.out);
}

TEST_CASE("map=acorn adds what the Acorn field says", "[names]") {
  CHECK(acorn("_PROG;1", acorn_field(0xFEB, 1)) == "!prog,feb");
  CHECK(acorn("_PROG;1", acorn_field(0x00A, 0)) == "_prog,00a");
  CHECK(acorn("PROG;1", acorn_field(0xFEB, 1)) == "prog,feb");
  CHECK(acorn("_DIR", acorn_field(0xFEB, 1), test::kDirectoryFlag) == "!dir");
  CHECK(acorn("ADDR;1", acorn_field(0xFEB, 0, 0x123)) == "addr");  // a load address: no type
}

TEST_CASE("map=acorn leaves names alone where there is no Acorn field", "[names]") {
  CHECK(acorn("_A;1", {}) == "_a");
  CHECK(acorn("_A;1", acorn_field(0xFEB, 1) + Bytes(2)) == "_a");
  Bytes other = acorn_field(0xFEB, 1);
  other[9] = std::byte{'X'};
  CHECK(acorn("_A;1", other) == "_a");
  CHECK(acorn(";1", acorn_field(0xFEB, 1)).empty());
}

TEST_CASE("Joliet names lose their version, and then their trailing dots", "[names]") {
  struct Case {
    std::u16string in;
    std::string out;
  };
  const Case c = GENERATE(
      Case{u"Readme.txt;1", "Readme.txt"}, Case{u"name.;1", "name"}, Case{u"name...", "name"},
      Case{u"...", "."}, Case{u".", "."}, Case{u";1", ";1"}, Case{u"a;1", "a"}, Case{u"a;2", "a;2"},
      Case{u"a;11", "a;11"}, Case{u"a/b", "a/b"}, Case{u"", ""}, Case{u"\u00E4;1", "\xC3\xA4"},
      Case{u"\U0001F600;1", "\xF0\x9F\x98\x80"}, Case{{u'a', 0xD83D, u';', u'1'}, "a"},
      Case{std::u16string(u"a\0b", 3), "a"});
  CHECK(joliet(utf16be(c.in)) == c.out);
}

TEST_CASE("an odd last byte of a Joliet name is ignored", "[names]") {
  CHECK(joliet(utf16be(u"ab") + "c") == "ab");
  const auto latin = Charset::open("UCS-2BE", "ISO-8859-1");
  CHECK(joliet(utf16be(u"ab") + "c", latin->get()) == "ab");
}

TEST_CASE("Joliet names in another character set show '?' for what it lacks", "[names]") {
  const auto latin = Charset::open("UCS-2BE", "ISO-8859-1");
  REQUIRE(latin);
  CHECK(joliet(utf16be(u"\u00E4\u20AC;1"), latin->get()) == "\xE4?");
  CHECK(joliet(utf16be(u"\U0001F600.;1"), latin->get()) == "??");
  CHECK(joliet(utf16be(std::u16string(u"a\0b", 3)), latin->get()) == "a");
}

TEST_CASE("a record without an alternate name is named by the options", "[names]") {
  const Bytes bytes = test::make_record({.identifier = "FILE.X;1"});
  const Record record = *Record::decode(ByteView(bytes), false);
  NameReader reader;
  CHECK(reader.plain(record) == "file.x");
  reader.map = NameMap::kOff;
  CHECK(reader.plain(record) == "FILE.X;1");
  reader.map = NameMap::kAcorn;
  CHECK(reader.plain(record) == "file.x");
  reader.joliet = true;
  CHECK(reader.plain(record) == joliet("FILE.X;1"));
}

TEST_CASE("a character set converts plain and alternate names, or leaves them whole", "[names]") {
  NameReader reader;
  reader.charset = *Charset::open("ISO-8859-1", "UTF-8");
  const Bytes bytes = test::make_record({.identifier = "\xE4;1"});
  CHECK(reader.plain(*Record::decode(ByteView(bytes), false)) == "\xC3\xA4");
  CHECK(reader.alternate("f\xFC") == "f\xC3\xBC");
  reader.charset = *Charset::open("UTF-8", "UTF-8");
  CHECK(reader.alternate("f\xFC") == "f\xFC");
  CHECK(NameReader{}.alternate("f\xFC") == "f\xFC");
}
