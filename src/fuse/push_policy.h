#pragma once
// Which files of a directory are worth sending to the kernel before it asks for them.
//
// Pure arithmetic, without FUSE and without threads: unit tests drive it. The thread that acts on
// it is in pusher.h.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace isofuse::fuse {

/// What a reader of small files gets ahead of its reads, per directory: a window that doubles each
/// time it was used up and closes when the reads jump about.
///
/// Files that were pushed are read without a request, so the only sign that pushes are used is the
/// first request *behind* them. For that sign the last file of a directory is never pushed.
class PushWindow {
 public:
  /// A window of 2^confidence files.
  static constexpr unsigned kConfidenceMax = 7;
  static constexpr std::uint64_t kWindowBytesMax = 1U << 20U;
  /// Files that a reader may leave out on its way without counting as jumping about.
  static constexpr std::size_t kGapMax = 4;

  enum class Verdict : std::uint8_t {
    kFollowed,     ///< the read came where it was expected
    kJumped,       ///< it did not; the window is closed
    kKnown,        ///< a file that was read or pushed before: says nothing
    kOrdersWanted  ///< it fits none of the known orders: add the others, and ask again
  };

  /// A directory of `files` files, numbered in the order of its listing.
  PushWindow(std::size_t files, unsigned confidence);

  /// Another order in which the files may be read: their numbers, each once.
  void add_order(std::vector<std::uint32_t> sequence);
  /// No further orders will come: what fits none is a jump.
  void orders_complete() { orders_complete_ = true; }

  /// The directory was listed by a reader who is likely to read all of it: opens the window before
  /// the first read. REQUIRES: on_read was not called yet.
  void begin();
  /// The kernel asked for the contents of `file`. REQUIRES: file < files.
  Verdict on_read(std::uint32_t file);

  /// The next file to push, which then counts as done; nothing where the window is used up. The
  /// caller says with pushed() what it took.
  [[nodiscard]] std::optional<std::uint32_t> next();
  void pushed(std::uint64_t bytes);
  /// The kernel does not know `file`, which next() gave, yet or any more: it does not count as
  /// done, and there is no use in going on before the next read.
  void refused(std::uint32_t file);

  /// Whether next() may have something.
  [[nodiscard]] bool is_open() const { return files_left_ > 0; }
  [[nodiscard]] unsigned confidence() const { return confidence_; }
  /// The last file was read where it was expected: what was pushed was used to the end.
  [[nodiscard]] bool read_through() const { return read_through_; }
  /// Something was pushed of which nobody knows yet whether it is used.
  [[nodiscard]] bool unconfirmed() const { return unconfirmed_; }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct Order {
    std::vector<std::uint32_t> sequence;  // empty: the order of the listing
    std::vector<std::uint32_t> rank;      // of each file in it
  };
  [[nodiscard]] std::size_t rank_of(std::size_t order, std::uint32_t file) const;
  [[nodiscard]] std::uint32_t file_at(std::size_t order, std::size_t rank) const;
  [[nodiscard]] bool follows(std::size_t rank) const;
  [[nodiscard]] std::optional<std::size_t> other_order(std::uint32_t file) const;
  void open_window();
  Verdict accept(std::size_t rank);

  std::vector<Order> orders_;
  std::vector<std::uint32_t>
      done_in_;              // the round in which each file was read or pushed; 0: not yet
  std::uint32_t round_ = 0;  // counts reads
  std::size_t current_ = 0;  // the order that is followed
  std::size_t front_ = 0;    // the rank behind what was done in that order
  unsigned confidence_;
  std::size_t files_left_ = 0;  // of the window
  std::uint64_t bytes_left_ = 0;
  bool unconfirmed_ = false;
  bool read_through_ = false;
  bool orders_complete_ = false;
};

/// What the windows of one mount have in common: a directory starts with the confidence that the
/// ones before it have earned, so that in a tree of many small directories not each is learnt anew.
class PushConfidence {
 public:
  [[nodiscard]] unsigned start() const { return value_; }
  void followed(unsigned confidence);
  /// A read jumped, or a directory was left before what was pushed for it was confirmed.
  void disappointed();
  /// A directory was read to its end, with the help of what was pushed.
  void read_through();
  /// Whether a directory is worth pushing as soon as it is listed: not before some in a row were
  /// read to their ends, and not after one that was not.
  [[nodiscard]] bool eager() const { return read_through_ >= kEagerAfter; }

 private:
  static constexpr unsigned kEagerAfter = 2;
  unsigned read_through_ = 0;  // directories in a row
  unsigned value_ = 0;
};

}  // namespace isofuse::fuse
