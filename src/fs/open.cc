// The table of file systems, in probing order. A new one is one line here.
#include <isofuse/open.h>

#include "fs/iso9660/iso9660.h"

namespace isofuse {
namespace {

struct Kind {
  const char* name;
  /// kNotRecognised where the image holds something else.
  Result<std::unique_ptr<Filesystem>> (*open)(const Source& image, const Options& options);
};

constexpr Kind kKinds[] = {
    {"ISO 9660", iso9660::open_iso9660},
};

}  // namespace

Result<std::unique_ptr<Filesystem>> open_filesystem(const Source& image, const Options& options) {
  for (const Kind& kind : kKinds) {
    auto opened = kind.open(image, options);
    if (opened || opened.error().code != Errc::kNotRecognised) return opened;
  }
  return Error{Errc::kNotRecognised, "no disc file system found"};
}

}  // namespace isofuse
