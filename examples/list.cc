// list IMAGE: the paths of everything on a disc, with their sizes.
//
//     c++ -std=c++20 list.cc $(pkg-config --cflags --libs libisofuse) -o list
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <isofuse/messages.h>
#include <isofuse/open.h>

namespace {

void tell(const std::string& path, const isofuse::Error& error) {
  std::fprintf(stderr, "list: %s: %s\n", path.c_str(), isofuse::describe(error).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: list IMAGE\n", stderr);
    return 2;
  }
  isofuse::set_message_handler([](isofuse::Severity severity, std::string_view message) {
    if (severity == isofuse::Severity::kWarning)
      std::fprintf(stderr, "list: %.*s\n", static_cast<int>(message.size()), message.data());
  });
  // The image must live longer than the file system that reads it.
  const auto image = isofuse::open_image(argv[1]);
  if (!image) {
    tell(argv[1], image.error());
    return 1;
  }
  const auto opened = isofuse::open_filesystem(**image, isofuse::Options{});
  if (!opened) {
    tell(argv[1], opened.error());
    return 1;
  }
  const isofuse::Filesystem& disc = **opened;
  std::printf("# %s, %s\n", disc.label().c_str(), disc.format().c_str());

  // A directory that is reached a second time is not listed again, so no disc makes this endless.
  std::vector<std::pair<std::string, isofuse::NodeId>> waiting = {{"", disc.root()}};
  bool whole = true;
  while (!waiting.empty()) {
    const auto [path, node] = std::move(waiting.back());
    waiting.pop_back();
    const auto directory = disc.directory(node);
    if (!directory) {
      tell(path, directory.error());
      whole = false;
      continue;
    }
    for (std::size_t i = 0; i < (*directory)->size(); ++i) {
      const isofuse::DirectoryEntry entry = (*directory)->entry(i);
      const std::string name = path + "/" + std::string(entry.name);
      const auto attributes = disc.attributes(entry.node);
      if (!attributes) {
        tell(name, attributes.error());
        whole = false;
        continue;
      }
      std::printf("%12llu %s\n", static_cast<unsigned long long>(attributes->size_bytes),
                  name.c_str());
      // ".." of a directory tells whether it is this one's child, or only reached from here.
      if (attributes->type != isofuse::FileType::kDirectory || !entry.first_to_node) continue;
      const auto parent = disc.parent(entry.node);
      if (parent && *parent == node) waiting.emplace_back(name, entry.node);
    }
  }
  return whole ? 0 : 1;
}
