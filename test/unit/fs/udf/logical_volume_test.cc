#include "fs/udf/logical_volume.h"

#include <memory>

#include "fs/udf/tag.h"
#include "support/catch.h"
#include "support/failing_source.h"
#include "support/small_volume.h"

using namespace isofuse;
using namespace isofuse::udf;
using test::Bytes;
namespace build = test::udf;
using build::SmallVolume;

namespace {

/// A partition that is recorded twice, at two places of the medium.
class Twice final : public Partition {
 public:
  Twice(const Medium& medium, std::uint32_t first, std::uint32_t second)
      : medium_(medium), first_(first), second_(second) {}
  [[nodiscard]] Result<ImageRun> map(std::uint32_t lbn, unsigned copy) const override {
    return medium_.run_at((copy == 0 ? first_ : second_) + lbn);
  }
  [[nodiscard]] unsigned copies() const override { return 2; }
  [[nodiscard]] std::uint64_t size_blocks() const override { return 10; }
  [[nodiscard]] std::string_view kind() const override { return "metadata"; }

 private:
  Medium medium_;
  std::uint32_t first_, second_;
};

}  // namespace

TEST_CASE("an address is a block of a partition", "[udf][logical_volume]") {
  SmallVolume volume;
  volume.logical().add(std::make_unique<PhysicalPartition>(volume.logical().medium(), 50, 10));
  CHECK(volume.logical().map({7, 0}).value().image_offset == volume.place(7));
  CHECK(volume.logical().map({7, 1}).value().image_offset == volume.place(57));
  CHECK(volume.logical().copies(0) == 1);
  // Data may lie behind the stated size of a partition.
  CHECK(volume.logical().map({11, 1}).value().image_offset == volume.place(61));
  CHECK(volume.logical().map({0xFFFF'FFFF, 1}).value().image_offset ==
        volume.place(0xFFFF'FFFFULL + 50));
}

TEST_CASE("an address in a partition that is not there, or cannot be read, is refused",
          "[udf][logical_volume]") {
  SmallVolume volume;
  volume.logical().add(nullptr);
  for (const std::uint16_t partition :
       {std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{0xFFFF}}) {
    const auto run = volume.logical().map({0, partition});
    REQUIRE_FALSE(run);
    CHECK(run.error().code == Errc::kCorrupt);
    CHECK(volume.logical().copies(partition) == 1);
  }
}

TEST_CASE("a descriptor must say where it stands, unless all are wrong", "[udf][logical_volume]") {
  SmallVolume volume;
  volume.put(5, build::terminator(5));
  volume.put(6, build::terminator(5));
  StoredBlock block;
  CHECK(fetch_descriptor(volume.logical(), {5, 0}, block).value() == disc::TagId::kTerminating);
  CHECK(block.view().where() == volume.place(5));
  const auto moved = fetch_descriptor(volume.logical(), {6, 0}, block);
  REQUIRE_FALSE(moved);
  CHECK(moved.error().code == Errc::kCorrupt);
  CHECK(moved.error().offset == volume.place(6));
  volume.logical().accept_wrong_locations();
  CHECK(fetch_descriptor(volume.logical(), {6, 0}, block));
  const auto nothing = fetch_descriptor(volume.logical(), {7, 0}, block);
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().offset == volume.place(7));
}

TEST_CASE("the mirror is read where a descriptor is damaged, missing or cannot be read",
          "[udf][logical_volume]") {
  SmallVolume volume;
  volume.put(20 + 1, build::terminator(1));
  volume.put(40 + 1, build::terminator(1));
  volume.put(40 + 2, build::terminator(2));
  volume.put(20 + 3, build::tagged({.identifier = 8, .location = 3, .crc = 1}, Bytes(10)));
  volume.put(40 + 3, build::terminator(3));
  LogicalVolume logical(volume.logical().medium());
  logical.add(std::make_unique<Twice>(logical.medium(), 20, 40));
  StoredBlock block;
  REQUIRE(fetch_descriptor(logical, {1, 0}, block));
  CHECK(block.view().where() == volume.place(21));
  REQUIRE(fetch_descriptor(logical, {2, 0}, block));
  CHECK(block.view().where() == volume.place(42));
  REQUIRE(fetch_descriptor(logical, {3, 0}, block));
  CHECK(block.view().where() == volume.place(43));

  const test::FailingSource failing(volume.image());
  LogicalVolume over_failing(Medium(failing, 2048));
  over_failing.add(std::make_unique<Twice>(over_failing.medium(), 20, 40));
  const_cast<test::FailingSource&>(failing).fail_after(0);
  REQUIRE(fetch_descriptor(over_failing, {1, 0}, block));
  CHECK(block.view().where() == volume.place(41));
}

TEST_CASE("where both copies are damaged the error is that of the first", "[udf][logical_volume]") {
  SmallVolume volume;
  LogicalVolume logical(volume.logical().medium());
  logical.add(std::make_unique<Twice>(logical.medium(), 20, 40));
  StoredBlock block;
  const auto none = fetch_descriptor(logical, {1, 0}, block);
  REQUIRE_FALSE(none);
  CHECK(none.error().offset == volume.place(21));
}
