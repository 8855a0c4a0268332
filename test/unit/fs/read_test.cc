#include <isofuse/read.h>

#include <algorithm>
#include <functional>
#include <vector>

#include <nlohmann/json.hpp>

#include <isofuse/limits.h>

#include "support/catch.h"
#include "support/failing_source.h"
#include "support/iso_builder.h"

using namespace isofuse;
using test::Bytes;
using test::MemorySource;
using Kind = Extent::Kind;

namespace {

/// A file system of one file, whose runs a test gives.
class RunsFilesystem final : public Filesystem {
 public:
  explicit RunsFilesystem(std::vector<Extent> runs, std::vector<DecodedBytes> blocks = {})
      : decoded(std::move(blocks)), runs_(std::move(runs)) {}
  [[nodiscard]] View view() const override { return View::kIso; }
  [[nodiscard]] NodeId root() const override { return {}; }
  Result<Attributes> attributes(NodeId) const override { return Attributes{}; }
  Result<std::shared_ptr<const Directory>> directory(NodeId) const override { return kNo; }
  Result<NodeId> parent(NodeId) const override { return kNo; }
  Result<std::string> link_target(NodeId) const override { return kNo; }
  Result<Extent> extent(NodeId, std::uint64_t offset) const override {
    for (const Extent& run : runs_)
      if (offset >= run.file_offset && offset - run.file_offset < run.length_bytes) return run;
    return Extent{Kind::kEnd, offset, 0, 0};
  }
  Result<DecodedBytes> decode(NodeId, std::uint64_t offset) const override {
    for (const DecodedBytes& block : decoded)
      if (offset >= block.file_offset && offset - block.file_offset < block.bytes->size())
        return block;
    if (decoded.empty()) return kNo;
    return decoded.back();
  }
  Result<std::vector<ExtendedAttribute>> extended_attributes(NodeId) const override { return kNo; }
  [[nodiscard]] VolumeStats stats() const override { return {}; }
  [[nodiscard]] std::string label() const override { return {}; }
  [[nodiscard]] std::string format() const override { return "Fake"; }
  [[nodiscard]] nlohmann::ordered_json facts() const override { return {}; }

  std::vector<DecodedBytes> decoded;

 private:
  static constexpr Error kNo{Errc::kUnsupported, "not here"};
  std::vector<Extent> runs_;
};

Bytes join(const std::vector<Piece>& pieces) {
  Bytes out;
  for (const Piece& piece : pieces) out.insert(out.end(), piece.bytes.begin(), piece.bytes.end());
  return out;
}

/// Image bytes 100 to 110, a hole of 20, image bytes 50 to 60, ten decoded.
RunsFilesystem mixed() {
  return RunsFilesystem({{Kind::kImage, 0, 10, 100},
                         {Kind::kZeros, 10, 20, 0},
                         {Kind::kImage, 30, 10, 50},
                         {Kind::kDecoded, 40, 10, 0}},
                        {{40, std::make_shared<Bytes>(test::bytes_of("0123456789"))}});
}

Bytes mixed_bytes(const Bytes& image) {
  Bytes out(image.begin() + 100, image.begin() + 110);
  out.resize(30);
  out.insert(out.end(), image.begin() + 50, image.begin() + 60);
  const Bytes last = test::bytes_of("0123456789");
  out.insert(out.end(), last.begin(), last.end());
  return out;
}

}  // namespace

TEST_CASE("every part of a file is read from where it is, as pieces and as bytes", "[read]") {
  const Bytes all = test::pattern(1000);
  MemorySource image(all);
  image.lend(GENERATE(false, true));
  const RunsFilesystem filesystem = mixed();
  const Bytes expected = mixed_bytes(all);
  for (std::size_t offset = 0; offset <= 52; ++offset) {
    for (std::size_t length = 0; length <= 55; ++length) {
      const std::size_t begin = std::min<std::size_t>(offset, 50);
      const std::size_t end = std::min<std::size_t>(begin + length, 50);
      const std::size_t size = offset > 50 ? 0 : end - begin;
      const Bytes part(expected.begin() + static_cast<std::ptrdiff_t>(begin),
                       expected.begin() + static_cast<std::ptrdiff_t>(begin + size));
      std::vector<Piece> pieces;
      const auto got = read_pieces(filesystem, image, {}, offset, length, pieces);
      REQUIRE(got);
      REQUIRE(*got == size);
      REQUIRE(join(pieces) == part);
      Bytes into(length);
      const auto copied = read_bytes(filesystem, image, {}, offset, into);
      REQUIRE(copied);
      REQUIRE(*copied == size);
      into.resize(size);
      REQUIRE(into == part);
    }
  }
}

TEST_CASE("what the image lends is not copied", "[read]") {
  MemorySource image(test::pattern(1000));
  const RunsFilesystem filesystem({{Kind::kImage, 0, 500, 100}});
  std::vector<Piece> pieces;
  image.lend(true);
  REQUIRE(read_pieces(filesystem, image, {}, 5, 100, pieces));
  REQUIRE(pieces.size() == 1);
  CHECK(pieces[0].bytes.data() == image.borrow(105, 100).data());
  CHECK(pieces[0].owner == nullptr);
  CHECK(image.reads() == 0);
  image.lend(false);
  pieces.clear();
  REQUIRE(read_pieces(filesystem, image, {}, 5, 100, pieces));
  REQUIRE(pieces.size() == 1);
  CHECK(pieces[0].owner != nullptr);
  CHECK(image.reads() == 1);
}

TEST_CASE("a long hole is answered in pieces of zeros", "[read]") {
  const MemorySource image(10);
  const RunsFilesystem filesystem({{Kind::kZeros, 0, std::uint64_t{1} << 60U, 0}});
  std::vector<Piece> pieces;
  constexpr std::size_t kLong = 1'000'000;
  const auto got = read_pieces(filesystem, image, {}, 12345, kLong, pieces);
  REQUIRE(got);
  CHECK(*got == kLong);
  CHECK(join(pieces) == Bytes(kLong));
}

TEST_CASE("an answer has a limited number of pieces, whatever the file is made of", "[read]") {
  const Bytes all = test::pattern(10'000);
  std::vector<Extent> runs;
  for (std::uint64_t i = 0; i < 2000; ++i) runs.push_back({Kind::kImage, i * 3, 3, (i * 5) % 9000});
  const RunsFilesystem filesystem(runs);
  MemorySource image(all);
  image.lend(GENERATE(true, false));
  std::vector<Piece> pieces;
  const auto got = read_pieces(filesystem, image, {}, 1, 5900, pieces);
  REQUIRE(got);
  CHECK(*got == 5900);
  CHECK(pieces.size() <= kPiecesMax);
  Bytes expected(5900);
  REQUIRE(read_bytes(filesystem, image, {}, 1, expected));
  CHECK(join(pieces) == expected);
  for (std::size_t i = 0; i < 5900; ++i) {
    const std::size_t at = i + 1;
    REQUIRE(expected[i] == all[(at / 3 * 5) % 9000 + at % 3]);
  }
}

TEST_CASE("a file that reaches past the image is truncated there", "[read]") {
  MemorySource image(test::pattern(1000));
  image.lend(GENERATE(false, true));
  const RunsFilesystem filesystem(
      {{Kind::kImage, 0, 10, 100}, {Kind::kImage, 10, 20, 990}, {Kind::kImage, 30, 9, ~0ULL - 3}});
  std::vector<Piece> pieces;
  CHECK(read_pieces(filesystem, image, {}, 0, 20, pieces));
  Bytes into(21);
  for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{30}}) {
    pieces.clear();
    const auto got = read_pieces(filesystem, image, {}, offset, 21, pieces);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == Errc::kTruncated);
    const auto copied = read_bytes(filesystem, image, {}, offset, into);
    REQUIRE_FALSE(copied);
    CHECK(copied.error().code == Errc::kTruncated);
  }
}

TEST_CASE("decoded bytes that end too early are damage, not an endless loop", "[read]") {
  const MemorySource image(10);
  RunsFilesystem filesystem({{Kind::kDecoded, 0, 100, 0}});
  filesystem.decoded.push_back({0, std::make_shared<Bytes>(50)});
  std::vector<Piece> pieces;
  CHECK(*read_pieces(filesystem, image, {}, 0, 50, pieces) == 50);
  pieces.clear();
  CHECK(read_pieces(filesystem, image, {}, 0, 51, pieces).error().code == Errc::kCorrupt);
  Bytes into(51);
  CHECK(read_bytes(filesystem, image, {}, 0, into).error().code == Errc::kCorrupt);
}

TEST_CASE("errors of the image and of the file system are handed on", "[read]") {
  const MemorySource image(test::pattern(1000));
  test::FailingSource failing(image);
  const RunsFilesystem filesystem({{Kind::kImage, 0, 10, 100}, {Kind::kDecoded, 10, 10, 0}});
  failing.fail_after(0);
  std::vector<Piece> pieces;
  const auto got = read_pieces(filesystem, failing, {}, 0, 10, pieces);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == Errc::kIo);
  CHECK(read_pieces(filesystem, failing, {}, 10, 10, pieces).error().code == Errc::kUnsupported);
}

TEST_CASE("decoded pieces keep their bytes alive", "[read]") {
  const MemorySource image(10);
  std::vector<Piece> pieces;
  {
    RunsFilesystem filesystem({{Kind::kDecoded, 0, 10, 0}});
    filesystem.decoded.push_back({0, std::make_shared<Bytes>(test::bytes_of("0123456789"))});
    REQUIRE(read_pieces(filesystem, image, {}, 2, 5, pieces));
  }
  CHECK(test::text_of(join(pieces)) == "23456");
}
