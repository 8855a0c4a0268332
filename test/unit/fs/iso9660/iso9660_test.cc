// The whole file system over discs in memory.
#include "fs/iso9660/iso9660.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <isofuse/limits.h>
#include <isofuse/open.h>
#include <isofuse/read.h>

#include "support/catch.h"
#include "support/failing_source.h"
#include "support/iso_builder.h"
#include "support/options.h"
#include "support/zisofs.h"

using namespace isofuse;
using test::Bytes;
using test::directory_record;
using test::Disc;
using test::file_record;
using test::MemorySource;
using test::operator+;
using test::options_with;
using test::rock_ridge_disc;
namespace susp = test::susp;

namespace {

/// An image in memory and the file system on it.
class Mounted {
 public:
  explicit Mounted(const Disc& disc, const Options& options = {})
      : image_(disc.bytes()), filesystem_(open(image_, options)) {}
  const Filesystem* operator->() const { return filesystem_.get(); }
  [[nodiscard]] const Filesystem& filesystem() const { return *filesystem_; }

  /// The node that `names`, one after the other, lead to from the root.
  [[nodiscard]] NodeId find(const std::vector<std::string>& names) const {
    NodeId node = filesystem_->root();
    for (const std::string& name : names) {
      CAPTURE(name);
      const auto directory = filesystem_->directory(node);
      REQUIRE(directory);
      const auto index = (*directory)->find(name);
      REQUIRE(index);
      node = (*directory)->entry(*index).node;
    }
    return node;
  }
  [[nodiscard]] Attributes attributes(const std::vector<std::string>& names) const {
    const auto out = filesystem_->attributes(find(names));
    REQUIRE(out);
    return *out;
  }
  [[nodiscard]] Bytes read(const std::vector<std::string>& names,
                           std::size_t most = 1U << 20U) const {
    Bytes out(most);
    const auto got = read_bytes(*filesystem_, image_, find(names), 0, out);
    REQUIRE(got);
    out.resize(*got);
    return out;
  }
  [[nodiscard]] std::vector<std::string> list(const std::vector<std::string>& names = {}) const {
    const auto directory = filesystem_->directory(find(names));
    REQUIRE(directory);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < (*directory)->size(); ++i)
      out.emplace_back((*directory)->entry(i).name);
    return out;
  }

 private:
  static std::unique_ptr<Filesystem> open(const Source& image, const Options& options) {
    auto opened = open_filesystem(image, options);
    REQUIRE(opened);
    return std::move(*opened);
  }
  MemorySource image_;
  std::unique_ptr<Filesystem> filesystem_;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("what is no disc is not recognised", "[iso9660]") {
  const MemorySource image(1U << 20U);
  CHECK(open_filesystem(image, {}).error().code == Errc::kNotRecognised);
}

TEST_CASE("a plain file has what its record says, and belongs to whoever mounts", "[iso9660]") {
  Disc disc = test::plain_disc({file_record("FILE.;1", 40, 5)});
  disc.block(40, test::bytes_of("hello world"));
  const Mounted mounted(disc, options_with([](Options& o) {
                          o.default_uid = 7;
                          o.default_gid = 8;
                        }));
  const Attributes a = mounted.attributes({"file"});
  CHECK(a.type == FileType::kRegular);
  CHECK(a.permissions == 0555);
  CHECK(a.link_count == 1);
  CHECK(a.uid == 7);
  CHECK(a.gid == 8);
  CHECK(a.size_bytes == 5);
  CHECK(a.stored_bytes == 5);
  CHECK(a.modified == Timestamp{test::kRecordedAtSeconds, 0});
  CHECK(a.accessed == a.modified);
  CHECK(a.changed == a.modified);
  CHECK(a.inode_number == mounted.find({"file"}).v);
  CHECK(test::text_of(mounted.read({"file"})) == "hello");
  CHECK(mounted->label() == "TEST");
  CHECK(mounted->stats().blocks_total == 64);
  CHECK(mounted->stats().block_bytes == 2048);
}

TEST_CASE("Rock Ridge says everything about a file", "[iso9660]") {
  const Bytes stamp = test::bytes_of({110, 1, 1, 0, 0, 0, 0});
  const Bytes use = susp::px(0104750, 1, 1000, 1001) + susp::nm("Name") + susp::tf(2, stamp);
  const Mounted mounted(rock_ridge_disc({file_record("A.;1", 40, 5, use)}),
                        options_with([](Options& o) { o.default_uid = 7; }));
  const Attributes a = mounted.attributes({"Name"});
  CHECK(a.permissions == 04750);
  CHECK(a.uid == 1000);
  CHECK(a.gid == 1001);
  CHECK(a.modified.seconds == 1'262'304'000);
  CHECK(a.accessed.seconds == test::kRecordedAtSeconds);
}

TEST_CASE("options overrule owners and modes", "[iso9660]") {
  const Disc disc =
      rock_ridge_disc({file_record("A", 40, 5, susp::px(0100644, 1, 5, 6)), file_record("P", 40, 5),
                       file_record("F", 0, 0, susp::px(0010644))});
  const Options owners = options_with([](Options& o) {
    o.uid = 1;
    o.gid = 2;
  });
  CHECK(Mounted(disc, owners).attributes({"a"}).uid == 1);
  CHECK(Mounted(disc, owners).attributes({"a"}).gid == 2);
  const Options modes = options_with([](Options& o) {
    o.file_mode = std::uint16_t{0640};
    o.file_mask = 0020;
  });
  CHECK(Mounted(disc, modes).attributes({"a"}).permissions == 0644);
  CHECK(Mounted(disc, modes).attributes({"p"}).permissions == 0640);
  Options over = modes;
  over.override_rock_permissions = true;
  CHECK(Mounted(disc, over).attributes({"a"}).permissions == 0640);
  CHECK(Mounted(disc, over).attributes({"f"}).permissions == 0644);
  over.file_mask = 0077;
  CHECK(Mounted(disc, over).attributes({"a"}).permissions == 0600);
  over.directory_mode = std::uint16_t{0711};
  CHECK(Mounted(disc, over).attributes({}).permissions == 0711);
}

TEST_CASE("special files have their types and devices", "[iso9660]") {
  const Mounted mounted(rock_ridge_disc({
      file_record("C", 0, 0, susp::px(0020600) + susp::pn(4, 64)),
      file_record("B", 0, 0, susp::px(0060600) + susp::pn(8, 1)),
      file_record("F", 0, 0, susp::px(0010600) + susp::pn(9, 9)),
      file_record("S", 0, 0, susp::px(0140600)),
  }));
  CHECK(mounted.attributes({"c"}).type == FileType::kCharacterDevice);
  CHECK(mounted.attributes({"c"}).device_major == 4);
  CHECK(mounted.attributes({"c"}).device_minor == 64);
  CHECK(mounted.attributes({"b"}).type == FileType::kBlockDevice);
  CHECK(mounted.attributes({"f"}).type == FileType::kFifo);
  CHECK(mounted.attributes({"f"}).device_major == 0);
  CHECK(mounted.attributes({"s"}).type == FileType::kSocket);
  CHECK(mounted->extent(mounted.find({"c"}), 0).error().code == Errc::kInvalid);
}

TEST_CASE("a mode without a known type leaves the type of the record", "[iso9660]") {
  const Mounted mounted(rock_ridge_disc({file_record("A", 40, 5, susp::px(0640))}));
  CHECK(mounted.attributes({"a"}).type == FileType::kRegular);
  CHECK(mounted.attributes({"a"}).permissions == 0640);
}

TEST_CASE("PX and the directory flag may contradict each other", "[iso9660]") {
  Disc disc = rock_ridge_disc({directory_record("D", 30, susp::px(0100644)),
                               file_record("E", 31, 2048, susp::px(0040755))});
  disc.directory({.lbn = 30, .self_use = susp::px(0100644)}, {file_record("X", 40, 1)});
  disc.directory({.lbn = 31}, {file_record("Y", 40, 1)});
  const Mounted mounted(disc);
  CHECK(mounted.attributes({"d"}).type == FileType::kRegular);
  CHECK(mounted->directory(mounted.find({"d"})).error().code == Errc::kNotDirectory);
  CHECK(mounted.attributes({"e"}).type == FileType::kDirectory);
  CHECK(mounted.list({"e"}) == Names{"y"});
  CHECK(*mounted->parent(mounted.find({"e"})) == mounted->root());
}

TEST_CASE("a directory is what its own record says, and knows its parent", "[iso9660]") {
  Disc disc =
      rock_ridge_disc({directory_record("D", 30, susp::px(0040700, 9))}, susp::px(0040711, 4));
  disc.directory({.lbn = 30, .parent_lbn = 20, .self_use = susp::px(0040755, 3, 1, 2)},
                 {directory_record("E", 31)});
  disc.directory({.lbn = 31, .parent_lbn = 30}, {});
  const Mounted mounted(disc);
  const Attributes d = mounted.attributes({"d"});
  CHECK(d.permissions == 0755);
  CHECK(d.link_count == 3);
  CHECK(d.uid == 1);
  CHECK(d.parent == mounted->root());
  CHECK(mounted.attributes({"d", "e"}).parent == mounted.find({"d"}));
  CHECK(*mounted->parent(mounted.find({"d", "e"})) == mounted.find({"d"}));
  CHECK(*mounted->parent(mounted->root()) == mounted->root());
  CHECK(mounted.attributes({}).permissions == 0711);
}

TEST_CASE("operations refuse what is not of their kind", "[iso9660]") {
  const Mounted mounted(test::plain_disc({file_record("F", 40, 5)}));
  const NodeId file = mounted.find({"f"});
  CHECK(mounted->directory(file).error().code == Errc::kNotDirectory);
  CHECK(mounted->parent(file).error().code == Errc::kNotDirectory);
  CHECK(mounted->link_target(file).error().code == Errc::kNotLink);
  CHECK(mounted->extent(mounted->root(), 0).error().code == Errc::kInvalid);
  CHECK(mounted->decode(file, 0).error().code == Errc::kInvalid);
}

TEST_CASE("a node that no record stands behind is an error", "[iso9660]") {
  const Mounted mounted(test::plain_disc({}));
  const NodeId node{GENERATE(std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{64 * 2048 - 1},
                             std::uint64_t{64 * 2048}, kNodeIdLimit - 1)};
  CHECK_FALSE(mounted->attributes(node));
  CHECK_FALSE(mounted->directory(node));
  CHECK_FALSE(mounted->parent(node));
  CHECK_FALSE(mounted->link_target(node));
  CHECK_FALSE(mounted->extent(node, 0));
  CHECK_FALSE(mounted->extended_attributes(node));
}

TEST_CASE("a symbolic link has its target, and the size of it", "[iso9660]") {
  const Mounted mounted(rock_ridge_disc(
      {file_record("L", 0, 0, susp::px(0120777) + susp::sl({{4, ""}, {0, "x"}})),
       file_record("M", 0, 0, susp::px(0120777)),
       file_record("N", 0, 0, susp::px(0120777) + susp::sl({{0, std::string("a\0b", 3)}}))}));
  CHECK(*mounted->link_target(mounted.find({"l"})) == "../x");
  CHECK(mounted.attributes({"l"}).size_bytes == 4);
  CHECK(mounted->link_target(mounted.find({"m"})).error().code == Errc::kCorrupt);
  CHECK(*mounted->link_target(mounted.find({"n"})) == "a");
}

TEST_CASE("hard links share a number, other files do not", "[iso9660]") {
  const Mounted mounted(rock_ridge_disc({
      file_record("S1", 40, 5, susp::px(0100644, 2, 0, 0, 77)),
      file_record("S2", 40, 5, susp::px(0100644, 2, 0, 0, 77)),
      file_record("S3", 40, 5, susp::px(0100644, 2, 0, 0, 78)),
      file_record("E1", 41, 5, susp::px(0100644, 2)),
      file_record("E2", 41, 5, susp::px(0100644, 2)),
      file_record("O1", 41, 5, susp::px(0100644, 1)),
      file_record("Z1", 42, 0, susp::px(0100644, 2)),
      file_record("Z2", 42, 0, susp::px(0100644, 2)),
      file_record("T1", 43, 5, susp::px(0100644, 1, 0, 0, 77)),
  }));
  std::map<std::string, std::uint64_t> number;
  for (const std::string& name : mounted.list())
    number[name] = mounted.attributes({name}).inode_number;
  CHECK(number.at("s1") == number.at("s2"));
  CHECK(number.at("e1") == number.at("e2"));
  std::set<std::uint64_t> different;
  for (const auto& [name, value] : number) different.insert(value);
  CHECK(different.size() == number.size() - 2);
}

TEST_CASE("relocated directories stand where they belong", "[iso9660]") {
  Disc disc = rock_ridge_disc({directory_record("A", 30, susp::nm("a")),
                               directory_record("RR_MOVED", 31, susp::re() + susp::nm("rr"))});
  disc.directory({.lbn = 30, .parent_lbn = 20},
                 {file_record("DEEP", 32, 0, susp::nm("deep") + susp::cl(32))});
  disc.directory({.lbn = 31, .parent_lbn = 20},
                 {directory_record("DEEP", 32, susp::re() + susp::nm("deep"))});
  disc.directory(
      {.lbn = 32, .parent_lbn = 31, .self_use = susp::px(0040750), .parent_use = susp::pl(30)},
      {file_record("F", 40, 5)});
  const Mounted mounted(disc);
  CHECK(mounted.list() == Names{"a"});
  CHECK(mounted.list({"a", "deep"}) == Names{"f"});
  CHECK(mounted.attributes({"a", "deep"}).permissions == 0750);
  CHECK(mounted.attributes({"a", "deep"}).parent == mounted.find({"a"}));
}

TEST_CASE("references that lead nowhere or in circles cost only themselves", "[iso9660]") {
  Disc disc = rock_ridge_disc({file_record("OUT", 0, 0, susp::cl(0xFFFFFFFF)),
                               file_record("ZERO", 0, 0, susp::cl(0)),
                               file_record("ROOT", 0, 0, susp::cl(20)),
                               directory_record("LOOP", 20), file_record("GOOD", 40, 5)});
  const Mounted mounted(disc);
  CHECK(mounted.list() == Names{"out", "zero", "root", "loop", "good"});
  CHECK_FALSE(mounted->attributes(mounted.find({"out"})));
  CHECK_FALSE(mounted->attributes(mounted.find({"zero"})));
  CHECK(mounted.find({"root"}) == mounted->root());
  CHECK(mounted.find({"loop", "loop", "root"}) == mounted->root());
  CHECK(mounted.attributes({"good"}).size_bytes == 5);
}

TEST_CASE("a file behind the end of the image has attributes, but no bytes", "[iso9660]") {
  const Mounted mounted(test::plain_disc({file_record("F", 60, 1'000'000)}));
  CHECK(mounted.attributes({"f"}).size_bytes == 1'000'000);
  const MemorySource image(64 * 2048);
  std::vector<Piece> pieces;
  const auto got = read_pieces(mounted.filesystem(), image, mounted.find({"f"}), 0, 9000, pieces);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == Errc::kTruncated);
}

TEST_CASE("a sparse file reads as its data and zeros", "[iso9660]") {
  Disc disc =
      rock_ridge_disc({file_record("S", 40, 2 * 2048 + 512, susp::px(0100644) + susp::sf(700, 1))});
  Bytes index = test::both32(0x80000000) + test::both32(16) + test::both32(17);
  disc.block(41, index);
  const Bytes data = test::pattern(512);
  disc.block(42, data);
  const Mounted mounted(disc);
  CHECK(mounted.attributes({"s"}).size_bytes == 700);
  CHECK(mounted.attributes({"s"}).stored_bytes == 2 * 2048 + 512);
  Bytes expected(700);
  std::copy_n(data.begin(), 444, expected.begin() + 256);
  CHECK(mounted.read({"s"}) == expected);
  const auto hole = mounted->extent(mounted.find({"s"}), 5);
  CHECK(hole->kind == Extent::Kind::kZeros);
}

TEST_CASE("a compressed file reads as what was compressed, unless told otherwise", "[iso9660]") {
  Bytes plain = test::pattern(40'000);
  for (std::byte& b : plain) b &= std::byte{7};
  const Bytes stored = test::zisofs1(plain, 15);
  Disc disc = rock_ridge_disc({file_record(
      "Z", 40, static_cast<std::uint32_t>(stored.size()),
      susp::px(0100644) + susp::zf("pz", 4, 15, static_cast<std::uint32_t>(plain.size())))});
  disc.block(40, stored);
  const Mounted mounted(disc);
  CHECK(mounted.attributes({"z"}).size_bytes == plain.size());
  CHECK(mounted.attributes({"z"}).stored_bytes == stored.size());
  CHECK(mounted.read({"z"}) == plain);
  CHECK(mounted.read({"z"}) == plain);  // from the cache
  const Mounted raw(disc, options_with([](Options& o) { o.decompress = false; }));
  CHECK(raw.attributes({"z"}).size_bytes == stored.size());
  CHECK(raw.read({"z"}) == stored);
}

TEST_CASE("a compressed file whose data is not there has attributes all the same", "[iso9660]") {
  const Mounted mounted(rock_ridge_disc(
      {file_record("Z", 5000, 9000, susp::px(0100644) + susp::zf2("ZD", 6, 15, 100'000))}));
  const auto attributes = mounted->attributes(mounted.find({"z"}));
  REQUIRE(attributes);
  CHECK(attributes->size_bytes == 100'000);
  CHECK(mounted->extent(mounted.find({"z"}), 0).error().code == Errc::kTruncated);
}

TEST_CASE("attributes and ACLs of AAIP are extended attributes", "[iso9660]") {
  const Mounted mounted(rock_ridge_disc({file_record("A", 40, 5,
                                                     susp::al({{0,
                                                                "\x03"
                                                                "a"},
                                                               {0, "1"}},
                                                              1) +
                                                         susp::al({{0, "user.b"}, {0, "2"}})),
                                         file_record("B", 40, 5)}));
  const auto found = mounted->extended_attributes(mounted.find({"a"}));
  REQUIRE(found);
  REQUIRE(found->size() == 2);
  CHECK((*found)[0].name == "user.a");
  CHECK((*found)[1].value == "2");
  CHECK(mounted->extended_attributes(mounted.find({"b"}))->empty());
}

TEST_CASE("attributes of a directory stand where its name is (libisofs)", "[iso9660]") {
  const auto attribute = [](const char* value) { return susp::al({{0, "user.a"}, {0, value}}); };
  Disc disc =
      rock_ridge_disc({file_record("F", 40, 5), directory_record("D", 30, attribute("d")),
                       directory_record("NONE", 33), directory_record("RR_MOVED", 31, susp::re())},
                      attribute("root"));
  disc.directory(
      {.lbn = 30, .parent_lbn = 20},
      {file_record("MOVED", 32, 0, susp::nm("moved") + susp::cl(32) + attribute("moved"))});
  disc.directory({.lbn = 31, .parent_lbn = 20}, {directory_record("MOVED", 32, susp::re())});
  disc.directory({.lbn = 32, .parent_lbn = 31, .parent_use = susp::pl(30)}, {});
  disc.directory({.lbn = 33, .parent_lbn = 5000}, {});
  const Mounted mounted(disc);
  const auto value = [&](const Names& names) {
    const auto found = mounted->extended_attributes(mounted.find(names));
    REQUIRE(found);
    return found->empty() ? std::string() : found->front().value;
  };
  CHECK(value({}) == "root");
  CHECK(value({"d"}) == "d");
  CHECK(value({"d", "moved"}) == "moved");
  CHECK(value({"f"}).empty());
  CHECK(value({"none"}).empty());  // and its ".." leads out of the image
}

TEST_CASE("a file of several sections reads as one", "[iso9660]") {
  test::RecordSpec first = file_record("F", 50, 2048);
  first.flags = test::kMultiExtentFlag;
  Disc disc = test::plain_disc({first, file_record("F", 45, 100)});
  const Bytes data = test::pattern(2148);
  disc.block(50, Bytes(data.begin(), data.begin() + 2048));
  disc.block(45, Bytes(data.begin() + 2048, data.end()));
  const Mounted mounted(disc);
  CHECK(mounted.list() == Names{"f"});
  CHECK(mounted.attributes({"f"}).size_bytes == 2148);
  CHECK(mounted.read({"f"}) == data);
}

TEST_CASE("cruft counts 24 bits of a size", "[iso9660]") {
  const Mounted mounted(test::plain_disc({file_record("F", 40, 0x05000003)}),
                        options_with([](Options& o) { o.cruft = true; }));
  CHECK(mounted.attributes({"f"}).size_bytes == 3);
}

TEST_CASE("a Joliet tree is found whatever the case", "[iso9660]") {
  Disc disc;
  disc.sector(16, test::make_descriptor({}));
  disc.sector(17, test::make_descriptor({.type = 2, .root_lbn = 21, .escape = "%/E"}));
  disc.sector(18, test::make_terminator());
  disc.directory({}, {file_record("PLAIN", 40, 5)});
  disc.directory({.lbn = 21, .parent_lbn = 21},
                 {file_record(test::utf16be(u"L\u00E4ngerer Name.txt;1"), 40, 5)});
  disc.block(63, Bytes(2048));
  const Mounted mounted(disc);
  CHECK(mounted.list() == Names{"L\xC3\xA4ngerer Name.txt"});
  CHECK(mounted.find({"l\xC3\xA4NGERER NAME.TXT."}) == mounted.find({"L\xC3\xA4ngerer Name.txt"}));
  CHECK(Mounted(disc, options_with([](Options& o) { o.joliet = false; })).list() == Names{"plain"});
}

TEST_CASE("a disc of High Sierra is a disc", "[iso9660]") {
  Disc disc;
  disc.sector(16, test::make_high_sierra_descriptor({.volume_identifier = "OLD"}));
  disc.sector(17, test::make_high_sierra_terminator());
  disc.directory({.high_sierra = true}, {directory_record("D", 30), file_record("F.;1", 40, 5)});
  disc.directory({.lbn = 30, .parent_lbn = 20, .high_sierra = true}, {file_record("G", 41, 3)});
  disc.block(40, test::bytes_of("hello"));
  disc.block(63, Bytes(2048));
  const Mounted mounted(disc);
  CHECK(mounted->label() == "OLD");
  CHECK(mounted.list() == Names{"d", "f"});
  CHECK(mounted.list({"d"}) == Names{"g"});
  CHECK(test::text_of(mounted.read({"f"})) == "hello");
  CHECK(mounted.attributes({"f"}).modified.seconds == test::kRecordedAtSeconds);
  const auto up = mounted->parent(mounted.find({"d"}));
  REQUIRE(up);
  const auto directory = mounted->directory(*up);
  REQUIRE(directory);
  CHECK((*directory)->size() == 2);
}

TEST_CASE("the size of a volume is its primary descriptor's, but with norock", "[iso9660]") {
  Disc disc = test::plain_disc({}, {}, {.space_blocks = 64});
  disc.sector(
      17, test::make_descriptor({.type = 2, .space_blocks = 7, .root_lbn = 30, .escape = "%/E"}));
  disc.sector(18, test::make_terminator());
  disc.directory({.lbn = 30, .parent_lbn = 30}, {});
  CHECK(Mounted(disc)->stats().blocks_total == 64);
  CHECK(
      Mounted(disc, options_with([](Options& o) { o.rock_ridge = false; }))->stats().blocks_total ==
      7);
}

TEST_CASE("blocks of 512 bytes are a disc like any other", "[iso9660]") {
  const test::DescriptorSpec primary{.block_bytes = 512, .root_lbn = 81};
  Disc disc = test::plain_disc({file_record("F", 101, 700)}, {}, primary);
  const Bytes data = test::pattern(700);
  disc.block(101, data);
  const Mounted mounted(disc);
  CHECK(mounted.read({"f"}) == data);
  CHECK(mounted->stats().block_bytes == 512);
}

TEST_CASE("the facts of a disc are told", "[iso9660]") {
  Disc disc;
  disc.sector(16, test::make_descriptor({.volume_identifier = "LABEL", .space_blocks = 9999}));
  disc.sector(17, test::make_boot_record(50));
  disc.sector(18, test::make_descriptor({.type = 2,
                                         .volume_identifier = test::utf16be(u"Label           "),
                                         .root_lbn = 21,
                                         .escape = "%/C"}));
  disc.sector(19, test::make_terminator());
  disc.directory({.self_use = susp::sp() + susp::er("IEEE_1282")}, {file_record("A", 40, 1)});
  disc.directory({.lbn = 21}, {});
  disc.block(63, Bytes(2048));
  const Mounted mounted(disc);
  const nlohmann::ordered_json facts = mounted->facts();
  CHECK(facts["filesystem"] == "ISO 9660");
  CHECK(facts["label"] == "LABEL");
  CHECK(facts["view"] == "rockridge");
  CHECK(facts["views"] == nlohmann::ordered_json({"rockridge", "joliet", "iso"}));
  CHECK(facts["extensions"] == nlohmann::ordered_json({"IEEE_1282"}));
  REQUIRE(facts["volumes"].size() == 2);
  CHECK(facts["volumes"][0]["created"] == "2001-02-03T04:05:06Z");
  CHECK(facts["volumes"][0].contains("expires") == false);
  CHECK(facts["volumes"][1]["joliet_level"] == 2);
  CHECK(facts["volumes"][1]["label"] == "Label");
  CHECK(facts["sessions"].size() == 1);
  REQUIRE(facts["boot"].size() == 1);
  CHECK(facts["boot"][0].contains("warning"));  // no catalogue there
  CHECK(facts.contains("warning"));             // the volume says that it is larger
  CHECK_FALSE(facts.dump().empty());
}

TEST_CASE("a descriptor that holds any bytes has facts that are JSON", "[iso9660]") {
  Disc disc = test::plain_disc({});
  const Bytes noise = test::pattern(2048 - 190, static_cast<unsigned>(GENERATE(range(1, 20))));
  disc.put(16 * 2048 + 190, noise);
  disc.put(16 * 2048 + 40, test::bytes_of({0xFF, 0xC3, 0x28, 'x'}));
  CHECK_FALSE(Mounted(disc)->facts().dump().empty());
}

namespace {

/// Everything that a program can see of a disc, or the first error.
class Walker {
 public:
  Walker(const Filesystem& filesystem, const Source& image)
      : filesystem_(filesystem), image_(image) {}
  Result<std::string> walk() {
    ISOFUSE_TRY(visit(filesystem_.root(), "", 0));
    return seen_;
  }

 private:
  Result<void> visit(NodeId node, const std::string& path, int depth) {
    const Attributes a = ISOFUSE_TRY(filesystem_.attributes(node));
    seen_ += path + " " + std::to_string(static_cast<int>(a.type)) + " " +
             std::to_string(a.permissions) + " " + std::to_string(a.size_bytes) + " " +
             std::to_string(a.modified.seconds) + " " + std::to_string(a.uid) + "\n";
    for (const auto& x : ISOFUSE_TRY(filesystem_.extended_attributes(node)))
      seen_ += " " + x.name + "=" + x.value + "\n";
    if (a.type == FileType::kSymlink) seen_ += ISOFUSE_TRY(filesystem_.link_target(node)) + "\n";
    if (a.type == FileType::kRegular) {
      Bytes data(300'000);
      const std::size_t got = ISOFUSE_TRY(read_bytes(filesystem_, image_, node, 0, data));
      data.resize(got);
      std::uint64_t sum = got;
      for (const std::byte b : data) sum = sum * 31 + std::to_integer<std::uint64_t>(b);
      seen_ += std::to_string(sum) + "\n";
    }
    if (a.type != FileType::kDirectory || depth > 8) return {};
    static_cast<void>(ISOFUSE_TRY(filesystem_.parent(node)));
    const auto directory = ISOFUSE_TRY(filesystem_.directory(node));
    for (std::size_t i = 0; i < directory->size(); ++i) {
      const DirectoryEntry entry = directory->entry(i);
      ISOFUSE_TRY(visit(entry.node, path + "/" + std::string(entry.name), depth + 1));
    }
    return {};
  }

  const Filesystem& filesystem_;
  const Source& image_;
  std::string seen_;
};

Result<std::string> see(const Source& image, const Options& options = {}) {
  const auto filesystem = ISOFUSE_TRY(open_filesystem(image, options));
  return Walker(*filesystem, image).walk();
}

/// A disc on which every kind of read happens.
Disc rich_disc() {
  Bytes plain = test::pattern(40'000);
  for (std::byte& b : plain) b &= std::byte{7};
  const Bytes packed = test::zisofs1(plain, 15);
  const Bytes packed2 = test::zisofs2(plain, 15, 4, Codec::kZstd);
  test::RecordSpec section = file_record("PARTS", 50, 2048, susp::px(0100600) + susp::nm("parts"));
  section.flags = test::kMultiExtentFlag;
  Disc disc;
  disc.sector(16, test::make_descriptor({}));
  disc.sector(17, test::make_descriptor({.type = 2, .root_lbn = 25, .escape = "%/E"}));
  disc.sector(18, test::make_terminator());
  disc.directory({.lbn = 20, .parent_lbn = 20, .self_use = susp::sp() + susp::ce(26, 0, 54)},
                 {file_record("CE", 50, 7, susp::ce(27, 0, 107)), section,
                  file_record("PARTS", 51, 100), file_record("LINK", 0, 0, susp::ce(28, 0, 47)),
                  file_record("Z", 60, static_cast<std::uint32_t>(packed.size()),
                              susp::px(0100644) + susp::zf("pz", 4, 15, 40'000)),
                  file_record("Z2", 100, static_cast<std::uint32_t>(packed2.size()),
                              susp::px(0100644) + susp::zf2("ZD", 6, 15, 40'000)),
                  file_record("SPARSE", 140, 2 * 2048 + 512, susp::px(0100644) + susp::sf(700, 1)),
                  directory_record("DIR", 21, susp::nm("dir"))});
  disc.directory({.lbn = 21, .parent_lbn = 20, .self_use = susp::ce(29, 0, 36)},
                 {file_record("IN", 52, 3000, susp::nm("in"))});
  disc.directory({.lbn = 25, .parent_lbn = 25}, {file_record(test::utf16be(u"joliet"), 50, 1)});
  disc.block(26, susp::px(0040711) + susp::er());
  disc.block(27, susp::px(0100604, 1, 9, 9) + susp::nm("continued") +
                     susp::tf(2, test::bytes_of({110, 1, 1, 0, 0, 0, 0})) +
                     susp::al({{0, "user.a"}, {0, "0123456789012345678901"}}) + Bytes(20));
  disc.block(28, susp::px(0120777) + susp::sl({{0, "far"}}) + Bytes(4));
  disc.block(29, susp::px(0040700, 2, 3, 4));
  disc.block(50, test::pattern(2048));
  disc.block(51, test::pattern(2048, 2));
  disc.block(52, test::pattern(4096, 3));
  disc.block(60, packed);
  disc.block(100, packed2);
  disc.block(141, test::both32(0x80000000) + test::both32(16) + test::both32(17));
  disc.block(142, test::pattern(512, 4));
  return disc;
}

}  // namespace

TEST_CASE("a read that fails is an error, never wrong data, and leaves nothing wrong behind",
          "[iso9660][faults]") {
  const auto image = rich_disc().source();
  const auto expected = see(image);
  REQUIRE(expected);
  INFO(*expected);
  REQUIRE(expected->find("/continued") != std::string::npos);
  REQUIRE(expected->find("user.a=") != std::string::npos);
  const auto other_tree = see(image, options_with([](Options& o) { o.view = View::kJoliet; }));
  REQUIRE(other_tree);
  std::size_t failures = 0;
  for (std::size_t n = 0;; ++n) {
    REQUIRE(n < 10'000);
    test::FailingSource failing(image);
    failing.fail_after(n);
    const auto opened = open_filesystem(failing, {});
    CAPTURE(n);
    if (!opened) {
      CHECK(opened.error().code == Errc::kIo);
      ++failures;
      continue;
    }
    const bool while_opening = failing.has_failed();
    const auto first = Walker(**opened, failing).walk();
    if (!failing.has_failed()) {
      CHECK(*first == *expected);
      break;
    }
    ++failures;
    // Where the disc has two trees, one that cannot be read while it is opened leaves the other.
    if (while_opening) {
      REQUIRE(first);
      CHECK((*first == *expected || *first == *other_tree));
      continue;
    }
    if (first) {
      // Only what is not needed may fail unnoticed.
      CHECK(*first == *expected);
    } else {
      CHECK(first.error().code == Errc::kIo);
      CHECK(first.error().sys_errno == EIO);
    }
    const auto again = Walker(**opened, failing).walk();
    REQUIRE(again);
    CHECK(*again == *expected);
  }
  CHECK(failures > 20);
}
