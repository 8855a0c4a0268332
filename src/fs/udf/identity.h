#pragma once
// What blkid(8), and through it udev and lsblk, call a UDF volume.
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include <isofuse/source.h>

#include "fs/udf/integrity.h"
#include "fs/udf/volume_sequence.h"

namespace isofuse::udf {

/// The members of "identity" in isofuse(1), "JSON".
[[nodiscard]] nlohmann::ordered_json identity(const FoundVolume& found,
                                              const std::optional<Integrity>& integrity);
/// The same of what is found on `image`; nothing where no anchor stands, or, with
/// `need_recognition`, no recognition sequence.
[[nodiscard]] std::optional<nlohmann::ordered_json> find_identity(const Source& image,
                                                                  bool need_recognition);

/// By a volume set identifier in UTF-8, whose first 16 characters UDF 2.2.2.5 wants to be unique
/// and hexadecimal, the last eight at the choice of the program. Empty where it has less than eight
/// bytes.
[[nodiscard]] std::string uuid_of(std::string_view volume_set_identifier);

/// UDF 2.1.5.3: binary coded decimal, 0x0250 for 2.50.
[[nodiscard]] std::string revision_text(std::uint16_t revision);

}  // namespace isofuse::udf
