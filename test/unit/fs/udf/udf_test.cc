// The whole file system over volumes in memory.
#include "fs/udf/udf.h"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <isofuse/limits.h>
#include <isofuse/open.h>
#include <isofuse/read.h>

#include "fs/udf/directory_parser.h"
#include "fs/udf/volume.h"
#include "support/catch.h"
#include "support/failing_source.h"
#include "support/options.h"
#include "support/udf_builder.h"

using namespace isofuse;
using test::Bytes;
using test::MemorySource;
using test::operator+;
using test::options_with;
namespace build = test::udf;
using build::cs0;
using build::EntrySpec;
using build::Kind;
using build::VolumeDisc;
using Names = std::vector<std::string>;

namespace {

/// An image in memory and the file system on it.
class Mounted {
 public:
  explicit Mounted(Bytes image, const Options& options = {}) : image_(std::move(image)) {
    auto opened = udf::open_udf(image_, options);
    REQUIRE(opened);
    filesystem_ = std::move(*opened);
  }
  const Filesystem* operator->() const { return filesystem_.get(); }

  [[nodiscard]] NodeId find(const Names& names) const {
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
  [[nodiscard]] Attributes attributes(const Names& names) const {
    const auto out = filesystem_->attributes(find(names));
    REQUIRE(out);
    return *out;
  }
  [[nodiscard]] Names list() const {
    const auto directory = filesystem_->directory(filesystem_->root());
    REQUIRE(directory);
    Names out;
    for (std::size_t i = 0; i < (*directory)->size(); ++i)
      out.emplace_back((*directory)->entry(i).name);
    return out;
  }
  [[nodiscard]] std::string read(const Names& names) const {
    Bytes out(1U << 20U);
    const auto got = read_bytes(*filesystem_, image_, find(names), 0, out);
    REQUIRE(got);
    return test::text_of(std::span(out).first(*got));
  }
  /// "name=value" of each.
  [[nodiscard]] Names xattrs(const Names& names) const {
    const auto all = filesystem_->extended_attributes(find(names));
    REQUIRE(all);
    Names out;
    for (const auto& [name, value] : *all) out.push_back(name + "=" + value);
    return out;
  }

 private:
  MemorySource image_;
  std::unique_ptr<Filesystem> filesystem_;
};

/// A volume whose root has one file "f", which is `spec` at block 10.
VolumeDisc with_file(const EntrySpec& spec) {
  VolumeDisc disc = build::plain_volume({{.identifier = cs0("f"), .lbn = 10}});
  disc.entry(10, spec);
  return disc;
}

Error attributes_error(const EntrySpec& spec) {
  const Mounted mounted(with_file(spec).bytes());
  const auto out = mounted->attributes(mounted.find({"f"}));
  REQUIRE_FALSE(out);
  return out.error();
}

}  // namespace

TEST_CASE("a UDF file has what its entry says", "[udf]") {
  const bool extended = GENERATE(false, true);
  const Mounted mounted(with_file({.extended = extended,
                                   .data = test::bytes_of("hello"),
                                   .permissions = 0x7C00 | 0x0080 | 0x0001,  // rwx r-- --x
                                   .link_count = 3,
                                   .more_flags = 0x0040 | 0x0100,
                                   .blocks_recorded = 2,
                                   .accessed = build::stamp({.microseconds = 1})})
                            .bytes());
  const Attributes a = mounted.attributes({"f"});
  CHECK(a.type == FileType::kRegular);
  CHECK(a.permissions == (05000 | 0741));
  CHECK(a.link_count == 3);
  CHECK(a.uid == 1000);
  CHECK(a.gid == 1001);
  CHECK(a.size_bytes == 5);
  CHECK(a.stored_bytes == 4096);
  CHECK(a.accessed == Timestamp{test::kRecordedAtSeconds, 1000});
  CHECK(a.modified == Timestamp{test::kRecordedAtSeconds, 0});
  CHECK(a.changed == a.modified);
  CHECK(a.inode_number == mounted.find({"f"}).v);
  CHECK(mounted.read({"f"}) == "hello");
  CHECK(mounted->label() == "TEST");
  CHECK(mounted->view() == View::kUdf);
  CHECK(mounted->stats().blocks_total == 200);
  CHECK(mounted->stats().blocks_free == 100);
  CHECK(mounted->stats().name_bytes_max == 254);
}

TEST_CASE("a UDF file of no owner belongs to whoever mounts, options prevail", "[udf]") {
  const VolumeDisc disc = with_file({.uid = 0xFFFF'FFFF, .gid = 0xFFFF'FFFF, .link_count = 0});
  const auto set = [](Options& o) { o.default_uid = 7, o.default_gid = 8; };
  const Mounted plain(disc.bytes(), options_with(set));
  CHECK(plain.attributes({"f"}).uid == 7);
  CHECK(plain.attributes({"f"}).gid == 8);
  CHECK(plain.attributes({"f"}).link_count == 1);
  CHECK(plain.attributes({}).uid == 1000);
  const Mounted forced(disc.bytes(), options_with([](Options& o) {
                         o.uid = 1, o.gid = 2, o.file_mode = 0666, o.directory_mask = 0077;
                         o.file_mask = 0022;
                       }));
  CHECK(forced.attributes({}).uid == 1);
  CHECK(forced.attributes({}).gid == 2);
  CHECK(forced.attributes({"f"}).permissions == 0644);
  CHECK(forced.attributes({}).permissions == 0500);
}

TEST_CASE("file types of UDF", "[udf]") {
  struct Case {
    std::uint8_t recorded;
    FileType type;
  };
  const Case c = GENERATE(Case{0, FileType::kRegular}, Case{4, FileType::kDirectory},
                          Case{5, FileType::kRegular}, Case{9, FileType::kFifo},
                          Case{10, FileType::kSocket}, Case{12, FileType::kSymlink},
                          Case{248, FileType::kRegular}, Case{249, FileType::kRegular});
  CHECK(Mounted(with_file({.type = c.recorded}).bytes()).attributes({"f"}).type == c.type);
}

TEST_CASE("a file of a type that has no place in a tree is refused with its place", "[udf]") {
  const auto type = static_cast<std::uint8_t>(GENERATE(1, 2, 3, 8, 11, 13, 250, 251, 252, 255));
  const Error error = attributes_error({.type = type});
  CHECK(error.code == Errc::kCorrupt);
  CHECK(error.offset == VolumeDisc().offset(10) + 176);
}

TEST_CASE("a device of UDF has the numbers of its attribute", "[udf]") {
  const auto type = static_cast<std::uint8_t>(GENERATE(6, 7));
  const Mounted mounted(
      with_file(
          {.type = type, .attributes = build::attribute_space(build::device_attribute(8, 17))})
          .bytes());
  const Attributes a = mounted.attributes({"f"});
  CHECK(a.type == (type == 6 ? FileType::kBlockDevice : FileType::kCharacterDevice));
  CHECK(a.device_major == 8);
  CHECK(a.device_minor == 17);
  const Error none = attributes_error({.type = type});
  CHECK(none.code == Errc::kCorrupt);
  CHECK(none.offset == VolumeDisc().offset(10) + 176);
  CHECK(attributes_error(
            {.type = type, .attributes = build::attribute_space(build::attribute(12, Bytes(8)))})
            .code == Errc::kCorrupt);
}

TEST_CASE("a symbolic link of UDF", "[udf]") {
  const Mounted mounted(
      with_file({.type = build::kSymlinkType,
                 .data = build::path_component(3) + build::path_component(5, cs0("x")),
                 .permissions = 0})
          .bytes());
  CHECK(mounted->link_target(mounted.find({"f"})).value() == "../x");
  CHECK(mounted.attributes({"f"}).size_bytes == 4);
  CHECK(mounted.attributes({"f"}).permissions == 0777);
  CHECK(mounted->link_target(mounted->root()).error().code == Errc::kNotLink);
  CHECK(mounted->directory(mounted.find({"f"})).error().code == Errc::kNotDirectory);
  CHECK(mounted->extent(mounted.find({"f"}), 0).error().code == Errc::kInvalid);
  const Mounted empty(with_file({.type = build::kSymlinkType}).bytes());
  CHECK(empty->link_target(empty.find({"f"})).error().code == Errc::kCorrupt);
  const Mounted large(with_file({.type = build::kSymlinkType,
                                 .kind = Kind::kShort,
                                 .information_bytes = kLinkComponentsBytesMax + 1})
                          .bytes());
  CHECK(large->link_target(large.find({"f"})).error().code == Errc::kTooLarge);
}

TEST_CASE("directories of UDF know their parents", "[udf]") {
  VolumeDisc disc =
      build::plain_volume({{.identifier = cs0("d"), .lbn = 10, .characteristics = 2}});
  disc.directory_entry(10, 1, {});
  const Mounted mounted(disc.bytes());
  CHECK(mounted->parent(mounted->root()).value() == mounted->root());
  CHECK(mounted->parent(mounted.find({"d"})).value() == mounted->root());
  CHECK(mounted.attributes({"d"}).parent == mounted->root());
  CHECK(mounted.attributes({"d"}).link_count == 2);
  disc.entry(10, {.type = build::kDirectoryType});
  const Mounted orphan(disc.bytes());
  CHECK(orphan->parent(orphan.find({"d"})).error().code == Errc::kCorrupt);
  CHECK_FALSE(orphan.attributes({"d"}).parent);
}

TEST_CASE("a node that names nothing is an error", "[udf]") {
  const Mounted mounted(with_file({}).bytes());
  constexpr std::uint64_t kFirst = std::uint64_t{1} << 32U;
  for (const std::uint64_t v : {std::uint64_t{0}, std::uint64_t{1}, kFirst + 5,
                                kFirst + 0xFFFF'FFFF, 7 * kFirst, kNodeIdLimit - 1}) {
    CAPTURE(v);
    CHECK_FALSE(mounted->attributes(NodeId{v}));
    CHECK_FALSE(mounted->directory(NodeId{v}));
    CHECK_FALSE(mounted->extent(NodeId{v}, 0));
  }
}

TEST_CASE("a file of many extents is read alike from the cache", "[udf]") {
  Bytes descriptors;
  for (std::uint32_t i = 0; i < 20; ++i)
    descriptors = descriptors + build::short_ad(2048, 20 + 2 * i);
  VolumeDisc disc =
      with_file({.data = descriptors, .kind = Kind::kShort, .information_bytes = 40'000});
  Bytes expected;
  for (std::uint32_t i = 0; i < 20; ++i) {
    disc.part(20 + 2 * i, test::pattern(2048, i));
    expected = expected + test::pattern(2048, i);
  }
  const Mounted mounted(disc.bytes());
  CHECK(mounted.read({"f"}) == test::text_of(build::sized(expected, 40'000)));
  CHECK(mounted.read({"f"}) == test::text_of(build::sized(expected, 40'000)));
}

// --- extended attributes

TEST_CASE("attributes of OS/2 and of the Macintosh are extended attributes", "[udf][xattr]") {
  const Bytes attributes =
      build::attribute(5, Bytes(20)) +
      build::os2_attribute({{"ONE", "1"}, {"TWO", "22"}, {"ONE", "again"}}) +
      build::implementation_attribute("*UDF Mac FinderInfo",
                                      Bytes(8) + test::bytes_of(std::string(32, 'F'))) +
      build::implementation_attribute("*Other", test::bytes_of("ignored"));
  const std::uint32_t begin = GENERATE(0xFFFF'FFFFU, 24U);
  const Bytes space = build::attribute_space(attributes, begin);
  const Names expected = {"user.ONE=1", "user.TWO=22",
                          "user.com.apple.FinderInfo=" + std::string(32, 'F')};
  SECTION("in the entry") {
    CHECK(Mounted(with_file({.attributes = space}).bytes()).xattrs({"f"}) == expected);
  }
  SECTION("in a file of their own") {
    VolumeDisc disc = with_file({.attributes_icb = build::long_ad(2048, 20)});
    disc.entry(20, {.type = 8, .data = space});
    CHECK(Mounted(disc.bytes()).xattrs({"f"}) == expected);
  }
}

TEST_CASE("attributes of an implementation may begin at a place of their own", "[udf][xattr]") {
  const Bytes space = build::attribute_space(
      build::attribute(5, Bytes(4)) + Bytes(8) + build::os2_attribute({{"A", "1"}}), 24 + 24);
  CHECK(Mounted(with_file({.attributes = space}).bytes()).xattrs({"f"}) == Names{"user.A=1"});
}

TEST_CASE("damaged attributes cost themselves", "[udf][xattr]") {
  const Bytes space = GENERATE(
      Bytes(100), Bytes(23), build::attribute_space(build::attribute(2048, Bytes(4))),
      build::attribute_space(build::attribute(2048, Bytes(40), 11)),
      build::attribute_space(build::attribute(2048, Bytes(40), 0)),
      build::attribute_space(build::attribute(2048, Bytes(40), 0xFFFF'FFFF)),
      build::attribute_space(
          build::implementation_attribute("*UDF OS/2 EA", test::bytes_of("xx"), 1000)),
      build::attribute_space(build::implementation_attribute(
          "*UDF OS/2 EA", Bytes(2) + test::bytes_of({0, 9, 0, 0, 'A'}))),
      build::attribute_space(build::implementation_attribute(
          "*UDF OS/2 EA", Bytes(2) + test::bytes_of({0, 1, 9, 0, 'A', '1'}))),
      build::attribute_space(build::implementation_attribute("*UDF Mac FinderInfo", Bytes(39))));
  CHECK(Mounted(with_file({.attributes = space}).bytes()).xattrs({"f"}).empty());
}

TEST_CASE("a name of an attribute that holds a NUL is left out", "[udf][xattr]") {
  const Bytes space =
      build::attribute_space(build::os2_attribute({{std::string("A\0B", 3), "1"}, {"C", "2"}}));
  CHECK(Mounted(with_file({.attributes = space}).bytes()).xattrs({"f"}) == Names{"user.C=2"});
}

TEST_CASE("streams are extended attributes, but for those of UDF itself", "[udf][xattr]") {
  VolumeDisc disc = with_file({.extended = true, .streams_icb = build::long_ad(2048, 20)});
  disc.entry(20, {.type = 13,
                  .data = build::directory(
                      10, {{.identifier = cs0("one"), .lbn = 21},
                           {.identifier = cs0("*UDF Macintosh Resource Fork"), .lbn = 22},
                           {.identifier = cs0("*UDF Backup"), .lbn = 21},
                           {.identifier = cs0("gone"), .lbn = 21, .characteristics = 4},
                           {.identifier = cs0("damaged"), .lbn = 23},
                           {.identifier = cs0("large"), .lbn = 24},
                           {.identifier = "\x09zz", .lbn = 21}})});
  disc.entry(21, {.data = test::bytes_of("first")});
  disc.entry(22, {.data = test::bytes_of("fork")});
  disc.entry(24, {.kind = Kind::kShort, .information_bytes = kXattrBytesMax + 1});
  CHECK(Mounted(disc.bytes()).xattrs({"f"}) ==
        Names{"user.one=first", "user.com.apple.ResourceFork=fork"});
}

TEST_CASE("a file has at most so many attributes", "[udf][xattr]") {
  VolumeDisc disc = with_file({.attributes_icb = build::long_ad(2048, 20)});
  std::vector<std::pair<std::string, std::string>> list;
  for (std::size_t i = 0; i < kXattrsMax + 10; ++i) list.emplace_back(std::to_string(i), "");
  list.emplace_back(std::string(251, 'n'), "");
  const Bytes space = build::attribute_space(build::os2_attribute(list));
  disc.entry(20, {.type = 8,
                  .data = build::short_ad(static_cast<std::uint32_t>(space.size()), 30),
                  .kind = Kind::kShort,
                  .information_bytes = space.size()});
  disc.part(30, space);
  CHECK(Mounted(disc.bytes()).xattrs({"f"}).size() == kXattrsMax);
  const Bytes longest = build::attribute_space(
      build::os2_attribute({{std::string(250, 'n'), "fits"}, {std::string(251, 'n'), "too long"}}));
  CHECK(Mounted(with_file({.attributes = longest}).bytes()).xattrs({"f"}).size() == 1);
}

// --- the volume

TEST_CASE("a UDF volume of any block size is found", "[udf][volume]") {
  const std::uint32_t block_bytes = GENERATE(512U, 1024U, 2048U, 4096U);
  VolumeDisc disc = build::plain_volume({{.identifier = cs0("f"), .lbn = 10}},
                                        {.logical = {.block_bytes = block_bytes}});
  disc.entry(10, {.data = test::bytes_of("hello")});
  CHECK(Mounted(disc.bytes()).read({"f"}) == "hello");
  const auto bs = [](std::uint32_t bytes) {
    return options_with([&](Options& o) { o.block_bytes = bytes; });
  };
  CHECK(Mounted(disc.bytes(), bs(block_bytes)).list() == Names{"f"});
  const auto image = disc.source();
  // With blocks of 4096 bytes the structures of the recognition sequence stand further apart.
  CHECK(udf::open_udf(image, bs(block_bytes == 512 ? 1024 : 512)).error().code ==
        (block_bytes == 4096 ? Errc::kNotRecognised : Errc::kCorrupt));
}

TEST_CASE("a raw image of a CD-RW shows its files", "[udf][volume]") {
  VolumeDisc disc = with_file({.data = build::short_ad(40 * 2048, 20),
                               .kind = Kind::kShort,
                               .information_bytes = 40 * 2048});
  disc.part(20, test::pattern(40 * 2048));
  const Mounted mounted(build::with_link_blocks(disc.bytes()));
  CHECK(mounted.read({"f"}) == test::text_of(test::pattern(40 * 2048)));
  CHECK(mounted->facts()["link_blocks"] == true);
}

TEST_CASE("a disc without a recognition sequence is UDF to who says so", "[udf][volume]") {
  VolumeDisc disc = build::plain_volume({}, {.recognition = {}});
  const auto image = disc.source();
  CHECK(udf::open_udf(image, {}).error().code == Errc::kNotRecognised);
  CHECK(udf::open_udf(image, options_with([](Options& o) { o.need_recognition = false; })));
  CHECK(udf::open_udf(image, options_with([](Options& o) { o.view = View::kIso; })).error().code ==
        Errc::kNotRecognised);
}

TEST_CASE("a volume whose file set or root is damaged is refused with its place", "[udf][volume]") {
  const std::uint32_t lbn = GENERATE(0U, 1U);
  const Bytes block = GENERATE(Bytes(2048), test::pattern(2048), build::terminator(0));
  VolumeDisc disc = build::plain_volume({});
  disc.part(lbn, block);
  const auto image = disc.source();
  const auto opened = udf::open_udf(image, {});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::kCorrupt);
  CHECK(opened.error().offset == disc.offset(lbn));
}

TEST_CASE("wrong locations are accepted where the root has one", "[udf][volume]") {
  VolumeDisc disc = build::plain_volume({{.identifier = cs0("f"), .lbn = 10}});
  disc.part(0, build::file_set(1000));
  disc.part(1, build::file_entry(
                   1001, {.type = build::kDirectoryType,
                          .data = build::directory(1, {{.identifier = cs0("f"), .lbn = 10}})}));
  disc.part(10, build::file_entry(1010, {.data = test::bytes_of("hello")}));
  const Mounted mounted(disc.bytes());
  CHECK(mounted.read({"f"}) == "hello");
  CHECK(mounted->facts()["damage"].size() == 1);
}

TEST_CASE("the facts of a UDF volume", "[udf][facts]") {
  const auto facts = Mounted(with_file({}).bytes())->facts();
  CHECK(facts["filesystem"] == "UDF");
  CHECK(facts["label"] == "TEST");
  CHECK(facts["revision"] == "2.01");
  CHECK(facts["block_bytes"] == 2048);
  CHECK(facts["written_by"] == "*Writer");
  CHECK(facts["volume_identifier"] == "PRIMARY");
  CHECK(facts["volume_set"] == "SET");
  CHECK(facts["created"] == "2000-01-02T03:04:05Z");
  CHECK(facts["file_set"] == "FILESET");
  CHECK(facts["recognition_sequence"] == Names{"BEA01", "NSR03"});
  CHECK(facts["anchors"] == std::vector<int>{256, 511});
  CHECK(facts["partitions"][0]["access"] == "read only");
  CHECK(facts["partitions"][0]["start_block"] == 272);
  CHECK(facts["partition_maps"][0]["kind"] == "physical");
  CHECK(facts["integrity"]["state"] == "closed");
  CHECK(facts["integrity"]["files"] == 3);
  CHECK(facts["free_bytes"] == 100 * 2048);
  CHECK(facts["damage"].empty());
}

TEST_CASE("free space is counted where the integrity descriptor does not tell", "[udf][facts]") {
  const std::uint32_t unknown = GENERATE(0U, 0xFFFF'FFFFU);
  build::VolumeSpec spec{.integrity = {.free_blocks = {unknown}}};
  spec.partitions[0].bitmap = build::short_ad(2048, 30);
  VolumeDisc disc = build::plain_volume({}, spec);
  disc.part(30, build::tagged(
                    {.identifier = 264, .location = 30},
                    test::little32(20) + test::little32(3) + test::bytes_of({0xFF, 0x01, 0xFF})));
  CHECK(Mounted(disc.bytes())->stats().blocks_free == 8 + 1 + 4);
  disc.part(30, build::terminator(30));
  CHECK(Mounted(disc.bytes())->stats().blocks_free == 0);
}

TEST_CASE("descriptors that hold any bytes have facts that are JSON", "[udf][facts]") {
  VolumeDisc disc = with_file({});
  const auto seed = static_cast<unsigned>(GENERATE(range(1, 10)));
  for (const std::uint32_t at : {build::kMain.location, build::kReserve.location})
    disc.block(at, build::tagged({.identifier = 1, .location = at}, test::pattern(496, seed)));
  CHECK_FALSE(Mounted(disc.bytes())->facts().dump().empty());
}

// --- reads that fail

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
             std::to_string(a.uid) + " " + std::to_string(a.device_minor) + "\n";
    for (const auto& x : ISOFUSE_TRY(filesystem_.extended_attributes(node)))
      seen_ += " " + x.name + "=" + x.value + "\n";
    if (a.type == FileType::kSymlink) seen_ += ISOFUSE_TRY(filesystem_.link_target(node)) + "\n";
    if (a.type == FileType::kRegular) {
      Bytes data(300'000);
      const std::size_t got = ISOFUSE_TRY(read_bytes(filesystem_, image_, node, 0, data));
      seen_ += test::text_of(std::span(data).first(got)) + "\n";
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

Result<std::string> see(const Source& image) {
  const auto filesystem = ISOFUSE_TRY(open_filesystem(image, {}));
  return Walker(*filesystem, image).walk();
}

/// A volume on which every kind of read happens: `maps` with all files in partition `reference`,
/// whose block i lies in block `base` + i of the physical one.
VolumeDisc rich_volume(const std::vector<Bytes>& maps, std::uint16_t reference,
                       std::uint32_t base) {
  VolumeDisc disc({.logical = {.maps = maps, .file_set_partition = reference}});
  const auto put = [&](std::uint32_t lbn, const EntrySpec& spec) {
    disc.part(base + lbn, build::file_entry(lbn, spec));
  };
  const auto long_ad = [&](std::uint32_t bytes, std::uint32_t lbn, unsigned type = 0) {
    return build::long_ad(bytes, lbn, reference, type);
  };
  disc.part(base, build::file_set(0, {.root_partition = reference}));
  const auto name = [&](const char* text, std::uint32_t lbn, std::uint8_t bits = 0) {
    return build::FidSpec{
        .identifier = cs0(text), .lbn = lbn, .partition = reference, .characteristics = bits};
  };
  const Bytes root = build::directory(
      1,
      {name("embedded", 10), name("extents", 11), name("chained", 14), name("link", 18),
       name("device", 20), name("streams", 22), name("dir", 26, 2)},
      reference);
  put(1, {.type = build::kDirectoryType,
          .data = build::short_ad(static_cast<std::uint32_t>(root.size()), 2),
          .kind = Kind::kShort,
          .information_bytes = root.size()});
  disc.part(base + 2, root);
  put(10, {.data = test::bytes_of("embedded data")});
  put(11, {.data = long_ad(2048, 12) + long_ad(2048, 13, 3),
           .kind = Kind::kLong,
           .information_bytes = 4000});
  disc.part(base + 12, test::pattern(2048, 1));
  disc.part(base + 13, build::allocation_extent(13, long_ad(2048, 30)));
  disc.part(base + 30, test::pattern(2048, 2));
  put(14, {.data = test::bytes_of("old"), .strategy = 4096});
  disc.part(base + 15, build::indirect_entry(15, 16, reference));
  put(16, {.data = test::bytes_of("new"), .strategy = 4096});
  const Bytes target = build::path_component(3) + build::path_component(5, cs0("far"));
  put(18, {.type = build::kSymlinkType,
           .data = build::short_ad(static_cast<std::uint32_t>(target.size()), 19),
           .kind = Kind::kShort,
           .information_bytes = target.size()});
  disc.part(base + 19, target);
  put(20, {.type = 7, .attributes_icb = long_ad(2048, 21)});
  put(21, {.type = 8,
           .data = build::attribute_space(build::device_attribute(1, 5) +
                                          build::os2_attribute({{"EA", "value"}}))});
  put(22, {.extended = true, .data = test::bytes_of("s"), .streams_icb = long_ad(2048, 23)});
  put(23, {.type = 13, .data = build::directory(22, {name("stream", 24)}, reference)});
  put(24, {.data = build::short_ad(7, 25), .kind = Kind::kShort, .information_bytes = 7});
  disc.part(base + 25, test::bytes_of("content"));
  put(26,
      {.type = build::kDirectoryType, .data = build::directory(1, {name("inner", 27)}, reference)});
  put(27, {.data = test::bytes_of("inner")});
  return disc;
}

VolumeDisc rich_volume_of(const std::string& kind) {
  if (kind == "physical") return rich_volume({build::physical_map()}, 0, 0);
  if (kind == "sparable") {
    VolumeDisc disc =
        rich_volume({build::sparable_map({.packet_blocks = 16, .tables = {140, 141}})}, 0, 0);
    // The second packet went bad; something else stands where it was.
    const Bytes packet(disc.bytes().begin() + static_cast<std::ptrdiff_t>(disc.offset(16)),
                       disc.bytes().begin() + static_cast<std::ptrdiff_t>(disc.offset(32)));
    disc.part(150, packet);
    disc.part(16, test::pattern(16 * 2048, 9));
    for (const std::uint32_t at : {140U, 141U})
      disc.block(at, build::sparing_table(at, {{16, build::kStart + 150}}));
    return disc;
  }
  if (kind == "virtual") {
    VolumeDisc disc = rich_volume({build::physical_map(), build::virtual_map(0x0200)}, 1, 40);
    std::vector<std::uint32_t> entries;
    for (std::uint32_t i = 0; i < 40; ++i) entries.push_back(40 + i);
    const Bytes table = build::vat_200(entries);
    disc.part(100, table);
    disc.block(511, build::file_entry(
                        511 - build::kStart,
                        {.type = 248,
                         .data = build::short_ad(static_cast<std::uint32_t>(table.size()), 100),
                         .kind = Kind::kShort,
                         .information_bytes = table.size()}));
    return disc;
  }
  VolumeDisc disc = rich_volume({build::physical_map(), build::metadata_map(0, 1)}, 1, 40);
  const Bytes metadata(disc.bytes().begin() + static_cast<std::ptrdiff_t>(disc.offset(40)),
                       disc.bytes().begin() + static_cast<std::ptrdiff_t>(disc.offset(80)));
  disc.part(120, metadata);
  for (const std::uint32_t lbn : {0U, 1U})
    disc.entry(lbn, {.extended = true,
                     .type = static_cast<std::uint8_t>(250 + lbn),
                     .data = build::short_ad(40 * 2048, lbn == 0 ? 40 : 120),
                     .kind = Kind::kShort,
                     .information_bytes = 40 * 2048});
  return disc;
}

}  // namespace

TEST_CASE("a read of UDF that fails is an error, never wrong data, and leaves nothing wrong behind",
          "[udf][faults]") {
  const std::string kind = GENERATE(std::string("physical"), std::string("sparable"),
                                    std::string("virtual"), std::string("metadata"));
  CAPTURE(kind);
  const auto image = rich_volume_of(kind).source();
  const auto expected = see(image);
  REQUIRE(expected);
  INFO(*expected);
  for (const char* part : {"embedded data", "/extents", "new", "../far", "user.EA=value",
                           "user.stream=content", "/dir/inner"})
    REQUIRE(expected->find(part) != std::string::npos);
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
    const auto first = Walker(**opened, failing).walk();
    if (!failing.has_failed()) {
      CHECK(*first == *expected);
      break;
    }
    ++failures;
    if (first) {
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
