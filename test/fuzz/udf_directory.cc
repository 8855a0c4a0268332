// File identifiers: a directory whose contents are the input.
#include "fs/udf/allocation.h"
#include "fs/udf/directory_parser.h"
#include "fs/udf/icb.h"
#include "fuzz/input.h"
#include "support/small_volume.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isofuse;
  fuzz::Input input(data, size);
  const auto flags = input.take<std::uint8_t>();
  const std::vector<std::byte> contents = input.take(8 * 2048);
  test::udf::SmallVolume volume(256);
  for (std::uint32_t block = 0; block * 2048 < contents.size(); ++block) {
    const auto begin = contents.begin() + block * 2048;
    volume.put(16 + block, {begin, contents.end() - begin > 2048 ? begin + 2048 : contents.end()});
  }
  test::udf::EntrySpec spec;
  spec.type = 4;  // a directory
  spec.kind = test::udf::Kind::kShort;
  spec.information_bytes = contents.size();
  spec.data = test::udf::short_ad(static_cast<std::uint32_t>(contents.size()), 16);
  volume.entry(1, spec);
  udf::FileEntry entry;
  if (!entry.fetch(volume.logical(), {1, 0})) return 0;
  const auto allocation = udf::Allocation::collect(volume.logical(), entry);
  if (!allocation) return 0;
  udf::DirectoryRules rules;
  rules.show_hidden = (flags & 1U) != 0;
  rules.show_deleted = (flags & 2U) != 0;
  static_cast<void>(udf::parse_directory(volume.logical(), *allocation, rules));
  static_cast<void>(udf::parent_of(volume.logical(), *allocation));
  return 0;
}
