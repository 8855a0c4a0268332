#include "app/mount_table.h"

#include <algorithm>
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
