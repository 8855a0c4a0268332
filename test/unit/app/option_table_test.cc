#include "app/option_table.h"

#include <algorithm>
#include <set>

#include "support/catch.h"

namespace isofuse::app {
namespace {

Settings parsed(std::string_view list) {
  Settings settings;
  const auto wrong = set_options(list, settings);
  INFO(wrong.value_or(""));
  CHECK_FALSE(wrong);
  return settings;
}

bool refused(std::string_view list) {
  Settings settings;
  return set_options(list, settings).has_value();
}

TEST_CASE("lists are split at commas, but for escaped and quoted ones") {
  CHECK(split_options("a,b=c") == std::vector<std::string>{"a", "b=c"});
  CHECK(split_options(",,a,,") == std::vector<std::string>{"a"});
  CHECK(split_options("fsname=a\\,b,c") == std::vector<std::string>{"fsname=a,b", "c"});
  CHECK(split_options("context=\"x:s0:c1,c2\",ro") ==
        std::vector<std::string>{"context=x:s0:c1,c2", "ro"});
  CHECK(split_options("").empty());
}

TEST_CASE("modes and masks are octal, always") {
  CHECK(parsed("mode=444").disc.file_mode == 0444);
  CHECK(parsed("mode=0444").disc.file_mode == 0444);
  CHECK(parsed("dmode=755").disc.directory_mode == 0755);
  CHECK(parsed("mode=7755").disc.file_mode == 0755);
  CHECK(parsed("fmask=133").disc.file_mask == 0133);
  CHECK(parsed("dmask=022").disc.directory_mask == 022);
  const Settings both = parsed("umask=077");
  CHECK(both.disc.file_mask == 077);
  CHECK(both.disc.directory_mask == 077);
  for (const char* bad :
       {"mode=", "mode=8", "mode=0x1ff", "mode=-1", "mode=77777", "umask=9", "dmask=rwx", "mode"})
    CHECK(refused(bad));
}

TEST_CASE("owners are numbers or names") {
  CHECK(parsed("uid=1234").disc.uid == 1234U);
  CHECK(parsed("uid=root").disc.uid == 0U);
  CHECK(parsed("gid=root").disc.gid == 0U);
  CHECK(refused("uid=no such user"));
  CHECK(refused("gid=4294967296"));
}

TEST_CASE("the names of the kernel's drivers") {
  CHECK_FALSE(parsed("norock").disc.rock_ridge);
  CHECK_FALSE(parsed("nojoliet").disc.joliet);
  CHECK(parsed("map=o").disc.map == NameMap::kOff);
  CHECK(parsed("map=acorn").disc.map == NameMap::kAcorn);
  CHECK(parsed("check=r").disc.check == NameCheck::kRelaxed);
  CHECK(parsed("check=strict").disc.check == NameCheck::kStrict);
  CHECK(parsed("hide").disc.hide);
  CHECK(parsed("unhide").disc.show_associated);
  CHECK(parsed("unhide").disc.show_hidden);
  CHECK_FALSE(parsed("showassoc").disc.show_hidden);
  CHECK(parsed("undelete").disc.show_deleted);
  CHECK(parsed("bs=4096").disc.block_bytes == 4096U);
  CHECK(parsed("anchor=512").disc.anchor_block == 512U);
  CHECK(parsed("lastblock=99").disc.last_block == 99U);
  CHECK_FALSE(parsed("novrs").disc.need_recognition);
  CHECK(parsed("vat=2").disc.vat_generation == 2U);
  CHECK(parsed("uid=7,uid=forget").disc.uid == 7U);
  CHECK_FALSE(parsed("gid=ignore").disc.gid);
  CHECK(parsed("showassoc").disc.show_associated);
  CHECK(parsed("cruft").disc.cruft);
  CHECK_FALSE(parsed("nocompress").disc.decompress);
  CHECK(parsed("overriderockperm").disc.override_rock_permissions);
  CHECK(parsed("session=2").disc.session == 2U);
  CHECK(parsed("sbsector=11700").disc.superblock_sector == 11700U);
  CHECK(parsed("block=512").disc.block_bytes == 512U);
  CHECK(parsed("bs=1024").disc.block_bytes == 1024U);
  CHECK(parsed("charset=CP932").disc.charset == "CP932");
  CHECK(parsed("iocharset=UTF-8").disc.iocharset == "utf8");
  CHECK(parsed("view=joliet").disc.view == View::kJoliet);
  for (const char* bad :
       {"map=x", "check=", "block=8192", "session=one", "vat=x", "anchor=", "view=hfs", "norock=1", "uid", "charset="})
    CHECK(refused(bad));
}

TEST_CASE("what mount(8) and mount.fuse3 hand on is taken") {
  const Settings settings = parsed(
      "rw,noexec,nosuid,nodev,relatime,defaults,uhelper=udisks2,x-systemd.automount,X-mount.mkdir="
      "0755,comment=hello,users,user=anna,_netdev,nofail,loop=/dev/loop3,dev,suid");
  CHECK(settings.suid);
  CHECK(settings.dev);
  CHECK_FALSE(settings.exec);
  CHECK(settings.called_by_mount);
  CHECK(parsed("context=\"a,b\"").contexts == std::vector<std::string>{"context=a,b"});
}

TEST_CASE("an unknown option is named") {
  Settings settings;
  const auto wrong = set_options("ro,fortytwo=1", settings);
  REQUIRE(wrong);
  CHECK(wrong->find("fortytwo") != std::string::npos);
}

TEST_CASE("no option stands in the table twice") {
  std::set<std::string_view> names;
  for (const OptionRow& row : option_rows()) CHECK(names.insert(row.name).second);
}

TEST_CASE("every value that is offered for completion is taken") {
  int offered = 0;
  for (const OptionRow& row : option_rows()) {
    for (std::string_view rest = row.choices; !rest.empty(); ++offered) {
      const std::size_t end = std::min(rest.find('|'), rest.size());
      Settings settings;
      INFO(row.name << "=" << rest.substr(0, end));
      CHECK_FALSE(
          set_options(std::string(row.name) + "=" + std::string(rest.substr(0, end)), settings));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  CHECK(offered > 10);
}

}  // namespace
}  // namespace isofuse::app
