#include "fs/iso9660/select.h"

#include <array>
#include <utility>

#include "base/log.h"
#include "fs/iso9660/sessions.h"
#include "fs/iso9660/susp.h"

namespace isofuse::iso9660 {
namespace {

/// What the root's own record says about System Use entries on this disc.
struct RootUse {
  bool readable = false;
  Error failure{Errc::kTruncated, "the root directory cannot be read"};  ///< where not readable
  bool declared = false;  ///< ER: Rock Ridge, as the kernel takes it
  std::optional<std::uint8_t> skip_bytes;
  std::uint8_t root_skip_bytes = 0;
  std::vector<std::string> extensions;
};

RootUse examine_root(const Source& image, const Volume& volume) {
  RootUse out;
  StoredRecord stored;
  if (const auto fetched = stored.fetch(image, volume.root_offset, volume.layout.high_sierra);
      !fetched) {
    log_damage(fetched.error(), "root directory");
    out.failure = fetched.error();
    return out;
  }
  out.readable = true;
  if (volume.layout.high_sierra) return out;
  for (const std::uint8_t skip : {std::uint8_t{0}, kXaBytes}) {
    SystemUse use;
    const auto done = collect_system_use(image, volume.layout.block_bytes,
                                         stored.record().system_use().tail(skip), {}, use);
    if (!done) log_damage(done.error(), "System Use area of the root directory");
    if (use.skip_bytes) {
      out.skip_bytes = use.skip_bytes;
      out.root_skip_bytes = skip;
    }
    if (!use.extensions.empty()) {
      out.declared = true;
      out.extensions = use.extensions;
      out.root_skip_bytes = skip;
    }
    if (use.skip_bytes || out.declared) break;
  }
  return out;
}

/// The kernel's test for a primary tree that is a dummy: fewer than three records in the first
/// block of the root.
bool root_is_empty(const Source& image, const Volume& volume) {
  std::vector<std::byte> block(volume.layout.block_bytes);
  if (!image.read(volume.root_offset, block)) return true;
  std::size_t pos = 0;
  int records = 0;
  for (; records < 3 && pos < block.size(); ++records) {
    const auto length = std::to_integer<std::size_t>(block[pos]);
    if (length == 0) break;
    pos += length;
  }
  return records < 3;
}

Result<std::shared_ptr<const Charset>> open_charset(const std::string& from,
                                                    const std::string& to) {
  return std::shared_ptr<const Charset>(ISOFUSE_TRY(Charset::open(from, to)));
}

/// The choice between the trees that are there.
struct Choice {
  const Volume* volume = nullptr;
  View view = View::kIso;
  RootUse root;
  bool rock_ridge = false;  ///< its entries are read, declared or not
};

/// How the chosen tree is to be read; everything but the choice itself.
Result<Tree> make_tree(const Options& options, const Choice& choice) {
  Tree tree;
  tree.layout = choice.volume->layout;
  tree.hide = options.hide;
  tree.show_associated = options.show_associated;
  tree.rock_ridge = choice.rock_ridge;
  const bool joliet = choice.view == View::kJoliet;
  tree.names.joliet = joliet;
  tree.names.map = options.map;
  // In Joliet each unit stands alone but in UTF-8, as in the kernel.
  if (joliet && !is_utf8(options.iocharset))
    tree.names.iocharset = ISOFUSE_TRY(open_charset("UCS-2BE", options.iocharset));
  if (!joliet && !is_utf8(options.charset))
    tree.names.charset = ISOFUSE_TRY(open_charset(options.charset, "UTF-8"));
  tree.rule.fold_case =
      options.check == NameCheck::kDefault ? joliet : options.check == NameCheck::kRelaxed;
  tree.rule.ignore_trailing_dots = joliet;
  return tree;
}

Result<Choice> choose(const Source& image, const Options& options, const VolumeDescriptors& found) {
  const bool want_rock_ridge =
      options.rock_ridge && (options.view == View::kAuto || options.view == View::kRockRidge);
  const bool want_joliet =
      options.joliet && (options.view == View::kAuto || options.view == View::kJoliet);
  const Volume* joliet = want_joliet && found.joliet ? &*found.joliet : nullptr;
  const Volume* primary = found.primary ? &*found.primary : nullptr;
  const Volume* enhanced = found.enhanced ? &*found.enhanced : nullptr;

  const RootUse root = primary != nullptr ? examine_root(image, *primary) : RootUse{};
  if (options.view == View::kJoliet) {
    if (joliet == nullptr) return Error{Errc::kNotFound, "this disc has no Joliet tree"};
    return Choice{joliet, View::kJoliet, root, false};
  }
  if (options.view == View::kEnhanced) {
    if (enhanced == nullptr)
      return Error{Errc::kNotFound, "this disc has no enhanced (ISO 9660:1999) tree"};
    return Choice{enhanced, View::kEnhanced, root, false};
  }
  if (options.view == View::kRockRidge && !root.declared)
    return Error{Errc::kNotFound, "this disc has no Rock Ridge names"};
  if (primary != nullptr && root.readable) {
    const bool rock_ridge = want_rock_ridge && !primary->layout.high_sierra;
    if (rock_ridge && root.declared && !(joliet != nullptr && root_is_empty(image, *primary)))
      return Choice{primary, View::kRockRidge, root, true};
    if (joliet != nullptr) return Choice{joliet, View::kJoliet, root, false};
    // Nothing declares Rock Ridge, but the kernel reads its entries where they are.
    return Choice{primary, View::kIso, root, rock_ridge};
  }
  if (options.view == View::kIso && primary == nullptr)
    return Error{Errc::kNotFound, "this disc has no plain (primary) tree"};
  if (options.view == View::kIso) return root.failure;
  if (joliet != nullptr) return Choice{joliet, View::kJoliet, root, false};
  if (enhanced != nullptr) return Choice{enhanced, View::kEnhanced, root, false};
  if (found.joliet && options.view == View::kAuto && primary == nullptr)
    return Error{Errc::kNotFound, "this disc has only a Joliet tree, which the options exclude"};
  return root.failure;
}

}  // namespace

Result<std::uint32_t> session_sector(const Source& image, const Options& options) {
  if (options.superblock_sector) return *options.superblock_sector;
  // As the kernel: a drive tells its last session, a file is read from its beginning.
  if (!options.session) return image.last_session_sector().value_or(0);
  const std::vector<Session> sessions = find_sessions(image);
  // Those are told by primary descriptors; High Sierra and a disc of Joliet alone have one session.
  if (sessions.empty() && *options.session == 0) return 0;
  if (*options.session >= sessions.size())
    return Error{Errc::kNotFound, "there is no such session (isofuse --info lists them)"};
  return sessions[*options.session].start_sector;
}

Result<Selection> select_tree(const Source& image, const Options& options) {
  if (options.view == View::kUdf)
    return Error{Errc::kNotRecognised, "the options ask for another file system"};
  Selection out;
  const std::uint32_t sector = ISOFUSE_TRY(session_sector(image, options));
  out.descriptors = ISOFUSE_TRY(read_volume_descriptors(image, sector));
  const Choice choice = ISOFUSE_TRY(choose(image, options, out.descriptors));
  out.volume = *choice.volume;
  out.view = choice.view;
  out.tree = ISOFUSE_TRY(make_tree(options, choice));
  out.extensions = choice.root.extensions;
  if (choice.rock_ridge) {
    out.tree.skip_bytes = choice.root.skip_bytes.value_or(0);
    out.root_skip_bytes = choice.root.root_skip_bytes;
    out.try_behind_xa = !choice.root.declared && !choice.root.skip_bytes;
  }
  return out;
}

}  // namespace isofuse::iso9660
