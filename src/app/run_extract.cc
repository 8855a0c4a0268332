#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <isofuse/bytes.h>
#include <isofuse/limits.h>

#include "app/commands.h"
#include "app/disc.h"
#include "app/disc_tree.h"
#include "app/extractor.h"
#include "base/ending_signals.h"

namespace isofuse::app {
namespace {

volatile std::sig_atomic_t interrupted = 0;

/// The handlers last for one signal: a second one ends the program at once.
void heed_signals() {
  const sigset_t ending = ending_signals();
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    if (sigismember(&ending, number) != 1) continue;
    struct sigaction action {};
    action.sa_handler = [](int got) { interrupted = got; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(number, &action, nullptr);
  }
}

/// A descriptor for each directory on the way.
void allow_descriptors() {
  constexpr rlim_t kWanted = kDirectoryDepthMax + 64;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kWanted) return;
  limit.rlim_cur = std::min(kWanted, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

struct Directory {
  int descriptor = -1;
  bool made = false;
};

/// The directory is what the user says, so links on the way to it count.
Outcome<Directory> open_directory(const std::string& path) {
  Directory out;
  constexpr mode_t kPrivate = 0700;
  out.made = mkdir(path.c_str(), kPrivate) == 0;
  if (!out.made && errno != EEXIST)
    return Failure{ExitStatus::kNotWritten,
                   fmt::format("{}: cannot be made: {}", path, std::strerror(errno))};
  out.descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (out.descriptor < 0)
    return Failure{ExitStatus::kNotWritten, fmt::format("{}: {}", path, std::strerror(errno))};
  return out;
}

/// Adds up what there is to copy, for the progress.
class Total final : public Visitor {
 public:
  Step enter(const Visit& /*directory*/) override {
    return interrupted == 0 ? Step::kGoOn : Step::kStop;
  }
  Step file(const Visit& file) override {
    if (file.selected && file.attributes.type == FileType::kRegular)
      bytes_ = checked_add(bytes_, file.attributes.size_bytes).value_or(0);
    return Step::kGoOn;
  }
  void failed(std::string_view /*path*/, const Error& /*error*/) override {}
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  std::uint64_t bytes_ = 0;
};

std::uint64_t bytes_to_copy(const Filesystem& filesystem, const Selection& selection) {
  if (!Progress::on_terminal()) return 0;
  Total total;
  walk(filesystem, selection, total);
  return total.bytes();
}

}  // namespace

Done run_extract(const Request& request) {
  auto source = open_source(request.image);
  if (const Failure* failure = failure_of(source)) return *failure;
  umask(0);  // modes are the disc's; what is not finished is made private
  allow_descriptors();
  heed_signals();
  const auto directory = open_directory(request.directory);
  if (const Failure* failure = failure_of(directory)) return *failure;
  const auto [descriptor, made] = std::get<0>(directory);

  const auto tree = open_tree(request, std::move(std::get<0>(source)), descriptor);
  if (const Failure* failure = failure_of(tree)) return *failure;
  const DiscTree& disc = std::get<0>(tree);
  const auto selection = select_paths(request, *disc.filesystem);
  if (const Failure* failure = failure_of(selection)) return *failure;

  Progress progress(bytes_to_copy(*disc.filesystem, std::get<0>(selection)), "extracting");
  Extractor extractor(request, disc, descriptor, made, interrupted, progress);
  walk(*disc.filesystem, std::get<0>(selection), extractor);
  progress.finish();
  close(descriptor);
  if (interrupted != 0) std::raise(interrupted);  // as whoever sent it expects
  if (extractor.stopped_by()) return *extractor.stopped_by();
  if (extractor.problems() != 0)
    return Failure{ExitStatus::kPartly,
                   fmt::format("{}: not all of it is in {} as it is on the disc", request.image,
                               request.directory)};
  return {};
}

}  // namespace isofuse::app
