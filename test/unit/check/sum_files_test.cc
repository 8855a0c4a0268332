#include "check/sum_files.h"

#include "support/catch.h"

namespace isofuse {
namespace {

const std::string kMd5 = "900150983cd24fb0d6963f7d28e17f72";

TEST_CASE("names of lists of sums") {
  CHECK(algorithm_of_list("md5sum.txt") == "md5");
  CHECK(algorithm_of_list("MD5SUMS") == "md5");
  CHECK(algorithm_of_list("SHA256SUMS.txt") == "sha256");
  CHECK(algorithm_of_list("sha512sum") == "sha512");
  CHECK_FALSE(algorithm_of_list("md5sum.txt.asc"));
  CHECK_FALSE(algorithm_of_list("md5"));
  CHECK_FALSE(algorithm_of_list(".txt"));
}

TEST_CASE("lines as coreutils and BSD write them") {
  const auto path = [](const std::string& line) {
    const auto sum = parse_sum_line(line, "md5");
    if (sum) CHECK(sum->digest == kMd5);
    return sum ? sum->path : std::string("none");
  };
  CHECK(path(kMd5 + "  ./a b") == "./a b");
  CHECK(path(kMd5 + " *a") == "a");
  CHECK(path(kMd5 + " a\r") == "a");
  CHECK(path("900150983CD24FB0D6963F7D28E17F72  a") == "a");
  CHECK(path("MD5 (a (b)) = " + kMd5) == "a (b)");
  CHECK(path("") == "none");
  CHECK(path("# " + kMd5 + "  a") == "none");
  CHECK(path(kMd5) == "none");
  CHECK(path(kMd5 + " ") == "none");
  CHECK(path(kMd5 + "0  a") == "none");
  CHECK(path("MD5 () = " + kMd5) == "none");
  CHECK(path("SHA1 (a) = " + kMd5) == "none");
  CHECK_FALSE(parse_sum_line(kMd5 + "  a", "sha1"));
}

}  // namespace
}  // namespace isofuse
