#include "app/render.h"

#include <nlohmann/json.hpp>

#include "support/catch.h"

namespace isofuse::app {
namespace {

using Json = nlohmann::ordered_json;

TEST_CASE("members become aligned lines") {
  Json object;
  object["image"] = "a.iso";
  object["size_bytes"] = 1536000;
  object["recognised"] = true;
  object["other"] = nullptr;
  object["views"] = {"rockridge", "iso"};
  object["boot"] = Json::array();
  CHECK(render_text(object) ==
        "Image:      a.iso\n"
        "Size:       1,536,000 bytes (1.5 MiB)\n"
        "Recognised: yes\n"
        "Other:      -\n"
        "Views:      rockridge, iso\n"
        "Boot:       none\n");
}

TEST_CASE("objects in lists stand behind a dash") {
  Json object;
  object["sessions"] = {{{"session", 0}, {"volume_blocks", 12}}, {{"session", 1}}};
  CHECK(render_text(object) ==
        "Sessions:\n"
        "  - Session:       0\n"
        "    Volume blocks: 12\n"
        "  - Session: 1\n");
}

TEST_CASE("lists of small objects become tables") {
  Json object;
  object["areas"] = {{{"kind", "anchor"}, {"start_block", 256}},
                     {{"kind", "partition"}, {"start_block", 272}},
                     {{"kind", "a\x1b[31m"}, {"start_block", 1}}};
  CHECK(render_text(object) ==
        "Areas:\n"
        "  Kind       Start block\n"
        "  anchor     256\n"
        "  partition  272\n"
        "  a?[31m     1\n");
  object["areas"][1]["blocks"] = 7;
  CHECK(render_text(object).find("  - Kind:        partition\n") != std::string::npos);
  object["areas"] = {Json::object(), Json::object(), Json::object()};
  CHECK_FALSE(render_text(object).empty());
}

TEST_CASE("a disc's words cannot steer the terminal") {
  Json object;
  object["label"] = "a\x1b[31mb\n\x7f\xc2\x9b z";
  CHECK(render_text(object) == "Label: a?[31mb??? z\n");
}

}  // namespace
}  // namespace isofuse::app
