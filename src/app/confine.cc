#include "app/confine.h"

#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "app/sandbox.h"
#include "base/charset.h"
#include "base/log.h"

namespace isofuse::app {

void load_ahead(const Options& options) {
  static std::vector<std::unique_ptr<Charset>> loaded;
  const auto load = [](const std::string& from, const std::string& to) {
    // One that is not known is told of where it is needed.
    if (auto charset = Charset::open(from, to)) loaded.push_back(std::move(*charset));
  };
  for (const std::string& name : {options.charset, options.iocharset}) {
    if (is_utf8(name)) continue;
    for (const char* unicode : {"UTF-8", "UTF-16BE"}) {
      load(unicode, name);
      load(name, unicode);
    }
  }
  if (!is_utf8(options.charset) && !is_utf8(options.iocharset))
    load(options.charset, options.iocharset);
  tzset();
}

std::string confine(const Settings& settings, int writable_directory) {
  if (!settings.sandbox) {
    log_debug("sandbox: off");
    return "off";
  }
  const Sandbox sandbox = enter_sandbox(writable_directory);
  std::string what_holds = describe(sandbox);
  log_debug("sandbox: " + what_holds);
  if (!sandbox.system_calls_filtered || !sandbox.no_new_privileges)
    log_warning("the sandbox is not complete on this system: " + what_holds);
#ifdef ISOFUSE_TEST_HOOKS
  if (std::getenv("ISOFUSE_PROBE_SANDBOX") != nullptr) log_warning("probe:\n" + probe_sandbox());
#endif
  return what_holds;
}

}  // namespace isofuse::app
