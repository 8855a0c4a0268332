#include "app/folder_name.h"

#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"

namespace isofuse::app {
namespace {

TEST_CASE("an ordinary label is its own name") {
  for (const char* const label :
       {"Debian 12.1.0 amd64 n", "CDROM", "Ünïcødé 光盤", "a.b", "x~", "a-b"})
    CHECK(folder_name(label) == label);
}

TEST_CASE("what a name cannot hold, or should not, becomes _") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a/b", "a_b"},
      {"../../etc/passwd", "_._.._etc_passwd"},
      {std::string("a\0b", 3), "a_b"},
      {"a\nb\tc\x1B[31m\x7F", "a_b_c_[31m_"},
      {"a\xC2\x80z\xC2\x9F", "a_z_"},                      // C1
      {"photo\xE2\x80\xAEgpj.exe", "photo_gpj.exe"},       // right-to-left override
      {"a\xE2\x81\xA6z\xD8\x9C\xE2\x80\x8F", "a_z__"},     // other marks of direction
      {"a\xE2\x80\xA8z", "a_z"},                           // line separator
      {"\xE2\x80\x94 \xC2\xA0", "\xE2\x80\x94 \xC2\xA0"},  // beside the forbidden ones
      {"caf\xE9 \xC0\xAF \xED\xA0\x80", "caf_ __ ___"},    // Latin-1, overlong, a surrogate
      {"\xF4\x90\x80\x80", "____"},                        // above U+10FFFF
  };
  for (const auto& [label, name] : cases) CHECK(folder_name(label) == name);
}

TEST_CASE("a name does not begin like a hidden file, an option or a home directory") {
  CHECK(folder_name(".hidden") == "_hidden");
  CHECK(folder_name(".") == "_");
  CHECK(folder_name("..") == "_.");
  CHECK(folder_name("-rf") == "_rf");
  CHECK(folder_name("~anna") == "_anna");
  CHECK(folder_name("  -x  ") == "_x");
}

TEST_CASE("blanks around a name go, and nothing is left of nothing") {
  CHECK(folder_name("  DISC \t ") == "DISC");
  CHECK(folder_name("").empty());
  CHECK(folder_name(" \t ").empty());
}

TEST_CASE("a long label is cut between two characters") {
  const std::string umlauts = [] {
    std::string out = "x";
    for (int i = 0; i < 5000; ++i) out += "\xC3\xA4";
    return out;
  }();
  const std::string name = folder_name(umlauts);
  CHECK(name.size() == kFolderNameBytesMax - 1);
  CHECK(name == umlauts.substr(0, kFolderNameBytesMax - 1));
  std::string blank(kFolderNameBytesMax + 5, 'a');
  blank[kFolderNameBytesMax - 1] = ' ';
  CHECK(folder_name(blank) == std::string(kFolderNameBytesMax - 1, 'a'));
}

}  // namespace
}  // namespace isofuse::app
