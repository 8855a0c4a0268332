#include "fs/iso9660/susp.h"

#include <algorithm>
#include <cstring>

#include <isofuse/limits.h>

#include "base/log.h"
#include "fs/iso9660/time.h"

namespace isofuse::iso9660 {
namespace {

constexpr std::size_t kNameMax = 255;  // NAME_MAX; the kernel stops at 253

}  // namespace

void Continuations::take(const ByteView& entry) {
  const auto ce = entry.read<disc::ContinuationArea>(0);
  if (ce)
    next_ = Place{std::uint64_t{ce->block_lbn.get()} * block_bytes_ + ce->offset_bytes.get(),
                  ce->length_bytes.get()};
}

Result<bool> Continuations::follow() {
  // The kernel takes block 0 to mean that there is none.
  if (!next_ || next_->offset < block_bytes_ || next_->length_bytes == 0) return false;
  const Place place = *next_;
  next_.reset();
  if (hops_++ >= kContinuationsMax)
    return Error{Errc::kLoop, "continuation areas do not end", where_};
  const std::uint64_t cost = place.length_bytes + kContinuationCostBytes;
  if (budget_ != nullptr && *budget_ < cost)
    return Error{Errc::kTooLarge, "this directory has too many continuation areas"};
  if (budget_ != nullptr) *budget_ -= cost;
  // Before the sum, which on 32 bits could begin at 0 again.
  if (place.length_bytes > kSystemUseBytesMax - total_bytes_)
    return Error{Errc::kTooLarge, "continuation areas are too large", where_};
  const auto length_bytes = static_cast<std::size_t>(place.length_bytes);
  total_bytes_ += length_bytes;
  // Bounded by the image, not by the volume's size: that field is often wrong (a grown
  // multisession disc counts its last session only).
  if (!inside(place.offset, place.length_bytes, image_.size_bytes()))
    return Error{Errc::kCorrupt, "continuation area lies outside the image", place.offset};
  std::vector<std::byte> bytes(length_bytes);
  ISOFUSE_TRY(image_.read(place.offset, bytes));
  buffer_ = std::move(bytes);
  area_ = ByteView(buffer_, place.offset);
  return true;
}

namespace {

/// Collects one record's entries; a member function for each signature.
class Collector {
 public:
  Collector(SystemUseWanted wanted, SystemUse& out) : wanted_(wanted), out_(out) {}

  /// False where the kernel would stop reading the area.
  bool take(const SystemUseEntry& entry) {
    switch (entry.signature) {
      case signature('S', 'P'):
        return sharing_protocol(entry.view);
      case signature('E', 'R'):
        extensions_reference(entry.view);
        break;
      case signature('P', 'X'):
        posix_attributes(entry.view);
        break;
      case signature('P', 'N'):
        posix_device(entry.view);
        break;
      case signature('T', 'F'):
        time_stamps(entry.view);
        break;
      case signature('S', 'L'):
        symbolic_link(entry.view);
        break;
      case signature('C', 'L'):
        directory_link(entry.view, out_.child_lbn);
        break;
      case signature('P', 'L'):
        directory_link(entry.view, out_.parent_lbn);
        break;
      case signature('R', 'E'):
        out_.relocated = true;
        break;
      case signature('S', 'F'):
        sparse_file(entry.view);
        break;
      case signature('Z', 'F'):
      case signature('Z', '2'):
        compressed_file(entry.view);
        break;
      case signature('A', 'L'):
        attribute_list(entry.view);
        break;
      case signature('R', 'R'):
      case signature('N', 'M'):
        out_.any_rock_ridge = true;
        break;
      default:
        break;  // SUSP 6.2: what is not known is passed over
    }
    return true;
  }

 private:
  bool sharing_protocol(const ByteView& view) {
    const auto sp = view.read<disc::SharingProtocol>(0);
    if (!sp || sp->check_be != 0xBE || sp->check_ef != 0xEF) return false;
    out_.skip_bytes = sp->skip_bytes;
    return true;
  }

  void extensions_reference(const ByteView& view) {
    const auto er = view.read<disc::ExtensionsReference>(0);
    if (!er) return;
    const auto identifier = view.slice(sizeof *er, er->identifier_bytes);
    if (identifier) out_.extensions.emplace_back(identifier->chars());
  }

  void posix_attributes(const ByteView& view) {
    const auto px = view.read<disc::PosixAttributes>(0);
    if (!px) return;
    out_.any_rock_ridge = true;
    out_.posix = SystemUse::Posix{px->mode.get(), px->links.get(), px->uid.get(), px->gid.get(),
                                  std::nullopt};
    if (const auto serial = view.read<Both32>(sizeof *px)) out_.posix->serial = serial->get();
  }

  void posix_device(const ByteView& view) {
    const auto pn = view.read<disc::PosixDevice>(0);
    if (!pn) return;
    const std::uint32_t high = pn->high.get();
    const std::uint32_t low = pn->low.get();
    // RRIP 4.1.2 leaves it to the writer: major and minor, or one number of 32 bits in Low. As in
    // the kernel, a High of zero with a Low that is no minor of major 0 tells the second; unlike
    // the kernel, which knows only its oldest layout (8 and 8 bits), we read the layout that
    // Linux and NetBSD have used since: 12 bits of major among 20 of minor.
    if (high == 0 && low > 0xFF)
      out_.device =
          SystemUse::Device{(low >> 8U) & 0xFFFU, (low & 0xFFU) | ((low >> 12U) & 0xFFF00U)};
    else
      out_.device = SystemUse::Device{high, low};
  }

  /// A short stamp of TF. Seen: makefs (NetBSD) counts one byte too few, which leaves the last zone
  /// outside of the entry. The kernel takes what follows for it, which is no zone.
  static std::optional<disc::RecordingTime> read_stamp(const ByteView& view, std::uint64_t pos) {
    constexpr std::size_t kWithoutZone = sizeof(disc::RecordingTime) - 1;
    disc::RecordingTime time{};
    const ByteView stamp = view.tail(pos);
    if (stamp.size() < kWithoutZone) return std::nullopt;
    std::memcpy(&time, stamp.bytes().data(), std::min(stamp.bytes().size(), sizeof time));
    return time;
  }

  void time_stamps(const ByteView& view) {
    const auto tf = view.read<disc::FlaggedEntry>(0);
    if (!tf) return;
    out_.any_rock_ridge = true;
    const bool long_form = (tf->flags & disc::kTimeLongForm) != 0;
    std::uint64_t pos = sizeof *tf;
    const auto next = [&](std::uint8_t flag, std::optional<Timestamp>& into) {
      if ((tf->flags & flag) == 0) return;
      if (long_form) {
        // A stamp that is not specified leaves that of the directory record.
        if (const auto time = view.read<disc::LongTime>(pos))
          if (const auto stamp = to_timestamp(*time)) into = stamp;
        pos += sizeof(disc::LongTime);
      } else {
        if (const auto time = read_stamp(view, pos)) into = to_timestamp(*time);
        pos += sizeof(disc::RecordingTime);
      }
    };
    next(disc::kTimeCreation, out_.created);
    next(disc::kTimeModify, out_.modified);
    next(disc::kTimeAccess, out_.accessed);
    next(disc::kTimeAttributes, out_.attributes_changed);
  }

  /// RRIP 4.1.3. Slashes go between components; none after one that is continued, nor after the
  /// root, which is a slash itself. An SL that is continued ends with a slash if its last component
  /// ended.
  void symbolic_link(const ByteView& view) {
    out_.any_rock_ridge = true;
    if (!wanted_.link_target) return;
    const auto sl = view.read<disc::FlaggedEntry>(0);
    if (!sl) return;
    std::string& target = out_.link_target;
    std::uint64_t pos = sizeof *sl;
    while (view.size() - pos >= sizeof(disc::Component)) {
      const auto component = view.read<disc::Component>(pos);
      const auto text = view.slice(pos + sizeof *component, component->component_bytes);
      if (!text || target.size() + text->size() > kLinkBytesMax) {
        out_.link_damaged = true;
        return;
      }
      pos += sizeof *component + component->component_bytes;
      const auto kind = static_cast<std::uint8_t>(component->flags & ~disc::kComponentContinue);
      switch (kind) {
        case 0:
          target += text->chars();
          break;
        case disc::kComponentCurrent:
          target += ".";
          break;
        case disc::kComponentParent:
          target += "..";
          break;
        case disc::kComponentRoot:
          target += "/";
          break;
        default:
          break;  // RRIP 1.09: volume root, host name. As in the kernel, nothing.
      }
      const bool ends = (component->flags & disc::kComponentContinue) == 0;
      const bool more = view.size() - pos >= sizeof(disc::Component) ||
                        (sl->flags & disc::kComponentContinue) != 0;
      if (ends && more && kind != disc::kComponentRoot) target += "/";
    }
  }

  void directory_link(const ByteView& view, std::optional<std::uint32_t>& into) {
    out_.any_rock_ridge = true;
    if (const auto link = view.read<disc::DirectoryLink>(0)) into = link->directory_lbn.get();
  }

  void sparse_file(const ByteView& view) {
    out_.any_rock_ridge = true;
    if (const auto sf = view.read<disc::SparseFile>(0)) {
      out_.sparse = SparseInfo{(std::uint64_t{sf->size_high.get()} << 32U) | sf->size_low.get(),
                               sf->table_depth};
    } else if (const auto old = view.read<disc::SparseFileOld>(0)) {
      out_.sparse = SparseInfo{old->size.get(), 0};
    }
  }

  void compressed_file(const ByteView& view) {
    const auto zf = view.read<disc::CompressedFile>(0);
    if (!zf) return;
    // Version 1 records a Both32 there, whose little-endian half comes first.
    const std::uint64_t size =
        zf->head.version >= 2 ? zf->size.get() : zf->size.get() & 0xFFFF'FFFFU;
    out_.compression = CompressionInfo{{zf->algorithm[0], zf->algorithm[1]},
                                       zf->header_words,
                                       zf->block_log2,
                                       size,
                                       zf->head.version};
  }

  void attribute_list(const ByteView& view) {
    if (!wanted_.attribute_list) return;
    const ByteView components = view.tail(sizeof(disc::FlaggedEntry));
    out_.attribute_list.insert(out_.attribute_list.end(), components.bytes().begin(),
                               components.bytes().end());
  }

  SystemUseWanted wanted_;
  SystemUse& out_;
};

}  // namespace

Result<void> collect_system_use(const Source& image, std::uint32_t block_bytes,
                                const ByteView& area, SystemUseWanted wanted, SystemUse& out) {
  Collector collector(wanted, out);
  return walk_system_use(image, block_bytes, area,
                         [&](const SystemUseEntry& entry) { return collector.take(entry); });
}

Result<void> read_listing_entry(const Source& image, std::uint32_t block_bytes,
                                const ByteView& area, ListingEntry& into) {
  into.relocated = false;
  into.name.clear();
  into.child_lbn.reset();
  into.mode.reset();
  bool names_end = false;
  const auto take_name = [&](const ByteView& view) {
    const auto nm = view.read<disc::FlaggedEntry>(0);
    // All flags but CONTINUE say that this is no name: ".", "..", a host name (1.09), or unknown.
    // The pieces follow each other whether CONTINUE is set or not.
    if (!nm || (nm->flags & ~disc::kComponentContinue) != 0) return;
    std::string_view piece = view.tail(sizeof *nm).chars();
    if (into.name.size() + piece.size() > kNameMax) {
      names_end = true;
      return;
    }
    into.name += piece.substr(0, piece.find('\0'));
  };
  const auto walked = walk_system_use(
      image, block_bytes, area,
      [&](const SystemUseEntry& entry) {
        const ByteView& view = entry.view;
        switch (entry.signature) {
          case signature('R', 'E'):
            into.relocated = true;
            return false;
          case signature('R', 'R'):
            // RRIP 1.09: it tells whether an NM follows, and the kernel believes it.
            if (const auto rr = view.read<disc::RockRidgePresent>(0))
              names_end = names_end || (rr->flags & disc::kPresentName) == 0;
            break;
          case signature('N', 'M'):
            if (!names_end) take_name(view);
            break;
          case signature('C', 'L'):
            if (const auto link = view.read<disc::DirectoryLink>(0))
              into.child_lbn = link->directory_lbn.get();
            break;
          case signature('P', 'X'):
            if (const auto px = view.read<disc::PosixAttributes>(0)) into.mode = px->mode.get();
            break;
          default:
            break;
        }
        return true;
      },
      &into.continuation_budget);
  if (!walked) {
    if (walked.error().code == Errc::kIo) return walked.error();
    log_damage(walked.error(), "Rock Ridge name");
  }
  return {};
}

}  // namespace isofuse::iso9660
