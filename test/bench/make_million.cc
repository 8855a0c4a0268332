// make-million IMAGE: an ISO 9660 image with Rock Ridge of 50 GB and 1,000,000 files, sparse: only
// descriptors and directories are written, the files are holes. No mastering tool writes holes, so
// this one lays out the little that a reader needs (ECMA-119, 4th edition; RRIP 1.12).
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tree.h"

namespace {

constexpr std::uint32_t kSectorBytes = 2048;
constexpr std::uint32_t kRootLbn = 20;

using Bytes = std::string;

void put_both32(Bytes& out, std::uint32_t value) {  // 7.3.3
  for (int i = 0; i < 4; ++i) out += static_cast<char>(value >> (8 * i));
  for (int i = 3; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
}
void put_both16(Bytes& out, std::uint16_t value) {  // 7.2.3
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value & 0xFF);
}

/// 2026-01-01 00:00:00, 9.1.5
const Bytes kTime("\x7E\x01\x01\x00\x00\x00\x00", 7);

Bytes rock_ridge(const Bytes& name, bool directory, bool first_of_root) {
  Bytes out;
  if (first_of_root) out += Bytes("SP\x07\x01\xBE\xEF\x00", 7);
  out += Bytes("PX\x2C\x01", 4);
  put_both32(out, directory ? 040555 : 0100444);
  put_both32(out, directory ? 2 : 1);
  put_both32(out, 0);
  put_both32(out, 0);
  put_both32(out, 0);
  out += Bytes("TF\x1A\x01\x0E", 5) + kTime + kTime + kTime;
  if (!name.empty())
    out += Bytes("NM") + static_cast<char>(5 + name.size()) + Bytes("\x01\x00", 2) + name;
  if (first_of_root) {
    const Bytes id = "RRIP_1991A";
    out += Bytes("ER") + static_cast<char>(8 + id.size()) + '\x01' + static_cast<char>(id.size()) +
           Bytes("\x00\x00\x01", 3) + id;
  }
  return out;
}

/// 9.1
Bytes record(std::uint32_t lbn, std::uint32_t bytes, bool directory, const Bytes& identifier,
             const Bytes& system_use) {
  Bytes out("\x00\x00", 2);
  put_both32(out, lbn);
  put_both32(out, bytes);
  out += kTime;
  out += static_cast<char>(directory ? 2 : 0);
  out += Bytes("\x00\x00", 2);
  put_both16(out, 1);
  out += static_cast<char>(identifier.size());
  out += identifier;
  if (identifier.size() % 2 == 0) out += '\0';
  out += system_use;
  if (out.size() % 2 != 0) out += '\0';
  out[0] = static_cast<char>(out.size());
  return out;
}

/// 6.8.1.1: no record crosses a sector.
void append(Bytes& directory, const Bytes& entry) {
  const std::size_t left = kSectorBytes - directory.size() % kSectorBytes;
  if (entry.size() > left) directory.append(left, '\0');
  directory += entry;
}
void fill_sector(Bytes& bytes) {
  bytes.append((kSectorBytes - bytes.size() % kSectorBytes) % kSectorBytes, '\0');
}

void write_at(int file, std::uint32_t lbn, const Bytes& bytes) {
  if (pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(lbn) * kSectorBytes) !=
      static_cast<ssize_t>(bytes.size())) {
    std::perror("write");
    std::exit(1);
  }
}

Bytes upper(Bytes name) {
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return name;
}

Bytes child_directory(std::uint32_t lbn, std::uint32_t bytes, std::uint32_t data_lbn) {
  Bytes out;
  append(out, record(lbn, bytes, true, Bytes(1, '\0'), rock_ridge("", true, false)));
  append(out, record(kRootLbn, 0, true, Bytes(1, '\1'), rock_ridge("", true, false)));
  for (unsigned f = 0; f < bench::kMillionFiles; ++f) {
    const Bytes name = bench::file_name(f);
    append(out, record(data_lbn +
                           f * static_cast<std::uint32_t>(bench::kMillionFileBytes / kSectorBytes),
                       bench::kMillionFileBytes, false, upper(name) + ";1",
                       rock_ridge(name, false, false)));
  }
  fill_sector(out);
  return out;
}

Bytes root_directory(std::uint32_t bytes, std::uint32_t first_lbn, std::uint32_t child_bytes) {
  Bytes out;
  append(out, record(kRootLbn, bytes, true, Bytes(1, '\0'), rock_ridge("", true, true)));
  append(out, record(kRootLbn, bytes, true, Bytes(1, '\1'), rock_ridge("", true, false)));
  for (unsigned d = 0; d < bench::kMillionDirectories; ++d) {
    const Bytes name = bench::directory_name(d, true);
    append(out, record(first_lbn + d * (child_bytes / kSectorBytes), child_bytes, true, upper(name),
                       rock_ridge(name, true, false)));
  }
  fill_sector(out);
  return out;
}

Bytes primary_descriptor(std::uint32_t blocks, std::uint32_t root_bytes) {  // 8.4
  Bytes out(
      "\x01"
      "CD001\x01\x00",
      8);
  out.append(32, ' ');
  Bytes label = "MILLION";
  label.resize(32, ' ');
  out += label;
  out.append(8, '\0');
  put_both32(out, blocks);
  out.append(32, '\0');
  put_both16(out, 1);
  put_both16(out, 1);
  put_both16(out, kSectorBytes);
  put_both32(out, 0);  // no path table: no reader of today needs one
  out.append(16, '\0');
  out += record(kRootLbn, root_bytes, true, Bytes(1, '\0'), "");
  out.append(623, ' ');
  for (int i = 0; i < 4; ++i) out += Bytes("0000000000000000\0", 17);
  out += '\x01';
  out.resize(kSectorBytes, '\0');
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("make-million IMAGE\n", stderr);
    return 2;
  }
  const int file = open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) {
    std::perror(argv[1]);
    return 1;
  }
  const auto child_bytes = static_cast<std::uint32_t>(child_directory(0, 0, 0).size());
  const auto root_bytes = static_cast<std::uint32_t>(root_directory(0, 0, child_bytes).size());
  const std::uint32_t first_lbn = kRootLbn + root_bytes / kSectorBytes;
  const std::uint32_t data_lbn =
      first_lbn + bench::kMillionDirectories * (child_bytes / kSectorBytes);
  const std::uint32_t blocks_each = bench::kMillionFileBytes / kSectorBytes;
  const std::uint32_t blocks =
      data_lbn + bench::kMillionDirectories * bench::kMillionFiles * blocks_each;
  write_at(file, 16, primary_descriptor(blocks, root_bytes));
  Bytes terminator(
      "\xFF"
      "CD001\x01",
      7);
  terminator.resize(kSectorBytes, '\0');
  write_at(file, 17, terminator);
  write_at(file, kRootLbn, root_directory(root_bytes, first_lbn, child_bytes));
  for (unsigned d = 0; d < bench::kMillionDirectories; ++d) {
    const std::uint32_t lbn = first_lbn + d * (child_bytes / kSectorBytes);
    write_at(file, lbn,
             child_directory(lbn, child_bytes, data_lbn + d * bench::kMillionFiles * blocks_each));
  }
  if (ftruncate(file, static_cast<off_t>(blocks) * kSectorBytes) != 0 || close(file) != 0) {
    std::perror(argv[1]);
    return 1;
  }
}
