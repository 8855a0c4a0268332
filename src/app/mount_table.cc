#include "app/mount_table.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace isofuse::app {
namespace {

constexpr std::size_t kDeviceField = 2;
constexpr std::size_t kMountPointField = 4;  // "36 35 98:0 /root /mount/point ..."
constexpr std::size_t kTypeAfterDash = 1;    // "... - type source options"
constexpr std::size_t kSourceAfterDash = 2;
constexpr std::size_t kOptionsAfterDash = 3;

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// The kernel writes blanks, line ends and backslashes as \ooo.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) && is_octal(text[i + 2]) &&
        is_octal(text[i + 3])) {
      out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                               (text[i + 3] - '0'));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = text.find(at);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace

std::vector<MountEntry> parse_mount_table(std::string_view text) {
  std::vector<MountEntry> out;
  for (const std::string_view line : split(text, '\n')) {
    const std::vector<std::string_view> fields = split(line, ' ');
    std::size_t dash = kMountPointField + 1;
    while (dash < fields.size() && fields[dash] != "-") ++dash;
    if (dash + kSourceAfterDash >= fields.size()) continue;
    out.push_back(
        {std::string(fields[kDeviceField]), unescaped(fields[kMountPointField]),
         unescaped(fields[dash + kTypeAfterDash]), unescaped(fields[dash + kSourceAfterDash]),
         dash + kOptionsAfterDash < fields.size() ? std::string(fields[dash + kOptionsAfterDash])
                                                  : std::string()});
  }
  return out;
}

std::vector<MountEntry> read_mount_table() {
  std::ifstream file("/proc/self/mountinfo", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return parse_mount_table(text);
}

std::optional<MountEntry> find_mount(const std::string& path) {
  std::vector<MountEntry> table = read_mount_table();
  const auto found = std::find_if(table.rbegin(), table.rend(), [&](const MountEntry& entry) {
    return entry.mount_point == path;
  });
  if (found == table.rend()) return std::nullopt;
  return std::move(*found);
}

std::optional<unsigned> owner_of(const MountEntry& entry) {
  constexpr std::string_view kOwner = "user_id=";
  std::string_view rest = entry.options;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string_view option = rest.substr(0, end);
    if (option.starts_with(kOwner)) {
      unsigned owner = 0;
      const char* const last = option.data() + option.size();
      const auto [stop, err] = std::from_chars(option.data() + kOwner.size(), last, owner);
      return err == std::errc() && stop == last ? std::optional(owner) : std::nullopt;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

std::vector<MountEntry> find_our_mounts(const std::string& what) {
  std::vector<MountEntry> ours;
  for (MountEntry& entry : read_mount_table()) {
    if (entry.type == kMountType) ours.push_back(std::move(entry));
  }
  std::reverse(ours.begin(), ours.end());
  const auto those = [&](std::string MountEntry::*member, const std::string& value) {
    std::vector<MountEntry> out;
    std::copy_if(ours.begin(), ours.end(), std::back_inserter(out),
                 [&](const MountEntry& entry) { return entry.*member == value; });
    return out;
  };
  const std::string path = absolute_path(what);
  if (auto on_it = those(&MountEntry::mount_point, path); !on_it.empty()) {
    on_it.resize(1);  // of several on one directory only the uppermost can be meant
    return on_it;
  }
  if (auto of_it = those(&MountEntry::source, path); !of_it.empty()) return of_it;
  std::error_code err;  // a link to either; to resolve it is safe, `what` is no mount of ours
  const std::string target = std::filesystem::canonical(what, err).string();
  if (err) return {};
  if (auto on_it = those(&MountEntry::mount_point, target); !on_it.empty()) {
    on_it.resize(1);
    return on_it;
  }
  return those(&MountEntry::source, target);
}

std::string absolute_path(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code err;
  fs::path whole = fs::absolute(path, err);
  if (err) return path;
  while (!whole.has_filename() && whole != whole.root_path())
    whole = whole.parent_path();  // "dir/"
  const bool is_dots = whole.filename() == "." || whole.filename() == "..";
  const fs::path start = is_dots || whole == whole.root_path() ? whole : whole.parent_path();
  const fs::path resolved = fs::canonical(start, err);
  if (err) return whole.lexically_normal().string();
  return (start == whole ? resolved : resolved / whole.filename()).string();
}

}  // namespace isofuse::app
