#include <isofuse/walk.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include <isofuse/limits.h>

namespace isofuse {
namespace {

constexpr std::size_t kRepeatedDirectoriesMax = 4096;
/// Of the directories between the root and where the walk stands. Those that do not fit are read
/// again when the walk comes back.
constexpr std::size_t kHeldDirectoriesBytesMax = std::size_t{64} << 20U;

struct Frame {
  NodeId node;
  Attributes attributes;
  const Selection* selection;  // null: all that is below
  std::size_t path_bytes;
  std::size_t name_offset;
  std::size_t next = 0;
  std::shared_ptr<const Directory> entries;
};

class Walk {
 public:
  Walk(const Filesystem& filesystem, Visitor& visitor)
      : filesystem_(filesystem), visitor_(visitor) {}

  bool run(const Selection& selection) {
    const NodeId root = filesystem_.root();
    const Result<Attributes> attributes = filesystem_.attributes(root);
    if (!attributes) {
      visitor_.failed({}, attributes.error());
      return true;
    }
    bool going = enter(root, *attributes, selection.whole ? nullptr : &selection, 0);
    while (!frames_.empty()) {
      going = going && next();
      if (!going) leave();
    }
    return !stopped_;
  }

 private:
  [[nodiscard]] Visit visit(const Frame& frame) const {
    const std::string_view path = std::string_view(path_).substr(0, frame.path_bytes);
    return {path, path.substr(frame.name_offset), frame.node, frame.attributes,
            frame.selection == nullptr};
  }

  /// False: stop.
  bool obey(Step step) {
    stopped_ = stopped_ || step == Step::kStop;
    return !stopped_;
  }

  /// `path_` names the directory already.
  bool enter(NodeId node, const Attributes& attributes, const Selection* selection,
             std::size_t name_offset) {
    Frame frame{node, attributes, selection, path_.size(), name_offset, 0, nullptr};
    if (const Error* const wrong = refusal(node)) {
      visitor_.failed(path_, *wrong);
      return true;
    }
    const Step step = visitor_.enter(visit(frame));
    if (step != Step::kGoOn) return obey(step);
    Result<std::shared_ptr<const Directory>> entries = filesystem_.directory(node);
    if (!entries) {
      visitor_.failed(path_, entries.error());
      visitor_.leave(visit(frame));
      return true;
    }
    hold(frame, std::move(*entries));
    frames_.push_back(std::move(frame));
    return true;
  }

  void leave() {
    Frame& frame = frames_.back();
    path_.resize(frame.path_bytes);
    visitor_.leave(visit(frame));
    if (frame.entries) held_bytes_ -= frame.entries->memory_bytes();
    frames_.pop_back();
  }

  /// Why a directory is not entered.
  const Error* refusal(NodeId node) {
    static constexpr Error kItself{Errc::kLoop, "a directory that contains itself"};
    static constexpr Error kAgain{Errc::kLoop, "one directory too many that is reached again"};
    static constexpr Error kDeep{Errc::kTooLarge, "lies too deep"};
    if (frames_.size() >= kDirectoryDepthMax) return &kDeep;
    if (std::ranges::any_of(frames_, [&](const Frame& frame) { return frame.node == node; }))
      return &kItself;
    if (!reached_.insert(node.v).second && ++repeated_ > kRepeatedDirectoriesMax) return &kAgain;
    return nullptr;
  }

  void hold(Frame& frame, std::shared_ptr<const Directory> entries) {
    held_bytes_ += entries->memory_bytes();
    frame.entries = std::move(entries);
    for (Frame& above : frames_) {
      if (held_bytes_ <= kHeldDirectoriesBytesMax) break;
      if (!above.entries || &above == &frame) continue;
      held_bytes_ -= above.entries->memory_bytes();
      above.entries.reset();
    }
  }

  /// The next entry of the innermost directory, or out of it. False: stop.
  bool next() {
    Frame& frame = frames_.back();
    path_.resize(frame.path_bytes);
    if (!frame.entries) {
      auto entries = filesystem_.directory(frame.node);
      if (!entries) {
        visitor_.failed(path_, entries.error());
        leave();
        return true;
      }
      hold(frame, std::move(*entries));
    }
    // Kept alive while it is looked at: hold() may let go of it.
    const std::shared_ptr<const Directory> entries = frame.entries;
    if (frame.next >= entries->size()) {
      leave();
      return true;
    }
    return look_at(frame, entries->entry(frame.next++));
  }

  bool look_at(const Frame& frame, const DirectoryEntry& entry) {
    const Selection* selection = nullptr;
    if (frame.selection != nullptr) {
      const auto found = frame.selection->below.find(entry.name);
      if (found == frame.selection->below.end()) return true;
      selection = found->second->whole ? nullptr : found->second.get();
    }
    if (!path_.empty()) path_ += '/';
    const std::size_t name_offset = path_.size();
    path_ += entry.name;
    const Result<Attributes> attributes = filesystem_.attributes(entry.node);
    if (!attributes) {
      visitor_.failed(path_, attributes.error());
      return true;
    }
    if (attributes->type == FileType::kDirectory)
      return enter(entry.node, *attributes, selection, name_offset);
    const std::string_view path = path_;
    return obey(visitor_.file(
        {path, path.substr(name_offset), entry.node, *attributes, selection == nullptr}));
  }

  const Filesystem& filesystem_;
  Visitor& visitor_;
  std::vector<Frame> frames_;
  std::string path_;
  std::unordered_set<std::uint64_t> reached_;
  std::size_t repeated_ = 0;
  std::size_t held_bytes_ = 0;
  bool stopped_ = false;
};

}  // namespace

bool walk(const Filesystem& filesystem, const Selection& selection, Visitor& visitor) {
  return Walk(filesystem, visitor).run(selection);
}

}  // namespace isofuse
