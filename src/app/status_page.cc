#include "app/status_page.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <boost/interprocess/anonymous_shared_memory.hpp>
#include <boost/interprocess/exceptions.hpp>
#include <boost/interprocess/file_mapping.hpp>

namespace isofuse::app {
namespace {

namespace bip = boost::interprocess;

constexpr const char* kName = "isofuse-status";
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
/// Of the programs whose open files are looked at: isofuse, mount.isofuse, isofuse-disc.
constexpr std::string_view kProgram = "isofuse";

std::string path_of(int descriptor) { return fmt::format("/proc/self/fd/{}", descriptor); }

/// What is in a directory of /proc; nothing where it may not be listed.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> out;
  std::error_code err;
  for (std::filesystem::directory_iterator at(directory, err), end; !err && at != end;
       at.increment(err))
    out.push_back(at->path());
  return out;
}

/// The mount namespace of a process, as text.
std::filesystem::path namespace_of(const std::filesystem::path& process) {
  std::error_code err;
  return std::filesystem::read_symlink(process / "ns/mnt", err);
}

bool is_ours(const std::filesystem::path& process) {
  const std::string name = process.filename();
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) == 0) return false;
  std::ifstream file(process / "comm");
  std::string program;
  return std::getline(file, program) && program.find(kProgram) != std::string::npos;
}

}  // namespace

std::unique_ptr<SharedStatus> SharedStatus::create() {
  int descriptor = memfd_create(kName, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  bip::mapped_region region;
  try {
    if (descriptor >= 0 && fchmod(descriptor, S_IRUSR | S_IWUSR) == 0 &&
        ftruncate(descriptor, sizeof(StatusPage)) == 0 &&
        fcntl(descriptor, F_ADD_SEALS, kSeals) == 0)
      region = bip::mapped_region(bip::file_mapping(path_of(descriptor).c_str(), bip::read_write),
                                  bip::read_write);
  } catch (const bip::interprocess_exception&) {  // without /proc
  }
  if (region.get_address() == nullptr) {
    if (descriptor >= 0) close(std::exchange(descriptor, -1));
    region = bip::anonymous_shared_memory(sizeof(StatusPage));
  }
  auto* const page = new (region.get_address()) StatusPage{};
  page->magic = StatusPage::kMagic;
  page->version = StatusPage::kVersion;
  return std::unique_ptr<SharedStatus>(new SharedStatus(descriptor, std::move(region)));
}

SharedStatus::~SharedStatus() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::unique_ptr<SharedStatus> SharedStatus::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return nullptr;
  std::unique_ptr<SharedStatus> out;
  struct stat status = {};
  // Sealed, it cannot be cut off below the feet of who reads it.
  if (fstat(descriptor, &status) == 0 && status.st_size == sizeof(StatusPage) &&
      (fcntl(descriptor, F_GET_SEALS) & kSeals) == kSeals) {
    try {
      const bip::file_mapping file(path_of(descriptor).c_str(), bip::read_only);
      out.reset(new SharedStatus(-1, bip::mapped_region(file, bip::read_only)));
      out->owner_ = status.st_uid;
    } catch (const bip::interprocess_exception&) {
    }
  }
  close(descriptor);
  if (out &&
      (out->page().magic != StatusPage::kMagic || out->page().version != StatusPage::kVersion))
    out.reset();
  return out;
}

std::vector<std::unique_ptr<SharedStatus>> SharedStatus::find_all() {
  std::vector<std::unique_ptr<SharedStatus>> out;
  std::set<std::pair<dev_t, ino_t>> seen;  // both processes of a mount hold it
  const std::string target = fmt::format("/memfd:{} (deleted)", kName);
  const auto own_namespace = namespace_of("/proc/self");
  for (const auto& process : entries_of("/proc")) {
    if (!is_ours(process)) continue;
    for (const auto& file : entries_of(process / "fd")) {
      std::error_code err;
      struct stat status = {};
      if (std::filesystem::read_symlink(file, err) != target || stat(file.c_str(), &status) != 0 ||
          !seen.insert({status.st_dev, status.st_ino}).second)
        continue;
      auto found = open(file);
      if (!found) continue;
      found->in_other_namespace_ = namespace_of(process) != own_namespace;
      out.push_back(std::move(found));
    }
  }
  return out;
}

void set_text(std::span<char> into, std::string_view text) {
  std::size_t length = std::min(text.size(), into.size() - 1);
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  if (length < text.size())
    while (length > 0 && continues(length)) --length;
  std::copy_n(text.begin(), length, into.begin());
  std::fill(into.begin() + static_cast<std::ptrdiff_t>(length), into.end(), '\0');
}

std::string get_text(std::span<const char> from) {
  return {from.data(), strnlen(from.data(), from.size())};
}

}  // namespace isofuse::app
