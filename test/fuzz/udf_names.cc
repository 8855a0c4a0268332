// Names, strings and path components of UDF.
#include "base/charset.h"
#include "fs/udf/cs0.h"
#include "fs/udf/symbolic_link.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isofuse;
  fuzz::Input input(data, size);
  static const auto charset = Charset::open("UTF-8", "ISO-8859-15");
  const std::vector<std::byte> bytes = input.rest();
  static_cast<void>(udf::dstring_to_utf8(bytes));
  if (bytes.size() <= 255) {
    static_cast<void>(udf::file_name(bytes, nullptr));
    static_cast<void>(udf::file_name(bytes, charset->get()));
  }
  static_cast<void>(udf::link_target(ByteView(bytes), nullptr));
  static_cast<void>(udf::link_target(ByteView(bytes), charset->get()));
  return 0;
}
