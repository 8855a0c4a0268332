"""Source trees that the mastering tools put on images. Everything in them is fixed: names, bytes,
modes, owners, times. A tree is made once and kept in the build directory."""

import os
import pathlib
import random
import shutil
import socket
import stat
import subprocess
import zlib

VERSION = "10"  # to be raised with every change of this file: trees are then made anew
EPOCH = 1_000_000_000
MARK = ".made"
PSEUDO_RANDOM_SEED = 9660


def noise(count, seed=PSEUDO_RANDOM_SEED):
    return random.Random(seed).randbytes(count)


def lines(count):
    return b"".join(b"line %08d of a text that compresses well\n" % number for number in range(count))


def write(root, name, data=b"", mode=0o644, owner=(0, 0)):
    path = os.path.join(os.fsencode(root), os.fsencode(name))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, mode)
    if os.geteuid() == 0:
        os.chown(path, *owner)
        os.chmod(path, mode)  # chown takes set-id bits away


def link(root, name, target):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(target, path)


def plain(root):
    """What every level of ISO 9660 can hold in some form."""
    for name in ("README.TXT", "lower.txt", "noext", "UPPER/FILE.DAT", "sub/deeper/leaf.bin", "a", "A1.B2"):
        write(root, name, b"content of " + name.encode() + b"\n")
    for size in (0, 1, 2047, 2048, 2049, 4096, 100_000):
        write(root, f"sizes/s{size}", noise(size, size))
    write(root, "two.dots.in.name", b"x")
    write(root, "a_rather_long_name_for_level_one.extension", b"long")
    write(root, "a_rather_long_name_for_level_two.extension", b"long too")
    write(root, "with space.txt", b"space")
    write(root, ".dotfile", b"dot")
    write(root, "trailing.", b"trailing dot")
    write(root, "semi;colon", b"semicolon")
    write(root, "MiXeD.CaSe", b"case")
    write(root, "-dash+plus,comma=equal~tilde#hash", b"signs")
    os.makedirs(os.path.join(root, "emptydir"))
    os.makedirs(os.path.join(root, "DIR.EXT"))


def posix(root):
    """What Rock Ridge is for."""
    for mode in (0o000, 0o400, 0o644, 0o755, 0o777, 0o4755, 0o2755, 0o1644, 0o6711):
        write(root, f"modes/m{mode:04o}", b"m", mode)
    for mode in (0o700, 0o755, 0o1777, 0o2775):
        path = os.path.join(root, f"modes/d{mode:04o}")
        os.makedirs(path)
        os.chmod(path, mode)
    for owner in ((0, 0), (1, 2), (1000, 1000), (65534, 65534), (100_000, 2_000_000_000)):
        write(root, f"owners/u{owner[0]}", b"o", 0o644, owner)
    targets = {"relative": "../modes/m0644", "absolute": "/etc/passwd", "root": "/", "dot": ".",
               "dotdot": "..", "dots": "./.././../x", "double": "a//b///c",
               "dangling": "not here", "dotnames": "...", "space": "a b/c d", "utf8": "ä/ö/日本",
               "inner": "a/./b/../c", "slashdotdot": "/..", "one": "a"}
    for name, target in targets.items():
        link(root, f"links/{name}", target)
    write(root, "hard/first", b"several names\n" * 300)
    for name in ("second", "third", "sub/fourth"):
        os.makedirs(os.path.join(root, "hard/sub"), exist_ok=True)
        os.link(os.path.join(root, "hard/first"), os.path.join(root, "hard", name))
    write(root, "same/a", b"equal bytes, different files\n")
    write(root, "same/b", b"equal bytes, different files\n")
    os.makedirs(os.path.join(root, "special"))
    os.mkfifo(os.path.join(root, "special/fifo"), 0o640)
    server = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(os.path.join(root, "special"))  # the path of a socket is limited to 107 bytes
    server.bind("socket")
    os.chdir(here)
    server.close()
    if os.geteuid() == 0:
        for name, kind, major, minor in (("null", stat.S_IFCHR, 1, 3), ("disk", stat.S_IFBLK, 8, 17),
                                         ("wide", stat.S_IFBLK, 259, 300), ("top", stat.S_IFCHR, 4095, 1048575),
                                         ("zero", stat.S_IFCHR, 0, 0), ("m0", stat.S_IFCHR, 0, 200),
                                         ("m1", stat.S_IFCHR, 1, 256)):
            os.mknod(os.path.join(root, "special", name), kind | 0o600, os.makedev(major, minor))


def longlinks(root):
    """Targets that need several SL entries. (A tree of its own: genisoimage does not end on some.)"""
    write(root, "file", b"f")
    targets = {"long": "/".join(["component-of-a-long-target"] * 12), "longer": "/".join(["x" * 100] * 9),
               "component250": "y" * 250, "component255": "z" * 255, "absolute": "/" + "/".join(["ab"] * 200),
               "parents": "/".join([".."] * 150), "mixed": "/".join(["..", ".", "name"] * 60)}
    for name, target in targets.items():
        link(root, name, target)


def deep(root):
    """More than eight levels: directories are relocated."""
    path = ""
    for depth in range(1, 21):
        path += f"level{depth}/"
        write(root, path + f"file{depth}.txt", b"depth %d\n" % depth)
    for branch in ("p", "q"):
        write(root, f"level1/level2/level3/level4/level5/level6/{branch}/{branch}8/{branch}9/x.txt", branch.encode())
        write(root, f"level1/level2/level3/level4/level5/level6/{branch}/{branch}8/same/y.txt", branch.encode())
    write(root, "rr_moved_not/file", b"")


def unicode(root):
    """Names for Joliet: all planes, lengths about its limits, names that differ only late."""
    for name in ("äöüß.txt", "Ünïcödé.DAT", "кириллица.txt", "ελληνικά", "日本語のファイル.txt", "한국어", "עברית.doc",
                 "😀emoji.txt", "𝔘𝔫𝔦.txt", "cafe\u0301", "caf\u00e9", "a" * 60 + ".txt", "b" * 64, "c" * 65 + ".txt",
                 "d" * 99 + ".ext", "e" * 103, "f" * 104, "g" * 110 + "1", "g" * 110 + "2",
                 "日" * 64, "本" * 80, "😀" * 30, "with;semi", "with:colon", "star*", "quest?", "back\\slash", "dots...",
                 "UPPER.lower", "upper.LOWER", "dir ü/sub ö/leaf", "\u00a0nbsp", "ﬁ-ligature", "trailing space ", " leading"):
        write(root, name, name.encode())


def bmp(root):
    """Names that genisoimage's Joliet can hold: no surrogates, different within 64 units."""
    for name in ("äöüß.txt", "кириллица.txt", "ελληνικά", "日本語のファイル.txt", "한국어", "cafe\u0301", "caf\u00e9",
                 "a" * 60 + ".txt", "b" * 64, "c" * 65 + ".txt", "d" * 99 + ".ext", "e" * 103, "日" * 60, "with;semi",
                 "star*", "quest?", "back\\slash", "colon:", "dots...", "UPPER.lower", "upper.LOWER2", "dir ü/sub ö/leaf", "trailing space ",
                 "semi;1", "version.txt;2"):
        write(root, name, name.encode())


def nine(root):
    """Nine levels: just one too many."""
    write(root, "1/2/3/4/5/6/7/8/9/leaf.txt", b"nine")
    write(root, "1/2/3/4/5/6/7/eight.txt", b"eight")


def longnames(root):
    for length in (200, 207, 221, 240, 250, 253, 254, 255):
        write(root, f"{length}_" + "n" * (length - 4), b"%d" % length)
    write(root, "ü" * 127 + "x", b"utf-8, 255 bytes")
    write(root, "d" * 255 + "/" + "e" * 255 + "/leaf", b"leaf")
    link(root, "l" * 255, "target")


def many(root):
    """A directory of over a hundred sectors."""
    for number in range(2000):
        write(root, f"dir/entry-number-{number:05d}.txt", b"%d\n" % number if number % 10 == 0 else b"")


def zeros(root):
    """For compression: blocks of zeros, of text, of noise, at and about block boundaries."""
    write(root, "empty")
    write(root, "tiny", b"tiny\n")
    write(root, "text.txt", lines(20_000))
    write(root, "zeros", bytes(300_000))
    write(root, "noise", noise(150_000))
    write(root, "mixed", lines(2000) + bytes(200_000) + noise(70_000) + lines(500))
    for size in (32767, 32768, 32769, 65536, 131072, 131073):
        write(root, f"exact/{size}", (lines(4000) * 2)[:size])
    link(root, "link", "text.txt")


def bytes_names(root):
    """Names in no particular encoding."""
    for name in (b"caf\xe9.txt", b"\xca\xcf\xc9-8.txt", b"\xff\xfe", b"ok.txt", b"\x01control", b"tab\tname", b"new\nline",
                 b"dir\xe4/leaf\xf6", b"bad\xc3utf", b"\xed\xa0\x80surrogate"):
        write(root, name, name)


def attributes(root):
    """Extended attributes and access control lists."""
    write(root, "plain", b"p")
    write(root, "attributed", b"a")
    write(root, "listed", b"l")
    write(root, "dir/child", b"c")
    os.setxattr(os.path.join(root, "attributed"), "user.comment", b"a short value")
    os.setxattr(os.path.join(root, "attributed"), "user.binary", bytes(range(256)))
    os.setxattr(os.path.join(root, "attributed"), "user.empty", b"")
    os.setxattr(os.path.join(root, "attributed"), "user.large", lines(40))
    os.setxattr(os.path.join(root, "dir"), "user.of.directory", b"yes")
    acl = ["setfacl", "-m"]
    subprocess.run(acl + ["u:1234:rwx,g:99:r", os.path.join(root, "listed")], check=True)
    subprocess.run(acl + ["u:1:rx,d:u:2:rw,d:g:3:r", os.path.join(root, "dir")], check=True)


def boot(root):
    """With something to boot from."""
    plain(root)
    write(root, "boot/loader.img", noise(2048 * 4, 1))
    write(root, "boot/floppy.img", bytes(1474560))
    write(root, "boot/efi.img", noise(512 * 1440, 2))


def times(root):
    """Times at the edges of what the stamps can say."""
    stamps = {"epoch": 0, "before": -86400 * 365 * 30, "y2000": 946684799, "y2038": 2147483647, "y2038a": 2147483648,
              "y2100": 4102444800, "y2106": 4294967296, "y2155": 5869583999, "odd": 1234567891}
    for name, when in stamps.items():
        write(root, name, name.encode())
        os.utime(os.path.join(root, name), (when, when))


def large(root):
    """A file that needs two extents; a hole on the host, so it costs nothing there."""
    write(root, "before", b"before")
    path = os.path.join(root, "large")
    with open(path, "wb") as file:
        for offset in (0, (1 << 32) - 2048 - 5, (1 << 32) - 1, (1 << 32) + 4096):
            file.seek(offset)
            file.write(b"mark at %d" % offset)
        file.truncate((1 << 32) + (200 << 20) + 7)
    write(root, "zafter", b"after")


def disc(root):
    """Of everything something: what the kernel's udf can write on each kind of medium."""
    for make in (plain, posix, unicode):
        here = os.path.join(root, make.__name__)
        os.mkdir(here)
        make(here)
    # UDF records components of paths: slashes in excess cannot be kept. And udf_mknod() of Linux
    # refuses device numbers past 8 bits; made-up images have those.
    for name in ("links/double", "special/wide", "special/top", "special/m1"):
        os.remove(os.path.join(root, "posix", name))


def udf_names(root):
    """Up to 254 code units of 8 bits, 127 of 16 (UDF 2.1.3), where a name changes from one to the other,
    and what is left to the escape rule of neither."""
    for length in (1, 2, 100, 200, 251, 252, 253, 254):
        write(root, "a" * length, b"%d" % length)
        write(root, ("é" * length)[:127], b"latin-1, 8 bits")
    for length in (1, 2, 60, 84):
        write(root, "日" * length, b"16 bits")
    write(root, "ā" * 127, b"127 units of 16 bits")
    write(root, "a" * 126 + "ā", b"the last unit needs 16 bits")
    for name in ("\u00ff", "\u0100", "\u00ff\u0100", "\u0080control", "\uffee", "😀", "a😀b", "😀" * 63, "\ue000private", "\uffff",
                 "tab\tname", "new\nline", "\x01", "\x7f", "back\\slash", "c:", "a*?", "nul.txt", "...", "..a", ".hidden", "#hash", "_",
                 "CON", "a#1234.txt", "dot.", "space ", " space"):
        write(root, name, name.encode())
    os.makedirs(os.path.join(root, "d" * 254, "e" * 254, "ä" * 127))
    link(root, "l" * 254, "m" * 254 + "/" + "日" * 84)


def udf_short_names(root):
    """Names of which a block of 512 bytes can hold a few."""
    for length in (1, 50, 100, 150, 200):
        write(root, "n" * length, b"%d" % length)
        write(root, "日" * (length // 3 + 1), b"%d" % length)
    for number in range(60):
        write(root, f"dir/{'x' * (number * 3)}{number}", b"%d" % number)


def posix_small(root):
    """A seed for mutation: of everything one."""
    write(root, "file", b"bytes\n")
    write(root, "outside the ICB", noise(5000, 1))
    write(root, "set-id", b"s", 0o4755, (1000, 100))
    write(root, "dir/sub/leaf", b"leaf")
    write(root, "日本語", b"16 bits")
    os.link(os.path.join(root, "file"), os.path.join(root, "dir/again"))
    link(root, "link", "../a/./b")
    link(root, "absolute", "/etc/passwd")
    os.mkfifo(os.path.join(root, "fifo"))
    if os.geteuid() == 0:
        os.mknod(os.path.join(root, "null"), stat.S_IFCHR | 0o666, os.makedev(1, 3))
    for number in range(60):
        write(root, f"many/entry {number}", b"%d" % number)


def dvd_video(root):
    """The layout of a DVD-Video; the IFO files only look like some."""
    def ifo(kind, title_sectors):
        data = bytearray(2048 * 2)
        data[0:12] = kind
        data[0x0C:0x10] = title_sectors.to_bytes(4, "big")
        data[0x1C:0x20] = (1).to_bytes(4, "big")
        return bytes(data)
    os.makedirs(os.path.join(root, "AUDIO_TS"))
    for name in ("VIDEO_TS.IFO", "VIDEO_TS.BUP"):
        write(root, f"VIDEO_TS/{name}", ifo(b"DVDVIDEO-VMG", 4))
    for name in ("VTS_01_0.IFO", "VTS_01_0.BUP"):
        write(root, f"VIDEO_TS/{name}", ifo(b"DVDVIDEO-VTS", 24))
    write(root, "VIDEO_TS/VTS_01_1.VOB", noise(2048 * 20, 5))


TREES = {function.__name__: function for function in
         (plain, posix, longlinks, deep, nine, unicode, bmp, longnames, many, zeros, bytes_names, attributes, boot, times, large, disc, udf_names,
          udf_short_names, posix_small, dvd_video)}


def settle_times(root):
    """Gives every entry a time of its own, children before parents (writing changes a directory's)."""
    root = os.fsencode(root)
    for directory, folders, files in os.walk(root, topdown=False):
        for name in files + folders + [b"."]:
            path = os.path.join(directory, name)
            st = os.lstat(path)
            if EPOCH <= st.st_mtime < EPOCH + 10**8 or (b"times" in root and name != b"."):
                continue
            when = EPOCH + zlib.crc32(os.path.relpath(path, root)) % 10**8
            os.utime(path, (when, when), follow_symlinks=False)


def tree(name, base):
    """The directory of a tree, made now if it is not there yet."""
    root = pathlib.Path(base) / name
    mark = pathlib.Path(base) / (name + MARK)
    if mark.exists() and mark.read_text() == VERSION:
        return root
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    os.umask(0o022)
    TREES[name](str(root))
    settle_times(root)
    mark.write_text(VERSION)
    return root
