#pragma once
// The contents of a file as pieces that can be written to the kernel without a copy.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <isofuse/export.h>
#include <isofuse/filesystem.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

namespace isofuse {

/// Bytes that follow each other in a file, with what keeps them alive (nothing for bytes that the
/// Source lent; those must not be looked at, see Source::borrow).
struct Piece {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;
};

/// Appends the bytes [offset, offset + length_bytes) of a file to `pieces`, or fewer where the file
/// ends before; returns how many. At most kPiecesMax (limits.h) pieces. Safe from many threads.
/// kTruncated where the file's bytes do not lie inside the image.
ISOFUSE_API Result<std::size_t> read_pieces(const Filesystem& filesystem, const Source& image,
                                            NodeId node, std::uint64_t offset,
                                            std::size_t length_bytes, std::vector<Piece>& pieces);

/// The same bytes, copied into `into`; returns how many. For everything that looks at them.
ISOFUSE_API Result<std::size_t> read_bytes(const Filesystem& filesystem, const Source& image,
                                           NodeId node, std::uint64_t offset,
                                           std::span<std::byte> into);

}  // namespace isofuse
