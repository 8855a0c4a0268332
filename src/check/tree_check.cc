#include "check/tree_check.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <isofuse/messages.h>
#include <isofuse/selection.h>

#include "base/log.h"
#include "fs/run_at.h"

namespace isofuse {
namespace {

/// 96 MiB of them: more files than any real disc has.
constexpr std::size_t kUsedRangesMax = std::size_t{4} << 20U;
constexpr std::uint64_t kWhole = ~std::uint64_t{0};

std::string absolute(std::string_view path) { return fmt::format("/{}", path); }

Selection everything() {
  Selection out;
  out.whole = true;
  return out;
}

class PathFinder final : public Visitor {
 public:
  explicit PathFinder(const std::set<std::uint64_t>& wanted) : wanted_(wanted) {}
  Step enter(const Visit& /*directory*/) override { return Step::kGoOn; }
  Step file(const Visit& file) override {
    if (wanted_.contains(file.attributes.inode_number))
      found.try_emplace(file.attributes.inode_number, absolute(file.path));
    return found.size() == wanted_.size() ? Step::kStop : Step::kGoOn;
  }
  void failed(std::string_view /*path*/, const Error& /*error*/) override {}

  std::unordered_map<std::uint64_t, std::string> found;

 private:
  const std::set<std::uint64_t>& wanted_;
};

}  // namespace

std::vector<Overlap> find_overlaps(const std::vector<UsedRange>& used, std::size_t most) {
  std::vector<Overlap> out;
  const UsedRange* reach = nullptr;  // of those before, the one that goes on furthest
  for (const UsedRange& next : used) {
    if (out.size() == most) break;
    const bool shared = reach != nullptr && next.range.begin == reach->range.begin &&
                        next.range.end == reach->range.end;
    if (reach != nullptr && next.range.begin < reach->range.end && !shared)
      out.push_back({{next.range.begin, std::min(next.range.end, reach->range.end)},
                     reach->inode_number,
                     next.inode_number});
    if (reach == nullptr || next.range.end > reach->range.end) reach = &next;
  }
  return out;
}

Step TreeCheck::count_entry(const Visit& visit) {
  if (directories_ + files_ <= budget_.entries) return Step::kGoOn;
  tell(visit, "the disc names more files than it has room for; the others are not looked at",
       Error::kNowhere);
  return Step::kStop;
}

Step TreeCheck::enter(const Visit& directory) {
  ++directories_;
  check_attributes(directory);
  return count_entry(directory);
}

Step TreeCheck::file(const Visit& file) {
  ++files_;
  check_attributes(file);
  if (file.attributes.type == FileType::kSymlink) {
    if (const auto target = filesystem_.link_target(file.node); !target)
      failed(file.path, target.error());
  } else if (file.attributes.type == FileType::kRegular) {
    check_extents(file);
  }
  return count_entry(file);
}

void TreeCheck::failed(std::string_view path, const Error& error) {
  found_({Finding::Kind::kDamage, describe(without_place(error)), error.offset, absolute(path)});
}

void TreeCheck::tell(const Visit& visit, const std::string& text, std::uint64_t offset) {
  found_({Finding::Kind::kDamage, text, offset, absolute(visit.path)});
}

void TreeCheck::check_attributes(const Visit& visit) {
  if (const auto attributes = filesystem_.extended_attributes(visit.node); !attributes)
    failed(visit.path, attributes.error());
}

void TreeCheck::check_extents(const Visit& file) {
  std::uint64_t offset = 0;
  std::uint64_t missing = 0;
  std::optional<std::uint64_t> first_missing;
  while (true) {
    if (budget_.runs == 0)
      return tell(file, "files have more extents than the disc has room for", Error::kNowhere);
    --budget_.runs;
    const auto run = run_at(filesystem_, file.node, offset, kWhole);
    if (!run) return failed(file.path, run.error());
    if (run->kind == Extent::Kind::kEnd) break;
    offset += run->length_bytes;
    if (run->kind == Extent::Kind::kDecoded) {
      if (run->length_bytes > budget_.decoded_bytes)
        return tell(file, "more compressed data than the disc can hold", Error::kNowhere);
      budget_.decoded_bytes -= run->length_bytes;
      if (const auto decoded = filesystem_.decode(file.node, run->file_offset); !decoded)
        return failed(file.path, decoded.error());
    } else if (run->kind == Extent::Kind::kImage) {
      const std::uint64_t size = image_.size_bytes();
      if (!inside(run->image_offset, run->length_bytes, size)) {
        const std::uint64_t there =
            run->image_offset < size ? size - run->image_offset : std::uint64_t{0};
        missing += run->length_bytes - there;
        if (!first_missing) first_missing = run->image_offset + there;
      } else if (used_.size() < kUsedRangesMax) {
        used_.push_back({{run->image_offset, run->image_offset + run->length_bytes},
                         file.attributes.inode_number});
      }
    }
  }
  if (first_missing)
    tell(file, fmt::format("{} of its {} bytes lie outside of the image", missing, offset),
         *first_missing);
  if (offset != file.attributes.size_bytes)
    tell(file, fmt::format("has {} bytes, but data of {}", file.attributes.size_bytes, offset),
         Error::kNowhere);
}

std::vector<UsedRange> TreeCheck::take_used() {
  std::ranges::sort(used_);
  return std::move(used_);
}

std::unordered_map<std::uint64_t, std::string> find_paths(
    const Filesystem& filesystem, const std::set<std::uint64_t>& inode_numbers) {
  PathFinder finder(inode_numbers);
  if (!inode_numbers.empty()) walk(filesystem, everything(), finder);
  return std::move(finder.found);
}

}  // namespace isofuse
