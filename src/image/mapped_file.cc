#include "image/mapped_file.h"

#include <fcntl.h>
#include <linux/cdrom.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include <boost/interprocess/exceptions.hpp>
#include <boost/interprocess/file_mapping.hpp>

#include "base/log.h"

namespace isofuse {

namespace bip = boost::interprocess;

Result<std::unique_ptr<Source>> MappedFile::open(const std::string& path) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer, nor a drive for a disc.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return Error{Errc::kIo, "cannot open the image", Error::kNowhere, errno};
  std::unique_ptr<MappedFile> file(new MappedFile(descriptor));
  ISOFUSE_TRY(file->measure());
  // What is read through the descriptor is metadata, which lies about: read what is asked for.
  ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_RANDOM);
  file->map();
  return std::unique_ptr<Source>(std::move(file));
}

MappedFile::~MappedFile() { ::close(descriptor_); }

Result<void> MappedFile::measure() {
  struct stat status = {};
  if (::fstat(descriptor_, &status) != 0)
    return Error{Errc::kIo, "cannot look at the image", Error::kNowhere, errno};
  if (S_ISDIR(status.st_mode))
    return Error{Errc::kIo, "the image is a directory", Error::kNowhere, EISDIR};
  if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode))
    return Error{Errc::kIo, "the image is neither a file nor a block device", Error::kNowhere,
                 EINVAL};
  // A block device has no st_size; its end tells.
  const off_t size = S_ISREG(status.st_mode) ? status.st_size : ::lseek(descriptor_, 0, SEEK_END);
  if (size < 0) return Error{Errc::kIo, "cannot measure the image", Error::kNowhere, errno};
  size_bytes_ = static_cast<std::uint64_t>(size);
  return {};
}

/// Without a mapping everything still works, with a copy more: so a failure here is none.
void MappedFile::map() {
  if (size_bytes_ == 0 || size_bytes_ > std::numeric_limits<std::size_t>::max() / 2) return;
  try {
    // Through the descriptor that is already open, so that both are the same file whatever has
    // happened to the path.
    const std::string path = "/proc/self/fd/" + std::to_string(descriptor_);
    const bip::file_mapping mapping(path.c_str(), bip::read_only);
    region_ = bip::mapped_region(mapping, bip::read_only, 0, static_cast<std::size_t>(size_bytes_));
    // What is lent from the mapping is contents. Without this each fault reads around itself; with
    // it reads ahead grow where a file is read in order, as read(2) would have them.
    region_.advise(bip::mapped_region::advice_sequential);
  } catch (const bip::interprocess_exception& e) {
    log_debug(std::string("the image cannot be mapped, reading instead: ") + e.what());
  }
}

Result<void> MappedFile::read(std::uint64_t offset, std::span<std::byte> into) const {
  if (!inside(offset, into.size(), size_bytes_))
    return Error{Errc::kTruncated, "the image ends too early", offset};
  while (!into.empty()) {
    const ssize_t got = ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error{Errc::kIo, "cannot read the image", offset, errno};
    if (got == 0) return Error{Errc::kTruncated, "the image has become shorter", offset};
    offset += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

std::optional<std::uint32_t> MappedFile::last_session_sector() const {
  cdrom_multisession session = {};
  session.addr_format = CDROM_LBA;
  // The address counts only where the drive says that the disc has sessions (xa_flag).
  if (::ioctl(descriptor_, CDROMMULTISESSION, &session) != 0 || session.xa_flag == 0 ||
      session.addr.lba < 0)
    return std::nullopt;
  return static_cast<std::uint32_t>(session.addr.lba);
}

std::span<const std::byte> MappedFile::borrow(std::uint64_t offset,
                                              std::size_t length_bytes) const {
  if (!inside(offset, length_bytes, region_.get_size())) return {};
  return {static_cast<const std::byte*>(region_.get_address()) + offset, length_bytes};
}

}  // namespace isofuse
