#include "base/charset.h"

#include <iconv.h>

#include <cerrno>
#include <mutex>
#include <utility>

namespace isofuse {

bool is_utf8(const std::string& name) {
  return name.empty() || name == "utf8" || name == "utf-8" || name == "UTF-8" || name == "UTF8";
}

struct Charset::State {
  iconv_t descriptor;
  std::mutex mutex;  // an iconv_t keeps a shift state
};

Charset::Charset(std::unique_ptr<State> state) : state_(std::move(state)) {}
Charset::~Charset() { iconv_close(state_->descriptor); }

Result<std::unique_ptr<Charset>> Charset::open(const std::string& from, const std::string& to) {
  auto state = std::make_unique<State>();
  state->descriptor = iconv_open(to.c_str(), from.c_str());
  // iconv reports failure as (iconv_t)-1.
  if (reinterpret_cast<std::intptr_t>(state->descriptor) == -1)
    return Error{Errc::kInvalid, "unknown character set (iconv -l lists those known)"};
  return std::unique_ptr<Charset>(new Charset(std::move(state)));
}

std::string Charset::convert(std::string_view text, char substitute, std::size_t unit_bytes) const {
  const std::lock_guard lock(state_->mutex);
  iconv(state_->descriptor, nullptr, nullptr, nullptr, nullptr);
  std::string input(text);  // iconv's interface is not const
  char* in = input.data();
  std::size_t in_left = input.size();
  std::string out;
  char buffer[512];
  while (in_left > 0) {
    char* to = buffer;
    std::size_t to_left = sizeof buffer;
    const std::size_t done = iconv(state_->descriptor, &in, &in_left, &to, &to_left);
    out.append(buffer, sizeof buffer - to_left);
    if (done != static_cast<std::size_t>(-1) || errno == E2BIG) continue;
    if (substitute == '\0') return std::string(text);
    out.push_back(substitute);
    const std::size_t skip = std::min(unit_bytes, in_left);
    in += skip;
    in_left -= skip;
  }
  char* to = buffer;
  std::size_t to_left = sizeof buffer;
  iconv(state_->descriptor, nullptr, nullptr, &to, &to_left);  // back to the initial shift state
  out.append(buffer, sizeof buffer - to_left);
  return out;
}

}  // namespace isofuse
