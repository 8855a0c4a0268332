// The loads of the benchmark, compiled, so that what is measured is the file system and not the
// reader. Each prints one line of JSON: the seconds it took, how much it saw, and a sum over that.
//
//   load walk DIR...               lists the whole tree and stats every entry; a process for each
//   DIR load read DIR [ORDER]          reads the files of each directory in the order in which they
//   are
//                                  listed, or: name, inode, random, sparse (every 7th), first (one
//                                  of each directory)
//   load lookup DIR COUNT FILES    stats COUNT of the names f00000.txt .. at random
//   load sequence FILE [READERS]   reads it from end to end; each reader has its part
//   load random FILE COUNT         reads 4 KiB at COUNT places
//   load inflate FILE              inflates a file that mkzftree has made, block by block, in
//   memory load mount POINT COMMAND...    runs the command and stats POINT
#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tree.h"

extern char** environ;

namespace {

using Clock = std::chrono::steady_clock;

struct Seen {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  std::uint64_t sum = 0;
};

[[noreturn]] void fail(const std::string& what) {
  std::perror(what.c_str());
  std::exit(1);
}

struct Name {
  std::string name;
  std::uint64_t inode;
  unsigned char type;
};

std::vector<Name> list(const std::string& path) {
  DIR* const directory = opendir(path.c_str());
  if (directory == nullptr) fail(path);
  std::vector<Name> out;
  while (const dirent* entry = readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..")
      out.push_back({std::string(name), entry->d_ino, entry->d_type});
  }
  closedir(directory);
  return out;
}

void walk(const std::string& path, Seen& seen) {
  DIR* const directory = opendir(path.c_str());
  if (directory == nullptr) fail(path);
  const int at = dirfd(directory);
  std::vector<std::string> below;
  while (const dirent* entry = readdir(directory)) {
    if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) continue;
    struct stat status {};
    if (fstatat(at, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) fail(entry->d_name);
    ++seen.count;
    if (S_ISREG(status.st_mode)) seen.bytes += static_cast<std::uint64_t>(status.st_size);
    if (S_ISDIR(status.st_mode)) below.emplace_back(entry->d_name);
  }
  closedir(directory);
  for (const std::string& name : below) walk(path + "/" + name, seen);
}

/// Adds one file; `at` is its directory.
void read_file(int at, const char* name, std::vector<char>& buffer, Seen& seen) {
  const int file = openat(at, name, O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file < 0 || fstat(file, &status) != 0) fail(name);
  std::uint64_t sum = 0;
  ssize_t got = 0;
  while ((got = read(file, buffer.data(), buffer.size())) > 0) {
    seen.bytes += static_cast<std::uint64_t>(got);
    // A few bytes of each file, so that wrong ones show and the cost is none.
    for (const ssize_t where : {ssize_t{0}, got / 2, got - 1})
      sum = sum * 31 + static_cast<unsigned char>(buffer[static_cast<std::size_t>(where)]);
  }
  seen.sum += sum;  // whatever the order of the files
  if (got < 0) fail(name);
  close(file);
  ++seen.count;
}

void order_files(std::vector<Name>& files, const std::string& order) {
  if (order == "name") {
    std::ranges::sort(files, {}, &Name::name);
  } else if (order == "inode") {
    std::ranges::sort(files, {}, &Name::inode);
  } else if (order == "random") {
    for (std::size_t i = files.size(); i > 1; --i)
      std::swap(files[i - 1], files[bench::mixed(i) % i]);
  } else if (order == "sparse") {
    std::vector<Name> kept;
    for (std::size_t i = 0; i < files.size(); i += 7) kept.push_back(files[i]);
    files = kept;
  } else if (order == "first") {
    files.resize(std::min<std::size_t>(1, files.size()));
  }
}

void read_tree(const std::string& path, const std::string& order, Seen& seen) {
  static std::vector<char> buffer(64U << 10U);
  std::vector<std::string> below;
  std::vector<Name> files;
  for (Name& name : list(path)) {
    if (name.type == DT_DIR)
      below.push_back(name.name);
    else
      files.push_back(std::move(name));
  }
  order_files(files, order);
  const int at = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (const Name& name : files) read_file(at, name.name.c_str(), buffer, seen);
  close(at);
  for (const std::string& name : below) read_tree(path + "/" + name, order, seen);
}

void lookup(const std::string& path, unsigned count, unsigned files, Seen& seen) {
  const int at = open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  for (unsigned i = 0; i < count; ++i) {
    const std::string name = bench::file_name(static_cast<unsigned>(bench::mixed(i) % files));
    struct stat status {};
    if (fstatat(at, name.c_str(), &status, 0) != 0) fail(name);
    ++seen.count;
    seen.bytes += static_cast<std::uint64_t>(status.st_size);
  }
  close(at);
}

void read_part(const std::string& path, unsigned part, unsigned parts, Seen& seen) {
  std::vector<char> buffer(256U << 10U);
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file < 0 || fstat(file, &status) != 0) fail(path);
  const std::uint64_t each = static_cast<std::uint64_t>(status.st_size) / parts;
  std::uint64_t pos = each * part;
  const std::uint64_t end =
      part + 1 == parts ? static_cast<std::uint64_t>(status.st_size) : pos + each;
  while (pos < end) {
    const ssize_t got =
        pread(file, buffer.data(), std::min<std::uint64_t>(buffer.size(), end - pos),
              static_cast<off_t>(pos));
    if (got <= 0) fail(path);
    seen.sum =
        seen.sum * 31 + static_cast<unsigned char>(buffer[static_cast<std::size_t>(got) / 2]);
    seen.bytes += static_cast<std::uint64_t>(got);
    pos += static_cast<std::uint64_t>(got);
  }
  close(file);
}

void random_reads(const std::string& path, unsigned count, Seen& seen) {
  std::vector<char> buffer(4096);
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file < 0 || fstat(file, &status) != 0) fail(path);
  posix_fadvise(file, 0, 0, POSIX_FADV_RANDOM);
  const std::uint64_t blocks = static_cast<std::uint64_t>(status.st_size) / buffer.size();
  for (unsigned i = 0; i < count; ++i) {
    const auto at = static_cast<off_t>(bench::mixed(i) % blocks * buffer.size());
    if (pread(file, buffer.data(), buffer.size(), at) != static_cast<ssize_t>(buffer.size()))
      fail(path);
    seen.sum = seen.sum * 31 + static_cast<unsigned char>(buffer[i % buffer.size()]);
    ++seen.count;
  }
  close(file);
}

/// The bound for a reader of compressed files with one processor.
void inflate_all(const std::string& path, Seen& seen) {
  constexpr std::size_t kHeaderBytes = 16;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file < 0 || fstat(file, &status) != 0) fail(path);
  std::vector<unsigned char> in(static_cast<std::size_t>(status.st_size));
  for (std::size_t done = 0; done < in.size();) {
    const ssize_t got = read(file, in.data() + done, in.size() - done);
    if (got <= 0) fail(path);
    done += static_cast<std::size_t>(got);
  }
  close(file);
  const auto number = [&](std::size_t at) {
    return static_cast<std::size_t>(in[at]) | static_cast<std::size_t>(in[at + 1]) << 8U |
           static_cast<std::size_t>(in[at + 2]) << 16U |
           static_cast<std::size_t>(in[at + 3]) << 24U;
  };
  const std::size_t size = number(8), block = std::size_t{1} << in[13];
  std::vector<unsigned char> out(block);
  for (std::size_t i = 0; i * block < size; ++i) {
    const std::size_t from = number(kHeaderBytes + 4 * i), to = number(kHeaderBytes + 4 * i + 4);
    uLongf length = out.size();
    if (from != to && uncompress(out.data(), &length, in.data() + from, to - from) != Z_OK)
      fail(path);
    seen.bytes += length;
  }
}

/// Runs `body(i)` in `count` processes at once and waits for all.
template <class Body>
void in_processes(unsigned count, Body&& body) {
  std::vector<pid_t> children;
  for (unsigned i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      body(i);
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    if (waitpid(child, &status, 0) != child || status != 0) fail("a reader");
  }
}

void mount_and_stat(const char* point, char** command) {
  pid_t child = 0;
  int status = 0;
  struct stat out {};
  if (posix_spawnp(&child, command[0], nullptr, nullptr, command, environ) != 0) fail(command[0]);
  if (waitpid(child, &status, 0) != child || status != 0 || stat(point, &out) != 0) fail(point);
}

unsigned number(const char* text) { return static_cast<unsigned>(std::atoi(text)); }

}  // namespace

int main(int argc, char** argv) {
  const std::string load = argc > 2 ? argv[1] : "";
  Seen seen;
  const auto begin = Clock::now();
  if (load == "walk" && argc == 3) {
    walk(argv[2], seen);
  } else if (load == "walk") {
    in_processes(static_cast<unsigned>(argc - 2), [&](unsigned i) { walk(argv[2 + i], seen); });
  } else if (load == "read") {
    read_tree(argv[2], argc > 3 ? argv[3] : "", seen);
  } else if (load == "lookup" && argc == 5) {
    lookup(argv[2], number(argv[3]), number(argv[4]), seen);
  } else if (load == "sequence" && argc == 4) {
    const unsigned readers = number(argv[3]);
    in_processes(readers, [&](unsigned i) { read_part(argv[2], i, readers, seen); });
  } else if (load == "sequence") {
    read_part(argv[2], 0, 1, seen);
  } else if (load == "random" && argc == 4) {
    random_reads(argv[2], number(argv[3]), seen);
  } else if (load == "inflate" && argc == 3) {
    inflate_all(argv[2], seen);
  } else if (load == "mount" && argc > 3) {
    mount_and_stat(argv[2], argv + 3);
  } else {
    std::fputs("usage: see the head of load.cc\n", stderr);
    return 2;
  }
  const std::chrono::duration<double> took = Clock::now() - begin;
  std::printf("{\"seconds\": %.6f, \"count\": %llu, \"bytes\": %llu, \"sum\": %llu}\n",
              took.count(), static_cast<unsigned long long>(seen.count),
              static_cast<unsigned long long>(seen.bytes),
              static_cast<unsigned long long>(seen.sum));
}
