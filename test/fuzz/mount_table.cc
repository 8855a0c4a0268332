// /proc/self/mountinfo and /etc/fuse.conf: texts that others write.
#include "app/mount_table.h"
#include "app/preflight.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isofuse;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(app::parse_mount_table(text));
  static_cast<void>(app::allows_other(text));
  static_cast<void>(app::explain_refusal("image", text));
  return 0;
}
