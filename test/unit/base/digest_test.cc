#include "base/digest.h"

#include "support/catch.h"
#include "support/iso_builder.h"

namespace isofuse {
namespace {

std::string digest_of(std::string_view algorithm, std::string_view text) {
  auto digest = Digest::of(algorithm);
  REQUIRE(digest);
  digest->add(test::bytes_of(text));
  return digest->hexadecimal();
}

TEST_CASE("digests of RFC 1321 and FIPS 180-4") {
  CHECK(digest_of("md5", "") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(digest_of("md5", "abc") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(digest_of("sha1", "abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(digest_of("sha224", "abc") == "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
  CHECK(digest_of("sha256", "abc") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest_of("sha384", "abc").starts_with("cb00753f45a35e8bb5a03d699ac65007"));
  CHECK(digest_of("sha512", "abc").starts_with("ddaf35a193617abacc417349ae204131"));
  CHECK_FALSE(Digest::of("crc32"));
}

TEST_CASE("a digest can be looked at, copied, and go on") {
  auto digest = Digest::of("md5");
  REQUIRE(digest);
  digest->add(test::bytes_of("a"));
  const std::string of_a = digest->hexadecimal();
  Digest copy = *digest;
  digest->add(test::bytes_of("bc"));
  CHECK(digest->hexadecimal() == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(copy.hexadecimal() == of_a);
}

}  // namespace
}  // namespace isofuse
