#include "fuse/pusher.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>

#include "support/catch.h"
#include "support/fake_filesystem.h"
#include "support/memory_source.h"

namespace isofuse::fuse {
namespace {

constexpr std::size_t kFiles = 100;
constexpr std::uint64_t kFirstFile = 1000;

std::byte byte_at(std::size_t offset) { return static_cast<std::byte>(offset * 7 % 251); }

/// A directory (node 2) of files that lie one behind the other, but for some special ones.
class Disc {
 public:
  Disc() : image_(bytes()), filesystem_(1) {
    test::FakeNode& directory = filesystem_.directory_node(2, 1);
    for (std::uint64_t i = 0; i < kFiles; ++i) {
      directory.entries.emplace_back("f" + std::to_string(i), kFirstFile + i);
      test::FakeNode& file = filesystem_.file_node(kFirstFile + i);
      file.size_bytes = 100 + i;
      file.extents = {{Extent::Kind::kImage, 0, 100 + i, i * 300}};
    }
    // Two runs and a hole between them.
    filesystem_.file_node(kFirstFile + 20).extents = {{Extent::Kind::kImage, 0, 40, 0},
                                                      {Extent::Kind::kZeros, 40, 40, 0},
                                                      {Extent::Kind::kImage, 80, 40, 900}};
    filesystem_.file_node(kFirstFile + 21).size_bytes = 0;
    filesystem_.file_node(kFirstFile + 22).size_bytes = Pusher::kFileBytesMax + 1;
    filesystem_.file_node(kFirstFile + 23).extents = {
        {Extent::Kind::kImage, 0, 123, std::uint64_t{1} << 40U}};         // outside of the image
    filesystem_.file_node(kFirstFile + 24).extents[0].length_bytes = 50;  // less than it says
  }
  [[nodiscard]] const Filesystem& filesystem() const { return filesystem_; }
  [[nodiscard]] const Source& image() const { return image_; }

 private:
  static std::vector<std::byte> bytes() {
    std::vector<std::byte> out(40000);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = byte_at(i);
    return out;
  }
  test::MemorySource image_;
  test::FakeFilesystem filesystem_;
};

/// What a kernel would hold.
class Kernel {
 public:
  int store(NodeId file, std::span<const std::byte> bytes) {
    const std::lock_guard lock(mutex_);
    ++calls_;
    if (file.v >= unknown_from_) return -ENOENT;
    stored_[file.v].assign(bytes.begin(), bytes.end());
    return 0;
  }
  void forget_from(std::uint64_t node) { unknown_from_ = node; }
  std::map<std::uint64_t, std::vector<std::byte>> stored() {
    const std::lock_guard lock(mutex_);
    return stored_;
  }
  std::size_t calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  std::mutex mutex_;
  std::size_t calls_ = 0;
  std::uint64_t unknown_from_ = ~std::uint64_t{0};
  std::map<std::uint64_t, std::vector<std::byte>> stored_;
};

/// Waits until nothing was stored for a while.
void settle(Kernel& kernel) {
  std::size_t before = ~std::size_t{0};
  while (kernel.calls() != before) {
    before = kernel.calls();
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
  }
}

/// Reads the directory in order, asking only for what was not stored.
std::size_t read_in_order(Pusher& pusher, Kernel& kernel) {
  std::size_t requests = 0;
  for (std::uint64_t i = 0; i < kFiles; ++i) {
    if (kernel.stored().contains(kFirstFile + i)) continue;
    ++requests;
    pusher.read(NodeId{kFirstFile + i});
    settle(kernel);
  }
  return requests;
}

TEST_CASE("files of a listed directory are stored as READ would answer them") {
  const Disc disc;
  Kernel kernel;
  Pusher pusher(disc.filesystem(), disc.image(),
                [&](NodeId file, auto bytes) { return kernel.store(file, bytes); });
  REQUIRE(pusher.start());
  pusher.listed(NodeId{2}, NodeId{kFirstFile}, NodeId{kFirstFile + kFiles - 1});
  CHECK(read_in_order(pusher, kernel) < 20);
  pusher.stop();
  const auto stored = kernel.stored();
  CHECK(stored.size() > 80);
  for (const auto& [node, bytes] : stored) {
    std::vector<std::byte> expected(1000);
    const auto size = read_bytes(disc.filesystem(), disc.image(), NodeId{node}, 0, expected);
    REQUIRE(size);
    expected.resize(*size);
    CHECK(bytes == expected);
    CHECK(bytes.size() == disc.filesystem().attributes(NodeId{node})->size_bytes);
  }
  CHECK(stored.contains(kFirstFile + 20));
  for (const std::uint64_t odd : {21U, 22U, 23U, 24U})
    CHECK_FALSE(stored.contains(kFirstFile + odd));
}

TEST_CASE("what was not listed is not pushed, and a listing alone pushes nothing") {
  const Disc disc;
  Kernel kernel;
  Pusher pusher(disc.filesystem(), disc.image(),
                [&](NodeId file, auto bytes) { return kernel.store(file, bytes); });
  REQUIRE(pusher.start());
  CHECK(read_in_order(pusher, kernel) == kFiles);
  CHECK(kernel.calls() == 0);
  pusher.listed(NodeId{2}, NodeId{kFirstFile}, NodeId{kFirstFile + kFiles - 1});
  settle(kernel);
  CHECK(kernel.calls() == 0);
}

/// Directories 2, 3, ... of ten files each.
class Tree {
 public:
  static constexpr std::uint64_t kEach = 10;
  static constexpr std::uint64_t kDirectories = 8;
  Tree() : image_(std::vector<std::byte>(1000)), filesystem_(1) {
    for (std::uint64_t d = 2; d < 2 + kDirectories; ++d) {
      test::FakeNode& directory = filesystem_.directory_node(d, 1);
      for (std::uint64_t i = 0; i < kEach; ++i) {
        directory.entries.emplace_back("f" + std::to_string(i), first_of(d) + i);
        test::FakeNode& file = filesystem_.file_node(first_of(d) + i);
        file.size_bytes = 100;
        file.extents = {{Extent::Kind::kImage, 0, 100, 0}};
      }
    }
  }
  static std::uint64_t first_of(std::uint64_t directory) { return directory * 100; }
  static void list(Pusher& pusher, std::uint64_t directory) {
    pusher.listed(NodeId{directory}, NodeId{first_of(directory)},
                  NodeId{first_of(directory) + kEach - 1});
  }
  [[nodiscard]] const Filesystem& filesystem() const { return filesystem_; }
  [[nodiscard]] const Source& image() const { return image_; }

 private:
  test::MemorySource image_;
  test::FakeFilesystem filesystem_;
};

TEST_CASE("after directories that were read to their ends the next one is pushed as it is listed") {
  const Tree tree;
  Kernel kernel;
  Pusher pusher(tree.filesystem(), tree.image(),
                [&](NodeId file, auto bytes) { return kernel.store(file, bytes); });
  REQUIRE(pusher.start());
  for (std::uint64_t d = 2; d < 7; ++d) {
    Tree::list(pusher, d);
    settle(kernel);
    for (std::uint64_t i = 0; i < Tree::kEach; ++i) {
      if (kernel.stored().contains(Tree::first_of(d) + i)) continue;
      pusher.read(NodeId{Tree::first_of(d) + i});
      settle(kernel);
    }
  }
  // The last one was asked for its last file only.
  CHECK(kernel.stored().contains(Tree::first_of(6)));
  CHECK(kernel.stored().contains(Tree::first_of(6) + Tree::kEach - 2));
  CHECK_FALSE(kernel.stored().contains(Tree::first_of(6) + Tree::kEach - 1));

  // Then a plain walk: it costs the pushes of one directory.
  for (std::uint64_t d = 7; d < 2 + Tree::kDirectories; ++d) {
    Tree::list(pusher, d);
    settle(kernel);
  }
  CHECK(kernel.stored().contains(Tree::first_of(7)));
  CHECK_FALSE(kernel.stored().contains(Tree::first_of(8)));
  CHECK_FALSE(kernel.stored().contains(Tree::first_of(9)));
}

TEST_CASE("files that the kernel does not know end the pushes") {
  const Disc disc;
  Kernel kernel;
  kernel.forget_from(0);
  Pusher pusher(disc.filesystem(), disc.image(),
                [&](NodeId file, auto bytes) { return kernel.store(file, bytes); });
  REQUIRE(pusher.start());
  pusher.listed(NodeId{2}, NodeId{kFirstFile}, NodeId{kFirstFile + kFiles - 1});
  for (std::uint64_t i = 0; i < 4; ++i) pusher.read(NodeId{kFirstFile + i});
  settle(kernel);
  CHECK(kernel.calls() <= 4);
}

TEST_CASE("it stops in the middle of its work, and takes reports after that") {
  const Disc disc;
  Kernel kernel;
  Pusher pusher(disc.filesystem(), disc.image(), [&](NodeId file, auto bytes) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return kernel.store(file, bytes);
  });
  REQUIRE(pusher.start());
  pusher.listed(NodeId{2}, NodeId{kFirstFile}, NodeId{kFirstFile + kFiles - 1});
  for (std::uint64_t i = 0; i < 50; ++i) pusher.read(NodeId{kFirstFile + i});
  pusher.stop();
  pusher.read(NodeId{kFirstFile});
  pusher.listed(NodeId{2}, NodeId{kFirstFile}, NodeId{kFirstFile});
  pusher.stop();
}

}  // namespace
}  // namespace isofuse::fuse
