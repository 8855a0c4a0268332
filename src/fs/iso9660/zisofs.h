#pragma once
// Transparent compression: zisofs, versions 1 and 2 (libburnia: zisofs_format.txt,
// zisofs2_format.txt).
#include <cstdint>
#include <optional>
#include <vector>

#include <isofuse/result.h>
#include <isofuse/source.h>

#include "codec/codec.h"
#include "fs/iso9660/file_sections.h"
#include "fs/iso9660/susp.h"

namespace isofuse::iso9660 {

/// How one compressed file is laid out. Its uncompressed blocks all have the same size but the
/// last.
struct Zisofs {
  Codec codec = Codec::kZlib;
  std::uint64_t header_bytes = 0;
  unsigned block_log2 = 0;
  std::uint64_t size_bytes = 0;     ///< uncompressed
  std::uint64_t pointer_bytes = 4;  ///< 4 in version 1, 8 in version 2
};

/// What a ZF or Z2 entry says; nothing where the algorithm or the block size is not known: such a
/// file is shown as it is recorded, as the kernel does.
[[nodiscard]] std::optional<Zisofs> zisofs_of(const CompressionInfo& info);

/// The same with what the file's own header says (version 2 only, where the entry's copy of the
/// header's size is known to differ).
Result<Zisofs> with_header(const Source& image, const FileSections& sections, Zisofs layout);

/// True where block `block` is not recorded: a block of zeros.
Result<bool> zisofs_block_is_empty(const Source& image, const FileSections& sections,
                                   const Zisofs& layout, std::uint64_t block);

/// Block `block`, decompressed. Its place is read from `image`, what it is made of from `contents`:
/// the same bytes, which no cache of metadata need remember. REQUIRES: block << block_log2 <
/// size_bytes.
Result<std::vector<std::byte>> read_zisofs_block(const Source& image, const Source& contents,
                                                 const FileSections& sections, const Zisofs& layout,
                                                 std::uint64_t block);

}  // namespace isofuse::iso9660
