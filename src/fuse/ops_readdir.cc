#include <memory>

#include "fuse/answer.h"
#include "fuse/list_ahead.h"
#include "fuse/listing.h"
#include "fuse/operations.h"
#include "fuse/pusher.h"

namespace isofuse::fuse {
namespace {

void list(const char* operation, fuse_req_t req, fuse_ino_t number, std::size_t size, off_t offset,
          bool with_attributes) {
  answer(operation, req, number, [&]() -> Result<void> {
    if (offset < 0) return Error{Errc::kInvalid, "listing at a negative offset"};
    const Mount& mount = mount_of(req);
    const ListingRequest request{number, static_cast<std::uint64_t>(offset), size, with_attributes};
    ListAhead* const ahead = mount.list_ahead;
    std::shared_ptr<const Listing> listing = ahead != nullptr ? ahead->find(request) : nullptr;
    const NodeId node = mount.node(number).node;
    const auto directory = ISOFUSE_TRY(mount.filesystem.directory(node));
    if (!listing) listing = std::make_shared<Listing>(make_listing(mount, *directory, request));
    // The kernel takes pages of files whose nodes it was given; a plain list of names gives none.
    if (Pusher* const pusher = mount.pusher;
        with_attributes && listing->first_file && pusher != nullptr)
      pusher->listed(node, *listing->first_file, *listing->last_file);
    if (ahead != nullptr) ahead->answered(request, directory, listing);
    fuse_reply_buf(req, listing->bytes.get(), listing->used_bytes);
    return {};
  });
}

}  // namespace

void op_readdir(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
                fuse_file_info* /*file*/) {
  list("readdir", req, number, size, offset, false);
}

void op_readdirplus(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
                    fuse_file_info* /*file*/) {
  list("readdirplus", req, number, size, offset, true);
}

}  // namespace isofuse::fuse
