#include "app/entry_format.h"

#include <sys/stat.h>

#include <cstdint>
#include <ctime>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/calendar.h"

namespace isofuse::app {
namespace {

struct TypeName {
  char letter;
  const char* word;
};

TypeName name_of(FileType type) {
  switch (type) {
    case FileType::kDirectory:
      return {'d', "directory"};
    case FileType::kRegular:
      return {'-', "file"};
    case FileType::kSymlink:
      return {'l', "link"};
    case FileType::kCharacterDevice:
      return {'c', "character device"};
    case FileType::kBlockDevice:
      return {'b', "block device"};
    case FileType::kFifo:
      return {'p', "fifo"};
    case FileType::kSocket:
      return {'s', "socket"};
    case FileType::kUnknown:
      break;
  }
  return {'?', "unknown"};
}

bool is_device(const Attributes& attributes) {
  return attributes.type == FileType::kCharacterDevice || attributes.type == FileType::kBlockDevice;
}

/// Where a time_t has 32 bits and cannot say this time, by the zone's clock at the nearest that it
/// can.
std::string local_time(const Timestamp& time) {
  std::tm broken_down{};
  const std::time_t nearest = to_time_t(time.seconds);
  if (localtime_r(&nearest, &broken_down) == nullptr) return "-";
  return date_text(civil_time(time.seconds + broken_down.tm_gmtoff), ' ');
}

/// ISO 8601, UTC, with nanoseconds where there are any.
std::string utc_time(const Timestamp& time) {
  std::string out = date_text(civil_time(time.seconds), 'T');
  if (time.nanoseconds != 0) out += fmt::format(".{:09}", time.nanoseconds);
  return out + "Z";
}

bool is_utf8(std::string_view text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

/// JSON has no bytes: what is not UTF-8 has replacement characters, and its bytes beside it.
void add_text(nlohmann::ordered_json& facts, const std::string& key, std::string_view text) {
  facts[key] = text;
  if (is_utf8(text)) return;
  std::string hexadecimal;
  for (const char c : text) hexadecimal += fmt::format("{:02x}", static_cast<unsigned char>(c));
  facts[key + "_hex"] = hexadecimal;
}

}  // namespace

std::string mode_text(const Attributes& attributes) {
  constexpr std::string_view kLetters = "rwxrwxrwx";
  std::string out(1, name_of(attributes.type).letter);
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    const bool set = (attributes.permissions & (0400U >> i)) != 0;
    out += set ? kLetters[i] : '-';
  }
  const auto special = [&](unsigned bit, std::size_t at, char with_execution, char without) {
    if ((attributes.permissions & bit) != 0) out[at] = out[at] == 'x' ? with_execution : without;
  };
  special(S_ISUID, 3, 's', 'S');
  special(S_ISGID, 6, 's', 'S');
  special(S_ISVTX, 9, 't', 'T');
  return out;
}

std::string long_columns(const Attributes& attributes) {
  const std::string size =
      is_device(attributes) ? fmt::format("{},{}", attributes.device_major, attributes.device_minor)
                            : fmt::format("{}", attributes.size_bytes);
  return fmt::format("{} {:>3} {:>9} {:>12} {} ", mode_text(attributes), attributes.link_count,
                     fmt::format("{}/{}", attributes.uid, attributes.gid), size,
                     local_time(attributes.modified));
}

nlohmann::ordered_json entry_facts(std::string_view path, const Attributes& attributes,
                                   std::string_view target) {
  nlohmann::ordered_json facts;
  add_text(facts, "path", path);
  facts["type"] = name_of(attributes.type).word;
  facts["mode"] = fmt::format("{:04o}", attributes.permissions);
  facts["links"] = attributes.link_count;
  facts["uid"] = attributes.uid;
  facts["gid"] = attributes.gid;
  facts["size_bytes"] = attributes.size_bytes;
  facts["stored_bytes"] = attributes.stored_bytes;
  facts["inode"] = attributes.inode_number;
  facts["modified"] = utc_time(attributes.modified);
  facts["accessed"] = utc_time(attributes.accessed);
  facts["changed"] = utc_time(attributes.changed);
  if (attributes.type == FileType::kSymlink) add_text(facts, "target", target);
  if (is_device(attributes)) {
    facts["device_major"] = attributes.device_major;
    facts["device_minor"] = attributes.device_minor;
  }
  return facts;
}

}  // namespace isofuse::app
