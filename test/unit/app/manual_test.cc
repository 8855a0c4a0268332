// --help, the table of options, the exit statuses and the manual tell the same story.
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "app/arguments.h"
#include "app/exit_status.h"
#include "app/option_table.h"
#include "support/catch.h"

namespace isofuse::app {
namespace {

/// REQUIRES: ISOFUSE_SOURCE_DIR, the top of the project's tree, is defined by the build.
std::string read_text(const char* path) {
  std::ifstream file(std::string(ISOFUSE_SOURCE_DIR) + "/" + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string manual() { return read_text("man/isofuse.1"); }

std::string help() {
  const char* const arguments[] = {"isofuse", "--help"};
  const auto parsed = parse_arguments(2, arguments);
  return std::get<Printed>(parsed).text;
}

/// The part of the manual below a heading, up to the next one of that kind.
std::string part(const std::string& text, const std::string& heading) {
  const std::size_t from = text.find(heading + "\n");
  REQUIRE(from != std::string::npos);
  const std::size_t to = text.find("\n" + heading.substr(0, 4), from + heading.size());
  return text.substr(from, to - from);
}

/// The names that stand as a term of their own: ".B name", ".BI name= ARG", ".BR name ,".
std::set<std::string> terms(const std::string& text) {
  std::set<std::string> out;
  const std::regex line(R"((?:^|\n)\.TP\n\.B[IR]? ([A-Za-z_0-9]+))");
  for (std::sregex_iterator it(text.begin(), text.end(), line), end; it != end; ++it)
    out.insert((*it)[1]);
  return out;
}

TEST_CASE("the manual lists every mount option, and no other") {
  const std::string section = part(manual(), ".SH MOUNT OPTIONS");
  std::set<std::string> wanted;
  std::set<std::string> ignored;
  for (const OptionRow& row : option_rows())
    (row.group == OptionGroup::kIgnored ? ignored : wanted).insert(std::string(row.name));
  CHECK(terms(section) == wanted);

  const std::string tail = part(section, ".SS Accepted and without effect");
  std::set<std::string> listed;
  const std::regex line(R"(\n\.BR ([A-Za-z_*-]+)(?:=| |,))");
  for (std::sregex_iterator it(tail.begin(), tail.end(), line), end; it != end; ++it)
    if ((*it)[1] != "mount" && (*it)[1] != "fstab") listed.insert((*it)[1]);
  CHECK(listed == ignored);
}

TEST_CASE("--help lists every mount option") {
  const std::string text = help();
  for (const OptionRow& row : option_rows()) {
    INFO(row.name);
    CHECK(text.find(" " + std::string(row.name)) != std::string::npos);
  }
}

TEST_CASE("the README lists every mount option that does something, and every exit status") {
  const std::string text = read_text("README.md");
  for (const OptionRow& row : option_rows()) {
    if (row.group == OptionGroup::kIgnored) continue;
    INFO(row.name);
    CHECK(text.find("`" + std::string(row.name) + (row.argument.empty() ? "`" : "=")) !=
          std::string::npos);
  }
  const std::string table = part(text, "## Exit statuses");
  for (const ExitStatus status : kExitStatuses) {
    const std::regex number("[| ]" + std::to_string(static_cast<int>(status)) + "[, ]");
    INFO(static_cast<int>(status));
    CHECK(std::regex_search(table, number));
  }
}

TEST_CASE("the manual and --help list the same flags") {
  const auto flags = [](const std::string& text) {
    std::set<std::string> out;
    const std::regex flag(R"((?:^|[\s,])(--?[a-zA-Z]+))");
    for (std::sregex_iterator it(text.begin(), text.end(), flag), end; it != end; ++it)
      out.insert((*it)[1]);
    return out;
  };
  std::string section = part(manual(), ".SH OPTIONS");
  std::string declared;  // only the lines below .TP
  const std::regex term(R"(\.TP\n(\.B[^\n]*))");
  for (std::sregex_iterator it(section.begin(), section.end(), term), end; it != end; ++it) {
    std::string line = (*it)[1];
    for (std::size_t at = 0; (at = line.find('\\')) != std::string::npos;) line.erase(at, 1);
    for (char& c : line)
      if (c == '"') c = ' ';
    declared += line + "\n";
  }
  const std::string text = help();
  const std::size_t from = text.find("Options:");
  const std::size_t to = text.find("\n-o, how");
  REQUIRE(from != std::string::npos);
  std::string own;
  const std::regex option_line(R"(\n  (-[^ ]+))");
  const std::string options = text.substr(from, to - from);
  for (std::sregex_iterator it(options.begin(), options.end(), option_line), end; it != end; ++it)
    own += (*it)[1].str() + "\n";
  CHECK(flags(declared) == flags(own));
}

TEST_CASE("the manual lists every exit status, and no other") {
  const std::string section = part(manual(), ".SH EXIT STATUS");
  std::set<int> listed;
  const std::regex line(R"(\.TP\n\.B ([0-9]+)\n)");
  for (std::sregex_iterator it(section.begin(), section.end(), line), end; it != end; ++it)
    listed.insert(std::stoi((*it)[1]));
  std::set<int> wanted;
  for (const ExitStatus status : kExitStatuses) wanted.insert(static_cast<int>(status));
  CHECK(listed == wanted);
}

}  // namespace
}  // namespace isofuse::app
