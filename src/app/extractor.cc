#include "app/extractor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "app/copy_contents.h"
#include "app/render.h"
#include "base/calendar.h"
#include "base/log.h"

namespace isofuse::app {
namespace {

constexpr mode_t kPrivateFile = 0600;
constexpr mode_t kPrivateDirectory = 0700;
/// Of the places of files with several names. Files whose place was not remembered are copied once
/// for each name.
constexpr std::size_t kLinkedBytesMax = std::size_t{64} << 20U;

std::array<timespec, 2> times_of(const Attributes& attributes) {
  return {to_timespec(attributes.accessed), to_timespec(attributes.modified)};
}

/// A name that leads nowhere but to an entry of the directory. The library promises no other; what
/// is at stake here is worth a second look.
bool is_plain(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

int open_directory(int parent, const char* name) {
  return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/// The directory that the path below `top` lies in, opened a name at a time; and the last name.
std::pair<int, std::string> open_parent(int top, std::string_view path) {
  int at = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (std::size_t slash = path.find('/'); at >= 0 && slash != std::string_view::npos;
       slash = path.find('/')) {
    const int next = open_directory(at, std::string(path.substr(0, slash)).c_str());
    close(at);
    at = next;
    path.remove_prefix(slash + 1);
  }
  return {at, std::string(path)};
}

/// After these nothing else can be written either.
bool ends_everything(int number) {
  return number == ENOSPC || number == EDQUOT || number == EROFS || number == EIO;
}

bool is_device(FileType type) {
  return type == FileType::kCharacterDevice || type == FileType::kBlockDevice;
}

mode_t special_type(FileType type) {
  switch (type) {
    case FileType::kCharacterDevice:
      return S_IFCHR;
    case FileType::kBlockDevice:
      return S_IFBLK;
    case FileType::kSocket:
      return S_IFSOCK;
    default:
      return S_IFIFO;
  }
}

}  // namespace

Extractor::Extractor(const Request& request, const DiscTree& tree, int directory, bool made,
                     const volatile std::sig_atomic_t& interrupted, Progress& progress)
    : request_(request),
      tree_(tree),
      interrupted_(interrupted),
      progress_(progress),
      as_root_(geteuid() == 0),
      first_{directory, made} {}

Extractor::~Extractor() {
  for (const Open& directory : open_) {
    if (directory.descriptor != first_.descriptor) close(directory.descriptor);
  }
}

void Extractor::problem(std::string_view path, std::string_view what) {
  ++problems_;
  progress_.clear();
  tell(request_, path, what);
}

void Extractor::once(const std::string& what) {
  if (!told_.insert(what).second) return;
  ++problems_;
  progress_.clear();
  fmt::print(stderr, "isofuse: {}: {}\n", request_.directory, what);
}

Step Extractor::refused(std::string_view path, std::string_view what, int number) {
  if (!ends_everything(number)) {
    problem(path, fmt::format("{}: {}", what, std::strerror(number)));
    return Step::kSkip;
  }
  ++problems_;
  stopped_by_ =
      Failure{ExitStatus::kNotWritten, fmt::format("{}: stopped at {}: {}", request_.directory,
                                                   harmless(path), std::strerror(number))};
  return Step::kStop;
}

void Extractor::failed(std::string_view path, const Error& error) {
  problem(path, "cannot be read: " + describe(error));
}

template <class Make>
int Extractor::make_entry(const Visit& file, Make&& make) {
  if (!is_plain(file.name)) return EINVAL;
  const std::string name(file.name);
  const int parent = open_.back().descriptor;
  if (make(parent, name.c_str()) >= 0) return 0;
  if (errno != EEXIST || !request_.overwrite) return errno;
  // Never into what is there, be it a link or another name of something else: in its place.
  if (unlinkat(parent, name.c_str(), 0) != 0) return errno;
  return make(parent, name.c_str()) >= 0 ? 0 : errno;
}

Step Extractor::enter(const Visit& directory) {
  if (interrupted_ != 0) return Step::kStop;
  if (directory.path.empty()) {
    open_.push_back(first_);
    return Step::kGoOn;
  }
  if (!is_plain(directory.name)) return refused(directory.path, "cannot be made", EINVAL);
  const std::string name(directory.name);
  const int parent = open_.back().descriptor;
  bool made = mkdirat(parent, name.c_str(), kPrivateDirectory) == 0;
  if (!made && errno != EEXIST) return refused(directory.path, "cannot be made", errno);
  int descriptor = open_directory(parent, name.c_str());
  if (descriptor < 0 && !made && request_.overwrite && unlinkat(parent, name.c_str(), 0) == 0) {
    made = mkdirat(parent, name.c_str(), kPrivateDirectory) == 0;
    descriptor = open_directory(parent, name.c_str());
  }
  if (descriptor < 0 && (errno == ELOOP || errno == ENOTDIR)) {
    problem(directory.path, "not extracted: something that is no directory is there already");
    return Step::kSkip;
  }
  if (descriptor < 0) return refused(directory.path, "cannot be opened", errno);
  open_.push_back({descriptor, made});
  return Step::kGoOn;
}

void Extractor::leave(const Visit& directory) {
  const Open open = open_.back();
  open_.pop_back();
  if (open.made || request_.overwrite) set_metadata(open.descriptor, directory);
  if (open.descriptor != first_.descriptor) close(open.descriptor);
}

Step Extractor::file(const Visit& file) {
  if (interrupted_ != 0) return Step::kStop;
  if (!file.selected) return Step::kGoOn;
  if (make_hard_link(file)) {
    progress_.add(file.attributes.size_bytes);
    return Step::kGoOn;
  }
  Step step = Step::kSkip;
  if (file.attributes.type == FileType::kRegular)
    step = copy_file(file);
  else if (file.attributes.type == FileType::kSymlink)
    step = make_link(file);
  else
    step = make_special(file);
  if (step == Step::kGoOn) remember(file);
  return step;
}

Step Extractor::copy_file(const Visit& file) {
  int descriptor = -1;
  const int wrong = make_entry(file, [&](int parent, const char* name) {
    descriptor =
        openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kPrivateFile);
    return descriptor;
  });
  if (wrong != 0) return refused(file.path, "not extracted", wrong);
  const CopyEnd end = copy_contents(*tree_.filesystem, *tree_.image, file.node, descriptor,
                                    Holes::kLeft, [&](std::uint64_t bytes) {
                                      progress_.add(bytes);
                                      return interrupted_ == 0;
                                    });
  const bool whole = !end.reading && end.writing_errno == 0 && !end.stopped;
  if (whole) set_metadata(descriptor, file);
  // Some file systems say only here that there was no room.
  const int closing = close(descriptor) == 0 ? 0 : errno;
  if (whole && closing == 0) return Step::kGoOn;
  unlinkat(open_.back().descriptor, std::string(file.name).c_str(), 0);
  if (end.stopped) return Step::kStop;
  if (!end.reading)
    return refused(file.path, "not extracted", closing != 0 ? closing : end.writing_errno);
  failed(file.path, *end.reading);
  return Step::kSkip;
}

Step Extractor::make_link(const Visit& file) {
  const Result<std::string> target = tree_.filesystem->link_target(file.node);
  if (!target) {
    failed(file.path, target.error());
    return Step::kSkip;
  }
  const int wrong = make_entry(
      file, [&](int parent, const char* name) { return symlinkat(target->c_str(), parent, name); });
  if (wrong != 0) return refused(file.path, "not extracted", wrong);
  set_by_name(file);
  return Step::kGoOn;
}

Step Extractor::make_special(const Visit& file) {
  const Attributes& attributes = file.attributes;
  if (is_device(attributes.type) && !(as_root_ && request_.settings.dev)) {
    problem(file.path, "not extracted: a device, which root gets with -o dev");
    return Step::kSkip;
  }
  const int wrong = make_entry(file, [&](int parent, const char* name) {
    return mknodat(parent, name, special_type(attributes.type) | mode_of(attributes),
                   makedev(attributes.device_major, attributes.device_minor));
  });
  if (wrong != 0) return refused(file.path, "not extracted", wrong);
  set_by_name(file);
  return Step::kGoOn;
}

void Extractor::remember(const Visit& file) {
  if (file.attributes.link_count < 2 || linked_bytes_ + file.path.size() > kLinkedBytesMax) return;
  if (linked_.emplace(file.attributes.inode_number, file.path).second)
    linked_bytes_ += file.path.size();
}

bool Extractor::make_hard_link(const Visit& file) {
  if (file.attributes.link_count < 2) return false;
  const auto found = linked_.find(file.attributes.inode_number);
  if (found == linked_.end()) return false;
  const auto [parent, name] = open_parent(first_.descriptor, found->second);
  if (parent < 0) return false;
  const int wrong = make_entry(file, [&, from = parent, old = &name](int into, const char* as) {
    return linkat(from, old->c_str(), into, as, 0);
  });
  close(parent);
  // Where there can be no link (a file system without, a directory that its owner may not search)
  // there is a copy.
  return wrong == 0;
}

unsigned Extractor::mode_of(const Attributes& attributes) const {
  constexpr unsigned kAll = 07777;
  constexpr unsigned kSetId = 06000;
  const bool kept = attributes.type == FileType::kDirectory || (as_root_ && request_.settings.suid);
  return attributes.permissions & (kept ? kAll : kAll & ~kSetId);
}

void Extractor::set_metadata(int descriptor, const Visit& visit) {
  // In this order: attributes need a file that may be written, and chown takes set-ID bits away.
  set_extended_attributes(descriptor, visit);
  const Attributes& attributes = visit.attributes;
  if (as_root_ && fchown(descriptor, attributes.uid, attributes.gid) != 0)
    problem(visit.path, fmt::format("cannot be given away: {}", std::strerror(errno)));
  if (fchmod(descriptor, mode_of(attributes)) != 0)
    problem(visit.path, fmt::format("its permissions cannot be set: {}", std::strerror(errno)));
  if (futimens(descriptor, times_of(attributes).data()) != 0)
    problem(visit.path, fmt::format("its times cannot be set: {}", std::strerror(errno)));
}

void Extractor::set_extended_attributes(int descriptor, const Visit& visit) {
  const auto found = tree_.filesystem->extended_attributes(visit.node);
  if (!found) {
    problem(visit.path, "its extended attributes cannot be read: " + describe(found.error()));
    return;
  }
  for (const ExtendedAttribute& attribute : *found) {
    const bool user = attribute.name.starts_with("user.");
    const bool list = attribute.name.starts_with("system.posix_acl_");
    // The others say what the system shall think of a file, which is not the disc's to say.
    if (!user && !list) continue;
    if (fsetxattr(descriptor, attribute.name.c_str(), attribute.value.data(),
                  attribute.value.size(), 0) == 0)
      continue;
    if (errno == ENOTSUP)
      once(list ? "takes no access control lists" : "takes no extended attributes");
    else
      problem(visit.path, fmt::format("its attribute {} cannot be set: {}",
                                      harmless(attribute.name), std::strerror(errno)));
  }
}

void Extractor::set_by_name(const Visit& file) {
  const std::string name(file.name);
  const int parent = open_.back().descriptor;
  const Attributes& attributes = file.attributes;
  if (as_root_ &&
      fchownat(parent, name.c_str(), attributes.uid, attributes.gid, AT_SYMLINK_NOFOLLOW) != 0)
    problem(file.path, fmt::format("cannot be given away: {}", std::strerror(errno)));
  if (utimensat(parent, name.c_str(), times_of(attributes).data(), AT_SYMLINK_NOFOLLOW) != 0)
    problem(file.path, fmt::format("its times cannot be set: {}", std::strerror(errno)));
}

}  // namespace isofuse::app
