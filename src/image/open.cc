// The table of kinds of image, in probing order. A new kind is one line here.
#include <isofuse/open.h>

#include "image/mapped_file.h"

namespace isofuse {

Result<std::unique_ptr<Source>> open_image(const std::string& path) {
  return MappedFile::open(path);
}

}  // namespace isofuse
