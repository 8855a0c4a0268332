"""Every case in which isofuse is meant to show something else than the kernel's udf. As in
known_differences.py, what no rule covers fails the test."""

from rule import ANY, Rule

NOBODY = 65534
MOUNT = ("mount",)
# A file that the kernel cannot stat differs in everything.
WHOLE = ("atime", "atime_ns", "blocks", "ctime", "ctime_ns", "error", "gid", "ino", "mode", "mtime", "mtime_ns", "nlink", "rdev", "sample", "sha256", "size",
         "target", "type", "uid", "xattr", "extra")
TIMES = ("atime", "mtime", "ctime", "atime_ns", "mtime_ns", "ctime_ns")


def refused_by_kernel(difference, context):
    """Whether the kernel answers an error for the file itself, or for a directory above it."""
    parts = difference.path.split("/")
    return any("/".join(parts[:count]) in context.kernel_errors for count in range(1, len(parts) + 1))


def at(*names):
    """Whether a difference is of one of these files of the root, or below it."""
    return lambda difference, context: difference.path.split("/")[0] in names


def gives_up_on_directory(difference, context):
    """The listing notes the error of a directory as an entry of its own; and what is behind it is extra."""
    return difference.field == "extra" or difference.expected.get("error", "").startswith("readdir")


def udf(name, images, fields, reason, when=lambda difference, context: True):
    return Rule(name, images, fields, reason, when, filesystem="udf")


RULES = [
    udf("udf-owner-not-set", (ANY,), ("uid", "gid"), "4/14.9.3: an owner of 2^32 - 1 is none. isofuse shows who mounts, the kernel nobody.",
        lambda d, c: d.expected == NOBODY and d.got == (c.uid if d.field == "uid" else c.gid)),
    udf("udf-streams-and-attributes", ("udf-streams*", "udf-attributes*"), ("xattr",), "Named streams and extended attributes; the kernel shows none.",
        lambda d, c: d.expected is None),
    udf("udf-names-made-unique", ("udf-names-repeated",), ("repeated", "extra"), "A name that repeats gets ~2; the kernel lists it twice and finds the first.",
        lambda d, c: d.field == "repeated" or "~" in d.path),
    udf("udf-link-count-0", ("udf-link-counts",), WHOLE, "Some writers leave the link count 0: the kernel takes the file for deleted.", refused_by_kernel),
    # --- what the kernel does not mount
    udf("udf-revision", ("udf-integrity-min-read-*",), MOUNT, "The kernel refuses what asks for a reader of more than 2.50."),
    udf("udf-reserve-sequence", ("udf-main-*",), MOUNT, "The kernel takes the reserve sequence only where the main one has no primary descriptor."),
    udf("udf-second-anchor", ("udf-anchor-first-misleading",), MOUNT, "The first anchor that is sound leads nowhere; the kernel tries no other."),
    udf("udf-no-recognition", ("udf-vrs-none",), MOUNT, "No recognition sequence, all else sound: the kernel needs novrs."),
    udf("udf-metadata-copies", ("udf-metadata-main-*-destroyed",), MOUNT, "Blocks of the metadata file that only its mirror still has."),
    udf("udf-metadata-long-descriptors", ("udf-metadata-long-descriptors",), MOUNT, "UDF 2.2.13.1 wants short descriptors; the kernel insists."),
    udf("udf-vat-farther-back", ("udf-vat-padding-*", "udf-vat-last-broken", "udf-vat-decoy"), MOUNT,
        "The VAT some blocks before the end: the kernel looks three back, and takes any file there for it."),
    udf("udf-vat-mkudffs-150", ("mkudffs-cdr-150", "mkudffs-dvdr-150", "mkudffs-dvdr-closed"), MOUNT, "The kernel finds no root on VAT images of mkudffs of revision 1.50."),
    udf("udf-partition-mapped-twice", ("udf-same-partition-twice",), MOUNT, "Two maps of one partition: the kernel gives the second no blocks."),
    # --- what it does not read
    udf("udf-extended-descriptors", ("udf-allocation-extended",), WHOLE, "Extended allocation descriptors (4/14.14.3).", refused_by_kernel),
    udf("udf-long-way", ("udf-chain-long-way",), ("sha256",), "The kernel follows 16 blocks of descriptors without an extent.", at("after-17", "after-40")),
    udf("udf-past-the-partition", ("udf-partition-shorter-than-its-files",), WHOLE + ("missing",), "Files behind the stated end of the partition, but on the disc.",
        lambda d, c: refused_by_kernel(d, c) or (d.expected or "").startswith("read")),
    udf("udf-damaged-directories", ("udf-fid-*", "udf-directory-*", "udf-sparing-first-table-old"), ("missing", "extra"),
        "Behind a damaged entry isofuse goes on; the kernel gives up, or gives the same entries for ever.", lambda d, c: d.field == "extra" or gives_up_on_directory(d, c)),
    udf("udf-names-of-no-encoding", ("udf-names-odd",), WHOLE, "Identifiers that are no OSTA CS0: isofuse shows the file as _; the kernel leaves it out, and fails to find "
        "what stands behind it.", lambda d, c: d.path.startswith("_") or d.path == "after"),
    udf("udf-names-deleted", ("udf-deleted-compression-254",), WHOLE, "The same, of deleted names (UDF 2.1.1): the kernel does not find what stands behind.", at("there")),
    udf("udf-links", ("udf-links-odd",), WHOLE, "Targets longer than a block, empty names; links whose components are cut fail when they are read, not before.",
        at("bad-compression", "cut", "empty", "name-empty", "over-a-block", "over-a-page", "trailing-root")),
    udf("udf-long-links", ("mkudffs-names-*",), ("target",), "A target of 507 bytes: the kernel shows the first 432.", lambda d, c: d.got.startswith("m" * 254)),
    udf("udf-embedded-lengths", ("udf-extents-odd",), WHOLE, "Bytes in the ICB, of another number than the file's length: isofuse shows those that there are.",
        at("embedded-length-differs", "embedded-length-more")),
    udf("udf-chain-nowhere", ("udf-extents-odd",), ("error", "sha256"), "Descriptors that cannot be read: an error, not the zeros that the kernel gives.", at("chain-nowhere")),
    udf("udf-extents-not-of-blocks", ("udf-extents-odd",), ("sha256",), "An extent in the middle that ends within a block (4/12.1 forbids it): its bytes end there.",
        at("not-a-multiple")),
    udf("udf-sizes-of-2-63", ("udf-icb-broken",), WHOLE, "A length that no file offset reaches: an error, where the kernel says -1.", at("outside-size-2-63", "outside-size-huge")),
    udf("udf-strategies", ("udf-strategy-unknown",), ("error",), "Another error number.", lambda d, c: d.got == "stat: ENOTSUP"),
    udf("udf-file-types", ("udf-types-odd",), WHOLE, "Types that no file of a directory has.", at("type-013", "type-250", "type-251", "type-252")),
    udf("udf-attribute-space-location", ("udf-attributes-odd",), WHOLE, "The header of the attributes tells a wrong location; the number is there.", at("device-wrong-location")),
    udf("udf-stamps-of-nothing", ("udf-times-odd",), TIMES, "Stamps of zeros, without a month: the epoch; years before 0 (1/7.3.3 has them signed).",
        at("month-0", "zeros", "ones", "year-negative")),
]
