#include "fs/iso9660/select.h"

#include <optional>

#include "support/catch.h"
#include "support/iso_builder.h"
#include "support/options.h"

using namespace isofuse;
using namespace isofuse::iso9660;
using test::Bytes;
using test::Disc;
using test::file_record;
using test::make_descriptor;
using test::operator+;
using test::options_with;
namespace susp = test::susp;

namespace {

struct Trees {
  Bytes self_use = {};  // of the primary root's "."
  bool primary = true;
  bool primary_empty = false;
  std::uint32_t primary_root = 20;
  bool joliet = false;
  bool enhanced = false;
};

Disc make_disc(const Trees& trees) {
  Disc disc;
  std::uint32_t sector = 16;
  if (trees.primary) disc.sector(sector++, make_descriptor({.root_lbn = trees.primary_root}));
  if (trees.enhanced)
    disc.sector(sector++, make_descriptor({.type = 2, .version = 2, .root_lbn = 22}));
  if (trees.joliet)
    disc.sector(sector++, make_descriptor({.type = 2, .root_lbn = 21, .escape = "%/E"}));
  disc.sector(sector, test::make_terminator());
  std::vector<test::RecordSpec> records;
  if (!trees.primary_empty) records = {file_record("A", 50, 1)};
  disc.directory({.lbn = 20, .parent_lbn = 20, .self_use = trees.self_use}, records);
  disc.directory({.lbn = 21, .parent_lbn = 21}, {file_record(test::utf16be(u"a"), 50, 1)});
  disc.directory({.lbn = 22, .parent_lbn = 22}, {file_record("a", 50, 1)});
  disc.sector(63, Bytes(2048));
  return disc;
}

Result<Selection> select(const Trees& trees, const Options& options = {}) {
  const auto image = make_disc(trees).source();
  return select_tree(image, options);
}

const Bytes kDeclared = susp::sp() + susp::er();
constexpr std::uint64_t kPrimaryRoot = 20 * 2048;
constexpr std::uint64_t kJolietRoot = 21 * 2048;
constexpr std::uint64_t kEnhancedRoot = 22 * 2048;

}  // namespace

TEST_CASE("Rock Ridge that is declared comes first", "[select]") {
  const auto chosen = select({.self_use = kDeclared, .joliet = true, .enhanced = true});
  REQUIRE(chosen);
  CHECK(chosen->view == View::kRockRidge);
  CHECK(chosen->volume.root_offset == kPrimaryRoot);
  CHECK(chosen->tree.rock_ridge);
  CHECK_FALSE(chosen->tree.names.joliet);
  CHECK_FALSE(chosen->tree.rule.fold_case);
  CHECK_FALSE(chosen->tree.rule.ignore_trailing_dots);
  CHECK(chosen->extensions == std::vector<std::string>{"RRIP_1991A"});
  CHECK(chosen->tree.skip_bytes == 0);
  CHECK_FALSE(chosen->try_behind_xa);
}

TEST_CASE("Rock Ridge that is not declared gives way to Joliet, but not to nothing", "[select]") {
  const Bytes use = susp::px(040755);
  const auto with_joliet = select({.self_use = use, .joliet = true});
  CHECK(with_joliet->view == View::kJoliet);
  CHECK(with_joliet->volume.root_offset == kJolietRoot);
  CHECK(with_joliet->tree.names.joliet);
  CHECK(with_joliet->tree.rule.fold_case);
  CHECK(with_joliet->tree.rule.ignore_trailing_dots);
  CHECK_FALSE(with_joliet->tree.rock_ridge);
  const auto alone = select({.self_use = use});
  CHECK(alone->view == View::kIso);
  CHECK(alone->tree.rock_ridge);
  CHECK(alone->try_behind_xa);
  CHECK_FALSE(select({.self_use = use}, options_with([](Options& o) { o.rock_ridge = false; }))
                  ->tree.rock_ridge);
}

TEST_CASE("any ER declares Rock Ridge, as in the kernel", "[select]") {
  CHECK(select({.self_use = susp::er("ANYTHING"), .joliet = true})->view == View::kRockRidge);
  CHECK(select({.self_use = susp::sp(), .joliet = true})->view == View::kJoliet);
}

TEST_CASE("an ER in a continuation area counts", "[select]") {
  Disc disc = make_disc({.self_use = susp::sp() + susp::ce(40, 0, 18), .joliet = true});
  disc.block(40, susp::er());
  const auto image = disc.source();
  CHECK(select_tree(image, {})->view == View::kRockRidge);
}

TEST_CASE("entries may begin behind those of CD-ROM XA", "[select]") {
  const auto chosen = select({.self_use = Bytes(14) + susp::sp(14) + susp::er()});
  CHECK(chosen->view == View::kRockRidge);
  CHECK(chosen->root_skip_bytes == 14);
  CHECK(chosen->tree.skip_bytes == 14);
  CHECK_FALSE(chosen->try_behind_xa);
}

TEST_CASE("SP's skip is taken over", "[select]") {
  CHECK(select({.self_use = susp::sp(9) + susp::er()})->tree.skip_bytes == 9);
}

TEST_CASE("an empty tree of Rock Ridge gives way to Joliet", "[select]") {
  const Trees empty{.self_use = kDeclared, .primary_empty = true, .joliet = true};
  CHECK(select(empty)->view == View::kJoliet);
  CHECK(select(empty, options_with([](Options& o) { o.joliet = false; }))->view ==
        View::kRockRidge);
  CHECK(select({.self_use = kDeclared, .primary_empty = true})->view == View::kRockRidge);
}

TEST_CASE("norock and nojoliet exclude a tree", "[select]") {
  const Trees all{.self_use = kDeclared, .joliet = true, .enhanced = true};
  CHECK(select(all, options_with([](Options& o) { o.rock_ridge = false; }))->view == View::kJoliet);
  CHECK(select(all, options_with([](Options& o) { o.joliet = false; }))->view == View::kRockRidge);
  const auto plain = select(all, options_with([](Options& o) {
                              o.rock_ridge = false;
                              o.joliet = false;
                            }));
  CHECK(plain->view == View::kIso);
  CHECK(plain->volume.root_offset == kPrimaryRoot);
  CHECK_FALSE(plain->tree.rock_ridge);
}

TEST_CASE("a view can be asked for", "[select]") {
  const Trees all{.self_use = kDeclared, .joliet = true, .enhanced = true};
  CHECK(select(all, options_with([](Options& o) { o.view = View::kRockRidge; }))->view ==
        View::kRockRidge);
  CHECK(select(all, options_with([](Options& o) { o.view = View::kJoliet; }))->volume.root_offset ==
        kJolietRoot);
  CHECK(
      select(all, options_with([](Options& o) { o.view = View::kEnhanced; }))->volume.root_offset ==
      kEnhancedRoot);
  const auto iso = select(all, options_with([](Options& o) { o.view = View::kIso; }));
  CHECK(iso->view == View::kIso);
  CHECK_FALSE(iso->tree.rock_ridge);
  CHECK(select(all, options_with([](Options& o) { o.view = View::kUdf; })).error().code ==
        Errc::kNotRecognised);
}

TEST_CASE("a view that is not there is not found", "[select]") {
  const View view = GENERATE(View::kRockRidge, View::kJoliet, View::kEnhanced);
  const auto chosen = select({}, options_with([&](Options& o) { o.view = view; }));
  REQUIRE_FALSE(chosen);
  CHECK(chosen.error().code == Errc::kNotFound);
}

TEST_CASE("the plain view is not another one where there is no primary tree", "[select]") {
  const auto chosen = select({.primary = false, .enhanced = true},
                             options_with([](Options& o) { o.view = View::kIso; }));
  REQUIRE_FALSE(chosen);
  CHECK(chosen.error().code == Errc::kNotFound);
}

TEST_CASE("where the primary root cannot be read, another tree serves", "[select]") {
  CHECK(select({.primary_root = 5000, .joliet = true})->view == View::kJoliet);
  CHECK(select({.primary_root = 5000, .enhanced = true})->view == View::kEnhanced);
  const auto none = select({.primary_root = 5000});
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::kTruncated);
  CHECK(none.error().offset == 5000 * 2048);
}

TEST_CASE("a disc of one tree shows that", "[select]") {
  CHECK(select({.primary = false, .joliet = true})->view == View::kJoliet);
  CHECK(select({.primary = false, .enhanced = true})->view == View::kEnhanced);
  const auto excluded = select({.primary = false, .joliet = true},
                               options_with([](Options& o) { o.joliet = false; }));
  REQUIRE_FALSE(excluded);
  CHECK(excluded.error().code == Errc::kNotFound);
}

TEST_CASE("check= overrules whether case counts", "[select]") {
  CHECK(select({}, options_with([](Options& o) { o.check = NameCheck::kRelaxed; }))
            ->tree.rule.fold_case);
  CHECK_FALSE(
      select({.joliet = true}, options_with([](Options& o) { o.check = NameCheck::kStrict; }))
          ->tree.rule.fold_case);
  CHECK(select({.joliet = true}, options_with([](Options& o) { o.check = NameCheck::kStrict; }))
            ->tree.rule.ignore_trailing_dots);
}

TEST_CASE("options of names and visibility are taken over", "[select]") {
  const auto chosen = select({}, options_with([](Options& o) {
                               o.map = NameMap::kOff;
                               o.hide = true;
                               o.show_associated = true;
                               o.charset = "ISO-8859-1";
                             }));
  CHECK(chosen->tree.names.map == NameMap::kOff);
  CHECK(chosen->tree.hide);
  CHECK(chosen->tree.show_associated);
  CHECK(chosen->tree.names.charset != nullptr);
  CHECK(select({.joliet = true}, options_with([](Options& o) { o.iocharset = "ISO-8859-1"; }))
            ->tree.names.iocharset != nullptr);
  CHECK(select({.joliet = true}, options_with([](Options& o) { o.iocharset = "utf8"; }))
            ->tree.names.iocharset == nullptr);
}

TEST_CASE("an unknown character set is an error of the caller", "[select]") {
  CHECK(select({}, options_with([](Options& o) { o.charset = "no-such-set"; })).error().code ==
        Errc::kInvalid);
  CHECK(select({.joliet = true}, options_with([](Options& o) { o.iocharset = "no-such-set"; }))
            .error()
            .code == Errc::kInvalid);
}

TEST_CASE("High Sierra has no Rock Ridge", "[select]") {
  Disc disc;
  disc.sector(16, test::make_high_sierra_descriptor({}));
  disc.sector(17, test::make_high_sierra_terminator());
  disc.directory({.self_use = kDeclared, .high_sierra = true}, {file_record("A", 50, 1)});
  const auto image = disc.source();
  const auto chosen = select_tree(image, {});
  REQUIRE(chosen);
  CHECK(chosen->view == View::kIso);
  CHECK_FALSE(chosen->tree.rock_ridge);
  CHECK(chosen->tree.layout.high_sierra);
  CHECK(select_tree(image, options_with([](Options& o) { o.session = 0; })));
  CHECK(select_tree(image, options_with([](Options& o) { o.session = 1; })).error().code ==
        Errc::kNotFound);
  CHECK(select_tree(image, options_with([](Options& o) { o.view = View::kRockRidge; }))
            .error()
            .code == Errc::kNotFound);
}

TEST_CASE("a session or sector can be asked for", "[select]") {
  Disc disc = make_disc({});
  disc.sector(16, make_descriptor({.space_blocks = 64}));
  disc.sector(100 + 16, make_descriptor({.space_blocks = 200, .root_lbn = 130}));
  disc.sector(100 + 17, test::make_terminator());
  disc.directory({.lbn = 130, .parent_lbn = 130}, {file_record("B", 50, 1)});
  disc.sector(200, Bytes(2048));
  const auto image = disc.source();
  CHECK(select_tree(image, {})->volume.root_offset == kPrimaryRoot);
  CHECK(select_tree(image, options_with([](Options& o) { o.session = 0; }))->volume.root_offset ==
        kPrimaryRoot);
  CHECK(select_tree(image, options_with([](Options& o) { o.session = 1; }))->volume.root_offset ==
        130 * 2048);
  CHECK(select_tree(image, options_with([](Options& o) { o.session = 2; })).error().code ==
        Errc::kNotFound);
  CHECK(select_tree(image, options_with([](Options& o) { o.superblock_sector = 100; }))
            ->volume.root_offset == 130 * 2048);
  // What stands one sector in front is passed over, like any sector that is no descriptor.
  CHECK(select_tree(image, options_with([](Options& o) { o.superblock_sector = 99; }))
            ->volume.root_offset == 130 * 2048);
  CHECK(select_tree(image, options_with([](Options& o) { o.superblock_sector = 150; }))
            .error()
            .code == Errc::kNotRecognised);
}
