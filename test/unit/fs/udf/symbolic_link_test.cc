#include "fs/udf/symbolic_link.h"

#include <isofuse/limits.h>

#include "support/catch.h"
#include "support/udf_builder.h"

using namespace isofuse;
using namespace isofuse::udf;
using test::Bytes;
using test::operator+;
namespace build = test::udf;
using build::path_component;

namespace {

constexpr std::uint64_t kPlace = 9000;

Bytes named(std::string_view name) { return path_component(5, build::cs0(name)); }

Result<std::string> target(const Bytes& components) {
  return link_target(ByteView(components, kPlace), nullptr);
}

}  // namespace

TEST_CASE("path components make a target", "[udf][symbolic_link]") {
  struct Case {
    Bytes components;
    std::string target;
  };
  const Case c = GENERATE(
      Case{named("file"), "file"}, Case{named("a") + named("b"), "a/b"},
      Case{path_component(2), "/"}, Case{path_component(2) + named("etc"), "/etc"},
      Case{path_component(3), ".."}, Case{path_component(3) + path_component(3), "../.."},
      Case{path_component(4), "."}, Case{path_component(4) + named("a"), "./a"},
      Case{path_component(3) + named("a") + path_component(4), "../a/."},
      // A root begins it anew; a root of type 1 too, unless it is one that was agreed upon.
      Case{named("a") + path_component(2) + named("b"), "/b"},
      Case{named("a") + path_component(1) + named("b"), "/b"},
      Case{path_component(1, "agreed") + named("b"), "b"},
      Case{path_component(9) + named("b"), "b"}, Case{path_component(0), ""}, Case{{}, ""},
      Case{path_component(5, build::cs0(u"\u65E5")), "日"});
  CAPTURE(c.target);
  CHECK(target(c.components).value() == c.target);
}

TEST_CASE("a name in a target is shown as in a directory", "[udf][symbolic_link]") {
  const auto shown = target(named("a/b") + named("c"));
  REQUIRE(shown);
  CHECK(shown->substr(0, 4) == "a_b#");
  CHECK(shown->substr(8) == "/c");
}

TEST_CASE("a component that does not fit is refused with its place", "[udf][symbolic_link]") {
  struct Case {
    std::size_t cut_to;
    std::uint64_t offset;
  };
  const Bytes whole = named("abc") + named("defg");  // 8 and 9 bytes
  const Case c =
      GENERATE(Case{16, 12}, Case{12, 12}, Case{11, 8}, Case{9, 8}, Case{7, 4}, Case{1, 0});
  CAPTURE(c.cut_to);
  const auto cut = target(build::sized(whole, c.cut_to));
  REQUIRE_FALSE(cut);
  CHECK(cut.error().code == Errc::kCorrupt);
  CHECK(cut.error().offset == kPlace + c.offset);
}

TEST_CASE("a component whose name is none is refused with its place", "[udf][symbolic_link]") {
  const auto bad = target(named("a") + path_component(5, "\x07zz"));
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Errc::kCorrupt);
  CHECK(bad.error().offset == kPlace + 6 + 4);
}

TEST_CASE("a component without a name does not make a relative target absolute",
          "[udf][symbolic_link]") {
  const std::string identifier = GENERATE(std::string(), build::cs0(""));
  for (const Bytes& before : {Bytes{}, named("a")}) {
    const auto bad = target(before + path_component(5, identifier) + named("etc"));
    REQUIRE_FALSE(bad);
    CHECK(bad.error().code == Errc::kCorrupt);
    CHECK(bad.error().offset == kPlace + before.size() + 4);
  }
}

TEST_CASE("a target of the largest size stands, a longer one does not", "[udf][symbolic_link]") {
  static_assert(kLinkBytesMax == 4095);
  Bytes components;
  for (int i = 0; i < 2047; ++i) components = components + path_component(4);  // "./" each
  CHECK(target(components + named("x")).value().size() == kLinkBytesMax);
  const auto longer = target(components + named("xy"));
  REQUIRE_FALSE(longer);
  CHECK(longer.error().code == Errc::kTooLarge);
  CHECK(longer.error().offset == kPlace + 2047 * 4 + 4);
}
