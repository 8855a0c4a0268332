#include <isofuse/check.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <isofuse/bytes.h>
#include <isofuse/filesystem.h>
#include <isofuse/messages.h>
#include <isofuse/open.h>
#include <isofuse/read.h>
#include <isofuse/selection.h>
#include <isofuse/walk.h>

#include "base/digest.h"
#include "base/log.h"
#include "check/image_pass.h"
#include "check/sum_files.h"
#include "check/tree_check.h"

namespace isofuse {
namespace {

constexpr std::size_t kOverlapsMax = 100;
constexpr std::size_t kNamedFilesMax = 10'000;  // of those that bad places belong to
constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;

using Kind = Finding::Kind;

class Check {
 public:
  Check(const Source& image, const FindingHandler& found, const CheckProgress& progress)
      : image_(image),
        tell_([this, &found](const Finding& finding) { count(finding), found(finding); }),
        progress_(progress) {}

  Result<CheckReport> run(const Options& options);

 private:
  void count(const Finding& finding) {
    report_.damage += finding.kind == Kind::kDamage ? 1 : 0;
    report_.sums_right += finding.kind == Kind::kRight ? 1 : 0;
  }
  void wrong_sum(const Finding& finding) {
    ++report_.sums_wrong;
    tell_(finding);
  }
  bool advance(std::uint64_t bytes) {
    done_bytes_ += bytes;
    report_.finished = progress_(std::min(done_bytes_, total_bytes_), total_bytes_);
    return report_.finished;
  }
  /// A file system of the disc, with where its files lie.
  struct Part {
    const Filesystem* filesystem;
    std::vector<UsedRange> used;
  };
  void check_size(const Filesystem& filesystem);
  void check_tree(Part& part);
  void read_image(const std::vector<Part>& parts);
  void judge(const RunningSum& sum);
  void name_unreadable(const std::vector<Part>& parts, const std::vector<ByteRange>& ranges);
  void plan_lists(const Filesystem& filesystem);
  void check_lists(const Filesystem& filesystem);
  bool check_listed(const Filesystem& filesystem, const SumList& list, const ListedSum& sum);

  const Source& image_;
  FindingHandler tell_;
  const CheckProgress& progress_;
  CheckReport report_;
  std::vector<SumList> lists_;
  std::uint64_t listed_bytes_left_ = 0;
  std::uint64_t done_bytes_ = 0, total_bytes_ = 0;
};

Result<CheckReport> Check::run(const Options& options) {
  // What the library warns of in passing is damage too.
  const WarningCapture capture([this](const Error* error, std::string_view text) {
    tell_({Kind::kDamage, std::string(text), error != nullptr ? error->offset : Error::kNowhere});
  });
  const auto opened = ISOFUSE_TRY(open_filesystems(image_, options));
  std::vector<Part> parts;
  parts.reserve(opened.size());
  for (const auto& filesystem : opened) parts.push_back({filesystem.get(), {}});
  for (Part& part : parts) {
    check_size(*part.filesystem);
    part.filesystem->check_structure(tell_);
    check_tree(part);
  }
  check_partitions(image_, tell_);

  total_bytes_ = image_.size_bytes();
  plan_lists(*parts.front().filesystem);
  read_image(parts);
  if (report_.finished) check_lists(*parts.front().filesystem);
  return report_;
}

void Check::check_size(const Filesystem& filesystem) {
  const VolumeStats stats = filesystem.stats();
  const auto stated = checked_mul(stats.blocks_of_image, std::uint64_t{stats.block_bytes});
  const std::uint64_t size = image_.size_bytes();
  if (!stated || *stated <= size) return;
  constexpr double kPercent = 100.0;
  tell_({Kind::kDamage,
         fmt::format("cut off: {} of {} bytes are missing ({:.1f} %)", *stated - size, *stated,
                     kPercent * static_cast<double>(*stated - size) / static_cast<double>(*stated)),
         size});
}

void Check::check_tree(Part& part) {
  TreeCheck tree(*part.filesystem, image_, tell_);
  Selection everything;
  everything.whole = true;
  walk(*part.filesystem, everything, tree);
  report_.directories += tree.directories();
  report_.files += tree.files();
  part.used = tree.take_used();

  const std::vector<Overlap> overlaps = find_overlaps(part.used, kOverlapsMax);
  std::set<std::uint64_t> wanted;
  for (const Overlap& overlap : overlaps) wanted.insert({overlap.first, overlap.second});
  const auto paths = find_paths(*part.filesystem, wanted);
  for (const Overlap& overlap : overlaps) {
    const auto first = paths.find(overlap.first);
    const auto second = paths.find(overlap.second);
    tell_({Kind::kDamage,
           fmt::format("{} bytes are those of {} too", overlap.range.end - overlap.range.begin,
                       first == paths.end() ? "another file" : first->second),
           overlap.range.begin, second == paths.end() ? "" : second->second});
  }
}

/// One finding for each file that a range belongs to, of the first tree that has one; and one for a
/// range that belongs to none.
void Check::name_unreadable(const std::vector<Part>& parts, const std::vector<ByteRange>& ranges) {
  struct Hit {
    std::size_t range;
    std::size_t part;
    std::uint64_t inode_number;
  };
  std::vector<Hit> hits;
  std::vector<std::set<std::uint64_t>> wanted(parts.size());
  for (std::size_t range = 0; range < ranges.size(); ++range) {
    for (std::size_t part = 0; part < parts.size(); ++part) {
      const std::size_t before = hits.size();
      for (const UsedRange& used : parts[part].used) {
        if (used.range.begin >= ranges[range].end || hits.size() == kNamedFilesMax) break;
        if (used.range.end <= ranges[range].begin) continue;
        hits.push_back({range, part, used.inode_number});
        wanted[part].insert(used.inode_number);
      }
      if (hits.size() != before) break;
    }
  }
  std::vector<std::unordered_map<std::uint64_t, std::string>> paths;
  paths.reserve(parts.size());
  for (std::size_t part = 0; part < parts.size(); ++part)
    paths.push_back(find_paths(*parts[part].filesystem, wanted[part]));

  auto hit = hits.begin();
  for (std::size_t range = 0; range < ranges.size(); ++range) {
    Finding finding{Kind::kDamage,
                    fmt::format("{} bytes cannot be read from the device",
                                ranges[range].end - ranges[range].begin),
                    ranges[range].begin};
    if (hit == hits.end() || hit->range != range) tell_(finding);
    for (; hit != hits.end() && hit->range == range; ++hit) {
      const auto path = paths[hit->part].find(hit->inode_number);
      finding.path = path == paths[hit->part].end() ? std::string() : path->second;
      tell_(finding);
    }
  }
}

void Check::read_image(const std::vector<Part>& parts) {
  // Sums of sessions lie side by side, those of one session in each other.
  constexpr std::uint64_t kSumsOfOneByteMax = 8;
  std::uint64_t left_bytes =
      checked_mul(image_.size_bytes(), kSumsOfOneByteMax).value_or(~std::uint64_t{0});
  std::vector<RunningSum> sums;
  for (const Part& part : parts) {
    for (RecordedSum& recorded : part.filesystem->recorded_sums()) {
      const std::uint64_t length =
          recorded.end > recorded.begin ? recorded.end - recorded.begin : 0;
      if (length > left_bytes) {
        tell_({Kind::kDamage, "more sums are recorded than a disc can need; some are left out",
               Error::kNowhere});
        break;
      }
      left_bytes -= length;
      if (recorded.end > image_.size_bytes())
        wrong_sum({Kind::kDamage,
                   fmt::format("{}: the image ends before what it is the sum of", recorded.name),
                   image_.size_bytes()});
      else if (auto running = RunningSum::begin(std::move(recorded)))
        sums.push_back(std::move(*running));
    }
  }
  const PassResult pass =
      read_whole_image(image_, sums, [this](std::uint64_t bytes) { return advance(bytes); });
  name_unreadable(parts, pass.unreadable);
  if (pass.ended) tell_({Kind::kDamage, "the image became shorter meanwhile", *pass.ended});
  if (!pass.finished || pass.ended) return;
  for (const RunningSum& sum : sums) judge(sum);
}

void Check::judge(const RunningSum& sum) {
  const RecordedSum& recorded = sum.sum();
  if (sum.right()) {
    tell_({Kind::kRight,
           fmt::format("{}: {} of {} bytes", recorded.name, recorded.algorithm,
                       recorded.end - recorded.begin),
           recorded.begin});
    return;
  }
  const ByteRange wrong = sum.wrong_part();
  wrong_sum({Kind::kDamage,
             fmt::format("{}: {} is {}, not {}; the difference lies before byte {}", recorded.name,
                         recorded.algorithm, sum.computed(), recorded.digest, wrong.end),
             wrong.begin});
}

void Check::plan_lists(const Filesystem& filesystem) {
  lists_ = find_sum_lists(filesystem, image_);
  listed_bytes_left_ = expanded_bytes_max(image_.size_bytes());
  for (const SumList& list : lists_) {
    for (const ListedSum& sum : list.sums) {
      const auto place = find_path(filesystem, sum.path, LastLink::kFollowed);
      if (place) total_bytes_ += std::min(place->attributes.size_bytes, image_.size_bytes());
    }
  }
}

/// Whether the file has the sum; what is wrong was told.
bool Check::check_listed(const Filesystem& filesystem, const SumList& list, const ListedSum& sum) {
  const auto wrong = [&](const std::string& text, std::uint64_t offset = Error::kNowhere) {
    wrong_sum({Kind::kDamage, fmt::format("{}: {}", list.name, text), offset, sum.path});
    return false;
  };
  const auto place = find_path(filesystem, sum.path, LastLink::kFollowed);
  if (!place) return wrong("this file is not on the disc");
  if (place->attributes.type != FileType::kRegular) return wrong("this is no file");
  auto digest = Digest::of(list.algorithm);
  std::vector<std::byte> buffer(kPieceBytes);
  for (std::uint64_t offset = 0;;) {
    const auto read = read_bytes(filesystem, image_, place->node, offset, buffer);
    if (!read) return wrong(describe(read.error()), read.error().offset);
    if (*read == 0) break;
    // A list can name a file with a hole as often as it likes.
    if (*read > listed_bytes_left_) return wrong("the lists name more bytes than a disc can hold");
    listed_bytes_left_ -= *read;
    digest->add(std::span(buffer).first(*read));
    offset += *read;
    if (!advance(*read)) return true;
  }
  if (digest->hexadecimal() == sum.digest) return true;
  const auto begin = filesystem.extent(place->node, 0);
  return wrong(
      fmt::format("{} is {}, not {}", list.algorithm, digest->hexadecimal(), sum.digest),
      begin && begin->kind == Extent::Kind::kImage ? begin->image_offset : Error::kNowhere);
}

void Check::check_lists(const Filesystem& filesystem) {
  for (const SumList& list : lists_) {
    std::size_t right = 0;
    for (const ListedSum& sum : list.sums) {
      right += check_listed(filesystem, list, sum) ? 1 : 0;
      if (!report_.finished) return;
    }
    if (right == list.sums.size())
      tell_({Kind::kRight, fmt::format("{}: {} of {} files", list.name, list.algorithm, right)});
  }
}

}  // namespace

Result<CheckReport> check(const Source& image, const Options& options, const FindingHandler& found,
                          const CheckProgress& progress) {
  Options recorded = options;
  recorded.boot = false;  // what it shows lies in other files, too
  return Check(image, found, progress).run(recorded);
}

}  // namespace isofuse
