#pragma once
// How far a long piece of work has come, on the standard error.
#include <chrono>
#include <cstdint>
#include <string>

namespace isofuse::app {

/// One line that is drawn over itself on a terminal. Not for several threads at once.
class Progress {
 public:
  enum class Elsewhere {
    kNothing,  ///< where the standard error is no terminal
    kLines,    ///< there, a line every few seconds
  };

  /// `what` stands in front: "extracting". 0 bytes in total: not known.
  Progress(std::uint64_t total_bytes, std::string what, Elsewhere elsewhere = Elsewhere::kNothing);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { finish(); }

  /// Whether the standard error is a terminal. As all of this it needs the system call
  /// ioctl(2, TIOCGWINSZ), which the sandbox allows.
  [[nodiscard]] static bool on_terminal();

  void add(std::uint64_t bytes);
  /// Takes the line away, so that another one can be printed; the next add() draws it again.
  void clear();
  /// Takes the line away; nothing is drawn after this.
  void finish();

  /// The line for `done_bytes` after `elapsed`, not wider than `columns`.
  [[nodiscard]] std::string line(std::uint64_t done_bytes, std::chrono::duration<double> elapsed,
                                 std::size_t columns) const;

 private:
  using Clock = std::chrono::steady_clock;
  void draw(Clock::time_point now);

  std::uint64_t total_bytes_;
  std::string what_;
  enum class Kind { kNone, kBar, kLines } kind_;
  std::uint64_t done_bytes_ = 0;
  Clock::time_point begun_ = Clock::now();
  Clock::time_point next_;
  bool drawn_ = false;
};

}  // namespace isofuse::app
