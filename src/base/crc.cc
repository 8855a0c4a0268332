#include "base/crc.h"

#include <boost/crc.hpp>

namespace isofuse {

std::uint16_t crc_itu_t(std::span<const std::byte> bytes) {
  boost::crc_optimal<16, 0x1021, 0, 0, false, false> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return static_cast<std::uint16_t>(crc.checksum());
}

}  // namespace isofuse
