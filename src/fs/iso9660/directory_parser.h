#pragma once
// From the records of a directory to its entries.
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include <isofuse/directory.h>
#include <isofuse/result.h>
#include <isofuse/source.h>

#include "fs/iso9660/file_sections.h"
#include "fs/iso9660/names.h"
#include "fs/iso9660/record.h"

namespace isofuse::iso9660 {

/// How the records of one mounted tree are to be understood.
struct Tree {
  Layout layout;
  NameReader names;
  NameRule rule;
  bool rock_ridge = false;
  std::uint8_t skip_bytes = 0;  ///< SUSP 5.3: at the beginning of every System Use area
  bool hide = false;
  bool show_associated = false;
};

/// Parses the directory whose records are recorded in `sections`. A record that is damaged costs
/// the rest of its sector, one that cannot be read the rest of the directory; both are logged.
/// Only kIo is an Error: trying again may help then.
Result<std::shared_ptr<const Directory>> parse_directory(const Source& image, const Tree& tree,
                                                         const FileSections& sections);

/// Passes the records of a directory, but for "." and "..", to `visit` until it returns false.
/// Damage and Errors as above.
Result<void> visit_records(const Source& image, const Layout& layout, const FileSections& sections,
                           const std::function<Result<bool>(const Record&)>& visit);

/// The node that a record in its directory leads to. A directory is known by its own "." record,
/// wherever it is entered from (as in the kernel); but in High Sierra, where the kernel goes by
/// the entry.
[[nodiscard]] NodeId child_node(const Layout& layout, const Record& record);

/// From the number of each directory that is named in another one (by its own record, or by a CL,
/// RRIP 4.1.5.1) to where the record that names it lies in the image.
using NamedDirectories = std::unordered_map<std::uint64_t, std::uint64_t>;
/// Those of the directory whose records are recorded in `sections`; Errors as parse_directory.
Result<NamedDirectories> find_named_directories(const Source& image, const Tree& tree,
                                                const FileSections& sections);

}  // namespace isofuse::iso9660
