#include "fs/udf/symbolic_link.h"

#include <isofuse/limits.h>

#include "fs/udf/cs0.h"
#include "fs/udf/disc.h"

namespace isofuse::udf {

namespace {

constexpr std::uint8_t kComponentTypeMax = 5;  // 4/14.16.1.1

/// Seen: hdiutil of macOS records the path itself in the place of components. No component begins
/// with a letter, a slash or a dot.
bool is_plain_path(const ByteView& bytes) {
  const auto first = bytes.read<std::uint8_t>(0);
  return first && *first > kComponentTypeMax && bytes.chars().find('\0') == std::string_view::npos;
}

}  // namespace

Result<std::string> link_target(const ByteView& components, const Charset* iocharset) {
  if (is_plain_path(components)) return std::string(components.chars());
  std::string out;
  for (std::uint64_t pos = 0; pos < components.size();) {
    const auto component = ISOFUSE_TRY(components.read<disc::PathComponent>(pos));
    pos += sizeof component;
    const std::uint64_t where = components.where(pos);
    switch (component.type) {
      case 1:
        // A root that originator and receiver agreed upon: there is none, but an empty identifier
        // means the root of this tree.
        pos += component.identifier_bytes;
        if (component.identifier_bytes == 0) out = "/";
        break;
      case 2:
        out = "/";
        break;
      case 3:
        out += "../";
        break;
      case 4:
        out += "./";
        break;
      case 5: {
        const ByteView identifier = ISOFUSE_TRY(components.slice(pos, component.identifier_bytes));
        pos += component.identifier_bytes;
        const auto name = file_name(identifier.bytes(), iocharset);
        // Of no name nothing but the slash would stay, which may make the target absolute.
        if (!name || name->empty())
          return Error{Errc::kCorrupt, "path component has no name", identifier.where()};
        out += *name + '/';
        break;
      }
      default:
        break;  // as in the kernel
    }
    if (out.size() > kLinkBytesMax + 1) return Error{Errc::kTooLarge, "link is too long", where};
  }
  if (out.size() > 1) out.pop_back();  // the slash behind the last component
  return out;
}

}  // namespace isofuse::udf
