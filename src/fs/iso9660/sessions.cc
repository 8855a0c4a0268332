#include "fs/iso9660/sessions.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

#include <isofuse/limits.h>

#include "base/text.h"
#include "fs/iso9660/disc.h"

namespace isofuse::iso9660 {
namespace {

/// Of the session whose descriptors begin at sector `start` + 16, if they do.
std::optional<Session> session_at(const Source& image, std::uint64_t start) {
  std::array<std::byte, offsetof(disc::VolumeDescriptor, escape_sequences)> bytes;
  const std::uint64_t where = (start + disc::kSystemAreaSectors) * disc::kSectorBytes;
  // The first seven bytes tell; the rest is read only where they do.
  const auto head_bytes = std::span(bytes).first(sizeof(disc::VolumeDescriptorHead));
  if (!image.read(where, head_bytes)) return std::nullopt;
  const auto head = ByteView(head_bytes).read<disc::VolumeDescriptorHead>(0);
  if (head->type != disc::kPrimary ||
      std::string_view(head->identifier, sizeof head->identifier) != disc::kStandardIdentifier)
    return std::nullopt;
  if (!image.read(where, bytes)) return std::nullopt;
  disc::VolumeDescriptor descriptor{};
  std::memcpy(&descriptor, bytes.data(), bytes.size());
  return Session{static_cast<std::uint32_t>(start), descriptor.volume_space_blocks.get(),
                 std::string(trim_padding(
                     {descriptor.volume_identifier, sizeof descriptor.volume_identifier}))};
}

/// The first session that starts in [from, from + kSessionGapSectorsMax].
std::optional<Session> next_session(const Source& image, std::uint64_t from) {
  const std::uint64_t image_sectors = image.size_bytes() / disc::kSectorBytes;
  const std::uint64_t end = std::min(from + kSessionGapSectorsMax + 1, image_sectors);
  for (std::uint64_t start = from; start < end; ++start)
    if (auto session = session_at(image, start)) return session;
  return std::nullopt;
}

}  // namespace

std::vector<Session> find_sessions(const Source& image) {
  std::vector<Session> sessions;
  auto session = session_at(image, 0);
  if (!session) return sessions;
  // libisofs, overwritable media: sessions from sector 32 on, and at 0 a copy of the newest head.
  constexpr std::uint64_t kFirstOfOverwritable = 32;
  if (const auto first = session_at(image, kFirstOfOverwritable);
      first && first->volume_blocks < session->volume_blocks)
    session = first;
  while (session && sessions.size() < kSessionsMax) {
    sessions.push_back(*session);
    // The size of a later session counts from the start of the disc (libisofs) or from its own
    // start (others).
    const std::uint64_t start = session->start_sector;
    const std::uint64_t blocks = session->volume_blocks;
    auto next = blocks > start ? next_session(image, std::max(blocks, start + 1)) : std::nullopt;
    if (!next && start != 0) next = next_session(image, start + std::max<std::uint64_t>(blocks, 1));
    session = std::move(next);
  }
  return sessions;
}

}  // namespace isofuse::iso9660
