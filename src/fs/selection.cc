#include <isofuse/selection.h>

#include <cstddef>
#include <utility>

#include <isofuse/limits.h>

namespace isofuse {
namespace {

/// As many as Linux follows in one path (path_resolution(7)).
constexpr std::size_t kLinksFollowedMax = 40;

/// The components of `path`, the last one first. An empty one, as behind a slash at the end, stays:
/// it asks for a directory.
std::vector<std::string> reversed_components(std::string_view path) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) break;
    out.emplace_back(path.substr(slash + 1));
    path = path.substr(0, slash);
  }
  out.emplace_back(path);
  return out;
}

class Finder {
 public:
  Finder(const Filesystem& filesystem, std::string_view path, LastLink last)
      : filesystem_(filesystem), last_(last), pending_(reversed_components(path)) {}

  Result<Place> find() {
    way_.push_back(
        {{}, filesystem_.root(), ISOFUSE_TRY(filesystem_.attributes(filesystem_.root()))});
    while (!pending_.empty()) {
      const std::string name = std::move(pending_.back());
      pending_.pop_back();
      ISOFUSE_TRY(step(name));
    }
    Place place{{}, way_.back().node, way_.back().attributes};
    for (std::size_t i = 1; i < way_.size(); ++i) place.names.push_back(way_[i].name);
    return place;
  }

 private:
  struct Stage {
    std::string name;
    NodeId node;
    Attributes attributes;
  };

  Result<void> step(const std::string& name) {
    if (way_.back().attributes.type != FileType::kDirectory)
      return Error{Errc::kNotDirectory, "not a directory"};
    if (name.empty() || name == ".") return {};
    if (name == "..") {
      if (way_.size() > 1) way_.pop_back();
      return {};
    }
    if (way_.size() > kDirectoryDepthMax) return Error{Errc::kTooLarge, "too deep"};
    const auto directory = ISOFUSE_TRY(filesystem_.directory(way_.back().node));
    const auto index = directory->find(name);
    if (!index) return Error{Errc::kNotFound, "not on the disc"};
    const DirectoryEntry entry = directory->entry(*index);
    const Attributes attributes = ISOFUSE_TRY(filesystem_.attributes(entry.node));
    const bool at_the_end = pending_.empty();
    if (attributes.type == FileType::kSymlink && (!at_the_end || last_ == LastLink::kFollowed))
      return follow(entry.node);
    way_.push_back({std::string(entry.name), entry.node, attributes});
    return {};
  }

  Result<void> follow(NodeId link) {
    if (++links_followed_ > kLinksFollowedMax)
      return Error{Errc::kLoop, "too many symbolic links on the way"};
    const std::string target = ISOFUSE_TRY(filesystem_.link_target(link));
    if (target.starts_with('/')) way_.resize(1);
    for (std::string& name : reversed_components(target)) pending_.push_back(std::move(name));
    return {};
  }

  const Filesystem& filesystem_;
  LastLink last_;
  std::vector<std::string> pending_;  // the next one last
  std::vector<Stage> way_;
  std::size_t links_followed_ = 0;
};

}  // namespace

Result<Place> find_path(const Filesystem& filesystem, std::string_view path, LastLink last) {
  return Finder(filesystem, path, last).find();
}

void Selection::add(const std::vector<std::string>& names) {
  Selection* at = this;
  for (const std::string& name : names) {
    auto& next = at->below[name];
    if (!next) next = std::make_unique<Selection>();
    at = next.get();
  }
  at->whole = true;
}

}  // namespace isofuse
