#include "image/mapped_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/catch.h"
#include "support/iso_builder.h"

using namespace isofuse;
using test::Bytes;

namespace {

/// A directory of its own, removed with everything in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "isofuse-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }
  [[nodiscard]] std::string write(const std::string& name, const Bytes& bytes) const {
    std::ofstream(file(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return file(name);
  }

 private:
  std::filesystem::path path_;
};

int open_error(const std::string& path) {
  const auto opened = MappedFile::open(path);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::kIo);
  return opened.error().sys_errno;
}

}  // namespace

TEST_CASE("a file is read and lent", "[image]") {
  const TemporaryDirectory directory;
  const Bytes all = test::pattern(10'000);
  const auto opened = MappedFile::open(directory.write("image", all));
  REQUIRE(opened);
  const Source& image = **opened;
  CHECK(image.size_bytes() == all.size());
  Bytes out(9'000);
  REQUIRE(image.read(1'000, out));
  CHECK(std::equal(out.begin(), out.end(), all.begin() + 1'000));
  const auto lent = image.borrow(1'000, 9'000);
  REQUIRE(lent.size() == 9'000);
  CHECK(std::equal(lent.begin(), lent.end(), out.begin()));
}

TEST_CASE("what does not lie inside a file is neither read nor lent", "[image]") {
  const TemporaryDirectory directory;
  const auto opened = MappedFile::open(directory.write("image", test::pattern(4096)));
  REQUIRE(opened);
  struct Range {
    std::uint64_t offset;
    std::size_t size;
  };
  const Range range = GENERATE(Range{0, 4097}, Range{4096, 1}, Range{5000, 1},
                               Range{~std::uint64_t{0}, 1}, Range{~std::uint64_t{0} - 1, 4});
  Bytes out(range.size);
  const auto read = (*opened)->read(range.offset, out);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Errc::kTruncated);
  CHECK(read.error().offset == range.offset);
  CHECK((*opened)->borrow(range.offset, range.size).empty());
}

TEST_CASE("an empty file is an image of nothing", "[image]") {
  const TemporaryDirectory directory;
  const auto opened = MappedFile::open(directory.write("image", {}));
  REQUIRE(opened);
  CHECK((*opened)->size_bytes() == 0);
  CHECK((*opened)->borrow(0, 1).empty());
  Bytes one(1);
  CHECK((*opened)->read(0, one).error().code == Errc::kTruncated);
}

TEST_CASE("what is neither a file nor a block device is refused with its cause", "[image]") {
  const TemporaryDirectory directory;
  CHECK(open_error(directory.file("absent")) == ENOENT);
  CHECK(open_error(directory.file("")) == EISDIR);
  REQUIRE(::mkfifo(directory.file("fifo").c_str(), 0600) == 0);
  CHECK(open_error(directory.file("fifo")) == EINVAL);  // and does not wait for a writer
  CHECK(open_error("/dev/null") == EINVAL);
}

TEST_CASE("a file that becomes shorter while it is open gives an error, not other bytes",
          "[image]") {
  const TemporaryDirectory directory;
  const Bytes all = test::pattern(100'000);
  const std::string path = directory.write("image", all);
  const auto opened = MappedFile::open(path);
  REQUIRE(opened);
  REQUIRE(::truncate(path.c_str(), 50'000) == 0);
  Bytes out(10'000);
  CHECK((*opened)->read(40'000, out));
  const auto cut = (*opened)->read(45'000, out);
  REQUIRE_FALSE(cut);
  CHECK(cut.error().code == Errc::kTruncated);
  CHECK(cut.error().offset == 50'000);
}

TEST_CASE("a file that is replaced under its name stays the one that was opened", "[image]") {
  const TemporaryDirectory directory;
  const Bytes all = test::pattern(5'000);
  const std::string path = directory.write("image", all);
  const auto opened = MappedFile::open(path);
  REQUIRE(opened);
  std::filesystem::remove(path);
  static_cast<void>(directory.write("image", Bytes(10)));
  Bytes out(5'000);
  REQUIRE((*opened)->read(0, out));
  CHECK(out == all);
}

TEST_CASE("a file has no table of contents", "[image]") {
  const TemporaryDirectory directory;
  const auto opened = MappedFile::open(directory.write("image", Bytes(100)));
  REQUIRE(opened);
  CHECK_FALSE((*opened)->last_session_sector().has_value());
}
