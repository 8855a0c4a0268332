#!/usr/bin/python3
"""Writes out what a directory tree shows, one JSON object a line.

The same program lists the source tree of an image, the kernel's mount of it (inside the guest) and
isofuse's, so that two listings can be compared entry by entry. Members of a line:

  path   relative to the root, "." for the root itself; bytes that are not UTF-8 as lone surrogates
  type   f d l c b p s, or ? where stat failed
  mode uid gid nlink size blocks mtime atime ctime   as stat(2) gives them; nanoseconds, where there
         are any, in mtime_ns ...
  ino    the first path in the listing that has the same inode number (absent if it is this one)
  target of a link; rdev "major:minor" of a device; xattr name -> hexadecimal value
  sha256 of the contents; for large files `sample`, the same of parts of it
  error  what failed, as "operation: ERRNO"

The first line, of type "statfs", describes the volume.
"""

import errno
import hashlib
import json
import os
import stat
import sys

LARGE_BYTES = 64 << 20   # above this a file is sampled
SAMPLE_BYTES = 64 << 10
SAMPLE_STEP_BYTES = 64 << 20
SAMPLES_MAX = 256        # of files of TiB, with longer steps
DEPTH_MAX = 200          # a damaged disc can hold a directory that contains itself
TYPES = {stat.S_IFREG: "f", stat.S_IFDIR: "d", stat.S_IFLNK: "l", stat.S_IFCHR: "c",
         stat.S_IFBLK: "b", stat.S_IFIFO: "p", stat.S_IFSOCK: "s"}


def text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def failure(operation: str, error: OSError) -> str:
    return f"{operation}: {errno.errorcode.get(error.errno, error.errno)}"


class Lister:
    """Walks one tree. Works with directory descriptors, so the depth of paths does not matter."""

    def __init__(self, out, attributes=True):
        self.out = out
        self.with_attributes = attributes
        self.first_path = {}

    def emit(self, entry):
        self.out.write(json.dumps(entry, ensure_ascii=True, sort_keys=True) + "\n")

    def volume(self, root):
        facts = os.statvfs(root)
        self.emit({"path": "", "type": "statfs", "bsize": facts.f_bsize, "blocks": facts.f_blocks,
                   "bfree": facts.f_bfree, "namemax": facts.f_namemax})

    def tree(self, root: bytes):
        self.volume(root)
        fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            entry, _ = self.describe(fd, b".", ".")
            self.emit(entry)
            self.directory(fd, "", 0)
        finally:
            os.close(fd)

    def directory(self, fd, prefix, depth):
        if depth >= DEPTH_MAX:
            self.emit({"path": prefix, "type": "?", "error": "listing: too deep"})
            return
        names = []
        try:
            with os.scandir(fd) as entries:
                for entry in entries:
                    names.append(os.fsencode(entry.name))  # scandir on a descriptor gives str names
                    # The kernel's udf stays where it is at a damaged entry, and gives the same ones for ever.
                    if len(names) % 500 == 0 and len(set(names)) * 10 < len(names):
                        names = list(set(names))
                        self.emit({"path": prefix or ".", "type": "d", "error": "readdir: endless"})
                        break
        except OSError as error:
            self.emit({"path": prefix or ".", "type": "d", "error": failure("readdir", error)})
        for name in sorted(names):
            path = prefix + text(name)
            entry, is_directory = self.describe(fd, name, path)
            child = None
            if is_directory:
                try:
                    child = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=fd)
                except OSError as error:
                    entry["error"] = failure("opendir", error)
            self.emit(entry)
            if child is not None:
                try:
                    self.directory(child, path + "/", depth + 1)
                finally:
                    os.close(child)

    def describe(self, fd, name: bytes, path: str):
        entry = {"path": path, "type": "?"}
        try:
            st = os.stat(name, dir_fd=fd, follow_symlinks=False)
        except OSError as error:
            entry["error"] = failure("stat", error)
            return entry, False
        kind = TYPES.get(stat.S_IFMT(st.st_mode), "?")
        entry.update(type=kind, mode=stat.S_IMODE(st.st_mode), uid=st.st_uid, gid=st.st_gid,
                     nlink=st.st_nlink, size=st.st_size, blocks=st.st_blocks)
        for field in ("mtime", "atime", "ctime"):
            seconds, fraction = divmod(getattr(st, f"st_{field}_ns"), 10**9)
            entry[field] = seconds
            if fraction:
                entry[field + "_ns"] = fraction
        first = self.first_path.setdefault(st.st_ino, path)
        if first != path:
            entry["ino"] = first
        try:
            if kind == "l":
                entry["target"] = text(os.readlink(name, dir_fd=fd))
            elif kind in "cb":
                entry["rdev"] = f"{os.major(st.st_rdev)}:{os.minor(st.st_rdev)}"
            elif kind == "f":
                self.hash_contents(fd, name, st.st_size, entry)
        except OSError as error:
            entry["error"] = failure({"l": "readlink", "f": "read"}.get(kind, "stat"), error)
        if self.with_attributes and kind in "fd":  # l*xattr has no dir_fd form; others rarely carry any
            self.attributes(fd, name, entry)
        return entry, kind == "d"

    @staticmethod
    def attributes(fd, name, entry):
        path = b"/proc/self/fd/%d/%s" % (fd, name)
        try:
            found = {key: os.getxattr(path, key).hex() for key in sorted(os.listxattr(path))
                     if not key.startswith("security.")}
        except OSError as error:
            if error.errno not in (errno.ENOTSUP, errno.ENOENT):
                entry["error"] = failure("xattr", error)
            return
        if found:
            entry["xattr"] = found

    @staticmethod
    def hash_contents(fd, name, size, entry):
        digest = hashlib.sha256()
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=fd)
        try:
            if size <= LARGE_BYTES:
                total = 0
                while chunk := os.read(file, 1 << 20):
                    digest.update(chunk)
                    total += len(chunk)
                if total != size:
                    entry["error"] = f"read: {total} bytes"
                entry["sha256"] = digest.hexdigest()
                return
            # Parts at both ends of every step, so that extents of 4 GiB - 1 block are crossed.
            step = max(SAMPLE_STEP_BYTES, size // SAMPLES_MAX)
            for offset in sorted({*range(0, size, step), size - SAMPLE_BYTES}):
                start = max(0, offset - SAMPLE_BYTES // 2)
                digest.update(os.pread(file, SAMPLE_BYTES, start))
            entry["sample"] = digest.hexdigest()
        finally:
            os.close(file)


def write_listing(root, out_path, attributes=True):
    with open(out_path, "w", encoding="ascii") as out:
        Lister(out, attributes).tree(os.fsencode(root))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        write_listing(sys.argv[1], sys.argv[2])
    else:
        Lister(sys.stdout).tree(os.fsencode(sys.argv[1]))
