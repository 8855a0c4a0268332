#include <isofuse/open.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/catch.h"
#include "support/memory_source.h"

namespace isofuse {
namespace {

using namespace std::string_view_literals;

struct Put {
  std::size_t offset;
  std::string_view bytes;
};

std::string identified(const std::vector<Put>& puts, std::size_t size_bytes) {
  std::vector<std::byte> bytes(size_bytes);
  for (const Put& put : puts) {
    for (std::size_t i = 0; i < put.bytes.size(); ++i)
      bytes.at(put.offset + i) = static_cast<std::byte>(put.bytes[i]);
  }
  return identify(test::MemorySource(std::move(bytes)));
}

TEST_CASE("files that are taken for discs are called by their names") {
  struct Case {
    std::vector<Put> puts;
    std::size_t size_bytes;
    std::string_view says;
  };
  const std::vector<Case> cases = {
      {{}, 0, "an empty file"},
      {{}, 4096, "nothing but zeros"},
      {{}, 1U << 20U, "zeros where a disc would begin"},
      {{{54, "FAT16   "}, {510, "\x55\xaa"}}, 4096, "FAT16"},
      {{{82, "FAT32   "}, {510, "\x55\xaa"}}, 4096, "FAT32"},
      {{{11, "\0\x02\x01"sv}, {16, "\x02"}, {21, "\xf0"}, {510, "\x55\xaa"}}, 4096, "a FAT file"},
      {{{3, "NTFS    "}}, 4096, "NTFS"},
      {{{3, "EXFAT   "}}, 4096, "exFAT"},
      {{{1080, "\x53\xef"}}, 4096, "ext2"},
      {{{1080, "\x53\xef"}, {1116, "\x04"}}, 4096, "ext3"},
      {{{1080, "\x53\xef"}, {1116, "\x04"}, {1120, "\x42"}}, 4096, "ext4"},
      {{{32769, "BEA01"}, {34817, "NSR02"}}, 65536, "UDF"},
      {{{0, "XFSB"}}, 4096, "XFS"},
      {{{0x10040, "_BHRfS_M"}}, 0x11000, "Btrfs"},
      {{{1024, "H+"}}, 4096, "HFS+"},
      {{{0, "hsqs"}}, 4096, "SquashFS"},
      {{{0xff6, "SWAPSPACE2"}}, 4096, "swap"},
      {{{0, "LUKS\xba\xbe"}}, 4096, "LUKS"},
      {{{0, "PK\x03\x04"}}, 4096, "ZIP"},
      {{{0, "Rar!\x1a\x07\x01"}}, 4096, "RAR"},
      {{{0, "7z\xbc\xaf\x27\x1c"}}, 4096, "7z"},
      {{{0, "\x1f\x8b\x08"}}, 4096, "gzip"},
      {{{0,
         "\xfd"
         "7zXZ\0"sv}},
       4096,
       "xz"},
      {{{0, "BZh9"}}, 4096, "bzip2"},
      {{{0, "\x28\xb5\x2f\xfd"}}, 4096, "zstd"},
      {{{257, "ustar"}}, 4096, "tar"},
      {{{0, "\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0"sv}}, 4704, "raw CD"},
      {{{0, "MComprHD"}}, 4096, "CHD"},
      {{{0, "CISO"}}, 4096, "CSO"},
      {{{4088, "NERO"}}, 4096, "Nero"},
      {{{4084, "NER5"}}, 4096, "Nero"},
      {{{3584, "koly"}}, 4096, "DMG"},
      {{{0, "QFI\xfb"}}, 4096, "QCOW"},
      {{{0,
         "\x7f"
         "ELF"}},
       4096,
       "ELF"},
      {{{0, "MZ"}, {0x3c, "\x80"}, {0x80, "PE\0\0"sv}}, 4096, "Windows program"},
      {{{0, "MZ"}, {0x3c, "\xff\xff\xff\xff"}}, 4096, "DOS program"},
      {{{512, "EFI PART"}, {510, "\x55\xaa"}}, 4096, "GPT"},
      {{{450, "\x83"}, {510, "\x55\xaa"}}, 4096, "MBR"},
      {{{0x10000, "MICROSOFT*XBOX*MEDIA"}}, 0x11000, "Xbox"},
      {{{0x1c, "\xc2\x33\x9f\x3d"}}, 4096, "GameCube"},
  };
  for (const Case& c : cases) {
    const std::string name = identified(c.puts, c.size_bytes);
    INFO(c.says << " / " << name);
    CHECK(name.find(c.says) != std::string::npos);
  }
}

TEST_CASE("texts are told apart") {
  const auto of_text = [](std::string_view text) { return identified({{0, text}}, text.size()); };
  CHECK(of_text("\n <!DOCTYPE HTML><html>404").find("web page") != std::string::npos);
  CHECK(of_text("<HTML>").find("web page") != std::string::npos);
  CHECK(of_text("FILE \"a.bin\" BINARY\r\n  TRACK 01 MODE1/2352\r\n").find("CUE") !=
        std::string::npos);
  CHECK(of_text("CD_ROM\n\nTRACK MODE1\n").find("TOC") != std::string::npos);
  CHECK(of_text("some words\n") == "a text file");
  CHECK(of_text("\x01\x02words").empty());
}

TEST_CASE("no length of an image is too short to be looked at") {
  for (std::size_t size = 0; size < 1200; ++size) {
    std::vector<std::byte> bytes(size, std::byte{0xa5});
    static_cast<void>(identify(test::MemorySource(std::move(bytes))));
  }
  SUCCEED();
}

}  // namespace
}  // namespace isofuse
