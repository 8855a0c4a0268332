#pragma once
// Partitions: from the logical blocks of one partition map to places in the image (UDF 2.2.7
// - 2.2.10).
#include <cstdint>
#include <optional>
#include <string_view>

#include <isofuse/result.h>

#include "fs/udf/medium.h"

namespace isofuse::udf {

/// The address of a logical block (ECMA-167 4/7.1).
struct BlockAddress {
  std::uint32_t lbn = 0;
  std::uint16_t partition = 0;  ///< the partition *reference*: an index into the partition maps
  bool operator==(const BlockAddress&) const = default;
};

/// One partition map. Immutable; safe from many threads.
class Partition {
 public:
  Partition() = default;
  Partition(const Partition&) = delete;
  Partition& operator=(const Partition&) = delete;
  virtual ~Partition() = default;

  /// Where block `lbn` lies, and how many of those that follow it lie behind it there (at least 1).
  /// kCorrupt where the partition has no such block. `copy` is below copies().
  [[nodiscard]] virtual Result<ImageRun> map(std::uint32_t lbn, unsigned copy) const = 0;
  /// How often its blocks are recorded: 2 for a metadata partition whose mirror has its own data.
  [[nodiscard]] virtual unsigned copies() const { return 1; }

  [[nodiscard]] virtual std::uint64_t size_blocks() const = 0;
  /// The reference of the partition in which its blocks lie, if they lie in another one.
  [[nodiscard]] virtual std::optional<std::uint16_t> host() const { return std::nullopt; }
  /// "physical", "sparable", "virtual" or "metadata".
  [[nodiscard]] virtual std::string_view kind() const = 0;
};

}  // namespace isofuse::udf
