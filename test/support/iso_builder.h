#pragma once
// ISO 9660 images made in memory, byte by byte: every field of every structure can be set, wrong
// ones too. Nothing is laid out by itself; a test says which block holds what.
#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/memory_source.h"

namespace isofuse::test {

[[nodiscard]] Bytes bytes_of(std::string_view text);
[[nodiscard]] Bytes bytes_of(std::initializer_list<unsigned> values);
[[nodiscard]] Bytes operator+(Bytes a, const Bytes& b);
[[nodiscard]] std::string text_of(std::span<const std::byte> bytes);
/// Bytes that differ from place to place: byte i is a function of `seed` and i.
[[nodiscard]] Bytes pattern(std::size_t size, unsigned seed = 1);

[[nodiscard]] Bytes both16(std::uint16_t value);
[[nodiscard]] Bytes both32(std::uint32_t value);
[[nodiscard]] Bytes little32(std::uint32_t value);
[[nodiscard]] Bytes little64(std::uint64_t value);
/// ASCII and other units below 0x10000 as UTF-16BE.
[[nodiscard]] std::string utf16be(std::u16string_view text);

/// ECMA-119 9.1 (or High Sierra's). What is not told follows from the rest.
struct RecordSpec {
  std::string identifier = {};
  std::uint32_t extent_lbn = 0;
  std::uint32_t data_bytes = 0;
  std::uint8_t flags = 0;
  Bytes system_use = {};
  std::array<std::uint8_t, 7> recorded_at = {100, 1, 2, 3, 4, 5, 0};  // 2000-01-02 03:04:05 UTC
  std::uint8_t xattr_blocks = 0;
  std::uint8_t unit_blocks = 0;
  std::uint8_t gap_blocks = 0;
  std::optional<std::uint8_t> record_bytes = {};
  std::optional<std::uint8_t> identifier_bytes = {};
  bool high_sierra = false;
};
inline constexpr std::int64_t kRecordedAtSeconds = 946'782'245;  // of RecordSpec::recorded_at
[[nodiscard]] Bytes make_record(const RecordSpec& spec);

inline const std::string kSelf("\0", 1);
inline const std::string kParent("\1", 1);
inline constexpr std::uint8_t kHiddenFlag = 1;
inline constexpr std::uint8_t kDirectoryFlag = 2;
inline constexpr std::uint8_t kAssociatedFlag = 4;
inline constexpr std::uint8_t kMultiExtentFlag = 128;

/// Entries of System Use areas (SUSP, RRIP, zisofs, AAIP).
namespace susp {
[[nodiscard]] Bytes entry(std::string_view signature, const Bytes& payload = {},
                          unsigned version = 1);
[[nodiscard]] Bytes sp(unsigned skip_bytes = 0);
[[nodiscard]] Bytes ce(std::uint32_t lbn, std::uint32_t offset, std::uint32_t length);
[[nodiscard]] Bytes er(std::string_view identifier = "RRIP_1991A");
[[nodiscard]] Bytes px(std::uint32_t mode, std::uint32_t links = 1, std::uint32_t uid = 0,
                       std::uint32_t gid = 0, std::optional<std::uint32_t> serial = std::nullopt);
[[nodiscard]] Bytes pn(std::uint32_t high, std::uint32_t low);
[[nodiscard]] Bytes nm(std::string_view name, unsigned flags = 0);
struct Part {  // a component of SL or AL
  unsigned flags = 0;
  std::string text = {};
};
[[nodiscard]] Bytes sl(const std::vector<Part>& parts, unsigned flags = 0);
[[nodiscard]] Bytes al(const std::vector<Part>& parts, unsigned flags = 0);
[[nodiscard]] Bytes cl(std::uint32_t lbn);
[[nodiscard]] Bytes pl(std::uint32_t lbn);
[[nodiscard]] Bytes re();
[[nodiscard]] Bytes tf(unsigned flags, const Bytes& stamps);
[[nodiscard]] Bytes sf(std::uint64_t size, unsigned depth);
[[nodiscard]] Bytes sf_old(std::uint32_t size);
[[nodiscard]] Bytes zf(std::string_view algorithm, unsigned header_words, unsigned block_log2,
                       std::uint32_t size);
[[nodiscard]] Bytes zf2(std::string_view algorithm, unsigned header_words, unsigned block_log2,
                        std::uint64_t size, std::string_view signature = "ZF");
}  // namespace susp

/// ECMA-119 8.4 and 8.5.
struct DescriptorSpec {
  std::uint8_t type = 1;
  std::string identifier = "CD001";
  std::uint8_t version = 1;
  std::string volume_identifier = "TEST";
  std::uint32_t space_blocks = 64;
  std::uint16_t block_bytes = 2048;
  std::uint32_t root_lbn = 20;
  std::uint32_t root_bytes = 2048;
  std::uint8_t root_xattr_blocks = 0;
  std::string escape = {};  // of Joliet: "%/@", "%/C", "%/E"
};
[[nodiscard]] Bytes make_descriptor(const DescriptorSpec& spec);
[[nodiscard]] Bytes make_terminator();
[[nodiscard]] Bytes make_boot_record(std::uint32_t catalog_lbn,
                                     std::string_view system = "EL TORITO SPECIFICATION");
/// High Sierra's; of `spec` identifier, version and escape are not used.
[[nodiscard]] Bytes make_high_sierra_descriptor(const DescriptorSpec& spec);
[[nodiscard]] Bytes make_high_sierra_terminator();

/// An image whose blocks are filled one by one. Grows as needed, to whole sectors.
class Disc {
 public:
  explicit Disc(std::uint32_t block_bytes = 2048) : block_bytes_(block_bytes) {}

  void put(std::uint64_t offset, const Bytes& bytes);
  void sector(std::uint32_t sector, const Bytes& bytes) {
    put(std::uint64_t{sector} * 2048, bytes);
  }
  void block(std::uint32_t lbn, const Bytes& bytes) {
    put(std::uint64_t{lbn} * block_bytes_, bytes);
  }

  struct DirectorySpec {
    std::uint32_t lbn = 20;
    std::uint32_t parent_lbn = 20;
    std::uint32_t data_bytes = 2048;
    Bytes self_use = {};
    Bytes parent_use = {};
    bool high_sierra = false;
  };
  /// A directory with "." and ".." and `records`, in sectors that no record crosses.
  void directory(const DirectorySpec& spec, const std::vector<RecordSpec>& records);

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] MemorySource source() const { return MemorySource(bytes_); }

 private:
  std::uint32_t block_bytes_;
  Bytes bytes_;
};

/// A disc with a primary descriptor in sector 16, a terminator in 17, and the root directory in
/// block 20.
[[nodiscard]] Disc plain_disc(const std::vector<RecordSpec>& root_records,
                              const Bytes& self_use = {}, const DescriptorSpec& primary = {});
/// The same with SP and ER in the root's own record.
[[nodiscard]] Disc rock_ridge_disc(const std::vector<RecordSpec>& root_records,
                                   const Bytes& more_self_use = {});
/// A record of Rock Ridge: `rr` behind the identifier.
[[nodiscard]] RecordSpec file_record(std::string identifier, std::uint32_t lbn, std::uint32_t bytes,
                                     Bytes system_use = {});
[[nodiscard]] RecordSpec directory_record(std::string identifier, std::uint32_t lbn,
                                          Bytes system_use = {});

}  // namespace isofuse::test
