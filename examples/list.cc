// list IMAGE: the paths of everything on a disc, with their sizes.
//
//     c++ -std=c++20 list.cc $(pkg-config --cflags --libs libisofuse) -o list
#include <cstdio>
#include <string>
#include <string_view>

#include <isofuse/messages.h>
#include <isofuse/open.h>
#include <isofuse/walk.h>

namespace {

void tell(std::string_view path, const isofuse::Error& error) {
  std::fprintf(stderr, "list: %.*s: %s\n", static_cast<int>(path.size()), path.data(),
               isofuse::describe(error).c_str());
}

class Lister final : public isofuse::Visitor {
 public:
  isofuse::Step enter(const isofuse::Visit& directory) override { return file(directory); }
  isofuse::Step file(const isofuse::Visit& file) override {
    if (!file.path.empty())  // the root
      std::printf("%12llu /%.*s\n", static_cast<unsigned long long>(file.attributes.size_bytes),
                  static_cast<int>(file.path.size()), file.path.data());
    return isofuse::Step::kGoOn;
  }
  void failed(std::string_view path, const isofuse::Error& error) override {
    tell(path, error);
    whole = false;
  }

  bool whole = true;
};

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

  isofuse::Selection everything;
  everything.whole = true;
  Lister lister;
  isofuse::walk(disc, everything, lister);
  return lister.whole ? 0 : 1;
}
