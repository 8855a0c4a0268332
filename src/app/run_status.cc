#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/mount_table.h"
#include "app/render.h"
#include "app/status_page.h"
#include "base/calendar.h"

namespace isofuse::app {
namespace {

using Json = nlohmann::ordered_json;

std::uint64_t value_of(const fuse::Counters::Number& number) {
  return number.load(std::memory_order_relaxed);
}

/// What the page of a mount says. `entry` is null where this namespace does not have the mount.
Json tell(const MountEntry* entry, const StatusPage& page) {
  const fuse::Counters& counters = page.counters;
  Json out;
  out["mount_point"] = entry != nullptr ? Json(entry->mount_point) : Json();
  out["image"] = get_text(page.image);
  out["label"] = get_text(page.label);
  out["format"] = get_text(page.format);
  const std::int64_t now = std::time(nullptr);
  const std::int64_t since = std::clamp<std::int64_t>(page.mounted_at, 0, now);
  out["mounted_at"] = iso_8601(since);
  out["mounted_seconds"] = now - since;
  out["sandbox"] = get_text(page.sandbox);
  out["processes"] = {{"supervisor", page.supervisor_process}, {"disc", page.disc_process.load()}};
  out["requests"] = {{"answered", value_of(counters.requests)},
                     {"failed", value_of(counters.requests_failed)}};
  out["served_bytes"] = value_of(counters.bytes_served);
  out["sent_ahead"] = {{"files", value_of(counters.files_pushed)},
                       {"sent_bytes", value_of(counters.bytes_pushed)}};
  out["caches"] = {{"held_bytes", value_of(counters.cache_bytes)},
                   {"hits", value_of(counters.cache_hits)},
                   {"misses", value_of(counters.cache_misses)}};
  out["damage"] = value_of(counters.damage);
  return out;
}

/// What is known of a mount whose page cannot be found.
Json tell(const MountEntry& entry) {
  const bool mine = geteuid() == 0 || owner_of(entry) == geteuid();
  Json out;
  out["mount_point"] = entry.mount_point;
  out["image"] = entry.source;
  out["note"] = mine ? "nobody serves it any more; 'isofuse -u' takes it away"
                     : "only its owner can see its figures";
  return out;
}

using Pages = std::vector<std::unique_ptr<SharedStatus>>;

/// A process that is just ending may have the number of a device that is this mount's by now.
bool is_of(const SharedStatus& shared, const MountEntry& entry) {
  const StatusPage& page = shared.page();
  if (page.mounted_at == 0) return false;
  const std::string device = get_text(page.device);
  if (device.empty()) return get_text(page.image) == entry.source;
  return device == entry.device && shared.owner() == owner_of(entry);
}

const StatusPage* find_page(const Pages& pages, const MountEntry& entry) {
  for (const auto& shared : pages)
    if (is_of(*shared, entry)) return &shared->page();
  return nullptr;
}

Json tell(const std::vector<MountEntry>& mounts, const Pages& pages) {
  Json out = Json::array();
  for (const MountEntry& entry : mounts) {
    const StatusPage* const page = find_page(pages, entry);
    out.push_back(page != nullptr ? tell(&entry, *page) : tell(entry));
  }
  return out;
}

/// All that are this user's; for root, all.
Json tell_all(const Pages& pages) {
  const std::vector<MountEntry> table = read_mount_table();
  std::vector<MountEntry> mounts;
  std::copy_if(table.begin(), table.end(), std::back_inserter(mounts),
               [&](const MountEntry& entry) {
                 if (entry.type != kMountType)
                   return find_page(pages, entry) != nullptr;  // -o subtype=
                 return geteuid() == 0 || owner_of(entry) == geteuid();
               });
  Json out = tell(mounts, pages);
  for (const auto& shared : pages) {
    const std::string device = get_text(shared->page().device);
    const auto has_device = [&](const MountEntry& entry) { return entry.device == device; };
    if (shared->in_other_namespace() && shared->page().mounted_at != 0 &&
        std::none_of(table.begin(), table.end(), has_device))
      out.push_back(tell(nullptr, shared->page()));
  }
  return out;
}

std::string text_of(const Json& mounts) {
  if (mounts.empty()) return "No disc image is mounted by isofuse.\n";
  std::string out;
  for (const Json& mount : mounts) out += (out.empty() ? "" : "\n") + render_text(mount);
  return out;
}

}  // namespace

Done run_status(const Request& request) {
  const Pages pages = SharedStatus::find_all();
  Json mounts;
  if (request.image.empty()) {
    mounts = tell_all(pages);
  } else {
    const std::vector<MountEntry> wanted = find_our_mounts(request.image);
    if (wanted.empty())
      return Failure{ExitStatus::kNotMounted,
                     fmt::format("{}: neither a mount by isofuse nor an image that is mounted; "
                                 "'isofuse --status' lists them",
                                 request.image)};
    mounts = tell(wanted, pages);
  }
  constexpr int kIndent = 2;
  const std::string text =
      request.json ? mounts.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n"
                   : text_of(mounts);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    return Failure{ExitStatus::kNotWritten, "the standard output cannot be written"};
  return {};
}

}  // namespace isofuse::app
