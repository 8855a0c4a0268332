#pragma once
// A plain image: a file or a block device, read with pread and lent from a mapping.
#include <memory>
#include <string>

#include <boost/interprocess/mapped_region.hpp>

#include <isofuse/source.h>

namespace isofuse {

class MappedFile final : public Source {
 public:
  /// kIo where the path cannot be opened or is neither a file nor a block device.
  static Result<std::unique_ptr<Source>> open(const std::string& path);
  ~MappedFile() override;

  [[nodiscard]] std::uint64_t size_bytes() const override { return size_bytes_; }
  Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
  [[nodiscard]] std::span<const std::byte> borrow(std::uint64_t offset,
                                                  std::size_t length_bytes) const override;
  /// As the drive answers (cdrom(4): CDROMMULTISESSION).
  [[nodiscard]] std::optional<std::uint32_t> last_session_sector() const override;

 private:
  explicit MappedFile(int descriptor) : descriptor_(descriptor) {}
  Result<void> measure();
  void map();

  int descriptor_;
  std::uint64_t size_bytes_ = 0;
  boost::interprocess::mapped_region region_;  // empty where the system cannot map the image
};

}  // namespace isofuse
