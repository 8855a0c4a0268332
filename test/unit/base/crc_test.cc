#include "base/crc.h"

#include "support/catch.h"
#include "support/iso_builder.h"

using namespace isofuse;

TEST_CASE("the CRC is that of ECMA-167 1/7.2.6", "[crc]") {
  // The example of UDF 2.60, 6.5.1.
  CHECK(crc_itu_t(test::bytes_of({0x70, 0x6A, 0x77})) == 0x3299);
  // The check value that the literature gives for CRC-16/XMODEM, as others call it.
  CHECK(crc_itu_t(test::bytes_of("123456789")) == 0x31C3);
}

TEST_CASE("the CRC of any length is that of its bits", "[crc]") {
  test::Bytes bytes;
  for (unsigned length = 0; length < 70; ++length) {
    unsigned crc = 0;
    for (const std::byte b : bytes) {
      crc ^= std::to_integer<unsigned>(b) << 8U;
      for (int bit = 0; bit < 8; ++bit) crc = (crc << 1U) ^ ((crc & 0x8000U) != 0 ? 0x11021U : 0U);
    }
    CHECK(crc_itu_t(bytes) == crc);
    bytes.push_back(static_cast<std::byte>(length * 73 + 5));
  }
}

TEST_CASE("the CRC of nothing, and of zeros, is 0", "[crc]") {
  CHECK(crc_itu_t({}) == 0);
  CHECK(crc_itu_t(test::Bytes(100)) == 0);
}
