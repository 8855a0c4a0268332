#include "app/boot_paths.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include <isofuse/selection.h>
#include <isofuse/walk.h>
#include "base/facts_text.h"

namespace isofuse::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kSectorBytes = 2048;  // in which El Torito counts
constexpr std::size_t kFilesMax = 100'000;

class Finder final : public Visitor {
 public:
  Finder(const Filesystem& filesystem, std::map<std::uint64_t, std::string>& paths)
      : filesystem_(filesystem), paths_(paths), missing_(paths.size()) {}

  Step enter(const Visit& directory) override {
    static_cast<void>(directory);
    return count();
  }
  Step file(const Visit& file) override {
    if (file.attributes.size_bytes == 0) return count();
    const auto extent = filesystem_.extent(file.node, 0);
    if (!extent || extent->kind != Extent::Kind::kImage) return count();
    const auto found = paths_.find(extent->image_offset);
    if (found != paths_.end() && found->second.empty()) {
      found->second = file.path;
      if (--missing_ == 0) return Step::kStop;
    }
    return count();
  }
  void failed(std::string_view path, const Error& error) override {
    static_cast<void>(path);
    static_cast<void>(error);  // what cannot be read is no file that could be named
  }

 private:
  Step count() { return ++seen_ < kFilesMax ? Step::kGoOn : Step::kStop; }

  const Filesystem& filesystem_;
  std::map<std::uint64_t, std::string>& paths_;
  std::size_t missing_;
  std::size_t seen_ = 0;
};

std::uint64_t place(const Json& object, const char* key) {
  return object.at(key).get<std::uint64_t>() * kSectorBytes;
}

/// Puts the path of what begins at the sector `at` there, if it is a file.
void insert_behind(Json& object, const char* at, const char* key,
                   const std::map<std::uint64_t, std::string>& paths) {
  const auto found = paths.find(place(object, at));
  if (found == paths.end() || found->second.empty()) return;
  Json out;
  for (auto& [name, value] : object.items()) {
    out[name] = std::move(value);
    if (name == at) out[key] = printable(found->second);
  }
  object = std::move(out);
}

}  // namespace

void add_boot_paths(const Filesystem& filesystem, Json& facts) {
  if (!facts.contains("boot")) return;
  std::map<std::uint64_t, std::string> paths;  // by the offset of their bytes
  for (const Json& boot : facts["boot"]) {
    if (!boot.contains("images")) continue;
    paths[place(boot, "catalog_sector")];
    for (const Json& image : boot["images"]) paths[place(image, "sector")];
  }
  if (paths.empty()) return;
  Finder finder(filesystem, paths);
  Selection everything;
  everything.whole = true;
  static_cast<void>(walk(filesystem, everything, finder));
  for (Json& boot : facts["boot"]) {
    if (!boot.contains("images")) continue;
    insert_behind(boot, "catalog_sector", "catalog_path", paths);
    for (Json& image : boot["images"]) insert_behind(image, "sector", "path", paths);
  }
}

}  // namespace isofuse::app
