#include "app/option_table.h"

#include <grp.h>
#include <pwd.h>

#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "fuse/counters.h"

namespace isofuse::app {
namespace {

using Text = std::string_view;

template <class T>
std::optional<T> parse_number(Text text, int base, T largest) {
  T value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, err] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || err != std::errc() || stop != end || value > largest) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> parse_count(Text text) {
  return parse_number<std::uint32_t>(text, 10, std::numeric_limits<std::uint32_t>::max());
}

/// Modes and masks are octal with or without a leading 0. (The kernel's isofs reads mode=444 as a
/// decimal number, which nobody who wrote it meant.)
std::string set_mode(Text text, std::uint16_t bits, std::optional<std::uint16_t>& out) {
  const auto mode = parse_number<std::uint16_t>(text, 8, 07777);
  if (!mode) return "not an octal mode";
  out = static_cast<std::uint16_t>(*mode & bits);
  return {};
}

std::string set_mask(Text text, std::uint16_t& out) {
  std::optional<std::uint16_t> mask;
  std::string wrong = set_mode(text, 0777, mask);
  if (mask) out = *mask;
  return wrong;
}

std::string set_count(Text text, std::optional<std::uint32_t>& out) {
  out = parse_count(text);
  return out ? std::string() : "not a number";
}

/// What the kernel's udf takes besides a number; both tell it what to write.
bool is_udf_word(Text text) { return text == "forget" || text == "ignore"; }

std::string set_user(Settings& settings, Text text) {
  if (is_udf_word(text)) return {};
  settings.disc.uid = parse_count(text);
  if (settings.disc.uid) return {};
  const passwd* const user = getpwnam(std::string(text).c_str());
  if (user == nullptr) return "no such user";
  settings.disc.uid = user->pw_uid;
  return {};
}

std::string set_group(Settings& settings, Text text) {
  if (is_udf_word(text)) return {};
  settings.disc.gid = parse_count(text);
  if (settings.disc.gid) return {};
  const group* const found = getgrnam(std::string(text).c_str());
  if (found == nullptr) return "no such group";
  settings.disc.gid = found->gr_gid;
  return {};
}

std::string set_unhide(Settings& settings, Text /*value*/) {
  settings.disc.show_associated = true;
  settings.disc.show_hidden = true;
  return {};
}

std::string set_vat(Settings& settings, Text text) {
  const auto generation = parse_count(text);
  settings.disc.vat_generation = generation.value_or(0);
  return generation ? "" : "not a number";
}

std::string set_block(Settings& settings, Text text) {
  const auto bytes = parse_count(text);
  if (!bytes || (*bytes != 512 && *bytes != 1024 && *bytes != 2048 && *bytes != 4096))
    return "must be 512, 1024, 2048 or 4096";
  settings.disc.block_bytes = bytes;
  return {};
}

std::string set_map(Settings& settings, Text text) {
  if (text == "n" || text == "normal")
    settings.disc.map = NameMap::kNormal;
  else if (text == "o" || text == "off")
    settings.disc.map = NameMap::kOff;
  else if (text == "a" || text == "acorn")
    settings.disc.map = NameMap::kAcorn;
  else
    return "must be normal, off or acorn";
  return {};
}

std::string set_check(Settings& settings, Text text) {
  if (text == "r" || text == "relaxed")
    settings.disc.check = NameCheck::kRelaxed;
  else if (text == "s" || text == "strict")
    settings.disc.check = NameCheck::kStrict;
  else
    return "must be relaxed or strict";
  return {};
}

std::string set_view(Settings& settings, Text text) {
  struct Name {
    Text text;
    View view;
  };
  static constexpr std::array kNames = {
      Name{"auto", View::kAuto},           Name{"iso", View::kIso},
      Name{"enhanced", View::kEnhanced},   Name{"joliet", View::kJoliet},
      Name{"rockridge", View::kRockRidge}, Name{"udf", View::kUdf},
  };
  for (const Name& name : kNames) {
    if (text != name.text) continue;
    settings.disc.view = name.view;
    return {};
  }
  return "must be auto, rockridge, joliet, enhanced, iso or udf";
}

std::string set_iocharset(Settings& settings, Text text) {
  settings.disc.iocharset = text == "utf-8" || text == "UTF-8" || text == "UTF8" ? "utf8" : text;
  return {};
}

std::string keep_context(Settings& settings, Text name, Text value) {
  settings.contexts.push_back(fmt::format("{}={}", name, value));
  return {};
}

/// The setters of the rows: `ignored` for what changes nothing, flags for a member that becomes
/// true or false, and lambdas for the rest.
std::string ignored(Settings& /*settings*/, Text /*value*/) { return {}; }

template <bool Settings::*Member, bool kValue>
std::string flag(Settings& settings, Text /*value*/) {
  settings.*Member = kValue;
  return {};
}
template <bool Options::*Member, bool kValue>
std::string flag(Settings& settings, Text /*value*/) {
  settings.disc.*Member = kValue;
  return {};
}
/// suid, dev and their opposites: see Settings::called_by_mount.
template <bool Settings::*Member, bool kValue>
std::string mount_flag(Settings& settings, Text /*value*/) {
  settings.*Member = kValue;
  settings.called_by_mount = true;
  return {};
}

std::string set_charset(Settings& settings, Text text) {
  settings.disc.charset = text;
  return text.empty() ? "must name an encoding" : "";
}

std::string set_umask(Settings& settings, Text text) {
  std::string wrong = set_mask(text, settings.disc.file_mask);
  settings.disc.directory_mask = settings.disc.file_mask;
  return wrong;
}

std::string set_read_bytes(Settings& settings, Text text) {
  const auto bytes = parse_count(text);
  settings.read_bytes_max = bytes.value_or(0);
  return bytes ? "" : "not a number";
}

std::string set_threads(Settings& settings, Text text) {
  constexpr unsigned kThreadsMax = fuse::Counters::kWorkersMax;
  const auto threads = parse_number<unsigned>(text, 10, kThreadsMax);
  settings.threads_max = threads.value_or(0);
  return settings.threads_max != 0 ? "" : "must be 1 to 1024";
}

template <std::string Settings::*Member>
std::string text(Settings& settings, Text value) {
  settings.*Member = value;
  return {};
}
template <std::optional<std::uint16_t> Options::*Member>
std::string mode(Settings& settings, Text value) {
  return set_mode(value, 0777, settings.disc.*Member);
}
template <std::uint16_t Options::*Member>
std::string mask(Settings& settings, Text value) {
  return set_mask(value, settings.disc.*Member);
}
template <std::optional<std::uint32_t> Options::*Member>
std::string count(Settings& settings, Text value) {
  return set_count(value, settings.disc.*Member);
}

constexpr auto kDisc = OptionGroup::kDisc;
constexpr auto kMount = OptionGroup::kMount;
constexpr auto kIgnored = OptionGroup::kIgnored;

// clang-format off
constexpr OptionRow kRows[] = {
    // --- How the disc is shown: the names of the kernel's drivers.
    {"view", "TREE", kDisc, "which tree: auto, rockridge, joliet, enhanced, iso or udf", set_view,
     "auto|rockridge|joliet|enhanced|iso|udf"},
    {"norock", "", kDisc, "do not use Rock Ridge", flag<&Options::rock_ridge, false>},
    {"nojoliet", "", kDisc, "do not use Joliet", flag<&Options::joliet, false>},
    {"map", "HOW", kDisc, "plain ISO 9660 names: normal (lower case, no version), off or acorn",
     set_map, "normal|off|acorn"},
    {"check", "HOW", kDisc, "look-ups: relaxed (case does not count) or strict", set_check,
     "relaxed|strict"},
    {"charset", "NAME", kDisc, "encoding of plain and Rock Ridge names on the disc", set_charset},
    {"iocharset", "NAME", kDisc, "encoding in which Unicode names are shown (utf8)", set_iocharset},
    {"utf8", "", kDisc, "the same as iocharset=utf8",
     [](Settings& s, Text) { return set_iocharset(s, "utf8"); }},
    {"uid", "USER", kDisc, "owner of every file, by number or name",  set_user},
    {"gid", "GROUP", kDisc, "group of every file, by number or name", set_group},
    {"mode", "OCTAL", kDisc, "permissions of files without Rock Ridge", mode<&Options::file_mode>},
    {"dmode", "OCTAL", kDisc, "permissions of directories without Rock Ridge",
     mode<&Options::directory_mode>},
    {"overriderockperm", "", kDisc, "mode and dmode hold for Rock Ridge too",
     flag<&Options::override_rock_permissions, true>},
    {"umask", "OCTAL", kDisc, "permissions taken from everything", set_umask},
    {"fmask", "OCTAL", kDisc, "permissions taken from files", mask<&Options::file_mask>},
    {"dmask", "OCTAL", kDisc, "permissions taken from directories", mask<&Options::directory_mask>},
    {"hide", "", kDisc, "leave out hidden files", flag<&Options::hide, true>},
    {"unhide", "", kDisc, "UDF: show hidden files; else the same as showassoc", set_unhide},
    {"showassoc", "", kDisc, "show associated files", flag<&Options::show_associated, true>},
    {"cruft", "", kDisc, "only the low 24 bits of a file's size count",
     flag<&Options::cruft, true>},
    {"nocompress", "", kDisc, "show zisofs files as they are stored",
     flag<&Options::decompress, false>},
    {"boot", "", kDisc, "show boot images and partitions in the directory [BOOT]",
     flag<&Options::boot, true>},
    {"session", "N", kDisc, "which session, from 0 on; see --info (UDF: its first block)",
     count<&Options::session>},
    {"sbsector", "N", kDisc, "start of the session, in sectors of 2048 bytes",
     count<&Options::superblock_sector>},
    {"block", "BYTES", kDisc, "logical block: 512, 1024, 2048 or 4096 (UDF)", set_block,
     "512|1024|2048|4096"},
    {"bs", "BYTES", kDisc, "the same as block", set_block, "512|1024|2048|4096"},
    {"undelete", "", kDisc, "UDF: show deleted files too", flag<&Options::show_deleted, true>},
    {"anchor", "N", kDisc, "UDF: block of the anchor", count<&Options::anchor_block>},
    {"lastblock", "N", kDisc, "UDF: last block of the volume", count<&Options::last_block>},
    {"novrs", "", kDisc, "UDF: no recognition sequence is needed",
     flag<&Options::need_recognition, false>},
    {"vat", "N", kDisc, "UDF, write-once discs: N tables before the newest (0)", set_vat},

    // --- How it is mounted.
    {"allow_other", "", kMount, "other users may use the mount too",
     flag<&Settings::allow_other, true>},
    {"allow_root", "", kMount, "root may use the mount too", flag<&Settings::allow_root, true>},
    {"default_permissions", "", kMount,
     "the kernel checks permissions (the default with allow_other)",
     [](Settings& s, Text) { return s.default_permissions = true, std::string(); }},
    {"nodefault_permissions", "", kMount, "it does not",
     [](Settings& s, Text) { return s.default_permissions = false, std::string(); }},
    {"auto_unmount", "", kMount, "unmount when the process dies",
     flag<&Settings::auto_unmount, true>},
    {"nosandbox", "", kMount, "let the process that reads the disc keep its rights",
     flag<&Settings::sandbox, false>},
    {"fsname", "TEXT", kMount, "what mount and df show as the source (the image's path)",
     text<&Settings::fsname>},
    {"subtype", "TEXT", kMount, "what follows \"fuse.\" in the type (isofuse)",
     text<&Settings::subtype>},
    {"max_read", "BYTES", kMount, "largest single read", set_read_bytes},
    {"max_threads", "N", kMount, "threads that answer requests", set_threads},
    {"ro", "", kMount, "read-only, as it always is", flag<&Settings::asked_for_writing, false>},
    {"rw", "", kMount, "taken with a warning: a disc cannot be written",
     flag<&Settings::asked_for_writing, true>},
    {"exec", "", kMount, "programs may be run (the default)", flag<&Settings::exec, true>},
    {"noexec", "", kMount, "programs may not be run", flag<&Settings::exec, false>},
    {"suid", "", kMount, "heed set-user-ID bits; only for root", mount_flag<&Settings::suid, true>},
    {"nosuid", "", kMount, "do not (the default)", mount_flag<&Settings::suid, false>},
    {"dev", "", kMount, "heed device nodes; only for root", mount_flag<&Settings::dev, true>},
    {"nodev", "", kMount, "do not (the default)", mount_flag<&Settings::dev, false>},
    {"context", "LABEL", kMount, "SELinux label; for root where SELinux is on, else ignored",
     [](Settings& s, Text v) { return keep_context(s, "context", v); }},
    {"fscontext", "LABEL", kMount, "the same, for the file system",
     [](Settings& s, Text v) { return keep_context(s, "fscontext", v); }},
    {"defcontext", "LABEL", kMount, "the same, for files without a label",
     [](Settings& s, Text v) { return keep_context(s, "defcontext", v); }},
    {"rootcontext", "LABEL", kMount, "the same, for the root directory",
     [](Settings& s, Text v) { return keep_context(s, "rootcontext", v); }},

    // --- Accepted from mount(8), fstab(5) and habit.
    {"defaults", "", kIgnored, "", ignored},
    {"auto", "", kIgnored, "", ignored},
    {"noauto", "", kIgnored, "", ignored},
    {"user", "[NAME]", kIgnored, "", ignored},
    {"nouser", "", kIgnored, "", ignored},
    {"users", "", kIgnored, "", ignored},
    {"nousers", "", kIgnored, "", ignored},
    {"owner", "", kIgnored, "", ignored},
    {"noowner", "", kIgnored, "", ignored},
    {"group", "", kIgnored, "", ignored},
    {"nogroup", "", kIgnored, "", ignored},
    {"nofail", "", kIgnored, "", ignored},
    {"_netdev", "", kIgnored, "", ignored},
    {"comment", "TEXT", kIgnored, "", ignored},
    {"uhelper", "NAME", kIgnored, "", ignored},
    {"helper", "NAME", kIgnored, "", ignored},
    {"loop", "[DEVICE]", kIgnored, "", ignored},
    {"setuid", "USER", kIgnored, "", ignored},
    {"drop_privileges", "", kIgnored, "", ignored},
    {"atime", "", kIgnored, "", ignored},
    {"noatime", "", kIgnored, "", ignored},
    {"diratime", "", kIgnored, "", ignored},
    {"nodiratime", "", kIgnored, "", ignored},
    {"relatime", "", kIgnored, "", ignored},
    {"norelatime", "", kIgnored, "", ignored},
    {"strictatime", "", kIgnored, "", ignored},
    {"nostrictatime", "", kIgnored, "", ignored},
    {"lazytime", "", kIgnored, "", ignored},
    {"nolazytime", "", kIgnored, "", ignored},
    {"sync", "", kIgnored, "", ignored},
    {"async", "", kIgnored, "", ignored},
    {"dirsync", "", kIgnored, "", ignored},
    {"mand", "", kIgnored, "", ignored},
    {"nomand", "", kIgnored, "", ignored},
    {"iversion", "", kIgnored, "", ignored},
    {"noiversion", "", kIgnored, "", ignored},
    {"silent", "", kIgnored, "", ignored},
    {"loud", "", kIgnored, "", ignored},
    {"nonempty", "", kIgnored, "", ignored},
    {"conv", "HOW", kIgnored, "", ignored},
    {"volume", "N", kIgnored, "", ignored},
    {"partition", "N", kIgnored, "", ignored},
    {"fileset", "N", kIgnored, "", ignored},
    {"rootdir", "N", kIgnored, "", ignored},
    {"nostrict", "", kIgnored, "", ignored},
    {"adinicb", "", kIgnored, "", ignored},
    {"noadinicb", "", kIgnored, "", ignored},
    {"shortad", "", kIgnored, "", ignored},
    {"longad", "", kIgnored, "", ignored},
    {"x-*", "[TEXT]", kIgnored, "", ignored},
    {"X-*", "[TEXT]", kIgnored, "", ignored},
};
// clang-format on

bool matches(const OptionRow& row, Text name) {
  if (!row.name.ends_with('*')) return row.name == name;
  return name.starts_with(row.name.substr(0, row.name.size() - 1));
}

std::optional<std::string> set_option(Text option, Settings& settings) {
  const std::size_t equals = option.find('=');
  const bool has_value = equals != Text::npos;
  const Text name = option.substr(0, equals);
  const Text value = has_value ? option.substr(equals + 1) : Text{};
  for (const OptionRow& row : kRows) {
    if (!matches(row, name)) continue;
    if (has_value && row.argument.empty()) return fmt::format("-o {} takes no value", name);
    if (!has_value && !row.argument.empty() && !row.argument.starts_with('['))
      return fmt::format("-o {} needs a value: {}={}", name, name, row.argument);
    const std::string wrong = row.set(settings, value);
    if (wrong.empty()) return std::nullopt;
    return fmt::format("-o {}: {}", option, wrong);
  }
  if (settings.sloppy) return std::nullopt;
  return fmt::format("unknown option -o {}", option);
}

std::string shown(const OptionRow& row) {
  if (row.argument.empty()) return std::string(row.name);
  if (row.argument.starts_with('[') && row.name.ends_with('*')) return std::string(row.name);
  if (row.argument.starts_with('['))
    return fmt::format("{}[={}]", row.name, row.argument.substr(1, row.argument.size() - 2));
  return fmt::format("{}={}", row.name, row.argument);
}

}  // namespace

std::span<const OptionRow> option_rows() { return kRows; }

std::vector<std::string> split_options(std::string_view list) {
  std::vector<std::string> out;
  std::string option;
  bool quoted = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const char c = list[i];
    if (c == '\\' && i + 1 < list.size()) {
      option += list[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      if (!option.empty()) out.push_back(std::move(option));
      option.clear();
    } else {
      option += c;
    }
  }
  if (!option.empty()) out.push_back(std::move(option));
  return out;
}

std::optional<std::string> set_options(std::string_view list, Settings& settings) {
  for (const std::string& option : split_options(list)) {
    if (auto wrong = set_option(option, settings)) return wrong;
  }
  return std::nullopt;
}

std::string option_help() {
  constexpr std::size_t kNameColumns = 22;
  constexpr std::size_t kLineColumns = 79;
  std::string out = "-o, how the disc is shown:\n";
  std::string ignored_names;
  std::size_t columns = 0;
  bool in_mount = false;
  for (const OptionRow& row : kRows) {
    if (row.group == kMount && !in_mount) {
      out += "\n-o, how it is mounted:\n";
      in_mount = true;
    }
    if (row.group != kIgnored) {
      out += fmt::format("  {:<{}} {}\n", shown(row), kNameColumns, row.help);
      continue;
    }
    const std::string name = shown(row);
    if (columns == 0 || columns + 1 + name.size() > kLineColumns) {
      ignored_names += columns == 0 ? " " : "\n ";
      columns = 1;
    }
    ignored_names += " " + name;
    columns += 1 + name.size();
  }
  return out + "\n-o, accepted from mount(8) and without effect:\n" + ignored_names + "\n";
}

}  // namespace isofuse::app
