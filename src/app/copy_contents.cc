#include "app/copy_contents.h"

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <vector>

#include <isofuse/limits.h>
#include <isofuse/read.h>

namespace isofuse::app {
namespace {

/// Written at a time: large enough that a system call costs nothing, and small enough that a signal
/// is heeded soon.
constexpr std::uint64_t kPartBytes = 4U << 20U;
/// Runs that are put together to a part.
constexpr std::size_t kRunsMax = 64;

/// 0, or the errno. EFAULT: bytes that the image lent are not there any more (source.h).
int write_all(int descriptor, const std::vector<Piece>& pieces) {
  std::vector<iovec> vectors;
  vectors.reserve(pieces.size());
  for (const Piece& piece : pieces) {
    if (!piece.bytes.empty())
      vectors.push_back({const_cast<std::byte*>(piece.bytes.data()), piece.bytes.size()});
  }
  for (std::size_t at = 0; at < vectors.size();) {
    const ssize_t written =
        writev(descriptor, vectors.data() + at, static_cast<int>(vectors.size() - at));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    auto left = static_cast<std::size_t>(written);
    while (at < vectors.size() && left >= vectors[at].iov_len) left -= vectors[at++].iov_len;
    if (at < vectors.size() && left > 0) {
      vectors[at].iov_base = static_cast<std::byte*>(vectors[at].iov_base) + left;
      vectors[at].iov_len -= left;
    }
  }
  return 0;
}

class Copy {
 public:
  Copy(const Filesystem& filesystem, const Source& image, NodeId node, int descriptor, Holes holes)
      : filesystem_(filesystem),
        image_(image),
        node_(node),
        descriptor_(descriptor),
        holes_(holes) {}

  CopyEnd run(const std::function<bool(std::uint64_t)>& copied) {
    while (true) {
      const std::uint64_t before = offset_;
      const Result<bool> more = part();
      if (!more) return {more.error(), 0, false};
      if (writing_errno_ == EFAULT)
        return {Error{Errc::kTruncated, "the image has become shorter"}, 0, false};
      if (writing_errno_ != 0) return {std::nullopt, writing_errno_, false};
      if (!*more) break;
      if (!copied(offset_ - before)) return {std::nullopt, 0, true};
    }
    if (holes_ == Holes::kLeft && ftruncate(descriptor_, static_cast<off_t>(offset_)) != 0)
      return {std::nullopt, errno, false};
    return {};
  }

 private:
  /// Copies a part, or skips a hole. False at the end of the file.
  Result<bool> part() {
    const Extent first = ISOFUSE_TRY(filesystem_.extent(node_, offset_));
    if (first.kind == Extent::Kind::kEnd) return false;
    if (holes_ == Holes::kLeft && first.kind == Extent::Kind::kZeros) {
      offset_ = first.file_offset + first.length_bytes;
      if (lseek(descriptor_, static_cast<off_t>(offset_), SEEK_SET) < 0) writing_errno_ = errno;
      return true;
    }
    const std::uint64_t length = ISOFUSE_TRY(data_bytes(first));
    pieces_.clear();
    const std::size_t got = ISOFUSE_TRY(read_pieces(filesystem_, image_, node_, offset_,
                                                    static_cast<std::size_t>(length), pieces_));
    if (got == 0) return Error{Errc::kCorrupt, "the file ends too early"};
    writing_errno_ = write_all(descriptor_, pieces_);
    offset_ += got;
    return true;
  }

  /// How many bytes there are from here to the next hole, up to a part.
  Result<std::uint64_t> data_bytes(Extent run) {
    std::uint64_t end = offset_;
    for (std::size_t runs = 0; runs < kRunsMax; ++runs) {
      const bool hole = run.kind == Extent::Kind::kZeros && holes_ == Holes::kLeft;
      if (run.kind == Extent::Kind::kEnd || hole) break;
      if (holes_ == Holes::kLeft && run.kind == Extent::Kind::kImage &&
          !inside(run.image_offset, run.length_bytes, image_.size_bytes()))
        return Error{Errc::kTruncated, "the file reaches past the end of the image",
                     run.image_offset};
      end = run.file_offset + run.length_bytes;
      if (end - offset_ >= kPartBytes) break;
      run = ISOFUSE_TRY(filesystem_.extent(node_, end));
    }
    return std::min(end - offset_, kPartBytes);
  }

  const Filesystem& filesystem_;
  const Source& image_;
  NodeId node_;
  int descriptor_;
  Holes holes_;
  std::uint64_t offset_ = 0;
  std::vector<Piece> pieces_;
  int writing_errno_ = 0;
};

}  // namespace

CopyEnd copy_contents(const Filesystem& filesystem, const Source& image, NodeId node,
                      int descriptor, Holes holes,
                      const std::function<bool(std::uint64_t bytes)>& copied) {
  return Copy(filesystem, image, node, descriptor, holes).run(copied);
}

}  // namespace isofuse::app
