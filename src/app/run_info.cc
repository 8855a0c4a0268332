#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <isofuse/open.h>

#include "app/boot_paths.h"
#include "app/commands.h"
#include "app/disc.h"
#include "app/log_setup.h"
#include "app/mount_table.h"
#include "app/render.h"

namespace isofuse::app {

Done run_info(const Request& request) {
  const auto source = open_source(request.image);
  if (const Failure* failure = failure_of(source)) return *failure;
  const Source& image = *std::get<0>(source);
  const auto volumes = open_volumes(request.image, image, request.settings.disc);
  const Failure* const failure = failure_of(volumes);
  if (failure != nullptr && failure->status == ExitStatus::kUsage) return *failure;

  // What can be said is said, even where the volume cannot be read.
  nlohmann::ordered_json facts;
  facts["image"] = absolute_path(request.image);
  facts["size_bytes"] = image.size_bytes();
  facts["recognised"] = failure == nullptr;
  facts["identity"] = identity(image);
  if (failure == nullptr) {
    const auto& opened = std::get<0>(volumes);
    const auto tell = [](const Filesystem& filesystem) {
      nlohmann::ordered_json told = filesystem.facts();
      add_boot_paths(filesystem, told);
      return told;
    };
    facts["volume"] = tell(*opened.front());
    auto others = nlohmann::ordered_json::array();
    for (auto other = opened.begin() + 1; other != opened.end(); ++other)
      others.push_back(tell(**other));
    facts["other_volumes"] = std::move(others);
  } else {
    // What is a disc, but cut off or damaged, is nothing else instead.
    const std::string other =
        failure->status == ExitStatus::kNotADisc ? identify(image) : std::string();
    facts["other"] = other.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(other);
  }
  facts["partitions"] = partitions(image);

  if (failure == nullptr && !request.debug) log_to_stderr(false);

  // Names on a disc need not be UTF-8: a replacement character stands for what is not.
  constexpr int kIndent = 2;
  const std::string text =
      request.json
          ? facts.dump(kIndent, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"
          : render_text(facts);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    return Failure{ExitStatus::kInternal, "the standard output cannot be written"};
  if (failure != nullptr) return *failure;
  return {};
}

}  // namespace isofuse::app
