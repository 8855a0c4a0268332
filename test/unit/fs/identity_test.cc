// What blkid(8) would call a disc.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <isofuse/open.h>

#include "fs/udf/identity.h"
#include "support/catch.h"
#include "support/iso_builder.h"
#include "support/udf_builder.h"

using namespace isofuse;
using test::Bytes;
using test::operator+;
namespace build = test::udf;
using Json = nlohmann::ordered_json;

namespace {

// Places in a volume descriptor (ECMA-119 8.4).
constexpr std::size_t kLabel = 40;
constexpr std::size_t kVolumeSet = 190;
constexpr std::size_t kPublisher = 318;
constexpr std::size_t kCreated = 813;
constexpr std::size_t kModified = 830;

void replace(Bytes& in, std::size_t at, const Bytes& bytes) {
  std::ranges::copy(bytes, in.begin() + static_cast<std::ptrdiff_t>(at));
}
void replace(Bytes& in, std::size_t at, std::string_view text) {
  replace(in, at, test::bytes_of(text));
}

/// Joliet's fields are UTF-16BE, filled up with blanks.
Bytes wide(std::u16string_view text, std::size_t size) {
  Bytes out;
  for (const unsigned c : text) out = out + test::bytes_of({c >> 8U, c & 0xFFU});
  while (out.size() < size) out = out + test::bytes_of({0, ' '});
  return out;
}

Json identity_of(const std::vector<Bytes>& descriptors) {
  test::Disc disc;
  std::uint32_t at = 16;
  for (const Bytes& descriptor : descriptors) disc.sector(at++, descriptor);
  disc.sector(at, test::make_terminator());
  return identity(disc.source());
}

/// Of a disc with both labels.
std::string joined_label(const std::string& primary, std::u16string_view joliet) {
  Bytes supplementary = test::make_descriptor({.type = 2, .escape = "%/E"});
  replace(supplementary, kLabel, wide(joliet, 32));
  return identity_of({test::make_descriptor({.volume_identifier = primary}), supplementary})
      .value("label", "");
}

/// Of a volume whose primary descriptor has `bytes` at `pos` behind its tag.
Json identity_of_udf(std::size_t pos, const Bytes& bytes, const build::VolumeSpec& spec = {}) {
  build::VolumeDisc disc = build::plain_volume({}, spec);
  disc.block(build::kMain.location,
             build::changed(build::primary(build::kMain.location), pos, bytes));
  return identity(disc.source());
}

}  // namespace

TEST_CASE("the date of an ISO 9660 volume is its UUID", "[identity]") {
  Bytes primary = test::make_descriptor({});
  CHECK(identity_of({primary}) == Json({{"type", "iso9660"},
                                        {"label", "TEST"},
                                        {"uuid", "2001-02-03-04-05-06-07"},
                                        {"system", "LINUX"}}));

  SECTION("the modification counts") {
    replace(primary, kModified, "1999");
    CHECK(identity_of({primary})["uuid"] == "1999-02-03-04-05-06-07");
  }
  SECTION("without one, the creation") {
    replace(primary, kCreated, "1998");
    replace(primary, kModified, "0000000000000000");
    CHECK(identity_of({primary})["uuid"] == "1998-02-03-04-05-06-07");
  }
  SECTION("without any there is none") {
    replace(primary, kCreated, "0000000000000000");
    replace(primary, kModified, "0000000000000000");
    CHECK_FALSE(identity_of({primary}).contains("uuid"));
  }
  SECTION("NULs are a date, but no text") {
    replace(primary, kModified, Bytes(17));
    CHECK_FALSE(identity_of({primary}).contains("uuid"));
  }
  SECTION("what are no digits, and no UTF-8, harms nothing") {
    replace(primary, kModified, test::bytes_of({0xFF, 0xFE}));
    CHECK(identity_of({primary})["uuid"] == "??01-02-03-04-05-06-07");
  }
}

TEST_CASE("the labels of both descriptors make one", "[identity]") {
  CHECK(joined_label("ABCDEFGHIJKLMNOPQRSTUVWXYZ", u"Abcdefghijklmnop") ==
        "AbcdefghijklmnopQRSTUVWXYZ");
  CHECK(joined_label("A_CDEFGHIJKLMNOPQR", u"A\u00f6cdefghijklmnop") == "A\u00f6cdefghijklmnopQR");
  CHECK(joined_label("abCdefghijklmnopq_r", u"ABCDEFGHIJKLMNOP") == "abCdefghijklmnopq_r");
  CHECK(joined_label("A/C", u"A_C") == "A/C");
  CHECK(joined_label("A_C", u"A\U0001F600c") == "A\U0001F600c");
  CHECK(joined_label("OTHER_THAN_THE_FIRST_SIXTEEN", u"Joliet") == "Joliet");
  CHECK(joined_label("PRIMARY", u"").empty());
  CHECK(joined_label("  AB", u"  ab") == "  ab");
  CHECK(joined_label("\xff\xfe", u"ab") == "ab");
}

TEST_CASE("names of files are nobody's names", "[identity]") {
  Bytes primary = test::make_descriptor({});
  replace(primary, kPublisher, "_COPY.TXT");
  CHECK_FALSE(identity_of({primary}).contains("publisher"));
  replace(primary, kPublisher, "  SOMEBODY");
  CHECK(identity_of({primary})["publisher"] == "SOMEBODY");

  Bytes joliet = test::make_descriptor({.type = 2, .escape = "%/E"});
  replace(joliet, kPublisher, wide(u"", 128));
  replace(primary, kVolumeSet, "SET");
  replace(joliet, kVolumeSet, wide(u"", 128));
  const Json both = identity_of({primary, joliet});
  CHECK(both["version"] == "Joliet Extension");
  CHECK(both["publisher"] == "SOMEBODY");
  CHECK_FALSE(both.contains("volume_set"));
}

TEST_CASE("boot records, High Sierra and Joliet alone have an identity", "[identity]") {
  CHECK(identity_of({test::make_boot_record(30), test::make_descriptor({})})["boot_system"] ==
        "EL TORITO SPECIFICATION");
  Bytes joliet = test::make_descriptor({.type = 2, .escape = "%/E"});
  replace(joliet, kLabel, wide(u"Alone", 32));
  CHECK(identity_of({joliet})["label"] == "Alone");
  const Bytes enhanced = test::make_descriptor({.type = 2, .version = 2});
  CHECK(identity_of({enhanced})["label"] == "TEST");

  test::Disc disc;
  disc.sector(16, test::make_high_sierra_descriptor({}));
  disc.sector(17, test::make_high_sierra_terminator());
  CHECK(identity(disc.source()) ==
        Json({{"type", "iso9660"}, {"version", "High Sierra"}, {"label", "TEST"}}));
}

TEST_CASE("what is no disc has no identity", "[identity]") {
  CHECK(identity(test::MemorySource(std::uint64_t{1} << 20U)).is_null());
  CHECK(identity(test::MemorySource(Bytes{})).is_null());
}

TEST_CASE("the UUID of UDF is made of its volume set", "[identity]") {
  CHECK(udf::uuid_of("0123456789ABCDEFname") == "0123456789abcdef");
  CHECK(udf::uuid_of("ABCDEF01zzABset") == "abcdef017a7a4142");
  CHECK(udf::uuid_of("ABCDEFABzz") == "abcdefab7a7a0000");
  CHECK(udf::uuid_of("abcdefgh") == "6162636465666768");
  CHECK(udf::uuid_of("012345\u00e46789abcd") == "303132333435c3a4");
  CHECK(udf::uuid_of("0123456").empty());
  CHECK(udf::uuid_of("").empty());
}

TEST_CASE("UDF's descriptors tell its identity", "[identity]") {
  constexpr std::size_t kSet = 72;
  constexpr std::size_t kApplication = 344;
  const Json plain = identity_of_udf(0, {});
  CHECK(plain == Json({{"type", "udf"},
                       {"version", "2.01"},
                       {"label", "TEST"},
                       {"volume_set", "SET"},
                       {"application", "Application"},
                       {"volume_identifier", "PRIMARY"},
                       {"logical_volume", "TEST"},
                       {"block_bytes", 2048}}));
  CHECK(identity_of_udf(kSet, build::dstring(build::cs0("0123456789abcdef"), 128))["uuid"] ==
        "0123456789abcdef");
  CHECK(identity_of_udf(kApplication, Bytes(32))["application"] == "Writer");
  CHECK(identity_of_udf(kApplication + 1, test::bytes_of({'*', 0xFF}))["application"] ==
        "?pplication");
}

TEST_CASE("the highest revision counts", "[identity]") {
  build::VolumeSpec spec;
  spec.logical.revision = 0x0260;
  CHECK(identity(build::plain_volume({}, spec).source())["version"] == "2.60");
  spec.logical.revision = 0x0102;
  spec.integrity.use_bytes = 0;
  CHECK(identity(build::plain_volume({}, spec).source())["version"] == "1.02");
}

TEST_CASE("what no logical volume stands behind has an identity", "[identity]") {
  build::VolumeDisc disc;
  for (const auto& range : {build::kMain, build::kReserve})
    disc.block(range.location + 1, build::terminator(range.location + 1));
  const Json found = identity(disc.source());
  CHECK(found["type"] == "udf");
  CHECK(found["volume_identifier"] == "PRIMARY");
  CHECK_FALSE(found.contains("label"));
}

TEST_CASE("of a bridge disc UDF is named", "[identity]") {
  build::VolumeSpec spec;
  spec.recognition = {"BEA01", "NSR02", "TEA01"};
  build::VolumeDisc disc = build::plain_volume({}, spec);
  disc.sector(16, test::make_descriptor({}));
  disc.sector(17, test::make_terminator());
  for (std::uint32_t i = 0; i < 3; ++i)
    disc.sector(18 + i, build::volume_structure(spec.recognition[i]));
  CHECK(identity(disc.source())["type"] == "udf");
  disc.sector(19, Bytes(2048));
  CHECK(identity(disc.source())["type"] == "iso9660");
}
