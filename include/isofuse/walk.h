#pragma once
// Walking the tree of a disc, in a bounded way whatever the disc says.
#include <string_view>

#include <isofuse/export.h>
#include <isofuse/filesystem.h>
#include <isofuse/selection.h>

namespace isofuse {

/// Where walk() stands. The views and references live for the one call.
struct Visit {
  std::string_view path;  ///< from the root on, without a slash in front; of the root: empty
  std::string_view name;  ///< the last component
  NodeId node;
  const Attributes& attributes;
  bool selected;  ///< false: a directory that only leads to what is selected
};

enum class Step { kGoOn, kSkip, kStop };

class ISOFUSE_API Visitor {
 public:
  Visitor() = default;
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;
  virtual ~Visitor() = default;

  /// A directory, before what is in it. kSkip: its contents are not wanted, nor the call of
  /// leave().
  virtual Step enter(const Visit& directory) = 0;
  /// After all that is in it, even where the walk is stopped.
  virtual void leave(const Visit& directory) { static_cast<void>(directory); }
  /// Anything else. kSkip means the same as kGoOn.
  virtual Step file(const Visit& file) = 0;
  /// What the disc could not say: the attributes of a file, the contents of a directory.
  virtual void failed(std::string_view path, const Error& error) = 0;
};

/// Visits the root and all that `selection` holds, directories before their contents, in the order
/// of the disc. False where a visitor stopped it.
///
/// It ends, and in bounded memory: what lies deeper than kDirectoryDepthMax is kTooLarge, a
/// directory that lies on its own way from the root is kLoop, and so is one that is reached again
/// after directories were reached again kRepeatedDirectoriesMax times (else some thirty of them,
/// each of which holds the next one twice, would take years).
ISOFUSE_API bool walk(const Filesystem& filesystem, const Selection& selection, Visitor& visitor);

}  // namespace isofuse
