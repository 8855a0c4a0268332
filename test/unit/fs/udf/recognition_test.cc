#include "fs/udf/recognition.h"

#include "support/catch.h"
#include "support/failing_source.h"
#include "support/udf_builder.h"

using namespace isofuse;
using namespace isofuse::udf;
using test::Bytes;
using test::MemorySource;
using test::operator+;
namespace build = test::udf;
using Names = std::vector<std::string>;

namespace {

constexpr std::uint64_t kBegin = 32'768;

/// A sequence of structures that stand `step` bytes apart.
Bytes image_of(const Names& identifiers, std::uint64_t step = 2048, std::uint64_t begin = kBegin) {
  test::Disc image;
  image.put((2U << 20U) - 1, Bytes(1));
  for (std::size_t i = 0; i < identifiers.size(); ++i)
    image.put(begin + i * step, build::volume_structure(identifiers[i]));
  return image.bytes();
}

}  // namespace

TEST_CASE("NSR makes a disc UDF", "[udf][recognition]") {
  const std::string nsr = GENERATE(std::string("NSR02"), std::string("NSR03"));
  const std::uint32_t block_bytes = GENERATE(512U, 1024U, 2048U);
  const MemorySource image(image_of({"BEA01", nsr, "TEA01"}));
  const auto found = read_recognition_sequence(image, block_bytes, 0);
  CHECK(found.recognised);
  CHECK(found.structures == Names{"BEA01", nsr});
}

TEST_CASE("structures of other standards are passed over, unknown ones end the sequence",
          "[udf][recognition]") {
  struct Case {
    Names identifiers;
    bool recognised;
  };
  const Case c =
      GENERATE(Case{{"CD001", "CD001", "CD001", "BEA01", "NSR02", "TEA01"}, true},
               Case{{"NSR02"}, true}, Case{{"BOOT2", "CDW02", "NSR03"}, true},
               Case{{"BEA01", "TEA01", "NSR02"}, false}, Case{{"BEA01", "OTHER", "NSR02"}, false},
               Case{{"BEA01", "NSR01"}, false}, Case{{"nsr02"}, false}, Case{{}, false});
  const MemorySource image(image_of(c.identifiers));
  CHECK(read_recognition_sequence(image, 2048, 0).recognised == c.recognised);
}

TEST_CASE("with blocks of 4096 bytes structures stand one a block, or 2048 bytes apart",
          "[udf][recognition]") {
  const std::uint64_t step = GENERATE(2048U, 4096U);
  const MemorySource image(image_of({"BEA01", "NSR03", "TEA01"}, step));
  CHECK(read_recognition_sequence(image, 4096, 0).recognised);
}

TEST_CASE("the sequence of a session is looked for behind its beginning", "[udf][recognition]") {
  const MemorySource image(image_of({"BEA01", "NSR02", "TEA01"}, 2048, 100 * 2048 + kBegin));
  CHECK_FALSE(read_recognition_sequence(image, 2048, 0).recognised);
  CHECK(read_recognition_sequence(image, 2048, std::uint64_t{100} * 2048).recognised);
}

TEST_CASE("a sequence that does not end is given up", "[udf][recognition]") {
  MemorySource image(64U << 20U);
  for (std::uint64_t at = kBegin; at < 32U << 20U; at += 2048)
    image.put(at, test::bytes_of({0}) + test::bytes_of("CD001"));
  const auto found = read_recognition_sequence(image, 2048, 0);
  CHECK_FALSE(found.recognised);
  CHECK(found.structures.size() == 4096);
}

TEST_CASE("an image that ends before the sequence is none", "[udf][recognition]") {
  const std::uint64_t size = GENERATE(0U, 32'768U, 32'774U);
  const MemorySource image(size);
  CHECK_FALSE(read_recognition_sequence(image, 2048, 0).recognised);
}

TEST_CASE("where the beginning cannot be read the disc gets the benefit of the doubt",
          "[udf][recognition]") {
  const MemorySource image(image_of({"BEA01", "NSR02"}));
  test::FailingSource failing(image);
  failing.fail_after(0);
  CHECK(read_recognition_sequence(failing, 2048, 0).recognised);
  failing.fail_after(1);
  CHECK_FALSE(read_recognition_sequence(failing, 2048, 0).recognised);
}
