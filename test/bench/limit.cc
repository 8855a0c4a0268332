// limit [--million] [-f] BIG MOUNTPOINT: what FUSE itself costs.
//
// A file system that parses nothing: it shows the tree of tree.h by rule, the small files from one
// text in memory and the big one from a mapping of BIG. Everything that FUSE offers to be fast is
// on: no OPEN, no OPENDIR, READDIRPLUS always, pages, names, attributes and links kept for ever,
// and an answer is one writev. What it lacks is a disc to read, so this is the bound for whoever
// answers every request when it comes.
#define FUSE_USE_VERSION 312
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tree.h"

namespace {

constexpr double kForever = 1e9;
constexpr fuse_ino_t kSmallNode = 2, kManyNode = 3, kBigNode = 4;

bool g_million = false;
std::string g_text;
const char* g_big = nullptr;
// Made once: to format names would be a cost that no image has.
std::vector<std::string> g_directory_names, g_file_names;

// A directory below small/ (or the root, with --million) is (d + 1) << 32; a file in it, or in
// many/, adds its index + 1.
struct Place {
  unsigned directory = 0;
  std::optional<unsigned> file;
};
fuse_ino_t node_of(unsigned directory) { return fuse_ino_t{directory + 1} << 32U; }
fuse_ino_t node_of(unsigned directory, unsigned file) { return node_of(directory) + file + 1; }
Place place_of(fuse_ino_t node) {
  Place out{static_cast<unsigned>(node >> 32U) - 1, std::nullopt};
  if ((node & 0xFFFFFFFFU) != 0) out.file = static_cast<unsigned>(node & 0xFFFFFFFFU) - 1;
  return out;
}

unsigned directories() { return g_million ? bench::kMillionDirectories : bench::kSmallDirectories; }
unsigned files_of(unsigned directory) {
  if (g_million) return bench::kMillionFiles;
  return directory == bench::kSmallDirectories ? bench::kManyFiles : bench::kSmallFiles;
}
std::uint64_t size_of(const Place& place) {
  return g_million ? bench::kMillionFileBytes : bench::file_bytes(place.directory, *place.file);
}
/// The directory number behind a node that holds files only; many/ has the last one.
std::optional<unsigned> leaf(fuse_ino_t node) {
  if (node == kManyNode) return bench::kSmallDirectories;
  if (node >> 32U != 0 && !place_of(node).file) return place_of(node).directory;
  return std::nullopt;
}
bool lists_directories(fuse_ino_t node) {
  return g_million ? node == FUSE_ROOT_ID : node == kSmallNode;
}

struct stat stat_of(fuse_ino_t node) {
  struct stat out {};
  out.st_ino = node;
  out.st_nlink = 1;
  out.st_mtime = out.st_atime = out.st_ctime = 1767225600;
  if (node == kBigNode || (node >> 32U != 0 && place_of(node).file)) {
    out.st_mode = S_IFREG | 0444;
    out.st_size = static_cast<off_t>(node == kBigNode ? bench::kBigBytes : size_of(place_of(node)));
    out.st_blocks = (out.st_size + 511) / 512;
  } else {
    out.st_mode = S_IFDIR | 0555;
  }
  return out;
}
fuse_entry_param entry_of(fuse_ino_t node) {
  fuse_entry_param out{};
  out.ino = node;
  out.attr = stat_of(node);
  out.attr_timeout = out.entry_timeout = kForever;
  return out;
}

std::size_t count_of(fuse_ino_t node) {
  if (const auto directory = leaf(node)) return files_of(*directory);
  if (lists_directories(node)) return directories();
  return 3;
}
struct Child {
  const char* name;
  fuse_ino_t node;
};
Child child_of(fuse_ino_t node, std::size_t index) {
  static constexpr Child kTop[] = {
      {"big.bin", kBigNode}, {"many", kManyNode}, {"small", kSmallNode}};
  const auto at = static_cast<unsigned>(index);
  if (const auto directory = leaf(node)) return {g_file_names[at].c_str(), node_of(*directory, at)};
  if (lists_directories(node)) return {g_directory_names[at].c_str(), node_of(at)};
  return kTop[index];
}

void op_init(void*, fuse_conn_info* connection) {
  connection->want |=
      connection->capable &
      (FUSE_CAP_ASYNC_READ | FUSE_CAP_ASYNC_DIO | FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_READDIRPLUS |
       FUSE_CAP_CACHE_SYMLINKS | FUSE_CAP_EXPLICIT_INVAL_DATA);
  connection->want &= ~static_cast<unsigned>(FUSE_CAP_READDIRPLUS_AUTO | FUSE_CAP_AUTO_INVAL_DATA |
                                             FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE);
  connection->max_readahead = 1U << 20U;
  connection->max_background = 64;
  connection->congestion_threshold = 48;
}

unsigned number_in(const char* name) { return static_cast<unsigned>(std::atoi(name + 1)); }

void op_lookup(fuse_req_t req, fuse_ino_t parent, const char* name) {
  fuse_entry_param entry{};
  entry.entry_timeout = kForever;
  if (const auto directory = leaf(parent)) {
    const unsigned file = number_in(name);
    if (name[0] == 'f' && file < files_of(*directory)) entry = entry_of(node_of(*directory, file));
  } else if (lists_directories(parent)) {
    if (name[0] == 'd' && number_in(name) < directories())
      entry = entry_of(node_of(number_in(name)));
  } else {
    for (std::size_t i = 0; i < count_of(parent); ++i)
      if (std::strcmp(child_of(parent, i).name, name) == 0)
        entry = entry_of(child_of(parent, i).node);
  }
  fuse_reply_entry(req, &entry);
}

void op_getattr(fuse_req_t req, fuse_ino_t node, fuse_file_info*) {
  const struct stat out = stat_of(node);
  fuse_reply_attr(req, &out, kForever);
}

void op_open(fuse_req_t req, fuse_ino_t, fuse_file_info*) { fuse_reply_err(req, ENOSYS); }

void op_read(fuse_req_t req, fuse_ino_t node, size_t size, off_t offset, fuse_file_info*) {
  static const std::vector<char> zeros(bench::kMillionFileBytes);
  const Place place = node == kBigNode ? Place{} : place_of(node);
  const char* from = g_big;
  std::uint64_t bytes = bench::kBigBytes;
  if (node != kBigNode) {
    from =
        g_million ? zeros.data() : g_text.data() + bench::text_offset(place.directory, *place.file);
    bytes = size_of(place);
  }
  const std::uint64_t at = std::min<std::uint64_t>(static_cast<std::uint64_t>(offset), bytes);
  fuse_reply_buf(req, from + at, std::min<std::uint64_t>(size, bytes - at));
}

void op_readdirplus(fuse_req_t req, fuse_ino_t node, size_t size, off_t offset, fuse_file_info*) {
  size = std::min<std::size_t>(size, 1U << 20U);
  const auto buffer = std::make_unique_for_overwrite<char[]>(size);
  std::size_t used = 0;
  for (auto at = static_cast<std::size_t>(offset); at < count_of(node) + 2; ++at) {
    const Child child = at < 2 ? Child{at == 0 ? "." : "..", node} : child_of(node, at - 2);
    const fuse_entry_param entry = entry_of(child.node);
    const std::size_t room = size - used;
    const std::size_t needed = fuse_add_direntry_plus(req, buffer.get() + used, room, child.name,
                                                      &entry, static_cast<off_t>(at + 1));
    if (needed > room) break;
    used += needed;
  }
  fuse_reply_buf(req, buffer.get(), used);
}

const char* map_big(const char* path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  void* const mapped =
      file < 0 ? MAP_FAILED : mmap(nullptr, bench::kBigBytes, PROT_READ, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) {
    std::perror(path);
    std::exit(1);
  }
  close(file);
  return static_cast<const char*>(mapped);
}

}  // namespace

int main(int argc, char** argv) {
  bool foreground = false;
  int at = 1;
  for (; at < argc && argv[at][0] == '-'; ++at) {
    if (std::strcmp(argv[at], "--million") == 0) g_million = true;
    if (std::strcmp(argv[at], "-f") == 0) foreground = true;
  }
  if (argc - at != 2) {
    std::fputs("limit [--million] [-f] BIG MOUNTPOINT\n", stderr);
    return 2;
  }
  g_text = bench::make_text();
  g_big = g_million ? nullptr : map_big(argv[at]);
  for (unsigned d = 0; d < directories(); ++d)
    g_directory_names.push_back(bench::directory_name(d, g_million));
  for (unsigned f = 0; f < (g_million ? bench::kMillionFiles : bench::kManyFiles); ++f)
    g_file_names.push_back(bench::file_name(f));

  fuse_lowlevel_ops ops{};
  ops.init = op_init;
  ops.lookup = op_lookup;
  ops.getattr = op_getattr;
  ops.open = op_open;
  ops.opendir = op_open;
  ops.read = op_read;
  ops.readdirplus = op_readdirplus;

  fuse_args args = FUSE_ARGS_INIT(0, nullptr);
  for (const char* argument : {"limit", "-oro", "-ofsname=limit"})
    fuse_opt_add_arg(&args, argument);
  fuse_session* const session = fuse_session_new(&args, &ops, sizeof ops, nullptr);
  if (session == nullptr || fuse_set_signal_handlers(session) != 0 ||
      fuse_session_mount(session, argv[at + 1]) != 0)
    return 1;
  if (!foreground && fuse_daemonize(0) != 0) return 1;
  fuse_loop_config* const config = fuse_loop_cfg_create();
  fuse_loop_cfg_set_max_threads(config, 4);
  const int ended = fuse_session_loop_mt(session, config);
  fuse_session_unmount(session);
  return ended < 0 ? 1 : 0;
}
