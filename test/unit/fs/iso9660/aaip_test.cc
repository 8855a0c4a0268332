#include "fs/iso9660/aaip.h"

#include <map>
#include <string>

#include <isofuse/limits.h>

#include "support/catch.h"
#include "support/iso_builder.h"

using namespace isofuse;
using namespace isofuse::iso9660;
using namespace std::string_literals;
using test::Bytes;
using test::operator+;
using Parts = std::vector<test::susp::Part>;

namespace {

Bytes components(const Parts& parts) {
  Bytes out;
  for (const auto& part : parts)
    out = std::move(out) + test::bytes_of({part.flags, static_cast<unsigned>(part.text.size())}) +
          test::bytes_of(part.text);
  return out;
}

/// By name; names that come twice fail the test.
std::map<std::string, std::string> parse(const Bytes& bytes) {
  std::map<std::string, std::string> out;
  for (const ExtendedAttribute& attribute : parse_attribute_list(bytes)) {
    INFO(attribute.name);
    CHECK(out.emplace(attribute.name, attribute.value).second);
  }
  return out;
}
std::map<std::string, std::string> parse(const Parts& parts) { return parse(components(parts)); }

/// Linux's form: version 2, then tag, permissions and id of each entry.
std::string acl(std::initializer_list<std::array<unsigned, 3>> entries) {
  std::string out("\2\0\0\0", 4);
  for (const auto& [tag, permissions, id] : entries)
    for (const auto& [value, bytes] : {std::pair{tag, 2}, {permissions, 2}, {id, 4}})
      for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
  return out;
}
constexpr unsigned kNoId = 0xFFFFFFFF;

}  // namespace

TEST_CASE("attributes are pairs of a name and a value", "[aaip]") {
  CHECK(parse(Parts{}).empty());
  const auto found = parse({{0, "user.a"}, {0, "1"}, {0, "user.b"}, {0, ""}});
  CHECK(found.size() == 2);
  CHECK(found.at("user.a") == "1");
  CHECK(found.at("user.b").empty());
}

TEST_CASE("names and values go on in the next component", "[aaip]") {
  const auto found = parse({{1, "us"}, {0, "er.a"}, {1, "1"}, {1, ""}, {0, "2"}});
  CHECK(found == std::map<std::string, std::string>{{"user.a", "12"}});
}

TEST_CASE("the first byte of a name may stand for its namespace", "[aaip]") {
  struct Case {
    std::string in, out;
  };
  const Case c = GENERATE(Case{"\x02x", "system.x"}, Case{"\x03x", "user.x"},
                          Case{"\x04x", "user.isofs.x"}, Case{"\x05x", "trusted.x"},
                          Case{"\x06x", "security.x"}, Case{"\x01\x03x", "user.\x03x"},
                          Case{"isofs.x", "user.isofs.x"}, Case{"user.x", "user.x"},
                          Case{"trusted.x", "trusted.x"}, Case{"plain", "user.plain"});
  CHECK(parse({{0, c.in}, {0, "v"}}) == std::map<std::string, std::string>{{c.out, "v"}});
}

TEST_CASE("names that mean nothing are left out", "[aaip]") {
  const std::string name =
      GENERATE("\x03"s, "\x07x"s, "\x1Fx"s, "\0x"s, "user.a\0b"s, std::string(251, 'x'));
  CHECK(parse({{0, name}, {0, "v"}, {0, "user.good"}, {0, "w"}}) ==
        std::map<std::string, std::string>{{"user.good", "w"}});
}

TEST_CASE("of two attributes of one name the first counts", "[aaip]") {
  CHECK(parse({{0, "user.a"},
               {0, "1"},
               {0,
                "\x03"
                "a"},
               {0, "2"}}) == std::map<std::string, std::string>{{"user.a", "1"}});
}

TEST_CASE("what is not complete is left out", "[aaip]") {
  CHECK(parse({{0, "user.a"}}).empty());
  CHECK(parse({{0, "user.a"}, {1, "1"}}).empty());
  Bytes cut = components({{0, "user.a"}, {0, "1"}, {0, "user.b"}, {0, "22"}});
  cut.pop_back();
  CHECK(parse(cut).size() == 1);
  cut.pop_back();
  CHECK(parse(cut).size() == 1);
}

TEST_CASE("values and attributes are limited", "[aaip]") {
  Parts value = {{0, "user.a"}};
  for (std::size_t i = 0; i < kXattrBytesMax / 128; ++i)
    value.push_back({1, std::string(128, 'v')});
  value.push_back({0, ""});
  CHECK(parse(value).at("user.a").size() == kXattrBytesMax);
  value.back().text = "x";
  CHECK(parse(value).empty());

  Parts many;
  for (std::size_t i = 0; i < kXattrsMax + 10; ++i) {
    many.push_back({0, "user." + std::to_string(i)});
    many.push_back({0, "v"});
  }
  CHECK(parse(many).size() == kXattrsMax);
}

TEST_CASE("the attribute without a name is the ACL, in the form of Linux", "[aaip]") {
  // user::rw- user:1000:r-- group::r-- mask::rw- other::---, as types 1, 10, 3, 5, 6.
  const std::string value = "\x16"s + "\xAC\x02\x03\xE8" + "\x34" + "\x56" + "\x60";
  const auto found = parse({{0, ""}, {0, value}});
  REQUIRE(found.size() == 1);
  CHECK(found.at("system.posix_acl_access") ==
        acl({{1, 6, kNoId}, {2, 4, 1000}, {4, 4, kNoId}, {16, 6, kNoId}, {32, 0, kNoId}}));
}

TEST_CASE("a default ACL follows the mark that begins it", "[aaip]") {
  const auto found = parse({{0, ""}, {0, "\x17\x35\x65\x80\x17\x30\x60"}});
  REQUIRE(found.size() == 2);
  CHECK(found.at("system.posix_acl_access") == acl({{1, 7, kNoId}, {4, 5, kNoId}, {32, 5, kNoId}}));
  CHECK(found.at("system.posix_acl_default") ==
        acl({{1, 7, kNoId}, {4, 0, kNoId}, {32, 0, kNoId}}));
}

TEST_CASE("the entries of an ACL are put in the order that Linux wants", "[aaip]") {
  const auto found = parse({{0, ""}, {0, "\x65\xAC\x01\x09\xAC\x01\x03\xCC\x01\x07\x57\x35\x17"}});
  CHECK(found.at("system.posix_acl_access") == acl({{1, 7, kNoId},
                                                    {2, 4, 3},
                                                    {2, 4, 9},
                                                    {4, 5, kNoId},
                                                    {8, 4, 7},
                                                    {16, 7, kNoId},
                                                    {32, 5, kNoId}}));
}

TEST_CASE("a damaged ACL is left out", "[aaip]") {
  const std::string value =
      GENERATE("\xAC"s, "\xAC\x05\x01"s, "\xA4"s, "\xAC\x05\x01\x02\x03\x04\x05"s, "\xAC\x81\x01"s,
               ""s, "\x80"s);
  CHECK(parse({{0, ""}, {0, value}}).empty());
}

TEST_CASE("an ACL that comes twice is shown once", "[aaip]") {
  CHECK(parse({{0, ""}, {0, "\x17\x35\x65"}, {0, ""}, {0, "\x10\x30\x60"}}).size() == 1);
  CHECK(parse({{0, "\x02posix_acl_access"}, {0, "x"}, {0, ""}, {0, "\x17\x35\x65"}}).size() == 1);
}
