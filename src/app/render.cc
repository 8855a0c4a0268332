#include "app/render.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace isofuse::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kIndentColumns = 2;
constexpr std::string_view kBytesSuffix = "_bytes";

std::string label_of(std::string_view key) {
  if (key.ends_with(kBytesSuffix)) key.remove_suffix(kBytesSuffix.size());
  std::string label(key);
  if (label == "uuid") return "UUID";
  std::replace(label.begin(), label.end(), '_', ' ');
  if (!label.empty())
    label[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(label[0])));
  return label;
}

std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string byte_count(std::uint64_t bytes) {
  static constexpr std::array kUnits = {"KiB", "MiB", "GiB", "TiB"};
  constexpr double kStep = 1024.0;
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  double value = static_cast<double>(bytes) / kStep;
  std::size_t unit = 0;
  while (value >= kStep && unit + 1 < kUnits.size()) {
    value /= kStep;
    ++unit;
  }
  return fmt::format("{} bytes ({:.1f} {})", with_commas(bytes), value, kUnits[unit]);
}

bool is_nested(const Json& value) {
  if (value.is_object()) return !value.empty();
  return value.is_array() && std::any_of(value.begin(), value.end(),
                                         [](const Json& item) { return item.is_structured(); });
}

std::string scalar(std::string_view key, const Json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return text.empty() ? "-" : harmless(text);
  }
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_integer() && key.ends_with(kBytesSuffix) && value >= 0)
    return byte_count(value.get<std::uint64_t>());
  if (value.is_null() || value.is_object()) return "-";
  if (!value.is_array()) return value.dump();
  std::string list;
  for (const Json& item : value) {
    if (!list.empty()) list += ", ";
    list += scalar(key, item);
  }
  return list.empty() ? "none" : list;
}

/// Whether a list is better read as a table: some rows, few columns, the same in each.
bool is_table(const Json& list) {
  constexpr std::size_t kRowsMin = 3;
  constexpr std::size_t kColumnsMax = 4;
  const Json& first = list[0];
  if (list.size() < kRowsMin || !first.is_object() || first.empty() || first.size() > kColumnsMax)
    return false;
  return std::all_of(list.begin(), list.end(), [&first](const Json& row) {
    if (!row.is_object() || row.size() != first.size()) return false;
    for (auto a = row.begin(), b = first.begin(); a != row.end(); ++a, ++b)
      if (a.key() != b.key() || is_nested(*a)) return false;
    return true;
  });
}

void render_table(const Json& list, std::size_t indent, std::string& out) {
  std::vector<std::vector<std::string>> lines(1);
  for (const auto& [key, value] : list[0].items()) lines[0].push_back(label_of(key));
  for (const Json& row : list) {
    auto& line = lines.emplace_back();
    for (const auto& [key, value] : row.items()) line.push_back(scalar(key, value));
  }
  std::vector<std::size_t> widths(lines[0].size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  for (const auto& line : lines) {
    out += std::string(indent, ' ');
    for (std::size_t i = 0; i + 1 < line.size(); ++i)
      out += fmt::format("{:<{}}  ", line[i], widths[i]);
    out += line.back() + "\n";
  }
}

void render_object(const Json& object, std::size_t indent, std::string& out);

/// Depth is that of a document we made ourselves, so recursion is bounded.
void render_member(const std::string& key, const Json& value, std::size_t width, std::size_t indent,
                   std::string& out) {
  const std::string margin(indent, ' ');
  const std::string label = label_of(key) + ":";
  if (!is_nested(value)) {
    out += fmt::format("{}{:<{}} {}\n", margin, label, width + 1, scalar(key, value));
    return;
  }
  out += fmt::format("{}{}\n", margin, label);
  if (value.is_object()) {
    render_object(value, indent + kIndentColumns, out);
    return;
  }
  if (is_table(value)) {
    render_table(value, indent + kIndentColumns, out);
    return;
  }
  for (const Json& item : value) {
    if (!item.is_object()) {
      out += fmt::format("{}  - {}\n", margin, scalar(key, item));
      continue;
    }
    // The first member of each item stands behind a dash.
    std::string lines;
    render_object(item, indent + 2 * kIndentColumns, lines);
    if (!lines.empty()) lines[indent + kIndentColumns] = '-';
    out += lines;
  }
}

void render_object(const Json& object, std::size_t indent, std::string& out) {
  std::size_t width = 0;
  for (const auto& [key, value] : object.items()) {
    if (!is_nested(value)) width = std::max(width, label_of(key).size());
  }
  for (const auto& [key, value] : object.items()) render_member(key, value, width, indent, out);
}

}  // namespace

std::string harmless(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool c1 =
        c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (c1) ++i;
    out += c1 || c < 0x20 || c == 0x7f ? '?' : text[i];
  }
  return out;
}

std::string render_text(const nlohmann::ordered_json& object) {
  std::string out;
  render_object(object, 0, out);
  return out;
}

}  // namespace isofuse::app
