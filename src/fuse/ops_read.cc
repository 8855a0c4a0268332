#include <sys/uio.h>

#include <array>
#include <cassert>
#include <vector>

#include <isofuse/limits.h>
#include <isofuse/read.h>

#include "fuse/answer.h"
#include "fuse/operations.h"
#include "fuse/pusher.h"

namespace isofuse::fuse {

void op_read(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
             fuse_file_info* /*file*/) {
  answer("read", req, number, [&]() -> Result<void> {
    Mount& mount = mount_of(req);
    if (offset < 0) return Error{Errc::kInvalid, "read at a negative offset"};
    const NodeId node = mount.node(number).node;
    std::vector<Piece> pieces;
    const std::size_t got = ISOFUSE_TRY(read_pieces(
        mount.filesystem, mount.image, node, static_cast<std::uint64_t>(offset), size, pieces));
    // Before the answer, so that what comes next is on its way when the reader wakes up.
    if (Pusher* const pusher = mount.pusher; offset == 0 && pusher != nullptr) pusher->read(node);
    Counters::add(mount.counters.bytes_served, got);
    std::array<iovec, kPiecesMax> parts;
    std::size_t count = 0;
    for (const Piece& piece : pieces) {
      assert(count < parts.size());
      parts[count++] = {const_cast<std::byte*>(piece.bytes.data()), piece.bytes.size()};
    }
    // Lent bytes that cannot be read make writev fail with EFAULT. The kernel has then ended the
    // request with EIO by itself and libfuse has freed it: there is nothing left to answer.
    if (fuse_reply_iov(req, parts.data(), static_cast<int>(count)) == -EFAULT)
      report_failure(mount, "read", number,
                     Error{Errc::kIo, "the image cannot be read any more", Error::kNowhere, EIO});
    return {};
  });
}

}  // namespace isofuse::fuse
