#pragma once
// The System Use Sharing Protocol (SUSP), and what Rock Ridge (RRIP), zisofs and AAIP say with it.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <isofuse/bytes.h>
#include <isofuse/limits.h>
#include <isofuse/node.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

#include "fs/iso9660/susp_disc.h"

namespace isofuse::iso9660 {

/// One entry, whole. `view` begins with its SystemUseHead and has entry_bytes bytes.
struct SystemUseEntry {
  std::uint16_t signature;  ///< see signature()
  ByteView view;
};
[[nodiscard]] constexpr std::uint16_t signature(char first, char second) {
  return static_cast<std::uint16_t>((static_cast<unsigned char>(first) << 8U) |
                                    static_cast<unsigned char>(second));
}

/// Where a System Use area goes on: the CE entries seen in it.
class Continuations {
 public:
  /// Neither `image` nor `area` is copied. `budget`, if not null, is what may be spent on areas
  /// (kContinuationCostBytes) by all who share it.
  Continuations(const Source& image, std::uint32_t block_bytes, const ByteView& area,
                std::uint64_t* budget)
      : image_(image),
        area_(area),
        where_(area.where()),
        budget_(budget),
        block_bytes_(block_bytes) {}

  /// The last one of an area wins, as in the kernel; SUSP 5.1 allows one.
  void take(const ByteView& entry);
  /// Makes the next area the current one; false where there is none. Errors as walk_system_use.
  Result<bool> follow();
  [[nodiscard]] const ByteView& area() const { return area_; }

 private:
  struct Place {
    std::uint64_t offset;
    std::uint64_t length_bytes;
  };
  const Source& image_;
  ByteView area_;
  std::vector<std::byte> buffer_;  // what area_ looks into, but for the first area
  std::uint64_t where_;            // the first area
  std::optional<Place> next_;
  std::uint64_t* budget_;
  std::size_t hops_ = 0;
  std::size_t total_bytes_ = 0;
  std::uint32_t block_bytes_;
};

/// Walks the entries of a System Use area and of its continuation areas (SUSP 5.1), in order, until
/// `visit` (bool of a const SystemUseEntry&) returns false. Stops quietly where the bytes are no
/// entries any more, as the kernel does, so that what was read so far counts. An Error is only for
/// continuation areas that cannot be read; what was visited until then counts too. Bounded by
/// kContinuationsMax and kSystemUseBytesMax, and by `budget` as Continuations. The views live until
/// `visit` returns.
template <class Visit>
Result<void> walk_system_use(const Source& image, std::uint32_t block_bytes, const ByteView& area,
                             Visit&& visit, std::uint64_t* budget = nullptr) {
  constexpr std::size_t kHeadBytes = sizeof(disc::SystemUseHead);
  constexpr std::size_t kLengthAt = 2;
  Continuations continuations(image, block_bytes, area, budget);
  for (bool more = true; more; more = ISOFUSE_TRY(continuations.follow())) {
    // By hand, not with read<>(): this is where a walk through a disc spends its time.
    const std::span<const std::byte> bytes = continuations.area().bytes();
    std::size_t pos = 0;
    while (bytes.size() - pos >= kHeadBytes) {  // SUSP 4: fewer bytes at the end are padding
      const auto length = std::to_integer<std::size_t>(bytes[pos + kLengthAt]);
      if (length < kHeadBytes || length > bytes.size() - pos) break;
      const SystemUseEntry entry{
          signature(static_cast<char>(bytes[pos]), static_cast<char>(bytes[pos + 1])),
          ByteView(bytes.subspan(pos, length), continuations.area().where(pos))};
      pos += length;
      if (entry.signature == signature('S', 'T')) break;  // SUSP 5.4: the area ends here
      if (entry.signature == signature('C', 'E'))
        continuations.take(entry.view);
      else if (!visit(entry))
        return {};
    }
  }
  return {};
}

struct CompressionInfo {
  char algorithm[2];
  std::uint8_t header_words;
  std::uint8_t block_log2;
  std::uint64_t size_bytes;
  std::uint8_t version;
};

struct SparseInfo {
  std::uint64_t size_bytes;
  std::uint8_t table_depth;
};

/// What the System Use areas of one record say.
struct SystemUse {
  std::optional<std::uint8_t> skip_bytes;  ///< SP
  std::vector<std::string> extensions;     ///< ER identifiers
  bool any_rock_ridge = false;             ///< an entry of RRIP was seen

  struct Posix {
    std::uint32_t mode, links, uid, gid;
    std::optional<std::uint32_t> serial;
  };
  std::optional<Posix> posix;  ///< PX
  struct Device {
    std::uint32_t major, minor;
  };
  std::optional<Device> device;                                              ///< PN
  std::optional<Timestamp> created, modified, accessed, attributes_changed;  ///< TF
  std::string link_target;                                                   ///< SL
  bool link_damaged = false;                   ///< SL that cannot be read to its end
  std::optional<std::uint32_t> child_lbn;      ///< CL
  std::optional<std::uint32_t> parent_lbn;     ///< PL
  bool relocated = false;                      ///< RE
  std::optional<CompressionInfo> compression;  ///< ZF, Z2
  std::optional<SparseInfo> sparse;            ///< SF
  std::vector<std::byte> attribute_list;       ///< AL: component records, one after the other
};

/// What is not wanted need not be collected: names are needed for listings, the rest for stat.
struct SystemUseWanted {
  bool link_target = false;
  bool attribute_list = false;
};

/// Collects from `area` into `out`, over what is there already. An Error as walk_system_use.
Result<void> collect_system_use(const Source& image, std::uint32_t block_bytes,
                                const ByteView& area, SystemUseWanted wanted, SystemUse& out);

/// What a listing needs of a record. One object serves many records, so that its name needs no
/// memory of its own for each.
struct ListingEntry {
  bool relocated = false;                  ///< RE: the entry is not to be shown
  std::string name;                        ///< NM; empty: there is none
  std::optional<std::uint32_t> child_lbn;  ///< CL: the directory is recorded elsewhere
  std::optional<std::uint32_t> mode;       ///< PX
  /// What is left for the continuation areas of all records.
  std::uint64_t continuation_budget = kDirectoryContinuationBytesMax;
};
/// Over whatever was in `into`. kIo where the system fails to read a continuation area: the name
/// would be another one. What is damaged is logged, and what was read until then counts.
Result<void> read_listing_entry(const Source& image, std::uint32_t block_bytes,
                                const ByteView& area, ListingEntry& into);

}  // namespace isofuse::iso9660
