#pragma once
// The argument list that libfuse wants.
#include <new>
#include <string>

#include "fuse/lowlevel.h"

namespace isofuse::fuse {

class LibfuseArguments {
 public:
  LibfuseArguments() { add("isofuse"); }
  LibfuseArguments(const LibfuseArguments&) = delete;
  LibfuseArguments& operator=(const LibfuseArguments&) = delete;
  ~LibfuseArguments() { fuse_opt_free_args(&args_); }

  /// "ro", "fsname=a,b": not escaped.
  void add_option(const std::string& option) {
    // libfuse splits options at commas and takes a backslash for an escape; image names hold both.
    std::string escaped = "-o";
    for (const char c : option) {
      if (c == ',' || c == '\\') escaped += '\\';
      escaped += c;
    }
    add(escaped.c_str());
  }
  fuse_args* get() { return &args_; }

 private:
  void add(const char* argument) {
    if (fuse_opt_add_arg(&args_, argument) != 0) throw std::bad_alloc();
  }
  fuse_args args_ = FUSE_ARGS_INIT(0, nullptr);
};

}  // namespace isofuse::fuse
