// Boot entries, and the files that they mean.
#include "app/boot_paths.h"

#include <nlohmann/json.hpp>

#include <isofuse/open.h>

#include "support/catch.h"
#include "support/iso_builder.h"

namespace isofuse::app {
namespace {

using Json = nlohmann::ordered_json;

/// Of a disc with the files CAT at sector 30, LOADER at 31 and an empty one at 32.
Json with_paths(Json facts) {
  test::Disc disc =
      test::plain_disc({test::file_record("CAT", 30, 100), test::file_record("EMPTY", 32, 0),
                        test::file_record("LOADER", 31, 100)});
  const auto image = disc.source();
  const auto filesystem = open_filesystem(image, {});
  REQUIRE(filesystem);
  add_boot_paths(**filesystem, facts);
  return facts;
}

TEST_CASE("boot images get the paths of the files that begin where they do") {
  const Json facts =
      with_paths({{"boot",
                   {{{"catalog_sector", 30},
                     {"images", {{{"sector", 31}, {"load_bytes", 1}}, {{"sector", 32}}}}},
                    {{"catalog_sector", 31}}}}});
  CHECK(
      facts.dump() ==
      R"({"boot":[{"catalog_sector":30,"catalog_path":"cat","images":[{"sector":31,"path":"loader",)"
      R"("load_bytes":1},{"sector":32}]},{"catalog_sector":31}]})");
}

TEST_CASE("where nothing boots there is nothing to be found") {
  CHECK(with_paths({{"label", "X"}}) == Json({{"label", "X"}}));
  CHECK(with_paths({{"boot", Json::array()}}) == Json({{"boot", Json::array()}}));
}

}  // namespace
}  // namespace isofuse::app
