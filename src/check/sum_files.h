#pragma once
// Lists of sums that stand on a disc as files: md5sum.txt, SHA256SUMS and their like.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <isofuse/filesystem.h>
#include <isofuse/source.h>

namespace isofuse {

/// "md5" for "md5sum.txt", "MD5SUMS", ...; nothing for names of other files.
[[nodiscard]] std::optional<std::string> algorithm_of_list(std::string_view name);

struct ListedSum {
  std::string path;    ///< as it stands there
  std::string digest;  ///< lower-case hexadecimal
};

/// One line of such a list, as coreutils write and read it ("<digest>  path", "<digest> *path",
/// "MD5 (path) = <digest>"); nothing for comments and what is no such line.
[[nodiscard]] std::optional<ListedSum> parse_sum_line(std::string_view line,
                                                      std::string_view algorithm);

/// A list, with the files that it names.
struct SumList {
  std::string name;
  std::string algorithm;
  std::vector<ListedSum> sums;
};

/// The lists in the root of the tree. Those of more than 64 MiB are left out.
[[nodiscard]] std::vector<SumList> find_sum_lists(const Filesystem& filesystem,
                                                  const Source& image);

}  // namespace isofuse
