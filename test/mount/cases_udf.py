"""End-to-end tests of UDF: what cannot be told by comparing listings. cases.py runs them."""

import errno
import json
import os
import pathlib
import stat

import fuse
from expectations import equal, error_of, expect, image

BLOCK = 2048
GIB, TIB = 1 << 30, 1 << 40


def facts(name, *arguments):
    status, out, err = fuse.run(["--info", "--json", *arguments, image(name)])
    equal(status, 0, f"exit status of --info {name} ({err.strip()})")
    return json.loads(out)


def test_udf_bridge_views():
    """Both file systems of a disc; the default goes to the side that keeps more."""
    with fuse.Mount(image("bridge-udf-rj-posix"), "view=udf") as path:
        expect(not os.path.islink(path + "/links/relative"), "view=udf: genisoimage has no links on the UDF side")
    for options in ("", "view=rockridge", "view=auto"):
        with fuse.Mount(image("bridge-udf-rj-posix"), options) as path:
            equal(os.readlink(path + "/links/relative"), "../modes/m0644", f"a link of Rock Ridge with {options!r}")
    with fuse.Mount(image("bridge-udf-rj"), "view=joliet") as path:
        equal(stat.S_IMODE(os.stat(path + "/README.TXT").st_mode) & 0o222, 0, "Joliet has no modes")
    with fuse.Mount(image("bridge-udf")) as path:
        expect("a_rather_long_name_for_level_one.extension" in os.listdir(path), "UDF is the default where the ISO side has no Rock Ridge")
    with fuse.Mount(image("bridge-udf"), "view=iso") as path:
        expect("a_rather_long_name_for_level_one.extension" not in os.listdir(path), "view=iso has short names")


def test_udf_view_that_is_not_there():
    for name, view in (("udf-plain-201-2048", "iso"), ("udf-plain-201-2048", "joliet"), ("handmade-plain", "udf"), ("bridge-udf", "joliet"), ("bridge-udf", "rockridge")):
        status, _, err = fuse.run(["-o", f"view={view}", image(name), "/nonexistent"])
        expect(status not in (0, 10), f"view={view} of {name}: exit status {status} ({err.strip()})")
        equal(len(err.strip().splitlines()), 1, f"lines on stderr ({err!r})")


def test_udf_block_size():
    for size in (512, 1024, 2048, 4096):
        name = image(f"udf-plain-201-{size}")
        for options in ("", f"bs={size}"):
            with fuse.Mount(name, options) as path:
                equal(pathlib.Path(path, "small.txt").read_bytes(), b"small\n", f"{size} with {options!r}")
                equal(os.statvfs(path).f_bsize, size, f"block size in statfs, {size} with {options!r}")
        wrong = 4096 if size != 4096 else 512
        status, _, err = fuse.run(["-o", f"bs={wrong}", name, "/nonexistent"])
        expect(status not in (0, 10), f"bs={wrong} of blocks of {size}: exit status {status} ({err.strip()})")


def test_udf_anchor():
    with fuse.Mount(image("udf-anchor-option"), "anchor=333") as path:
        equal(pathlib.Path(path, "small.txt").read_bytes(), b"small\n", "anchor=333")
    expect(fuse.run([image("udf-anchor-none"), "/nonexistent"])[0] not in (0, 10), "no anchor at all")
    with fuse.Mount(image("udf-anchor-lastblock"), "lastblock=600") as path:
        expect(os.listdir(path), "lastblock=600")


def test_udf_hard_links():
    with fuse.Mount(image("udf-plain-201-2048")) as path:
        one, two = os.stat(path + "/first name"), os.stat(path + "/sub/second name")
        equal(one.st_ino, two.st_ino, "node numbers of a hard link")
        equal(one.st_nlink, 2, "link count")
    with fuse.Mount(image("udf-unique-ids")) as path:
        numbers = {os.stat(f"{path}/{name}").st_ino for name in os.listdir(path)}
        equal(len(numbers), 11, "node numbers of files whose unique ids repeat")


def test_udf_streams():
    with fuse.Mount(image("udf-streams")) as path:
        equal(os.getxattr(path + "/several", "user.comment"), b"of a short value", "user.comment")
        equal(os.getxattr(path + "/several", "user.binary"), bytes(range(256)), "user.binary")
        equal(os.getxattr(path + "/several", "user.ä日😀"), b"not ASCII", "a name that is not ASCII")
        equal(sorted(os.listxattr(path + "/several")), sorted(f"user.{name}" for name in ("binary", "comment", "empty", "outside", "pieces", "with.dots.in", "ä日😀")), "names")
        equal(len(os.getxattr(path + "/large", "user.at the limit")), 65536, "a value of 64 KiB")
        equal(os.listxattr(path + "/large"), ["user.at the limit"], "a longer one is left out")
        equal(os.listxattr(path + "/special"), ["user.last"], "deleted and reserved ones are left out")
        equal(os.getxattr(path + "/directory", "user.of a directory"), b"yes", "of a directory")
        equal(os.getxattr(path + "/resource", "user.com.apple.ResourceFork"), b"RSRC" * 50, "a resource fork")
        equal(os.listxattr(path + "/plain"), [], "a file without any")
        equal(error_of(os.getxattr, path + "/plain", "user.comment"), errno.ENODATA, "absent attribute")
    with fuse.Mount(image("udf-attributes")) as path:
        equal(os.getxattr(path + "/os2", "user.COMMENT"), b"a comment", "an attribute of OS/2")
        equal(os.getxattr(path + "/mac-file", "user.com.apple.FinderInfo")[:8], b"TEXTttxt", "finder information")


def test_udf_holes():
    with fuse.Mount(image("udf-extents")) as path:
        def borders(name):
            """Every place where a hole begins or ends."""
            file, found, at = os.open(f"{path}/{name}", os.O_RDONLY), [], 0
            try:
                size = os.fstat(file).st_size
                while at < size:
                    try:
                        at = os.lseek(file, at, os.SEEK_DATA)
                    except OSError as error:
                        equal(error.errno, errno.ENXIO, "data behind the last")
                        break
                    end = os.lseek(file, at, os.SEEK_HOLE)
                    found.append((at, end))
                    at = end
            finally:
                os.close(file)
            return found
        for kind in ("short", "long"):
            equal(borders(f"{kind}-hole-first"), [(3 * BLOCK, 4 * BLOCK)], f"{kind}-hole-first")
            equal(borders(f"{kind}-hole-middle"), [(0, BLOCK), (3 * BLOCK, 3 * BLOCK + 100)], f"{kind}-hole-middle")
            equal(borders(f"{kind}-only-hole"), [], f"{kind}-only-hole")
            equal(borders(f"{kind}-exact"), [(0, 4 * BLOCK)], f"{kind}-exact")


def test_udf_marks_beyond_4_gib():
    with fuse.Mount(image("udf-large")) as path:
        for name, marks in (("over-4-gib", (0, GIB - 30, 4 * GIB - 3 * BLOCK, 4 * GIB + 100)), ("over-1-tib", (1000 * GIB, TIB - 5 * BLOCK, TIB + 8, TIB + 70 * GIB - BLOCK))):
            file = os.open(f"{path}/{name}", os.O_RDONLY)
            for offset in marks:
                mark = b"mark at %d" % offset
                equal(os.pread(file, len(mark), offset), mark, f"{name}: bytes at {offset}")
                equal(os.pread(file, 7, offset + BLOCK + 1), bytes(7), f"{name}: bytes in the hole behind {offset}")
            os.close(file)
        equal(os.stat(path + "/over-1-tib").st_size, TIB + 70 * GIB + 13, "size")
    with fuse.Mount(image("mkudffs-large")) as path:
        file = os.open(path + "/large", os.O_RDONLY)
        for offset in (0, GIB - 3, 4 * GIB - BLOCK - 5, 4 * GIB + 4096):
            mark = b"mark at %d" % offset
            equal(os.pread(file, len(mark), offset), mark, f"bytes at {offset}")
        os.close(file)


def test_udf_owner_and_modes():
    with fuse.Mount(image("udf-owners")) as path:
        st = os.stat(path)
        equal((st.st_uid, st.st_gid), (os.getuid(), os.getgid()), "an owner that is not set")
        equal(os.stat(path + "/u4294967295g5").st_gid, 5, "a group that is set")
        equal(os.stat(path + "/u1g2").st_uid, 1, "an owner that is set")
    with fuse.Mount(image("udf-owners"), "uid=4321,gid=5432") as path:
        st = os.stat(path + "/u1g2")
        equal((st.st_uid, st.st_gid), (4321, 5432), "uid= and gid=")
    with fuse.Mount(image("udf-modes"), "mode=0640,dmode=0711") as path:
        equal(stat.S_IMODE(os.stat(path + "/f0755").st_mode), 0o640, "mode=")
        equal(stat.S_IMODE(os.stat(path + "/d0755").st_mode), 0o711, "dmode=")
    with fuse.Mount(image("udf-modes"), "umask=077") as path:
        equal(stat.S_IMODE(os.stat(path + "/f0755").st_mode), 0o700, "umask=")


def test_udf_hidden_and_deleted():
    seen = {}
    for options in ("", "unhide", "undelete", "unhide,undelete"):
        with fuse.Mount(image("udf-hidden-and-deleted"), options) as path:
            seen[options] = set(os.listdir(path))
    expect("plain" in seen[""] and "hidden" not in seen[""] and "deleted" not in seen[""], f"as it is: {seen['']}")
    expect("hidden" in seen["unhide"] and "deleted" not in seen["unhide"], f"unhide: {seen['unhide']}")
    expect("deleted" in seen["undelete"] and "hidden" not in seen["undelete"], f"undelete: {seen['undelete']}")
    expect({"hidden", "deleted", "both"} <= seen["unhide,undelete"], f"both: {seen['unhide,undelete']}")


def test_udf_vat_history():
    for revision in ("150", "201"):
        name = image(f"udf-vat-history-{revision}")
        for back, contents, late in ((0, b"third\n", True), (1, b"second, longer\n", False), (2, b"first\n", False)):
            for options in (f"vat={back}",) if back else ("", "vat=0"):
                with fuse.Mount(name, options) as path:
                    equal(pathlib.Path(path, "changing").read_bytes(), contents, f"{revision}, {options!r}")
                    equal(os.path.exists(path + "/late"), late, f"the late file, {revision}, {options!r}")
        status, _, err = fuse.run(["-o", "vat=3", name, "/nonexistent"])
        expect(status not in (0, 10), f"vat=3 of three: exit status {status} ({err.strip()})")


def test_udf_circles():
    """A directory below itself is listed, and cannot be entered."""
    with fuse.Mount(image("udf-directory-circle")) as path:
        expect("myself" in os.listdir(path + "/inner"), "the circle is listed")
        equal(error_of(os.listdir, path + "/inner/myself"), errno.ELOOP, "entering it")
        equal(pathlib.Path(path, "inner", "leaf").read_bytes(), b"leaf", "a file beside it")


def test_udf_one_copy_is_enough():
    """One damaged copy of everything that has two: the tree is still whole."""
    for name in ("anchor-first-broken", "anchor-first-garbage", "reserve-only", "main-logical-volume-broken", "main-partition-broken", "metadata-main-icb-destroyed",
                 "metadata-mirror-icb-destroyed", "metadata-main-blocks-destroyed", "metadata-main-first-piece-destroyed", "sparing-first-table-destroyed",
                 "sparing-second-table-destroyed"):
        with fuse.Mount(image("udf-" + name)) as path:
            files = sum(len(files) for _, _, files in os.walk(path))
            equal(files, 68, f"files of {name}")
            equal(pathlib.Path(path, "sub/deep.txt").read_bytes(), b"deep down\n", f"bytes of {name}")


def test_udf_large_directory():
    with fuse.Mount(image("mkudffs-wide")) as path:
        names = os.listdir(path + "/wide")
        equal(len(set(names)), 5000, "names")
        for number in range(0, 5000, 50):
            equal(pathlib.Path(path, "wide", f"entry number {number:05d}.txt").read_bytes(), b"%d\n" % number, "contents")
        equal(error_of(os.stat, path + "/wide/entry number 05000.txt"), errno.ENOENT, "an absent name")


def test_udf_info():
    volume = facts("udf-plain-150-2048")["volume"]
    equal({key: volume[key] for key in ("filesystem", "label", "view", "revision", "block_bytes")},
          {"filesystem": "UDF", "label": "HANDMADE", "view": "udf", "revision": "1.50", "block_bytes": 2048}, "--info --json")
    expect(256 in volume["anchors"], f"anchors: {volume['anchors']}")
    equal(volume["integrity"]["state"], "closed", "integrity")
    equal(facts("udf-integrity-open")["volume"]["integrity"]["state"], "open", "integrity of an open volume")
    for name, kinds in (("udf-sparing-unused", ["sparable"]), ("udf-vat-201-in-icb", ["physical", "virtual"]), ("udf-metadata-plain", ["physical", "metadata"]),
                        ("udf-plain-201-2048", ["physical"])):
        equal([one["kind"] for one in facts(name)["volume"]["partition_maps"]], kinds, f"maps of {name}")
    for name, revision in (("udf-metadata-260", "2.60"), ("mkudffs-hd-102-512", "1.02"), ("udf-plain-200-2048", "2.00")):
        equal(facts(name)["volume"]["revision"], revision, f"revision of {name}")
    equal(facts("mkudffs-label-16-bit")["volume"]["label"], "日本語のラベル", "a label of 16 bits")
    equal(facts("mkudffs-label-8-bit")["volume"]["label"], "Grüße", "a label of 8 bits")
    for name in ("udf-anchor-first-broken", "udf-main-logical-volume-broken", "udf-metadata-main-icb-destroyed", "udf-sparing-first-table-destroyed"):
        expect(facts(name)["volume"]["damage"], f"the damage of {name} is told")
    equal(facts("udf-plain-201-2048")["volume"]["damage"], [], "damage of a sound volume")


def test_udf_info_of_bridges():
    both = facts("bridge-udf-rj")
    equal(both["volume"]["view"], "rockridge", "the default of a bridge with Rock Ridge")
    equal([one["filesystem"] for one in both["other_volumes"]], ["UDF"], "the other file systems")
    both = facts("bridge-udf")
    equal((both["volume"]["filesystem"], both["volume"]["view"]), ("UDF", "udf"), "the default of a bridge without")
    equal([one["filesystem"] for one in both["other_volumes"]], ["ISO 9660"], "the other file systems")
    status, out, _ = fuse.run(["--info", image("bridge-udf-rj")])
    equal(status, 0, "exit status of --info")
    expect("UDF" in out and "ISO 9660" in out, f"--info names both: {out[:300]}")


def test_udf_statfs():
    with fuse.Mount(image("mkudffs-hd-201-2048")) as path:
        st = os.statvfs(path)
        expect(0 < st.f_bfree < st.f_blocks, f"free space: {st.f_bfree} of {st.f_blocks} blocks")
        equal(st.f_bavail, 0, "space that can be written to")
    with fuse.Mount(image("udf-integrity-chain")) as path:
        equal(os.statvfs(path).f_bfree, 11, "free space of the last integrity descriptor of the chain")
