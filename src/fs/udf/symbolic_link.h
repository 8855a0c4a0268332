#pragma once
// The target of a symbolic link: path components (ECMA-167 4/14.16).
#include <string>

#include <isofuse/bytes.h>
#include <isofuse/result.h>

#include "base/charset.h"

namespace isofuse::udf {

/// The target that the components make, as the kernel shows it: a root component begins it anew,
/// names are shown as in directories. A path that is recorded as it stands is shown as it stands.
/// kCorrupt where a component does not fit, kTooLarge where the
/// target is longer than kLinkBytesMax.
Result<std::string> link_target(const ByteView& components, const Charset* iocharset);

}  // namespace isofuse::udf
