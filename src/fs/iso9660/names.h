#pragma once
// Names as they are shown: ISO 9660, Acorn, Joliet.
#include <memory>
#include <string>

#include <isofuse/bytes.h>
#include <isofuse/options.h>

#include "base/charset.h"
#include "fs/iso9660/record.h"

namespace isofuse::iso9660 {

/// map=normal, as in the kernel: A-Z in lower case; ".;1" or ";1" at the end dropped; ';' and '/'
/// elsewhere become '.'; ends at a NUL.
[[nodiscard]] std::string normal_name(const ByteView& identifier);

/// map=acorn: normal_name, and what the Acorn System Use field adds: a file type of three hex
/// digits behind a comma, '!' for a leading '_'.
[[nodiscard]] std::string acorn_name(const Record& record);

/// Joliet: UTF-16BE as UTF-8 (or in `iocharset`, where not null), ";1" and then dots at the end
/// dropped (but for a first character), as in the kernel.
[[nodiscard]] std::string joliet_name(const ByteView& identifier, const Charset* iocharset);

/// The name of a record that has no alternate name, by the options.
struct NameReader {
  bool joliet = false;
  NameMap map = NameMap::kNormal;
  std::shared_ptr<const Charset> iocharset;  ///< null: UTF-8
  std::shared_ptr<const Charset> charset;    ///< of plain and Rock Ridge names; null: as they are

  [[nodiscard]] std::string plain(const Record& record) const;
  [[nodiscard]] std::string alternate(std::string name) const;
};

}  // namespace isofuse::iso9660
