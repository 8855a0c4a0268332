#include "check/sum_files.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>

#include <isofuse/read.h>

#include "base/digest.h"
#include "base/text.h"

namespace isofuse {
namespace {

constexpr std::uint64_t kListBytesMax = std::uint64_t{64} << 20U;
constexpr std::size_t kListsMax = 16;  // one of each algorithm, and some by other names
constexpr std::array<std::string_view, 6> kAlgorithms = {"md5",    "sha1",   "sha224",
                                                         "sha256", "sha384", "sha512"};

bool is_digest(std::string_view text, std::string_view algorithm) {
  const auto digest = Digest::of(algorithm);
  return digest && text.size() == 2 * digest->value().size() &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::string read_text(const Filesystem& filesystem, const Source& image, NodeId node,
                      std::uint64_t size_bytes) {
  std::string text(static_cast<std::size_t>(size_bytes), '\0');
  const auto read = read_bytes(filesystem, image, node, 0, std::as_writable_bytes(std::span(text)));
  text.resize(read ? *read : 0);
  return text;
}

}  // namespace

std::optional<std::string> algorithm_of_list(std::string_view name) {
  std::string wanted = lower_case(name);
  if (wanted.ends_with(".txt")) wanted.resize(wanted.size() - 4);
  for (const std::string_view algorithm : kAlgorithms) {
    if (wanted == fmt::format("{}sum", algorithm) || wanted == fmt::format("{}sums", algorithm))
      return std::string(algorithm);
  }
  return std::nullopt;
}

std::optional<ListedSum> parse_sum_line(std::string_view line, std::string_view algorithm) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (const std::size_t equal = line.rfind(") = ");
      equal != std::string_view::npos &&
      lower_case(line).starts_with(fmt::format("{} (", algorithm))) {
    const std::string_view digest = line.substr(equal + 4);
    const std::size_t begin = algorithm.size() + 2;
    if (equal <= begin || !is_digest(digest, algorithm)) return std::nullopt;
    return ListedSum{std::string(line.substr(begin, equal - begin)), lower_case(digest)};
  }
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_digest(line.substr(0, space), algorithm))
    return std::nullopt;
  std::string_view path = line.substr(space + 1);
  if (path.starts_with(' ') || path.starts_with('*')) path.remove_prefix(1);
  if (path.empty()) return std::nullopt;
  return ListedSum{std::string(path), lower_case(line.substr(0, space))};
}

std::vector<SumList> find_sum_lists(const Filesystem& filesystem, const Source& image) {
  std::vector<SumList> out;
  const auto root = filesystem.directory(filesystem.root());
  if (!root) return out;
  for (std::size_t i = 0; i < (*root)->size() && out.size() < kListsMax; ++i) {
    const DirectoryEntry entry = (*root)->entry(i);
    const auto algorithm = algorithm_of_list(entry.name);
    if (!algorithm) continue;
    const auto attributes = filesystem.attributes(entry.node);
    if (!attributes || attributes->type != FileType::kRegular ||
        attributes->size_bytes > kListBytesMax)
      continue;
    SumList list{std::string(entry.name), *algorithm, {}};
    const std::string text = read_text(filesystem, image, entry.node, attributes->size_bytes);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (auto sum = parse_sum_line(std::string_view(text).substr(at, end - at), *algorithm))
        list.sums.push_back(std::move(*sum));
      at = end + 1;
    }
    if (!list.sums.empty()) out.push_back(std::move(list));
  }
  return out;
}

}  // namespace isofuse
