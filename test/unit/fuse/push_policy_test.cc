#include "fuse/push_policy.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "support/catch.h"

namespace isofuse::fuse {
namespace {

using Verdict = PushWindow::Verdict;

/// Everything that the window gives now, each file of `bytes` bytes.
std::vector<std::uint32_t> drain(PushWindow& window, std::uint64_t bytes = 4096) {
  std::vector<std::uint32_t> out;
  while (const auto file = window.next()) {
    out.push_back(*file);
    window.pushed(bytes);
  }
  return out;
}

/// Reads in `order`; what was pushed is read without a request. Returns the requests.
std::size_t read_all(PushWindow& window, const std::vector<std::uint32_t>& order) {
  std::set<std::uint32_t> pushed;
  std::size_t requests = 0;
  for (const std::uint32_t file : order) {
    if (pushed.contains(file)) continue;
    ++requests;
    if (window.on_read(file) == Verdict::kOrdersWanted) {
      window.orders_complete();
      window.on_read(file);
    }
    for (const std::uint32_t next : drain(window)) CHECK(pushed.insert(next).second);
  }
  return requests;
}

std::vector<std::uint32_t> listing(std::size_t count) {
  std::vector<std::uint32_t> out(count);
  std::iota(out.begin(), out.end(), 0U);
  return out;
}

TEST_CASE("a window doubles while what it pushes is used") {
  PushWindow window(200, 0);
  CHECK(window.on_read(0) == Verdict::kFollowed);
  CHECK(drain(window).empty());  // one read is no order
  CHECK(window.on_read(1) == Verdict::kFollowed);
  CHECK(drain(window) == std::vector<std::uint32_t>{2, 3});
  CHECK(window.unconfirmed());
  CHECK(window.on_read(4) == Verdict::kFollowed);
  CHECK_FALSE(window.unconfirmed());
  CHECK(drain(window) == std::vector<std::uint32_t>{5, 6, 7, 8});
  CHECK(window.on_read(9) == Verdict::kFollowed);
  CHECK(drain(window).size() == 8);
}

TEST_CASE("a window is bounded in files and in bytes") {
  PushWindow window(100000, PushWindow::kConfidenceMax);
  window.on_read(0);
  CHECK(drain(window).size() == std::size_t{1} << PushWindow::kConfidenceMax);
  window.on_read(129);
  CHECK(drain(window, PushWindow::kWindowBytesMax / 4).size() == 4);
}

TEST_CASE("the last file of a directory is left to be asked for") {
  PushWindow window(10, PushWindow::kConfidenceMax);
  window.on_read(0);
  CHECK(drain(window) == std::vector<std::uint32_t>{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(window.unconfirmed());
  CHECK(window.on_read(9) == Verdict::kFollowed);
  CHECK_FALSE(window.unconfirmed());
  CHECK(drain(window).empty());
}

TEST_CASE("directories of no and of one file push nothing") {
  PushWindow none(0, 7);
  CHECK(drain(none).empty());
  PushWindow one(1, 7);
  CHECK(one.on_read(0) == Verdict::kFollowed);
  CHECK(drain(one).empty());
}

TEST_CASE("reads that jump about close the window") {
  PushWindow window(1000, 0);
  window.on_read(0);
  window.on_read(1);
  drain(window);
  window.on_read(4);
  drain(window);
  window.orders_complete();
  CHECK(window.on_read(500) == Verdict::kJumped);
  CHECK(window.confidence() == 0);
  CHECK(drain(window).empty());
  CHECK(window.on_read(700) == Verdict::kJumped);
  CHECK(drain(window).empty());
  // And whoever reads on from there is followed again.
  CHECK(window.on_read(701) == Verdict::kFollowed);
  CHECK(drain(window) == std::vector<std::uint32_t>{702, 703});
}

TEST_CASE("a window that closes while it is pushed stops at once") {
  PushWindow window(1000, 7);
  window.on_read(0);
  REQUIRE(window.next() == 1U);
  window.orders_complete();
  CHECK(window.on_read(600) == Verdict::kJumped);
  CHECK_FALSE(window.is_open());
  CHECK_FALSE(window.next());
}

TEST_CASE("a file that was read is never pushed") {
  PushWindow window(100, 0);
  window.orders_complete();
  window.on_read(5);
  window.on_read(0);
  window.on_read(1);
  CHECK(drain(window) == std::vector<std::uint32_t>{2, 3});
  window.on_read(4);
  const auto pushed = drain(window);
  CHECK_FALSE(std::ranges::count(pushed, 5U));
  CHECK(window.on_read(5) == Verdict::kKnown);
}

TEST_CASE("a file that is asked for although it was pushed changes nothing") {
  PushWindow window(100, 3);
  window.on_read(0);
  drain(window);
  CHECK(window.on_read(1) == Verdict::kKnown);  // the push came too late
  CHECK(window.on_read(9) == Verdict::kFollowed);
}

TEST_CASE("files may be left out on the way") {
  PushWindow window(100, 0);
  window.on_read(0);
  CHECK(window.on_read(1 + PushWindow::kGapMax) == Verdict::kFollowed);
  CHECK(window.on_read(20) == Verdict::kOrdersWanted);
}

TEST_CASE("another order is found and followed") {
  std::vector<std::uint32_t> backwards = listing(300);
  std::ranges::reverse(backwards);
  PushWindow window(300, 0);
  CHECK(window.on_read(299) == Verdict::kFollowed);
  CHECK(window.on_read(298) == Verdict::kOrdersWanted);
  window.add_order(backwards);
  window.orders_complete();
  CHECK(window.on_read(298) == Verdict::kFollowed);
  CHECK(drain(window) == std::vector<std::uint32_t>{297, 296});
  CHECK(window.on_read(295) == Verdict::kFollowed);
  CHECK(drain(window).size() == 4);
}

TEST_CASE("an order that is not the expected one is found behind its pushes") {
  // Even numbers first, as they might lie on a disc.
  std::vector<std::uint32_t> disc;
  for (std::uint32_t start : {0U, 1U})
    for (std::uint32_t file = start; file < 200; file += 2) disc.push_back(file);
  PushWindow window(200, 5);  // trusts the listing
  window.add_order(disc);
  window.orders_complete();
  CHECK(read_all(window, disc) < 20);
}

TEST_CASE("few requests are left of a directory that is read in order") {
  PushWindow fresh(100, 0);
  CHECK(read_all(fresh, listing(100)) <= 9);
  PushWindow trusted(100, 7);
  CHECK(read_all(trusted, listing(100)) == 2);
}

TEST_CASE("little is pushed for random reads") {
  std::vector<std::uint32_t> order = listing(1000);
  std::uint32_t random = 12345;  // a fixed seed
  for (std::size_t i = order.size(); i > 1; --i) {
    random = random * 1664525 + 1013904223;
    std::swap(order[i - 1], order[(random >> 8) % i]);
  }
  PushWindow window(1000, 0);
  CHECK(read_all(window, order) > 950);
}

TEST_CASE("what the kernel refuses ends the window") {
  PushWindow window(100, 5);
  window.on_read(0);
  REQUIRE(window.next() == 1);
  REQUIRE(window.next() == 2);
  window.refused(2);
  CHECK_FALSE(window.next());
  CHECK(window.on_read(2) == Verdict::kFollowed);  // it does not count as pushed
  CHECK(window.next() == 3);
}

TEST_CASE("a window that begins with the listing is confirmed by the first request behind it") {
  PushWindow window(10, PushWindow::kConfidenceMax);
  window.begin();
  CHECK(drain(window) == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(window.unconfirmed());
  CHECK_FALSE(window.read_through());
  CHECK(window.on_read(9) == Verdict::kFollowed);
  CHECK_FALSE(window.unconfirmed());
  CHECK(window.read_through());
  PushWindow none(0, 7);
  none.begin();
  CHECK(drain(none).empty());
}

TEST_CASE("directories that were read to their ends make eager, and one that was not ends it") {
  PushConfidence confidence;
  confidence.read_through();
  CHECK_FALSE(confidence.eager());
  confidence.read_through();
  CHECK(confidence.eager());
  confidence.disappointed();
  CHECK_FALSE(confidence.eager());
  confidence.read_through();
  CHECK_FALSE(confidence.eager());
}

TEST_CASE("confidence is earned by directories and lost by them") {
  PushConfidence confidence;
  CHECK(confidence.start() == 0);
  confidence.followed(5);
  confidence.followed(3);
  CHECK(confidence.start() == 5);
  confidence.disappointed();
  CHECK(confidence.start() == 3);
  for (int i = 0; i < 3; ++i) confidence.disappointed();
  CHECK(confidence.start() == 0);
}

}  // namespace
}  // namespace isofuse::fuse
