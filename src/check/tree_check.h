#pragma once
// Everything that a tree says of its files, asked once.
#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <isofuse/filesystem.h>
#include <isofuse/finding.h>
#include <isofuse/source.h>
#include <isofuse/walk.h>

#include "check/image_pass.h"

namespace isofuse {

/// More than the best compression makes of an image (deflate: 1032 to 1).
[[nodiscard]] constexpr std::uint64_t expanded_bytes_max(std::uint64_t image_bytes) {
  constexpr std::uint64_t kRatioMax = 1100;
  return image_bytes > ~std::uint64_t{0} / kRatioMax ? ~std::uint64_t{0} : image_bytes * kRatioMax;
}

/// Where the data of one file lies.
struct UsedRange {
  ByteRange range;
  std::uint64_t inode_number = 0;
  auto operator<=>(const UsedRange&) const = default;  // NOLINT(modernize-use-nullptr): false alarm
};

/// Two files that claim the same bytes.
struct Overlap {
  ByteRange range;
  std::uint64_t first = 0, second = 0;  ///< inode numbers
};

/// Of `used`, sorted. Files that have all of their bytes in common share them on purpose, and are
/// none; at most `most`.
[[nodiscard]] std::vector<Overlap> find_overlaps(const std::vector<UsedRange>& used,
                                                 std::size_t most);

/// Asks a tree for everything but contents that stand in the image as they are.
class TreeCheck final : public Visitor {
 public:
  TreeCheck(const Filesystem& filesystem, const Source& image, const FindingHandler& found)
      : filesystem_(filesystem), image_(image), found_(found), budget_(image) {}

  Step enter(const Visit& directory) override;
  Step file(const Visit& file) override;
  void failed(std::string_view path, const Error& error) override;

  [[nodiscard]] std::uint64_t directories() const { return directories_; }
  [[nodiscard]] std::uint64_t files() const { return files_; }
  /// Sorted. Complete up to some millions of ranges.
  [[nodiscard]] std::vector<UsedRange> take_used();

 private:
  void check_attributes(const Visit& visit);
  void check_extents(const Visit& file);
  void tell(const Visit& visit, const std::string& text, std::uint64_t offset);

  Step count_entry(const Visit& visit);

  /// What a hostile disc can make of its bytes, by naming them again and again; honest ones stay
  /// far below.
  struct Budget {
    explicit Budget(const Source& image)
        : entries(image.size_bytes() / kEntryBytesMin + kAlways),
          runs(image.size_bytes() / kRunBytesMin + kAlways),
          decoded_bytes(expanded_bytes_max(image.size_bytes())) {}
    static constexpr std::uint64_t kEntryBytesMin = 34;  // ECMA-119 9.1, with a name of one byte
    static constexpr std::uint64_t kRunBytesMin = 8;     // ECMA-167 4/14.14.1
    static constexpr std::uint64_t kAlways = 1024;       // what is named without a record: the root
    std::uint64_t entries, runs, decoded_bytes;
  };

  const Filesystem& filesystem_;
  const Source& image_;
  const FindingHandler& found_;
  Budget budget_;
  std::uint64_t directories_ = 0;
  std::uint64_t files_ = 0;
  std::vector<UsedRange> used_;
};

/// A path that leads to each of these files, by a second walk.
[[nodiscard]] std::unordered_map<std::uint64_t, std::string> find_paths(
    const Filesystem& filesystem, const std::set<std::uint64_t>& inode_numbers);

}  // namespace isofuse
