"""Every case in which isofuse is meant to show something else than the kernel's driver, one by one.

A rule names the images it is for (and the options), the field, and what the two values must be like;
what no rule covers fails the test. `compare.py` itself forgives nothing.
"""

import known_differences_udf
from rule import ANY, Rule


def wrapped(seconds):
    """What a 64-bit time becomes in the 32-bit int of the kernel's iso_date()."""
    return (seconds + 2**31) % 2**32 - 2**31


def as_bytes(name):
    return name.encode("utf-8", "surrogateescape")


def is_cut(path, paths):
    """Whether `path` is one of `paths` with its names of 254 and 255 bytes cut short."""
    # As bytes: the cut can go through a character.
    parts = as_bytes(path).split(b"/")
    for other in paths:
        others = as_bytes(other).split(b"/")
        if other != path and len(others) == len(parts) and all(
                cut == whole or (len(whole) >= 254 and whole.startswith(cut)) for cut, whole in zip(parts, others)):
            return True
    return False


def has_long_name(path):
    return any(len(part) >= 254 for part in as_bytes(path).split(b"/"))


def old_device(number):
    """What the kernel makes of a device number that is recorded whole in the low half of PN."""
    major, minor = map(int, number.split(":"))
    low = (minor & 0xFF) | (major << 8) | ((minor & ~0xFF) << 12)  # as in dev_t of Linux
    return f"{(low >> 8) & 0xFFF}:{low & 0xFF}"


def has_case_twin(path, paths):
    return any(other != path and other.lower() == path.lower() for other in paths)


# Rock Ridge is declared on these, but another tree is what is shown, or files without a PX that can be read.
DECLARED_ONLY = ("genisoimage-hide-all-iso", "handmade-joliet-rock-root-empty", "handmade-xa-rock-no-sp",
                 "handmade-susp-lengths-wrong", "handmade-rock-no-sp", "handmade-odd-rock-no-padding",
                 "handmade-odd-susp-sharing", "handmade-odd-susp-skip-large", "handmade-odd-susp-twice")


RULES = [
    Rule("owner-not-recorded", (ANY,), ("uid", "gid"),
         "The disc records no owner: isofuse shows who mounts, the kernel root.",
         lambda d, c: not c.rock and d.expected == 0 and d.got == (c.uid if d.field == "uid" else c.gid)),
    Rule("hard-links-share-a-node", (ANY,), ("ino",),
         "Equal serial numbers in PX are one file; the kernel numbers inodes by directory record.",
         lambda d, c: c.rock and d.expected is None and isinstance(d.got, str)),
    Rule("moved-but-not-marked", ("makefs-deep*",), ("ino",),
         "makefs marks no moved directory with RE, so it is seen in .rr_moved too; the kernel numbers the record that has CL, isofuse the directory.",
         lambda d, c: isinstance(d.got, str) and d.got.startswith(".rr_moved/") and d.got.split("/")[-1] == d.path.split("/")[-1]),
    Rule("extended-attributes", ("xorriso-*", "handmade-*"), ("xattr",),
         "AAIP attributes and access control lists; the kernel ignores AL.", lambda d, c: d.expected is None),
    Rule("after-2038", (ANY,), ("mtime", "atime", "ctime"), "The kernel keeps times of ISO 9660 in 32 bits.",
         lambda d, c: isinstance(d.got, int) and not -2**31 <= d.got < 2**31 and wrapped(d.got) == d.expected),
    Rule("zone-14", ("handmade-dates",), ("mtime", "atime", "ctime"),
         "UTC+14 exists (Kiribati); the kernel knows zones to 13 hours.",
         lambda d, c: d.path.startswith("e_east14") and d.expected - d.got == 14 * 3600),
    Rule("zero-date", (ANY,), ("mtime", "atime", "ctime"), "A stamp of zeros means: not recorded. isofuse shows the epoch.",
         lambda d, c: d.got == 0 and (d.expected < -2_000_000_000 or d.path.startswith("o_zero"))),
    Rule("long-time-stamps", ("handmade-rock-times", "xorriso-*"), ("mtime", "atime", "ctime", "mtime_ns", "atime_ns", "ctime_ns"),
         "TF in its 17-byte form: the kernel reads it as 7-byte stamps.", lambda d, c: "long-" in d.path),
    Rule("owner-not-recorded-either", DECLARED_ONLY, ("uid", "gid"), "The same, where Rock Ridge is declared but not used.",
         lambda d, c: d.expected == 0 and d.got == (c.uid if d.field == "uid" else c.gid)),
    Rule("names-of-254-and-255", (ANY,), ("missing", "extra"), "The kernel drops the part of a name that reaches 254 bytes.",
         lambda d, c: has_long_name(d.path) if d.field == "extra" else is_cut(d.path, c.paths)),
    Rule("device-numbers", (ANY,), ("rdev",),
         "A Linux dev_t in the low half of PN: the kernel reads it as 8 bits of major and 8 of minor.",
         lambda d, c: old_device(d.got) == d.expected),
    Rule("names-made-unique", ("handmade-duplicates", "handmade-odd-names", "handmade-associated", "handmade-versions", "handmade-odd-sections",
                               "handmade-susp-lengths-wrong", "random-*"), ("repeated", "extra"),
         "A name that repeats gets ~2; the kernel lists it twice and finds the first.",
         lambda d, c: d.field == "repeated" or "~" in d.path),
    Rule("case-twins", (ANY,), ("mtime", "atime", "ctime", "ino", "sha256", "size", "blocks"),
         "Relaxed look-ups: isofuse prefers the exact name, the kernel the first that is equal but for case.",
         lambda d, c: has_case_twin(d.path, c.paths)),
    Rule("dot-names", ("handmade-joliet-names",), ("extra",), "A name that becomes \".\" is shown as \"_\".", lambda d, c: d.path == "_"),
    Rule("nul-in-names", ("makefs-*", "handmade-odd-names"), ("atime", "blocks", "ctime", "error", "gid", "mode", "mtime", "nlink", "sha256",
                                                              "size", "type", "uid"),
         "With map=off the kernel lists names that hold a NUL but does not find them.",
         lambda d, c: d.path in c.kernel_enoent, options="map=off"),
    Rule("sections-over-100", ("handmade-sections-150",), ("size", "sha256", "blocks"), "The kernel reads 100 file sections."),
    Rule("block-size", ("handmade-blocks-512*", "handmade-high-sierra-512"), ("mount",),
         "The kernel refuses blocks of 512 bytes unless block=512 is given."),
    Rule("no-terminator", ("handmade-no-terminator",), ("mount",), "The kernel wants the terminator of the descriptors."),
    Rule("continuation-past-space", ("handmade-rock-continuation-past-space",), ("extra",),
         "A continuation area behind the stated size of the volume: the kernel leaves the file out."),
    Rule("volume-size-zero", ("handmade-odd-volume-size-zero",), ("extra",),
         "The kernel takes a missing continuation area for one behind the end of a volume of no blocks."),
    Rule("continuation-large", ("handmade-rock-continuation-large",), ("extra",),
         "A continuation area of more than a block: the kernel leaves the file out."),
    Rule("damaged-susp", ("handmade-susp-lengths-wrong", "handmade-susp-others"), ("missing", "extra"),
         "Behind an entry of impossible length: isofuse keeps what it has read, the kernel goes back to the plain name or drops the file.",
         lambda d, c: d.path in ("name", "name~2", "name~3", "px-short", "short", "zero", "pad", "trailing")),
    Rule("garbage-directory", ("handmade-rock-types-disagree",), ("extra",), "Bytes of a file that is read as a directory."),
    Rule("zisofs-2", ("*zisofs2*",), ("size", "sha256", "sample", "blocks"),
         "The kernel does not know version 2 and shows the compressed bytes."),
    Rule("sparse-files", ("handmade-rock-sparse",), ("size", "sha256", "blocks"), "The kernel ignores SF."),
    Rule("interleaved-files", ("handmade-interleaved*",), ("size", "sha256", "blocks"), "The kernel shows interleaved files empty."),
]


RULES += known_differences_udf.RULES


def explain(image, filesystem, options, difference, context):
    """The rule that covers a difference, or None."""
    for rule in RULES:
        if rule.covers(image, filesystem, options, difference, context):
            return rule
    return None
