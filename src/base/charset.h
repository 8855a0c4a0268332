#pragma once
// Conversion between the character sets that iconv(3) knows.
#include <memory>
#include <string>
#include <string_view>

#include <isofuse/result.h>

namespace isofuse {

/// Whether an option that names a character set asks for UTF-8, as it does where it says nothing.
[[nodiscard]] bool is_utf8(const std::string& name);

/// `text` with `substitute` for each byte that is not part of valid UTF-8.
[[nodiscard]] std::string valid_utf8(std::string_view text, char substitute);

/// One direction between two character sets. Safe for use from many threads.
class Charset {
 public:
  /// kInvalid where iconv does not know one of the names.
  static Result<std::unique_ptr<Charset>> open(const std::string& from, const std::string& to);
  Charset(const Charset&) = delete;
  Charset& operator=(const Charset&) = delete;
  ~Charset();

  /// `text`, converted. What the target cannot show becomes `substitute`, and `unit_bytes` bytes of
  /// input are left out for it; with no substitute ('\0') the whole text comes back as it was, so
  /// that nothing is ever lost.
  [[nodiscard]] std::string convert(std::string_view text, char substitute = '\0',
                                    std::size_t unit_bytes = 1) const;

 private:
  struct State;
  explicit Charset(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace isofuse
