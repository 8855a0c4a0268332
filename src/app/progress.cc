#include "app/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace isofuse::app {
namespace {

constexpr std::chrono::milliseconds kRedraw{100};
constexpr std::chrono::seconds kBetweenLines{5};
/// A rate says little before.
constexpr std::chrono::duration<double> kRateAfter{0.5};
constexpr std::size_t kColumnsUnknown = 80;
constexpr std::size_t kBarColumnsMin = 10;
constexpr std::size_t kBarColumnsMax = 40;

/// Asked before each line, so that a terminal may change its size.
std::optional<std::size_t> terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0) return std::nullopt;
  return size.ws_col == 0 ? kColumnsUnknown : size.ws_col;
}

std::string short_bytes(double bytes) {
  static constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  constexpr double kStep = 1024.0;
  std::size_t unit = 0;
  while (bytes >= kStep && unit + 1 < kUnits.size()) {
    bytes /= kStep;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, unit == 0 || bytes >= 100 ? 0 : 1, kUnits[unit]);
}

std::string time_left(double seconds) {
  constexpr double kSecondsMax = 360000;  // hundred hours: more is not worth telling
  constexpr unsigned kMinute = 60;
  if (seconds >= kSecondsMax) return "a long time left";
  const auto whole = static_cast<unsigned>(std::lround(seconds));
  if (whole >= kMinute * kMinute)
    return fmt::format("{}:{:02}:{:02} left", whole / (kMinute * kMinute),
                       whole / kMinute % kMinute, whole % kMinute);
  return fmt::format("{}:{:02} left", whole / kMinute, whole % kMinute);
}

}  // namespace

Progress::Progress(std::uint64_t total_bytes, std::string what, Elsewhere elsewhere)
    : total_bytes_(total_bytes),
      what_(std::move(what)),
      kind_(on_terminal()                    ? Kind::kBar
            : elsewhere == Elsewhere::kLines ? Kind::kLines
                                             : Kind::kNone),
      next_(begun_ + (kind_ == Kind::kBar ? Clock::duration(kRedraw) : kBetweenLines)) {}

bool Progress::on_terminal() { return terminal_columns().has_value(); }

void Progress::add(std::uint64_t bytes) {
  done_bytes_ += bytes;
  if (kind_ == Kind::kNone) return;
  const Clock::time_point now = Clock::now();
  if (now >= next_) draw(now);
}

void Progress::draw(Clock::time_point now) {
  if (kind_ == Kind::kLines) {
    next_ = now + kBetweenLines;
    fmt::print(stderr, "isofuse: {}\n", line(done_bytes_, now - begun_, kColumnsUnknown));
    return;
  }
  next_ = now + kRedraw;
  // The last column stays free: a terminal goes to the next line behind it.
  const std::size_t columns = terminal_columns().value_or(kColumnsUnknown);
  fmt::print(stderr, "\r{}\033[K", line(done_bytes_, now - begun_, columns - 1));
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::clear() {
  if (!drawn_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  drawn_ = false;
}

void Progress::finish() {
  clear();
  kind_ = Kind::kNone;
}

std::string Progress::line(std::uint64_t done_bytes, std::chrono::duration<double> elapsed,
                           std::size_t columns) const {
  const auto done = static_cast<double>(done_bytes);
  const auto total = static_cast<double>(total_bytes_);
  const double share = total_bytes_ == 0 ? 0 : std::min(done / total, 1.0);
  const double rate = elapsed >= kRateAfter ? done / elapsed.count() : 0;
  std::string tail;
  if (total_bytes_ != 0)
    tail += fmt::format(" {:3.0f} %  {} of {}", share * 100, short_bytes(done), short_bytes(total));
  else
    tail += " " + short_bytes(done);
  if (rate > 0) tail += fmt::format("  {}/s", short_bytes(rate));
  if (rate > 0 && total > done) tail += "  " + time_left((total - done) / rate);
  std::string out = what_;
  if (total_bytes_ != 0 && out.size() + tail.size() + kBarColumnsMin + 3 <= columns) {
    const std::size_t width = std::min(columns - out.size() - tail.size() - 3, kBarColumnsMax);
    const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
    out += " [" + std::string(full, '#') + std::string(width - full, ' ') + "]";
  }
  out += tail;
  if (out.size() > columns) out.resize(columns);
  return out;
}

}  // namespace isofuse::app
