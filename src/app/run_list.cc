#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <isofuse/walk.h>
#include "app/commands.h"
#include "app/disc.h"
#include "app/disc_tree.h"
#include "app/entry_format.h"
#include "app/render.h"
#include "base/log.h"

namespace isofuse::app {
namespace {

class Lister final : public Visitor {
 public:
  Lister(const Request& request, const Filesystem& filesystem, bool on_terminal)
      : request_(request), filesystem_(filesystem), on_terminal_(on_terminal) {}

  Step enter(const Visit& directory) override { return file(directory); }

  Step file(const Visit& file) override {
    // Nobody asked for the root, which has no name.
    if (!file.selected || file.path.empty()) return Step::kGoOn;
    const std::string line = line_of(file);
    if (std::fwrite(line.data(), 1, line.size(), stdout) == line.size()) return Step::kGoOn;
    written_ = false;
    return Step::kStop;
  }

  void failed(std::string_view path, const Error& error) override {
    whole_ = false;
    std::fflush(stdout);
    tell(request_, path, describe(error));
  }

  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] bool written() const { return written_; }

 private:
  [[nodiscard]] std::string shown(std::string_view text) const {
    return on_terminal_ ? harmless(text) : std::string(text);
  }

  std::string line_of(const Visit& file) {
    if (request_.end_names_with_nul) return std::string(file.path) + '\0';
    if (request_.names_only) return shown(file.path) + '\n';
    std::string target;
    if (file.attributes.type == FileType::kSymlink) {
      if (auto link = filesystem_.link_target(file.node))
        target = std::move(*link);
      else
        failed(file.path, link.error());
    }
    if (!request_.json) {
      return long_columns(file.attributes) + shown(file.path) +
             (target.empty() ? "" : " -> " + shown(target)) + '\n';
    }
    return entry_facts(file.path, file.attributes, target)
               .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
           '\n';
  }

  const Request& request_;
  const Filesystem& filesystem_;
  bool on_terminal_;
  bool whole_ = true;
  bool written_ = true;
};

}  // namespace

Done run_list(const Request& request) {
  // Who reads no further (head) ends this quietly.
  std::signal(SIGPIPE, SIG_DFL);
  constexpr std::size_t kBufferBytes = 64U << 10U;
  std::setvbuf(stdout, nullptr, _IOFBF, kBufferBytes);
  const bool on_terminal = isatty(STDOUT_FILENO) == 1;
  auto source = open_source(request.image);
  if (const Failure* failure = failure_of(source)) return *failure;
  const auto tree = open_tree(request, std::move(std::get<0>(source)));
  if (const Failure* failure = failure_of(tree)) return *failure;
  const Filesystem& filesystem = *std::get<0>(tree).filesystem;
  const auto selection = select_paths(request, filesystem);
  if (const Failure* failure = failure_of(selection)) return *failure;

  Lister lister(request, filesystem, on_terminal);
  walk(filesystem, std::get<0>(selection), lister);
  if (!lister.written() || std::fflush(stdout) != 0)
    return Failure{ExitStatus::kNotWritten, "the standard output cannot be written"};
  if (!lister.whole())
    return Failure{ExitStatus::kPartly,
                   fmt::format("{}: not all of it could be listed", request.image)};
  return {};
}

}  // namespace isofuse::app
