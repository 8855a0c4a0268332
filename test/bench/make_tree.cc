// make-tree DIR: writes the benchmark's tree (tree.h) into DIR, to be mastered.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "tree.h"

namespace {

void write_file(const std::string& path, std::string_view bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0 || write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    std::perror(path.c_str());
    std::exit(1);
  }
  close(file);
}

void make_directory(const std::string& path) {
  if (mkdir(path.c_str(), 0755) != 0) {
    std::perror(path.c_str());
    std::exit(1);
  }
}

/// Bytes that no program can take for a hole or compress away.
void write_big(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  std::vector<std::uint64_t> block((1U << 20U) / sizeof(std::uint64_t));
  std::uint64_t count = 0;
  for (std::uint64_t done = 0; done < bench::kBigBytes; done += 1U << 20U) {
    for (std::uint64_t& word : block) word = bench::mixed(count++);
    if (file < 0 || write(file, block.data(), 1U << 20U) != 1 << 20) {
      std::perror(path.c_str());
      std::exit(1);
    }
  }
  close(file);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("make-tree DIR\n", stderr);
    return 2;
  }
  const std::string root = argv[1];
  const std::string text = bench::make_text();
  make_directory(root);
  make_directory(root + "/small");
  for (unsigned d = 0; d < bench::kSmallDirectories; ++d) {
    const std::string directory = root + "/small/" + bench::directory_name(d, false);
    make_directory(directory);
    for (unsigned f = 0; f < bench::kSmallFiles; ++f)
      write_file(directory + "/" + bench::file_name(f), bench::contents(text, d, f));
  }
  make_directory(root + "/many");
  for (unsigned f = 0; f < bench::kManyFiles; ++f)
    write_file(root + "/many/" + bench::file_name(f),
               bench::contents(text, bench::kSmallDirectories, f));
  write_big(root + "/big.bin");
}
