#include "fuse/listed_directories.h"

#include <algorithm>

namespace isofuse::fuse {

void ListedDirectories::add(NodeId directory, NodeId first, NodeId last) {
  if (const auto known = first_of_.find(directory); known != first_of_.end()) {
    const auto range = ranges_.find({known->second, directory});
    first = std::min(first, known->second);
    last = std::max(last, range->second.last);
    ages_.erase(range->second.added);
    ranges_.erase(range);
  } else if (ranges_.size() >= kDirectoriesMax) {
    const auto oldest = ages_.begin();
    first_of_.erase(oldest->second.second);
    ranges_.erase(oldest->second);
    ages_.erase(oldest);
  }
  const Key key{first, directory};
  ranges_.emplace(key, Range{last, next_age_});
  ages_.emplace(next_age_++, key);
  first_of_[directory] = first;
}

std::vector<NodeId> ListedDirectories::candidates(NodeId file) const {
  std::vector<NodeId> out;
  auto at = ranges_.upper_bound({file, NodeId{kNodeIdLimit}});
  for (std::size_t looked = 0; looked < kCandidatesMax && at != ranges_.begin(); ++looked) {
    --at;
    if (file <= at->second.last) out.push_back(at->first.second);
  }
  return out;
}

}  // namespace isofuse::fuse
