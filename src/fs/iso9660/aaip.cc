#include "fs/iso9660/aaip.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <isofuse/bytes.h>
#include <isofuse/limits.h>

#include "fs/iso9660/susp_disc.h"

namespace isofuse::iso9660 {
namespace {

/// "Namespaces": the first byte of a name may stand for one.
std::optional<std::string> full_name(std::string_view name) {
  constexpr std::string_view kNamespaces[] = {
      "", "", "system.", "user.", "user.isofs.", "trusted.", "security."};
  const auto code = static_cast<unsigned char>(name.front());
  if (code == 1) return "user." + std::string(name.substr(1));  // an escaped first byte
  if (code < std::size(kNamespaces)) {
    const std::string_view rest = name.substr(1);
    if (code == 0 || rest.empty()) return std::nullopt;
    return std::string(kNamespaces[code]) + std::string(rest);
  }
  if (code < 0x20) return std::nullopt;
  if (name.starts_with("isofs.")) return "user." + std::string(name);
  for (const std::string_view space : {"system.", "user.", "trusted.", "security."})
    if (name.starts_with(space)) return std::string(name);
  return "user." + std::string(name);
}

// "Specification of binary ACL representation": the type in the upper four bits of an entry.
enum AclType : std::uint8_t {
  kTranslate = 0,
  kUserObject = 1,
  kGroupObject = 3,
  kMask = 5,
  kOther = 6,
  kSwitch = 8,
  kUser = 10,
  kGroup = 12,
};

/// An entry of Linux's posix_acl_xattr (include/uapi/linux/posix_acl_xattr.h).
struct PosixAclEntry {
  std::uint16_t tag;
  std::uint16_t permissions;
  std::uint32_t id;
};
constexpr std::uint32_t kNoId = 0xFFFF'FFFFU;

std::optional<std::uint16_t> posix_tag(unsigned type) {
  switch (type) {
    case kUserObject:
      return 0x01;
    case kUser:
      return 0x02;
    case kGroupObject:
      return 0x04;
    case kGroup:
      return 0x08;
    case kMask:
      return 0x10;
    case kOther:
      return 0x20;
    default:
      return std::nullopt;
  }
}

std::string posix_acl(std::vector<PosixAclEntry> entries) {
  // Linux wants them by tag, and by id within a tag.
  std::ranges::sort(entries, [](const PosixAclEntry& a, const PosixAclEntry& b) {
    return std::pair(a.tag, a.id) < std::pair(b.tag, b.id);
  });
  std::string out;
  const auto put = [&out](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
  };
  put(2, 4);  // POSIX_ACL_XATTR_VERSION
  for (const PosixAclEntry& entry : entries) {
    put(entry.tag, 2);
    put(entry.permissions, 2);
    put(entry.id, 4);
  }
  return out;
}

/// Appends an attribute whose name is not there yet: of two, the first counts.
void append_new(std::string name, std::string value, std::vector<ExtendedAttribute>& out) {
  const bool known = std::ranges::any_of(
      out, [&](const ExtendedAttribute& attribute) { return attribute.name == name; });
  if (!known) out.push_back({std::move(name), std::move(value)});
}

/// Appends the access and the default ACL that `value` holds. Nothing where it is damaged.
void append_acls(std::string_view value, std::vector<ExtendedAttribute>& out) {
  std::vector<PosixAclEntry> acls[2];
  std::size_t which = 0;
  const auto byte = [&value](std::size_t i) { return static_cast<unsigned char>(value[i]); };
  for (std::size_t pos = 0; pos < value.size();) {
    const unsigned flags = byte(pos++);
    const unsigned type = flags >> 4U;
    std::string qualifier;
    for (bool more = (flags & 0x08U) != 0; more;) {
      if (pos >= value.size()) return;
      const unsigned head = byte(pos++);
      const std::size_t length = head & 0x7FU;
      if (length > value.size() - pos) return;
      qualifier += value.substr(pos, length);
      pos += length;
      more = (head & 0x80U) != 0;
    }
    if (type == kSwitch) {
      which = 1;
      continue;
    }
    const auto tag = posix_tag(type);
    if (!tag) continue;
    std::uint32_t id = kNoId;
    if (type == kUser || type == kGroup) {
      if (qualifier.empty() || qualifier.size() > sizeof id) return;
      id = 0;
      for (const char c : qualifier) id = (id << 8U) | static_cast<unsigned char>(c);
    }
    acls[which].push_back({*tag, static_cast<std::uint16_t>(flags & 7U), id});
  }
  if (!acls[0].empty()) append_new("system.posix_acl_access", posix_acl(std::move(acls[0])), out);
  if (!acls[1].empty()) append_new("system.posix_acl_default", posix_acl(std::move(acls[1])), out);
}

}  // namespace

std::vector<ExtendedAttribute> parse_attribute_list(std::span<const std::byte> components) {
  const ByteView view(components);
  std::vector<std::string> parts(1);
  for (std::uint64_t pos = 0; view.size() - pos >= sizeof(disc::Component);) {
    const auto component = view.read<disc::Component>(pos);
    const auto text = view.slice(pos + sizeof *component, component->component_bytes);
    if (!text) break;
    pos += sizeof *component + component->component_bytes;
    parts.back() += text->chars();
    if ((component->flags & disc::kComponentContinue) != 0) continue;
    if (parts.size() > 2 * kXattrsMax) break;
    parts.emplace_back();
  }
  parts.pop_back();  // what has not been completed

  std::vector<ExtendedAttribute> out;
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    const std::string& name = parts[i];
    const std::string& value = parts[i + 1];
    if (value.size() > kXattrBytesMax) continue;
    if (name.empty()) {
      append_acls(value, out);
      continue;
    }
    auto shown = full_name(name);
    constexpr std::size_t kXattrNameBytesMax = 255;  // XATTR_NAME_MAX
    if (!shown || shown->size() > kXattrNameBytesMax || shown->find('\0') != std::string::npos)
      continue;
    append_new(std::move(*shown), value, out);
  }
  return out;
}

}  // namespace isofuse::iso9660
