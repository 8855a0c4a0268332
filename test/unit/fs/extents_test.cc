#include <isofuse/extents.h>

#include <algorithm>
#include <vector>

#include <isofuse/limits.h>

#include "support/catch.h"
#include "support/fake_filesystem.h"

namespace isofuse {
namespace {

using Kind = Extent::Kind;

/// The extents of a file that has these.
Result<std::vector<Extent>> extents_of(std::vector<Extent> runs) {
  test::FakeFilesystem disc(1);
  disc.directory_node(1, 1);
  disc.file_node(2).extents = std::move(runs);
  return file_extents(disc, NodeId{2});
}

std::string text_of(std::vector<Extent> runs) {
  const auto extents = extents_of(std::move(runs));
  REQUIRE(extents);
  return describe_extents(*extents);
}

TEST_CASE("the pieces of a file are told, holes and compressed ones too") {
  CHECK(text_of({}) == "");
  CHECK(text_of({{Kind::kImage, 0, 100, 2048}}) == "2048 100\n");
  CHECK(text_of({{Kind::kImage, 0, 2048, 4096},
                 {Kind::kZeros, 2048, 4096, 0},
                 {Kind::kDecoded, 6144, 10, 0},
                 {Kind::kImage, 6154, 5, 9000}}) ==
        "4096 2048\nhole 4096\ncompressed 10\n9000 5\n");
}

TEST_CASE("pieces that continue each other are one") {
  CHECK(text_of({{Kind::kImage, 0, 2048, 4096}, {Kind::kImage, 2048, 52, 6144}}) == "4096 2100\n");
  CHECK(text_of({{Kind::kImage, 0, 2048, 4096}, {Kind::kImage, 2048, 52, 2048}}) ==
        "4096 2048\n2048 52\n");
  CHECK(text_of({{Kind::kZeros, 0, 10, 0}, {Kind::kZeros, 10, 10, 7}}) == "hole 20\n");
}

/// Its file has `count` bytes, no two side by side.
class Scattered final : public test::FakeFilesystem {
 public:
  explicit Scattered(std::uint64_t count) : FakeFilesystem(1), count_(count) {}
  Result<Extent> extent(NodeId /*node*/, std::uint64_t offset) const override {
    if (offset >= count_) return Extent{};
    return Extent{Kind::kImage, offset, 1, 2 * offset};
  }

 private:
  std::uint64_t count_;
};

TEST_CASE("a file in too many pieces is not listed in part") {
  const auto listed = file_extents(Scattered(kListedExtentsMax), NodeId{2});
  REQUIRE_FALSE(listed);
  CHECK(listed.error().code == Errc::kTooLarge);
  const auto fewer = file_extents(Scattered(kListedExtentsMax - 1), NodeId{2});
  REQUIRE(fewer);
  CHECK(fewer->size() == kListedExtentsMax - 1);
}

}  // namespace
}  // namespace isofuse
