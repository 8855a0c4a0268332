#include "fuse/decode_ahead.h"

#include <atomic>
#include <chrono>
#include <map>

#include "support/catch.h"
#include "support/fake_filesystem.h"

namespace isofuse::fuse {
namespace {

constexpr std::uint64_t kBlockBytes = 32U << 10U;
constexpr std::uint64_t kBlocks = 100;
constexpr NodeId kFile{7};

/// A file of blocks, each filled with its number; keeps what it decoded, as a real one does.
class Compressed final : public test::FakeFilesystem {
 public:
  Compressed() : FakeFilesystem(1) {}
  Result<Extent> extent(NodeId /*node*/, std::uint64_t offset) const override {
    if (offset >= kBlocks * kBlockBytes) return Extent{};
    const std::uint64_t begin = offset / kBlockBytes * kBlockBytes;
    return Extent{Extent::Kind::kDecoded, begin, kBlockBytes, 0};
  }
  Result<DecodedBytes> decode(NodeId /*node*/, std::uint64_t offset) const override {
    const std::uint64_t block = offset / kBlockBytes;
    const std::lock_guard held(mutex_);
    auto& kept = kept_[block];
    if (!kept) {
      if (block == damaged_) return Error{Errc::kCorrupt, "damaged"};
      ++decoded_;
      kept = std::make_shared<std::vector<std::byte>>(kBlockBytes, std::byte(block));
    }
    return DecodedBytes{block * kBlockBytes, kept};
  }
  void damage(std::uint64_t block) { damaged_ = block; }
  [[nodiscard]] unsigned decoded() const { return decoded_; }

 private:
  mutable std::mutex mutex_;
  mutable std::map<std::uint64_t, std::shared_ptr<const std::vector<std::byte>>> kept_;
  mutable std::atomic<unsigned> decoded_ = 0;
  std::uint64_t damaged_ = ~std::uint64_t{0};
};

void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(50)); }

TEST_CASE("blocks are decoded ahead of who reads in order") {
  const Compressed file;
  const DecodeAhead ahead(file, 2);
  for (std::uint64_t block = 0; block < 2; ++block)
    REQUIRE(ahead.decode(kFile, block * kBlockBytes));
  settle();
  CHECK(file.decoded() == 2 + DecodeAhead::kAheadBytes / kBlockBytes);
  for (std::uint64_t block = 2; block < kBlocks; ++block) {
    const auto decoded = ahead.decode(kFile, block * kBlockBytes + 5);
    REQUIRE(decoded);
    CHECK(decoded->file_offset == block * kBlockBytes);
    CHECK(decoded->bytes->front() == std::byte(block));
  }
  settle();
  CHECK(file.decoded() == kBlocks);
}

TEST_CASE("nothing is decoded ahead of random reads, nor without threads") {
  const unsigned threads = GENERATE(0U, 2U);
  const Compressed file;
  const DecodeAhead ahead(file, threads);
  const std::uint64_t step = threads == 0 ? 1 : 47;
  for (std::uint64_t i = 0; i < 10; ++i)
    REQUIRE(ahead.decode(kFile, i * step % kBlocks * kBlockBytes));
  settle();
  CHECK(file.decoded() == 10);
}

TEST_CASE("a damaged block costs itself only") {
  Compressed file;
  file.damage(10);
  const DecodeAhead ahead(file, 2);
  for (std::uint64_t block = 0; block < kBlocks; ++block)
    CHECK(ahead.decode(kFile, block * kBlockBytes).has_value() == (block != 10));
}

TEST_CASE("several readers get their blocks") {
  const Compressed file;
  const DecodeAhead ahead(file, 3);
  std::atomic<unsigned> wrong = 0;
  std::vector<std::thread> readers;
  for (unsigned reader = 0; reader < 4; ++reader) {
    readers.emplace_back([&, reader] {
      for (std::uint64_t i = 0; i < kBlocks; ++i) {
        const std::uint64_t block = (i + reader * 20) % kBlocks;
        const auto decoded = ahead.decode(kFile, block * kBlockBytes);
        if (!decoded || decoded->bytes->front() != std::byte(block)) ++wrong;
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace isofuse::fuse
