#include "fuse/walk_order.h"

#include <string>

#include "support/catch.h"

namespace isofuse::fuse {
namespace {

/// "d" entries are directories, "f" entries files; the node is the number behind the letter.
std::shared_ptr<const Directory> directory(const std::vector<std::string>& entries) {
  DirectoryBuilder builder({});
  for (const std::string& entry : entries)
    builder.add(entry, NodeId{std::stoull(entry.substr(1))},
                entry[0] == 'd' ? FileType::kDirectory : FileType::kRegular);
  return builder.finish();
}
FuseNode node(std::uint64_t value) { return {NodeId{value}, 0}; }

std::uint64_t next_of(const WalkOrder& walk) {
  const auto next = walk.next();
  return next ? next->entry.node.v : 0;
}

TEST_CASE("a walk is foretold from its second step on") {
  WalkOrder walk;
  const auto leaf = directory({"f100", "f101"});
  walk.listed(node(1), directory({"f9", "d2", "d3", "f8", "d4"}));
  CHECK(next_of(walk) == 0);
  walk.listed(node(2), leaf);
  CHECK(next_of(walk) == 3);
  CHECK(walk.next()->parent == node(1));
  walk.listed(node(3), directory({"d31", "d32"}));
  CHECK(next_of(walk) == 31);
  walk.listed(node(31), leaf);
  walk.listed(node(32), leaf);
  CHECK(next_of(walk) == 4);
  walk.listed(node(4), leaf);
  CHECK(next_of(walk) == 0);
}

TEST_CASE("who lists something else does not walk") {
  WalkOrder walk;
  const auto leaf = directory({"f100"});
  walk.listed(node(1), directory({"d2", "d3", "d4"}));
  walk.listed(node(2), leaf);
  walk.listed(node(77), leaf);
  CHECK(next_of(walk) == 0);
  walk.listed(node(4), leaf);
  CHECK(next_of(walk) == 0);
}

TEST_CASE("two programs that walk together are foretold as one") {
  WalkOrder walk;
  const auto root = directory({"d2", "d3", "d4"});
  const auto leaf = directory({"f100"});
  for (int program = 0; program < 2; ++program) walk.listed(node(1), root);
  for (int program = 0; program < 2; ++program) walk.listed(node(2), leaf);
  CHECK(next_of(walk) == 3);
  for (int program = 0; program < 2; ++program) walk.listed(node(3), leaf);
  CHECK(next_of(walk) == 4);
}

TEST_CASE("a tree that does not end is followed to a bound") {
  WalkOrder walk;
  for (std::uint64_t depth = 1; depth < 3 * WalkOrder::kDepthMax; ++depth)
    walk.listed(node(depth), directory({"d" + std::to_string(depth + 1)}));
  SUCCEED();
}

}  // namespace
}  // namespace isofuse::fuse
