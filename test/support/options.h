#pragma once
// Options with some fields set.
#include <isofuse/options.h>

namespace isofuse::test {

/// The defaults, changed by `set`.
template <class Set>
[[nodiscard]] Options options_with(Set set) {
  Options out;
  set(out);
  return out;
}

}  // namespace isofuse::test
