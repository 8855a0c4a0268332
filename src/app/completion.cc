#include "app/completion.h"

#include <algorithm>

#include <fmt/format.h>

namespace isofuse::app {
namespace {

/// Letters, digits and a few signs stand for themselves in all three shells; nothing else is in the
/// tables but in help texts.
std::string quoted(std::string_view text, std::string_view more_to_escape = {}) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (more_to_escape.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

bool is_offered(const OptionRow& row) {
  return row.group != OptionGroup::kIgnored && !row.name.ends_with('*');
}

bool takes_options(const FlagRow& flag) { return flag.names.front() == "-o"; }

/// "name" for a flag, "name=" where a value follows, "name=value" for each value that is known.
std::vector<std::string> words_of(const OptionRow& row) {
  if (row.argument.empty()) return {std::string(row.name)};
  std::vector<std::string> out;
  for (std::string_view rest = row.choices; !rest.empty();) {
    const std::size_t end = std::min(rest.find('|'), rest.size());
    out.push_back(fmt::format("{}={}", row.name, rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (out.empty()) out.push_back(fmt::format("{}=", row.name));
  return out;
}

std::string all_words(std::span<const OptionRow> rows) {
  std::string out;
  for (const OptionRow& row : rows) {
    if (!is_offered(row)) continue;
    for (const std::string& word : words_of(row)) out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

/// Bash splits a word at '=' and ':', and replaces only the last part of it. So the whole word is
/// found in the line, and what bash keeps of it is cut off of the answers.
std::string bash_script(std::span<const FlagRow> flags, std::span<const OptionRow> rows) {
  std::string names, choices;
  for (const FlagRow& flag : flags) {
    std::string pattern;
    for (const std::string& name : flag.names) {
      names += (names.empty() ? "" : " ") + name;
      pattern += (pattern.empty() ? "" : "|") + name;
    }
    if (flag.choices.empty()) continue;
    choices += fmt::format("    {}) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n",
                           pattern, fmt::join(flag.choices, " "));
  }
  return fmt::format(R"(# bash completion for isofuse; made by isofuse --completion bash
_isofuse() {{
  local IFS=$' \t\n'
  local line=${{COMP_LINE:0:COMP_POINT}}
  local word=${{line##*[[:space:]]}}
  local before=${{line%"$word"}}
  local previous=${{before%"${{before##*[![:space:]]}}"}}
  previous=${{previous##*[[:space:]]}}
  COMPREPLY=()
  case $previous in
    -o)
      local done=
      [[ $word == *,* ]] && done=${{word%,*}},
      COMPREPLY=($(compgen -P "$done" -W '{0}' -- "${{word##*,}}"))
      [[ ${{#COMPREPLY[@]}} -eq 1 && ${{COMPREPLY[0]}} == *= ]] && compopt -o nospace
      local kept=${{word%"${{word##*[=:]}}"}}
      COMPREPLY=("${{COMPREPLY[@]#"$kept"}}")
      return ;;
{1}  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W '{2}' -- "$word"))
  else
    compopt -o filenames
    local IFS=$'\n'
    COMPREPLY=($(compgen -f -- "${{COMP_WORDS[COMP_CWORD]}}"))
  fi
}}
complete -F _isofuse isofuse
)",
                     all_words(rows), choices, names);
}

std::string zsh_script(std::span<const FlagRow> flags, std::span<const OptionRow> rows) {
  std::string out =
      "#compdef isofuse\n# made by isofuse --completion zsh\n_isofuse_options() {\n"
      "  _values -s , 'mount option'";
  for (const OptionRow& row : rows) {
    if (!is_offered(row)) continue;
    out += fmt::format(" \\\n    '{}[{}]", row.name, quoted(row.help, "[]:\\"));
    if (!row.choices.empty()) {
      std::string values(row.choices);
      std::ranges::replace(values, '|', ' ');
      out += fmt::format(":value:({})", values);
    } else if (!row.argument.empty()) {
      out += fmt::format(":{}:", row.argument);
    }
    out += "'";
  }
  out += "\n}\n_isofuse() {\n  _arguments -S";
  for (const FlagRow& flag : flags) {
    const std::string help = quoted(flag.help, "[]:\\");
    std::string after;
    if (takes_options(flag)) after = ":option:_isofuse_options";
    if (!flag.choices.empty()) after = fmt::format(":value:({})", fmt::join(flag.choices, " "));
    const bool repeated = takes_options(flag);
    for (const std::string& name : flag.names) {
      const std::string others = repeated ? "*" : fmt::format("({})", fmt::join(flag.names, " "));
      out += fmt::format(" \\\n    '{}{}[{}]{}'", others, name, help, after);
    }
  }
  return out +
         " \\\n    '*:file:_files'\n}\nif [ \"$funcstack[1]\" = _isofuse ]; then _isofuse "
         "\"$@\"; else compdef _isofuse isofuse; fi\n";
}

std::string fish_script(std::span<const FlagRow> flags, std::span<const OptionRow> rows) {
  std::string out =
      "# fish completion for isofuse; made by isofuse --completion fish\n"
      "function __isofuse_options\n";
  for (const OptionRow& row : rows) {
    if (!is_offered(row)) continue;
    for (const std::string& word : words_of(row))
      out += fmt::format("    echo '{}\t{}'\n", word, quoted(row.help, "\\"));
  }
  out += "end\n";
  for (const FlagRow& flag : flags) {
    out += "complete -c isofuse";
    for (const std::string& name : flag.names)
      out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (takes_options(flag)) out += " -x -a '(__fish_complete_list , __isofuse_options)'";
    if (!flag.choices.empty()) out += fmt::format(" -x -a '{}'", fmt::join(flag.choices, " "));
    out += fmt::format(" -d '{}'\n", quoted(flag.help, "\\"));
  }
  return out;
}

}  // namespace

std::optional<std::string> completion_script(std::string_view shell, std::span<const FlagRow> flags,
                                             std::span<const OptionRow> rows) {
  if (shell == "bash") return bash_script(flags, rows);
  if (shell == "zsh") return zsh_script(flags, rows);
  if (shell == "fish") return fish_script(flags, rows);
  return std::nullopt;
}

}  // namespace isofuse::app
