#pragma once
// Where the bytes of a file lie: its file sections (ECMA-119 6.4, 6.5), interleaved or not.
#include <cstdint>

#include <boost/container/small_vector.hpp>

#include <isofuse/filesystem.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

#include "fs/iso9660/record.h"

namespace isofuse::iso9660 {

/// The file sections of one file, in order; their contents follow each other.
class FileSections {
 public:
  /// Those of the file whose first directory record is `first`: that record, and while it says so
  /// (9.1.6 bit 7) the ones that follow it in its directory under the same identifier. Records that
  /// are damaged end the file; kIo where the system fails to read one. At most kFileSectionsMax.
  static Result<FileSections> collect(const Source& image, const Layout& layout,
                                      const Record& first);

  [[nodiscard]] std::uint64_t length_bytes() const { return length_bytes_; }
  /// The run at `offset`: kImage, or kEnd at the end.
  [[nodiscard]] Extent extent(std::uint64_t offset) const;
  /// Fills `into` with the recorded bytes from `offset` on. kCorrupt where the file is shorter.
  Result<void> read(const Source& image, std::uint64_t offset, std::span<std::byte> into) const;
  /// The `cruft` option: only the low 24 bits of a size count.
  void cut_to_24_bits();
  /// Counts the rest of the last sector as recorded too: a directory's records may lie in it.
  void extend_to_sector();

 private:
  struct Section {
    std::uint64_t file_offset;
    std::uint64_t length_bytes;
    std::uint64_t image_offset;
    std::uint64_t unit_bytes;  // 0: not interleaved
    std::uint64_t gap_bytes;
  };
  void add(const Record& record, const Layout& layout);

  boost::container::small_vector<Section, 1> sections_;  // nearly all files have one
  std::uint64_t length_bytes_ = 0;
};

/// The directory record that follows position `pos` of the image in the same directory: at `pos`,
/// or at the start of the next block where the rest of this one is unused (6.8.1.1).
Result<void> fetch_next_record(const Source& image, const Layout& layout, std::uint64_t pos,
                               StoredRecord& into);

}  // namespace isofuse::iso9660
