#pragma once
// Message digests, by Nettle.
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct nettle_hash;

namespace isofuse {

/// Of the bytes given so far. Copyable: what was given before a copy counts in both.
class Digest {
 public:
  /// By the name that the tools have: "md5", "sha1", "sha224", "sha256", "sha384", "sha512".
  /// Nothing for others.
  [[nodiscard]] static std::optional<Digest> of(std::string_view algorithm);

  void add(std::span<const std::byte> bytes);
  /// Bytes may be added after this all the same.
  [[nodiscard]] std::vector<std::byte> value() const;
  /// value() in lower-case hexadecimal.
  [[nodiscard]] std::string hexadecimal() const;

 private:
  explicit Digest(const nettle_hash& hash);

  const nettle_hash* hash_;
  std::vector<std::byte> context_;  // aligned by operator new for every one of these structures
};

}  // namespace isofuse
