// cat IMAGE PATH: the contents of one file of a disc.
//
//     c++ -std=c++20 cat.cc $(pkg-config --cflags --libs libisofuse) -o cat
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <isofuse/messages.h>
#include <isofuse/open.h>
#include <isofuse/read.h>

namespace {

int fail(const char* what, const isofuse::Error& error) {
  std::fprintf(stderr, "cat: %s: %s\n", what, isofuse::describe(error).c_str());
  return 1;
}

/// The node at `path`; links are not followed.
isofuse::Result<isofuse::NodeId> find(const isofuse::Filesystem& disc, std::string_view path) {
  isofuse::NodeId node = disc.root();
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (name.empty()) continue;
    const auto directory = disc.directory(node);
    if (!directory) return directory.error();
    const auto index = (*directory)->find(name);
    if (!index) return isofuse::Error{isofuse::Errc::kNotFound, "no such file on the disc"};
    node = (*directory)->entry(*index).node;
  }
  return node;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: cat IMAGE PATH\n", stderr);
    return 2;
  }
  const auto image = isofuse::open_image(argv[1]);
  if (!image) return fail(argv[1], image.error());
  const auto opened = isofuse::open_filesystem(**image, isofuse::Options{});
  if (!opened) return fail(argv[1], opened.error());
  const isofuse::Filesystem& disc = **opened;
  const auto node = find(disc, argv[2]);
  if (!node) return fail(argv[2], node.error());

  std::vector<std::byte> buffer(1 << 20);
  for (std::uint64_t offset = 0;;) {
    // What is compressed comes out decompressed, and holes as zeros.
    const auto got = isofuse::read_bytes(disc, **image, *node, offset, buffer);
    if (!got) return fail(argv[2], got.error());
    if (*got == 0) break;
    if (std::fwrite(buffer.data(), 1, *got, stdout) != *got) return 1;
    offset += *got;
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
