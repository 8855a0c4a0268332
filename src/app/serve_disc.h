#pragma once
// What the process that reads the disc does, from its first to its last step.
#include <isofuse/source.h>

#include "app/channel.h"
#include "app/settings.h"
#include "app/status_page.h"

namespace isofuse::app {

/// Enters the sandbox; opens the disc and tells the supervisor how that went; is handed a mounted
/// descriptor of /dev/fuse, and serves until that ends, and tells `page` what it does. Returns the
/// exit status.
[[nodiscard]] int serve_disc(const Request& request, const Source& image, const Channel& supervisor,
                             StatusPage& page);

}  // namespace isofuse::app
