// The table of file systems, in probing order. A new one is one line here.
#include <isofuse/open.h>

#include <algorithm>
#include <optional>

#include "base/log.h"
#include "fs/boot_view.h"
#include "fs/iso9660/iso9660.h"
#include "fs/udf/udf.h"

namespace isofuse {
namespace {

/// kNotRecognised where the image holds something else.
using Open = Result<std::unique_ptr<Filesystem>> (*)(const Source& image, const Options& options);

constexpr Open kKinds[] = {udf::open_udf, iso9660::open_iso9660};

using Opened = std::vector<std::unique_ptr<Filesystem>>;

Result<Opened> open_all(const Source& image, const Options& options) {
  Opened opened;
  std::optional<Error> failure;  // of the first that recognised the disc
  for (const Open open : kKinds) {
    auto filesystem = open(image, options);
    if (filesystem)
      opened.push_back(std::move(*filesystem));
    else if (filesystem.error().code != Errc::kNotRecognised && !failure)
      failure = filesystem.error();
  }
  if (!opened.empty() && failure)
    log_warning("another file system on this disc cannot be read: " + describe(*failure));
  if (!opened.empty()) return opened;
  return failure.value_or(Error{Errc::kNotRecognised, "no disc file system found"});
}

std::size_t entries_in_root(const Filesystem& filesystem) {
  const auto root = filesystem.directory(filesystem.root());
  return root ? (*root)->size() : 0;
}

/// Whether `other` says more of the disc's files than `first`, which is UDF (open.h).
bool prevails(const Filesystem& other, const Filesystem& first, const Options& options) {
  if (!options.rock_ridge || !options.joliet || options.superblock_sector || options.session)
    return true;
  return other.view() == View::kRockRidge && entries_in_root(other) >= entries_in_root(first);
}

}  // namespace

Result<Opened> open_filesystems(const Source& image, const Options& options) {
  Result<Opened> found = open_all(image, options);
  if (!found && found.error().code == Errc::kNotRecognised && options.need_recognition) {
    // A disc of UDF whose recognition sequence was overwritten or never written: the kernel wants
    // novrs for it. Where nothing else is there, nothing can be mistaken for it.
    Options relaxed = options;
    relaxed.need_recognition = false;
    found = open_all(image, relaxed);
  }
  Opened opened = ISOFUSE_TRY(std::move(found));
  if (opened.size() > 1 && prevails(*opened[1], *opened[0], options))
    std::swap(opened[0], opened[1]);
  if (options.boot) {
    for (auto& filesystem : opened)
      filesystem = with_boot_files(std::move(filesystem), image, options);
  }
  return opened;
}

Result<std::unique_ptr<Filesystem>> open_filesystem(const Source& image, const Options& options) {
  return std::move(ISOFUSE_TRY(open_filesystems(image, options)).front());
}

}  // namespace isofuse
