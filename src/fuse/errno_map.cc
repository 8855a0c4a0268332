#include "fuse/errno_map.h"

#include <cerrno>

namespace isofuse::fuse {
namespace {

constexpr int kErrnoMax = 999;  // what the kernel takes in an answer

int code_to_errno(const Error& error) {
  switch (error.code) {
    case Errc::kCorrupt:
    case Errc::kTruncated:
    case Errc::kNotRecognised:
      return EIO;
    case Errc::kUnsupported:
      return EOPNOTSUPP;
    case Errc::kNotFound:
      return ENOENT;
    case Errc::kNotDirectory:
      return ENOTDIR;
    case Errc::kNotLink:
    case Errc::kInvalid:
      return EINVAL;
    case Errc::kLoop:
      return ELOOP;
    case Errc::kTooLarge:
      return EFBIG;
    case Errc::kIo:
      return error.sys_errno;
  }
  return EIO;
}

}  // namespace

int to_errno(const Error& error) {
  const int number = code_to_errno(error);
  return number > 0 && number <= kErrnoMax ? number : EIO;
}

}  // namespace isofuse::fuse
