#include "app/disc.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include <isofuse/bytes.h>
#include <isofuse/open.h>

#include "base/log.h"

namespace isofuse::app {
namespace {

Failure not_a_disc(const std::string& path, const Source& source) {
  const std::string what = identify(source);
  return {ExitStatus::kNotADisc,
          what.empty()
              ? fmt::format("{}: not a disc image that isofuse can read", path)
              : fmt::format("{}: not a disc image that isofuse can read: it is {}", path, what)};
}

Failure explain(const std::string& path, const Source& source, const Error& error) {
  const std::string detail = describe(error);
  switch (error.code) {
    case Errc::kNotRecognised:
      return not_a_disc(path, source);
    case Errc::kTruncated:
      return {ExitStatus::kDiscTruncated,
              fmt::format("{}: cut off: {}; the image has only {} bytes, fetch or copy it again",
                          path, detail, source.size_bytes())};
    case Errc::kCorrupt:
    case Errc::kLoop:
    case Errc::kTooLarge:
    case Errc::kNotDirectory:
    case Errc::kNotLink:
      return {ExitStatus::kDiscDamaged, fmt::format("{}: damaged: {}", path, detail)};
    case Errc::kUnsupported:
      return {ExitStatus::kDiscUnsupported,
              fmt::format("{}: cannot be read by this version: {}", path, detail)};
    case Errc::kNotFound:
    case Errc::kInvalid:
      return {ExitStatus::kUsage, fmt::format("{}: {}", path, detail)};
    case Errc::kIo:
      break;
  }
  return {ExitStatus::kImageNotReadable, fmt::format("{}: cannot be read: {}", path, detail)};
}

Result<void> read_root(const Filesystem& filesystem) {
  static_cast<void>(ISOFUSE_TRY(filesystem.attributes(filesystem.root())));
  static_cast<void>(ISOFUSE_TRY(filesystem.directory(filesystem.root())));
  return {};
}

void warn_if_cut_off(const std::string& path, const Source& source, const VolumeStats& stats) {
  const auto volume_bytes = checked_mul(stats.blocks_of_image, std::uint64_t{stats.block_bytes});
  if (!volume_bytes || *volume_bytes <= source.size_bytes()) return;
  log_warning(
      fmt::format("{}: the disc has {} bytes, the image only {}: what lies behind its end "
                  "cannot be read",
                  path, *volume_bytes, source.size_bytes()));
}

}  // namespace

Outcome<std::unique_ptr<Source>> open_source(const std::string& path) {
  Result<std::unique_ptr<Source>> source = open_image(path);
  if (source) return std::move(*source);
  const int err = source.error().sys_errno;
  if (err == ENOENT || err == ENOTDIR || err == ENXIO || err == ENODEV)
    return Failure{ExitStatus::kImageAbsent, fmt::format("{}: {}", path, std::strerror(err))};
  if (err == EISDIR)
    return Failure{ExitStatus::kImageNotReadable,
                   fmt::format("{}: a directory, not a disc image", path)};
  if (err == EACCES || err == EPERM)
    return Failure{ExitStatus::kImageNotReadable,
                   fmt::format("{}: you may not read it: {}", path, std::strerror(err))};
  return Failure{ExitStatus::kImageNotReadable,
                 fmt::format("{}: cannot be read: {}", path, describe(source.error()))};
}

Outcome<std::vector<std::unique_ptr<Filesystem>>> open_volumes(const std::string& path,
                                                               const Source& source,
                                                               const Options& options) {
  auto opened = open_filesystems(source, options);
  if (!opened && opened.error().code == Errc::kNotRecognised && options.view != View::kAuto)
    return Failure{ExitStatus::kNotADisc,
                   fmt::format("{}: has no tree of the kind that -o view= asks for", path)};
  if (!opened && opened.error().code == Errc::kNotRecognised && options.superblock_sector)
    return Failure{ExitStatus::kUsage,
                   fmt::format("{}: no disc begins at sector {}, which -o sbsector= asks for "
                               "(isofuse --info lists its sessions)",
                               path, *options.superblock_sector)};
  if (!opened) return explain(path, source, opened.error());
  const Filesystem& first = *opened->front();
  if (const Result<void> root = read_root(first); !root) return explain(path, source, root.error());
  warn_if_cut_off(path, source, first.stats());
  return std::move(*opened);
}

}  // namespace isofuse::app
