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

namespace {

/// Bytes of the character at the start of `text`, or 0 where it is none. The Unicode Standard,
/// table 3-7, "Well-Formed UTF-8 Byte Sequences". (glibc's iconv lets more through.)
std::size_t well_formed_bytes(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t bytes = first < 0xE0 ? 2 : (first < 0xF0 ? 3 : 4);
  if (text.size() < bytes) return 0;
  const unsigned low = first == 0xE0 ? 0xA0 : (first == 0xF0 ? 0x90 : 0x80);
  const unsigned high = first == 0xED ? 0x9F : (first == 0xF4 ? 0x8F : 0xBF);
  if (at(1) < low || at(1) > high) return 0;
  for (std::size_t i = 2; i < bytes; ++i)
    if (at(i) < 0x80 || at(i) > 0xBF) return 0;
  return bytes;
}

}  // namespace

std::string valid_utf8(std::string_view text, char substitute) {
  std::string out;
  while (!text.empty()) {
    const std::size_t bytes = well_formed_bytes(text);
    if (bytes == 0)
      out += substitute;
    else
      out += text.substr(0, bytes);
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return out;
}

}  // namespace isofuse
