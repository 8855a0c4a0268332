#include "base/digest.h"

#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <nettle/nettle-meta.h>

namespace isofuse {

Digest::Digest(const nettle_hash& hash) : hash_(&hash), context_(hash.context_size) {
  hash_->init(context_.data());
}

std::optional<Digest> Digest::of(std::string_view algorithm) {
  const std::array<std::pair<std::string_view, const nettle_hash*>, 6> known = {{
      {"md5", &nettle_md5},
      {"sha1", &nettle_sha1},
      {"sha224", &nettle_sha224},
      {"sha256", &nettle_sha256},
      {"sha384", &nettle_sha384},
      {"sha512", &nettle_sha512},
  }};
  for (const auto& [name, hash] : known) {
    if (name == algorithm) return Digest(*hash);
  }
  return std::nullopt;
}

void Digest::add(std::span<const std::byte> bytes) {
  hash_->update(context_.data(), bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

std::vector<std::byte> Digest::value() const {
  std::vector<std::byte> context = context_;
  std::vector<std::byte> out(hash_->digest_size);
  hash_->digest(context.data(), out.size(), reinterpret_cast<std::uint8_t*>(out.data()));
  return out;
}

std::string Digest::hexadecimal() const {
  std::string out;
  for (const std::byte byte : value())
    out += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return out;
}

}  // namespace isofuse
