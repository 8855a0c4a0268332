#include "fuse/listed_directories.h"

#include <algorithm>

#include "support/catch.h"

namespace isofuse::fuse {
namespace {

NodeId node(std::uint64_t value) { return NodeId{value}; }

TEST_CASE("a file is found in the directory whose range holds it") {
  ListedDirectories listed;
  listed.add(node(1), node(100), node(199));
  listed.add(node(2), node(200), node(299));
  CHECK(listed.candidates(node(150)) == std::vector{node(1)});
  CHECK(listed.candidates(node(200)) == std::vector{node(2)});
  CHECK(listed.candidates(node(299)) == std::vector{node(2)});
  CHECK(listed.candidates(node(99)).empty());
  CHECK(listed.candidates(node(300)).empty());
}

TEST_CASE("the pieces of a listing make one range") {
  ListedDirectories listed;
  listed.add(node(1), node(150), node(199));
  listed.add(node(1), node(100), node(149));
  CHECK(listed.size() == 1);
  CHECK(listed.candidates(node(100)) == std::vector{node(1)});
  CHECK(listed.candidates(node(199)) == std::vector{node(1)});
}

TEST_CASE("ranges that overlap are all candidates, the nearest first") {
  ListedDirectories listed;
  listed.add(node(1), node(100), node(900));
  listed.add(node(2), node(200), node(300));
  CHECK(listed.candidates(node(250)) == std::vector{node(2), node(1)});
  CHECK(listed.candidates(node(500)) == std::vector{node(1)});
}

TEST_CASE("the directory listed longest ago is forgotten") {
  ListedDirectories listed;
  for (std::uint64_t i = 0; i <= ListedDirectories::kDirectoriesMax; ++i) {
    listed.add(node(i), node(1000 + 10 * i), node(1009 + 10 * i));
    if (i == 5) listed.add(node(0), node(1000), node(1009));  // listed again
  }
  CHECK(listed.size() == ListedDirectories::kDirectoriesMax);
  CHECK(listed.candidates(node(1000)) == std::vector{node(0)});
  CHECK(listed.candidates(node(1010)).empty());
}

}  // namespace
}  // namespace isofuse::fuse
