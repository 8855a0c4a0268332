#pragma once
// A tree of a disc, written below a directory.
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <isofuse/walk.h>
#include "app/disc_tree.h"
#include "app/exit_status.h"
#include "app/progress.h"
#include "app/settings.h"

namespace isofuse::app {

/// Makes all that it visits below a directory, through descriptors of directories and one name at a
/// time: no link is followed, whether the disc or somebody else has put it there, and no ".."
/// taken. What is there already stays as it is, unless --overwrite. A file that could not be copied
/// whole is removed again. Directories are writable while they are filled, and get what the disc
/// says of them when they are left.
class Extractor final : public Visitor {
 public:
  /// `directory` is a descriptor, kept open by the caller; `made`: it is new, and becomes what the
  /// root of the disc is. `interrupted`: set by a signal. REQUIRES: umask 0.
  Extractor(const Request& request, const DiscTree& tree, int directory, bool made,
            const volatile std::sig_atomic_t& interrupted, Progress& progress);
  ~Extractor() override;

  Step enter(const Visit& directory) override;
  void leave(const Visit& directory) override;
  Step file(const Visit& file) override;
  void failed(std::string_view path, const Error& error) override;

  /// Why it was stopped, if it was.
  [[nodiscard]] const std::optional<Failure>& stopped_by() const { return stopped_by_; }
  /// How many files and directories are not, or not as the disc has them, where they should be.
  [[nodiscard]] std::size_t problems() const { return problems_; }

 private:
  struct Open {
    int descriptor;
    bool made;
  };

  /// `number` is an errno. The answer is what the walk does then.
  Step refused(std::string_view path, std::string_view what, int number);
  void problem(std::string_view path, std::string_view what);
  void once(const std::string& what);

  Step copy_file(const Visit& file);
  Step make_link(const Visit& file);
  Step make_special(const Visit& file);
  /// True where `file` is another name of one that was made, and was made as that.
  bool make_hard_link(const Visit& file);
  void remember(const Visit& file);
  /// 0, or the errno. Calls `make` again where --overwrite has taken away what was in the way.
  template <class Make>
  int make_entry(const Visit& file, Make&& make);
  void set_metadata(int descriptor, const Visit& visit);
  void set_extended_attributes(int descriptor, const Visit& visit);
  /// Owner and times of what cannot be opened.
  void set_by_name(const Visit& file);
  [[nodiscard]] unsigned mode_of(const Attributes& attributes) const;

  const Request& request_;
  const DiscTree& tree_;
  const volatile std::sig_atomic_t& interrupted_;
  Progress& progress_;
  bool as_root_;
  std::vector<Open> open_;  // from the directory down to where the walk stands
  Open first_;
  std::map<std::uint64_t, std::string> linked_;  // by inode number, where it was made first
  std::size_t linked_bytes_ = 0;
  std::set<std::string> told_;
  std::optional<Failure> stopped_by_;
  std::size_t problems_ = 0;
};

}  // namespace isofuse::app
