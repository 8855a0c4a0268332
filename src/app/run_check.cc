#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <isofuse/check.h>
#include <isofuse/messages.h>

#include "app/commands.h"
#include "app/confine.h"
#include "app/disc.h"
#include "app/progress.h"
#include "app/render.h"

namespace isofuse::app {
namespace {

using Kind = Finding::Kind;

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kDamage:
      return "damage";
    case Kind::kNote:
      return "note";
    case Kind::kRight:
      return "right";
  }
  return "damage";
}

/// "damage: /a/b: text, at byte 1234".
std::string line_of(const Finding& finding) {
  std::string line = fmt::format("{}: ", kind_name(finding.kind));
  if (!finding.path.empty()) line += harmless(finding.path) + ": ";
  line += harmless(finding.text);
  if (finding.kind != Kind::kRight && finding.offset != Error::kNowhere)
    line += fmt::format(", at byte {}", finding.offset);
  return line;
}

nlohmann::ordered_json json_of(const Finding& finding) {
  nlohmann::ordered_json out;
  out["kind"] = kind_name(finding.kind);
  out["text"] = finding.text;
  if (!finding.path.empty()) out["path"] = finding.path;
  if (finding.offset != Error::kNowhere) out["offset"] = finding.offset;
  return out;
}

/// Prints what is found as it comes; in JSON, an object a line, the last one being the result.
class Printer {
 public:
  explicit Printer(bool json) : json_(json) {}

  void print(const Finding& finding, Progress* progress) {
    // A broken disc can be wrong in as many places as it likes.
    constexpr std::uint64_t kLinesMax = 10000;
    if (++lines_ > kLinesMax) return;
    if (progress != nullptr) progress->clear();
    put(json_ ? dump(json_of(finding)) : line_of(finding));
    if (lines_ == kLinesMax && !json_) put("note: no more findings are printed");
  }
  void finish(const CheckReport& report, std::string_view result) {
    if (json_) {
      nlohmann::ordered_json out;
      out["result"] = result;
      out["directories"] = report.directories;
      out["files"] = report.files;
      out["damage"] = report.damage;
      out["sums_right"] = report.sums_right;
      out["sums_wrong"] = report.sums_wrong;
      put(dump(out));
    } else {
      put(fmt::format("{}: {} directories, {} files; damage: {}; sums right: {}, wrong: {}", result,
                      report.directories, report.files, report.damage, report.sums_right,
                      report.sums_wrong));
    }
    failed_ = std::fflush(stdout) != 0 || failed_;
  }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  static std::string dump(const nlohmann::ordered_json& object) {
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  }
  void put(const std::string& line) {
    failed_ = std::fputs((line + "\n").c_str(), stdout) < 0 || std::fflush(stdout) != 0 || failed_;
  }

  bool json_;
  std::uint64_t lines_ = 0;
  bool failed_ = false;
};

}  // namespace

Done run_check(const Request& request) {
  auto source = open_source(request.image);
  if (const Failure* failure = failure_of(source)) return *failure;
  const Source& image = *std::get<0>(source);
  load_ahead(request.settings.disc);
  confine(request.settings);

  // A disc that cannot be opened ends as it does for every other command.
  {
    const auto volumes = open_volumes(request.image, image, request.settings.disc);
    if (const Failure* failure = failure_of(volumes)) return *failure;
  }
  Printer printer(request.json);
  std::unique_ptr<Progress> progress;
  std::uint64_t shown_bytes = 0;
  const auto report = check(
      image, request.settings.disc,
      [&](const Finding& finding) { printer.print(finding, progress.get()); },
      [&](std::uint64_t done_bytes, std::uint64_t total_bytes) {
        if (!progress)
          progress =
              std::make_unique<Progress>(total_bytes, "checking", Progress::Elsewhere::kLines);
        progress->add(done_bytes - shown_bytes);
        shown_bytes = done_bytes;
        return !printer.failed();
      });
  progress.reset();
  if (!report)
    return Failure{ExitStatus::kDiscDamaged,
                   fmt::format("{}: {}", request.image, describe(report.error()))};
  const bool damaged = report->damage != 0;
  printer.finish(*report, damaged ? "damaged" : report->sums_right != 0 ? "good" : "no sum");
  if (printer.failed())
    return Failure{ExitStatus::kNotWritten, "the standard output cannot be written"};
  if (damaged) return Failure{ExitStatus::kCheckDamaged, fmt::format("{}: damaged", request.image)};
  if (report->sums_right == 0)
    return Failure{
        ExitStatus::kCheckNoSum,
        fmt::format("{}: nothing wrong was found, but the disc records no sum that could "
                    "show what cannot be seen",
                    request.image)};
  return {};
}

}  // namespace isofuse::app
