"""UDF: ICBs, allocation descriptors, file types, permissions, times, attributes and streams."""

import struct

import udf_structures as udf
from handmade_udf_base import Disc, Name, Node, fill, handmade_udf, plain
from trees import noise
from udfwriter import Extent

BLOCK = 2048
UNSET = 0xFFFFFFFF


def root_of(disc, *names, **more):
    disc.root = disc.directory(*names, **more)
    return disc


# --- how extents are described

@handmade_udf("allocation")
def allocation():
    """Every kind of descriptor, in file entries of both kinds, for files and directories."""
    disc = Disc()
    names = []
    for efe in (False, True):
        for kind, label in ((udf.SHORT, "short"), (udf.LONG, "long"), (udf.EMBEDDED, "embedded")):
            tag = f"{label}-{'efe' if efe else 'fe'}"
            names.append(Name(f"file-{tag}", disc.file(noise(1500, kind), allocation=kind, efe=efe)))
            names.append(Name(f"empty-{tag}", disc.file(b"", allocation=kind, efe=efe)))
            names.append(Name(f"link-{tag}", disc.link("../some/where", allocation=kind, efe=efe)))
            inner = [Name(f"entry {number}", disc.file(b"%d" % number)) for number in range(20)]
            names.append(Name(f"directory-{tag}", disc.directory(*inner, allocation=kind, efe=efe)))
            if kind != udf.EMBEDDED:
                names.append(Name(f"pieces-{tag}", disc.file(noise(7 * BLOCK + 5, kind), allocation=kind, efe=efe, pieces=[1, 3, 2, 1])))
    return root_of(disc, *names)


@handmade_udf("allocation-extended")
def allocation_extended():
    """Extended descriptors (4/14.14.3): the kernel answers EIO."""
    disc = Disc(0x0150)
    inner = [Name(f"entry {number}", disc.file(b"%d" % number)) for number in range(20)]
    return root_of(disc, Name("bytes", disc.file(noise(9000, 1), allocation=udf.EXTENDED, pieces=[1, 2])),
                   Name("directory", disc.directory(*inner, allocation=udf.EXTENDED)), Name("empty", disc.file(b"", allocation=udf.EXTENDED)),
                   Name("hole", disc.file(noise(4096, 2), allocation=udf.EXTENDED, extents=[Extent(BLOCK), Extent(BLOCK, udf.HOLE), Extent(0)])),
                   Name("chain", disc.file(noise(12 * BLOCK, 3), allocation=udf.EXTENDED, pieces=[1] * 12, per_block=4)))


def chain_tree(disc, kind):
    inner = [Name(f"entry {number:03d} in a directory of many pieces", disc.file(b"%d" % number)) for number in range(300)]
    block = disc.block_bytes
    return root_of(disc, Name("four-a-block", disc.file(noise(40 * block + 3, 1), allocation=kind, pieces=[1] * 40, per_block=4)),
                   Name("full-blocks", disc.file(noise(700 * block, 2), allocation=kind, pieces=[1] * 700)),
                   Name("just-full", disc.file(noise(4 * block, 3), allocation=kind, pieces=[1] * 4, per_block=4)),
                   Name("one-over", disc.file(noise(5 * block, 4), allocation=kind, pieces=[1] * 5, per_block=4)),
                   Name("directory", disc.directory(*inner, allocation=kind, pieces=[1] * 20, per_block=3)))


def declare_chains():
    for kind, label in ((udf.SHORT, "short"), (udf.LONG, "long")):
        for size in (512, 2048):
            handmade_udf(f"chain-{label}-{size}", mutate=size == 512)(lambda kind=kind, size=size: chain_tree(Disc(block_bytes=size), kind))


declare_chains()


@handmade_udf("chain-long-way", manifest=False)
def chain_long_way():
    """Blocks of descriptors that hold nothing but the way to the next: the kernel follows 16 of them."""
    disc = Disc()
    names = []
    for count in (3, 15, 16, 17, 40):
        blocks = [disc.physical.alloc(1) for _ in range(count)]
        data = disc.physical.alloc(1)
        for at, block in enumerate(blocks):
            ad = udf.short_ad(BLOCK, blocks[at + 1], udf.NEXT_DESCRIPTORS) if at + 1 < count else udf.short_ad(1000, data)
            disc.write_at(disc.physical.absolute(block), udf.tagged(udf.ALLOCATION_EXTENT, struct.pack("<II", 0, 8) + ad, block))
        disc.write_at(disc.physical.absolute(data), b"%03d" % count * 400)
        names.append(Name(f"after-{count}", disc.file(b"", allocation=udf.SHORT, extents=[], size_bytes=1000,
                                                      descriptors=udf.short_ad(BLOCK, blocks[0], udf.NEXT_DESCRIPTORS))))
    return root_of(disc, *names)


def pattern(disc, *extents, kind=udf.SHORT, tail=None, **more):
    """A file with the given extents; recorded ones hold noise."""
    size = sum(extent.size_bytes for extent in extents)
    return disc.file(noise(size, size % 1000), extents=list(extents), allocation=kind, size_bytes=tail, **more)


@handmade_udf("extents")
def extents():
    """Recorded, allocated and not recorded, neither; sizes that do not match (4/12.1, 4/14.14.1.1)."""
    disc = Disc()
    names = []
    for kind, label in ((udf.SHORT, "short"), (udf.LONG, "long")):
        cases = {"hole-first": [Extent(3 * BLOCK, udf.HOLE), Extent(BLOCK)], "hole-middle": [Extent(BLOCK), Extent(2 * BLOCK, udf.HOLE), Extent(100)],
                 "hole-last": [Extent(BLOCK), Extent(2 * BLOCK + 77, udf.HOLE)], "only-hole": [Extent(9999, udf.HOLE)],
                 "allocated-first": [Extent(2 * BLOCK, udf.ALLOCATED), Extent(BLOCK)], "allocated-last": [Extent(BLOCK), Extent(500, udf.ALLOCATED)],
                 "alternating": [Extent(BLOCK, number % 3) for number in range(24)],
                 "one-byte": [Extent(1)], "exact": [Extent(4 * BLOCK)]}
        for name, each in cases.items():
            names.append(Name(f"{label}-{name}", pattern(disc, *each, kind=kind)))
        names.append(Name(f"{label}-longer-than-extents", pattern(disc, Extent(BLOCK), kind=kind, tail=BLOCK + 5000)))
        names.append(Name(f"{label}-shorter-than-extents", pattern(disc, Extent(BLOCK), Extent(BLOCK), kind=kind, tail=BLOCK + 10)))
        names.append(Name(f"{label}-tail-preallocated", pattern(disc, Extent(1000), Extent(3 * BLOCK, udf.ALLOCATED), kind=kind, tail=1000)))
        names.append(Name(f"{label}-no-extents", pattern(disc, kind=kind, tail=4000)))
    return root_of(disc, *names)


@handmade_udf("extents-zero-length", manifest=False)
def extents_zero():
    """A length of zero ends the list (4/12.1), even if more follow."""
    disc = Disc()
    names = []
    for kind, label in ((udf.SHORT, "short"), (udf.LONG, "long")):
        names += [Name(f"{label}-then-more", pattern(disc, Extent(BLOCK), Extent(0), Extent(BLOCK), kind=kind, tail=2 * BLOCK)),
                  Name(f"{label}-first", pattern(disc, Extent(0), Extent(BLOCK), kind=kind, tail=BLOCK)),
                  Name(f"{label}-last", pattern(disc, Extent(BLOCK), Extent(0), kind=kind, tail=BLOCK)),
                  Name(f"{label}-zero-hole", pattern(disc, Extent(BLOCK), Extent(0, udf.HOLE), Extent(BLOCK), kind=kind, tail=2 * BLOCK))]
    return root_of(disc, *names)


@handmade_udf("extents-odd", manifest=False)
def extents_odd():
    """Extents in the middle that are no multiple of a block; descriptors that are cut; bytes outside the partition."""
    disc = Disc()
    free = disc.physical.alloc(4)
    disc.write_at(disc.physical.absolute(free), noise(4 * BLOCK, 6))
    sound = udf.short_ad(BLOCK, free)
    return root_of(disc, Name("not-a-multiple", disc.file(b"", allocation=udf.SHORT, extents=[], size_bytes=1000 + BLOCK,
                                                          descriptors=udf.short_ad(1000, free) + udf.short_ad(BLOCK, free + 2))),
                   Name("cut-descriptor", disc.file(b"", allocation=udf.SHORT, extents=[], size_bytes=2 * BLOCK, descriptors=sound + sound[:5])),
                   Name("outside-partition", disc.file(b"", allocation=udf.SHORT, extents=[], size_bytes=2 * BLOCK,
                                                       descriptors=sound + udf.short_ad(BLOCK, 0x00FFFFFF))),
                   Name("reference-unknown", disc.file(b"", allocation=udf.LONG, extents=[], size_bytes=BLOCK, descriptors=udf.long_ad(BLOCK, free, 7))),
                   Name("chain-nowhere", disc.file(b"", allocation=udf.SHORT, extents=[], size_bytes=3 * BLOCK,
                                                   descriptors=sound + udf.short_ad(BLOCK, 0x00FFFFFF, udf.NEXT_DESCRIPTORS))),
                   Name("embedded-length-differs", disc.file(b"embedded", size_bytes=5)),
                   Name("embedded-length-more", disc.file(b"embedded", size_bytes=500)),
                   Name("sound", disc.file(b"sound\n")))


def marked(disc, size, marks, step=1 << 30):
    """A file that is a hole but for a block at each mark; extents of at most 2^30 bytes less a block."""
    node = disc.file(allocation=udf.SHORT, extents=[], size_bytes=size)
    at, step = 0, step - BLOCK
    for mark in sorted(marks):
        start = mark // BLOCK * BLOCK
        while at < start:
            count = min(step, start - at)
            node.extents.append(Extent(count, udf.HOLE))
            at += count
        block = disc.physical.alloc(1)
        disc.write_at(disc.physical.absolute(block), (bytes(mark - start) + b"mark at %d" % mark).ljust(BLOCK, b"\0")[:BLOCK])
        node.extents.append(Extent(BLOCK, block=block))
        at += BLOCK
    while at < size:
        count = min(step, size - at)
        node.extents.append(Extent(count, udf.HOLE))
        at += count
    # The bytes are written above: `data` stays empty, and what is past it is nobody's.
    return node


@handmade_udf("large", mutate=False)
def large():
    """Past 4 GiB, past 1 TiB: some 1,100 extents in a chain, nearly all of them holes."""
    disc = Disc()
    gib, tib = 1 << 30, 1 << 40
    return root_of(disc, Name("over-4-gib", marked(disc, 4 * gib + 5000, [0, gib - 9, 4 * gib - 3 * BLOCK, 4 * gib + 100])),
                   Name("over-1-tib", marked(disc, tib + 70 * gib + 13, [0, 1000 * gib, tib - 5 * BLOCK, tib + 8, tib + 70 * gib - BLOCK])),
                   Name("just-2-gib", marked(disc, 2 * gib, [2 * gib - 20])))


@handmade_udf("large-real", mutate=False)
def large_real():
    """A file of recorded extents only, as large as one extent can be; the image is sparse."""
    disc = Disc()
    longest = (1 << 30) - BLOCK
    count = longest // BLOCK
    first = disc.physical.alloc(count)
    second = disc.physical.alloc(8)
    disc.write_at(disc.physical.absolute(first), b"start of the first")
    disc.write_at(disc.physical.absolute(first + count - 1), b"start of its last block")
    disc.write_at(disc.physical.absolute(second), b"start of the second")
    return root_of(disc, Name("two-extents", disc.file(allocation=udf.SHORT, size_bytes=longest + 8 * BLOCK, extents=[
        Extent(longest, block=first), Extent(8 * BLOCK, block=second)])))


# --- ICB strategy 4096

@handmade_udf("strategy-4096")
def strategy_4096():
    """Entries that were written again and again: the last of the chain counts (4/14.6.2, 4/14.7)."""
    disc = Disc(0x0102)
    names = []
    for count in (0, 1, 2, 5, 30):
        for end in ("nothing", "terminal", "indirect"):
            names.append(Name(f"chain-{count}-{end}", disc.file(b"%d times\n" % count, strategy=4096, chain=count, chain_end=end)))
    names.append(Name("directory", disc.directory(Name("inside", disc.file(b"inside\n", strategy=4096, chain=2)), strategy=4096, chain=3)))
    names.append(Name("link", disc.link("directory/inside", strategy=4096, chain=1)))
    return root_of(disc, *names, strategy=4096, chain=1)


@handmade_udf("strategy-4096-long", manifest=False)
def strategy_4096_long():
    """Very many versions."""
    disc = Disc(0x0150)
    return root_of(disc, *(Name(f"chain-{count}", disc.file(b"%d\n" % count, strategy=4096, chain=count)) for count in (100, 500)))


@handmade_udf("strategy-unknown", manifest=False)
def strategy_unknown():
    disc = Disc()
    return root_of(disc, Name("strategy-1", disc.file(b"one", patch={20: struct.pack("<H", 1)})),
                   Name("strategy-7", disc.file(b"seven", patch={20: struct.pack("<H", 7)})), Name("strategy-4", disc.file(b"four")))


# --- types

@handmade_udf("types")
def types():
    disc = Disc(0x0150)
    names = [Name("block", disc.device(udf.BLOCK, 8, 17)), Name("character", disc.device(udf.CHARACTER, 1, 3)),
             Name("character-wide", disc.device(udf.CHARACTER, 4095, 1048575)), Name("block-wide", disc.device(udf.BLOCK, 259, 300)),
             Name("fifo", Node(udf.FIFO)), Name("socket", Node(udf.SOCKET)), Name("regular", disc.file(b"regular")),
             Name("undefined", Node(udf.UNDEFINED, b"type 0")), Name("real-time", Node(udf.REAL_TIME, noise(9000, 2), allocation=udf.LONG)),
             Name("real-time-embedded", Node(udf.REAL_TIME, b"r")),
             Name("device-with-more", Node(udf.CHARACTER, attributes=[udf.file_times(udf.timestamp_at(5)), udf.device_specification(5, 6, bytes(32)),
                                                                      udf.implementation_attribute(b"*UDF FreeEASpace", bytes(40))], shows={"rdev": "5:6"}))]
    return root_of(disc, *names)


@handmade_udf("types-odd", manifest=False)
def types_odd():
    disc = Disc()
    names = [Name("device-without-number", Node(udf.BLOCK)), Name("sound", disc.file(b"sound\n")),
             Name("vat-type", Node(udf.VAT, b"type 248")), Name("attributes-type", Node(udf.EXTENDED_ATTRIBUTES, b"type 8"))]
    for kind in (1, 2, 3, 11, 13, 14, 99, 247, 250, 251, 252, 253, 255):
        names.append(Name(f"type-{kind:03d}", Node(kind, b"bytes")))
    return root_of(disc, *names)


@handmade_udf("links")
def links():
    """Symbolic links: components of every type (4/14.16.1)."""
    disc = Disc()
    c = udf.component
    raw = {"root": ("/", c(2)), "root-name": ("/a", c(2) + c(5, udf.cs0("a"))), "dot": (".", c(4)), "dots": ("..", c(3)),
           "up-up": ("../../x", c(3) + c(3) + c(5, udf.cs0("x"))), "inner-dot": ("a/./b", c(5, udf.cs0("a")) + c(4) + c(5, udf.cs0("b"))),
           "root-of-type-1": ("/x", c(1) + c(5, udf.cs0("x"))), "wide": ("日本/ö/😀", b"".join(c(5, udf.cs0(part)) for part in ("日本", "ö", "😀"))),
           "long-component": ("n" * 250, c(5, udf.cs0("n" * 250))), "versions": ("v/w", c(5, udf.cs0("v"), 3) + c(5, udf.cs0("w"), 7))}
    names = [Name(name, disc.link(data, shows={"target": target})) for name, (target, data) in raw.items()]
    names += [Name("outside-icb", disc.link("/".join(["component"] * 100), allocation=udf.SHORT)),
              Name("in-pieces", disc.link("a/b/c", allocation=udf.LONG))]
    return root_of(disc, *names)


@handmade_udf("links-odd", manifest=False)
def links_odd():
    disc = Disc()
    c = udf.component
    raw = {"root-with-name": c(1, udf.cs0("host")) + c(5, udf.cs0("x")), "type-2-with-name": c(2, b"\x08v") + c(5, udf.cs0("x")), "unknown-type": c(9) + c(5, udf.cs0("x")),
           "empty": b"", "name-empty": c(5) + c(5, udf.cs0("x")), "cut": c(5, udf.cs0("abc"))[:-2], "slash-in-name": c(5, udf.cs0("a/b")),
           "nul-in-name": c(5, udf.cs0("a\0b")), "name-dots": c(5, udf.cs0("..")), "root-inside": c(5, udf.cs0("a")) + c(2) + c(5, udf.cs0("b")),
           "bad-compression": c(5, b"\x07abc"), "trailing-root": c(5, udf.cs0("a")) + c(5, udf.cs0(""))}
    names = [Name(name, disc.link(data)) for name, data in raw.items()]
    names += [Name("over-a-block", disc.link("/".join(["component"] * 300), allocation=udf.SHORT)),
              Name("over-a-page", disc.link("/".join(["component"] * 900), allocation=udf.SHORT))]
    return root_of(disc, *names)


# --- owners, modes, link counts

@handmade_udf("modes", options=["", "umask=027", "mode=0640,dmode=0711", "uid=5,gid=6", "uid=ignore,gid=ignore", "uid=5,gid=6,uid=ignore,gid=ignore"])
def modes():
    disc = Disc()
    names = [Name(f"f{mode:04o}", disc.file(b"m", mode=mode)) for mode in (0, 0o400, 0o644, 0o755, 0o777, 0o4755, 0o2755, 0o1644, 0o7777, 0o111)]
    names += [Name(f"d{mode:04o}", disc.directory(mode=mode)) for mode in (0o700, 0o755, 0o1777, 0o2775, 0o555)]
    # Bits for changing attributes and for deleting alone are no permissions of Linux.
    names.append(Name("only-other-bits", disc.file(b"o", mode=0, patch={44: struct.pack("<I", 0x18 | 0x18 << 5 | 0x18 << 10)})))
    return root_of(disc, *names)


@handmade_udf("owners", options=["", "uid=77,gid=88", "uid=forget,gid=forget", "uid=77,uid=forget"])
def owners():
    disc = Disc()
    names = [Name(f"u{uid}g{gid}", disc.file(b"o", uid=uid, gid=gid)) for uid, gid in
             ((0, 0), (1, 2), (1000, 1000), (65534, 65534), (UNSET, UNSET), (UNSET, 5), (5, UNSET), (2_000_000_000, 0xFFFFFFFE))]
    return root_of(disc, *names, uid=UNSET, gid=UNSET)


@handmade_udf("link-counts")
def link_counts():
    """Counts that disagree with the names; 0 is what some writers leave. The kernel takes 0 for deleted (ESTALE)."""
    disc = Disc()
    twice, shared = disc.file(b"twice"), disc.file(noise(5000, 1))
    return root_of(disc, Name("none", disc.file(b"zero", links=0, shows={"nlink": None})), Name("none-directory", disc.directory(Name("in", disc.file(b"in")), links=0, shows={"nlink": None})),
                   Name("seven", disc.file(b"seven", links=7)), Name("largest", disc.file(b"65535", links=65535)), Name("twice-a", twice), Name("twice-b", twice),
                   Name("shared-a", shared), Name("dir", disc.directory(Name("shared-b", shared), Name("shared-c", shared))))


# --- times

@handmade_udf("times")
def times():
    """Stamps with zones, with none, in UTC; fractions; what stamps of zeros and nonsense become (1/7.3)."""
    disc = Disc()
    at = 1_234_567_890
    good = {"utc": udf.timestamp_at(at), "east": udf.timestamp_at(at, 120), "west": udf.timestamp_at(at, -300), "half-hour": udf.timestamp_at(at, 345),
            "far-east": udf.timestamp_at(at, 840), "far-west": udf.timestamp_at(at, -720), "y1970": udf.timestamp_at(0), "before": udf.timestamp_at(-86400 * 365),
            "y2038": udf.timestamp_at(2**31 + 5), "y2106": udf.timestamp_at(2**32 + 5), "y2200": udf.timestamp_at(7_258_118_400)}
    moments = {"y1970": 0, "before": -86400 * 365, "y2038": 2**31 + 5, "y2106": 2**32 + 5, "y2200": 7_258_118_400}
    names = [Name(name, disc.file(b"t", stamps={"mtime": stamp, "atime": stamp, "ctime": stamp}, shows={"mtime": moments.get(name, at)})) for name, stamp in good.items()]
    fraction = udf.timestamp_at(at, 0, 123_456_000)
    names.append(Name("fraction", disc.file(b"t", stamps={"mtime": fraction}, shows={"mtime": at, "mtime_ns": 123_456_000})))
    names.append(Name("parts-differ", disc.file(b"t", stamps={"atime": udf.timestamp_at(at + 1), "mtime": udf.timestamp_at(at + 2), "ctime": udf.timestamp_at(at + 3),
                                                              "creation": udf.timestamp_at(at + 4)},
                                                shows={"atime": at + 1, "mtime": at + 2, "ctime": at + 3})))
    return root_of(disc, *names)


@handmade_udf("times-odd", manifest=False)
def times_odd():
    disc = Disc()
    stamps = {"no-zone": udf.timestamp(zone=-2047), "type-0-with-zone": udf.timestamp(zone=120, kind=0), "type-2": udf.timestamp(zone=120, kind=2),
              "zone-too-far": udf.timestamp(zone=1500), "zone-too-far-west": udf.timestamp(zone=-1500), "zeros": bytes(12), "ones": b"\xFF" * 12,
              "month-0": udf.timestamp(month=0), "month-13": udf.timestamp(month=13), "day-0": udf.timestamp(day=0), "day-31-of-february": udf.timestamp(month=2, day=31),
              "hour-24": udf.timestamp(hour=24), "second-60": udf.timestamp(second=60), "minute-99": udf.timestamp(minute=99), "year-0": udf.timestamp(year=0),
              "year-1": udf.timestamp(year=1), "year-9999": udf.timestamp(year=9999), "year-negative": udf.timestamp(year=-5),
              "centiseconds-100": udf.timestamp(centiseconds=100, hundreds=5, microseconds=5), "hundreds-100": udf.timestamp(centiseconds=5, hundreds=100),
              "microseconds-200": udf.timestamp(microseconds=200), "all-99": udf.timestamp(centiseconds=99, hundreds=99, microseconds=99),
              "leap-day": udf.timestamp(2000, 2, 29), "last-of-1969": udf.timestamp(1969, 12, 31, 23, 59, 59, centiseconds=50)}
    return root_of(disc, *(Name(name, disc.file(b"t", stamps={"mtime": stamp, "atime": stamp, "ctime": stamp})) for name, stamp in stamps.items()))


# --- extended attributes and streams

FINDER = struct.pack(">4s4sHhhH", b"TEXT", b"ttxt", 0x0100, 10, 20, 0) + bytes(16)


def os2_attributes(**values):
    """UDF 3.3.4.5.3: *UDF OS/2 EA; each with flags, length of the name, length of the value, name, value."""
    return b"".join(struct.pack("<BBH", 0, len(name), len(value)) + name.encode() + value for name, value in values.items())


@handmade_udf("attributes")
def attributes():
    disc = Disc(0x0150)
    each = {"os2": udf.implementation_attribute(b"*UDF OS/2 EA", os2_attributes(COMMENT=b"a comment", SUBJECT=b"of OS/2")),
            "mac-file": udf.implementation_attribute(b"*UDF Mac FinderInfo", bytes(2) + struct.pack("<I", 9) + FINDER + struct.pack("<IIH", 0, 0, 0)),
            "mac-volume": udf.implementation_attribute(b"*UDF Mac VolumeInfo", udf.timestamp_at(1) * 2 + bytes(32)),
            "dvd-copyright": udf.implementation_attribute(b"*UDF DVD CGMS Info", b"\0" * 6), "free-space": udf.implementation_attribute(b"*UDF FreeEASpace", bytes(60)),
            "unknown": udf.implementation_attribute(b"*Nobody Knows", b"use of it"), "bad-sum": udf.implementation_attribute(b"*UDF OS/2 EA", os2_attributes(X=b"y"), good_sum=False),
            "times": udf.file_times(udf.timestamp_at(1_000_000)), "info": udf.attribute(6, 1, struct.pack("<IIII", 0, 0, 1, 1))}
    names = [Name(name, disc.file(b"with " + name.encode(), attributes=[data])) for name, data in each.items()]
    names.append(Name("all", disc.file(noise(3000, 1), attributes=list(each.values()))))
    names.append(Name("all-directory", disc.directory(Name("in", disc.file(b"in")), attributes=list(each.values()))))
    return root_of(disc, *names)


@handmade_udf("attributes-odd", manifest=False)
def attributes_odd():
    """Spaces whose header or lengths are wrong; the bytes behind them have to come out all the same."""
    disc = Disc()
    device = udf.device_specification(3, 4)

    def device_with(data):
        return Node(udf.CHARACTER, attribute_data=data)

    def bytes_with(data):
        return disc.file(b"bytes behind", attribute_data=data)
    spaces = {"sound": lambda at: udf.attribute_space(at, device), "wrong-location": lambda at: udf.attribute_space(at + 9, device),
              "no-header": lambda at: bytes(24) + device, "bad-checksum": lambda at: udf.attribute_space(at, device)[:4] + b"\0" + udf.attribute_space(at, device)[5:],
              "length-0": lambda at: udf.attribute_space(at, udf.attribute(5, 1, b"")[:8] + bytes(4), device),
              "length-huge": lambda at: udf.attribute_space(at, struct.pack("<IB3xI", 5, 1, 0xFFFFFFF0) + bytes(40), device),
              "starts-behind": lambda at: udf.attribute_space(at, device, implementation_at=0xFFFF), "cut": lambda at: udf.attribute_space(at, device)[:-10]}
    names = [Name(f"device-{name}", device_with(data)) for name, data in spaces.items()] + [Name(f"bytes-{name}", bytes_with(data)) for name, data in spaces.items()]
    return root_of(disc, *names)


def with_streams(disc, node, *streams, **more):
    node.streams = Node(udf.STREAM_DIRECTORY, names=[Name(name, stream) if not isinstance(stream, Name) else stream for name, stream in streams], **more)
    node.efe = True
    return node


@handmade_udf("streams")
def streams():
    """Named streams (4/9.2, UDF 3.3.5): of files and directories, empty, large, in pieces, hidden, deleted, reserved."""
    disc = Disc()
    stream = disc.file
    several = with_streams(disc, disc.file(b"has streams"), ("comment", stream(b"of a short value")), ("empty", stream(b"")),
                           ("binary", stream(bytes(range(256)))), ("outside", stream(noise(9000, 1), allocation=udf.SHORT)),
                           ("pieces", stream(noise(5 * BLOCK, 2), pieces=[1, 1, 2])), ("ä日😀", stream(b"not ASCII")), ("with.dots.in", stream(b"d")))
    large = with_streams(disc, disc.file(b"large"), ("at the limit", stream(noise(65536, 3), allocation=udf.SHORT)),
                         ("over the limit", Name("over the limit", stream(noise(65537, 4), allocation=udf.SHORT), shown="")))
    special = with_streams(disc, disc.file(b"special"), ("deleted", Name("deleted", stream(b"x"), flags=udf.DELETED, shown="")),
                           ("*UDF Backup", Name("*UDF Backup", stream(b"reserved"), shown="")), ("last", stream(b"is there")))
    crowd = with_streams(disc, disc.file(b"many"), *((f"stream {number:03d}", stream(b"%d" % number)) for number in range(80)), allocation=udf.SHORT)
    directory = with_streams(disc, disc.directory(Name("in", disc.file(b"in"))), ("of a directory", stream(b"yes")))
    none = with_streams(disc, disc.file(b"an empty stream directory"))
    resource = with_streams(disc, disc.file(b"from a Macintosh"), ("*UDF Macintosh Resource Fork", Name("*UDF Macintosh Resource Fork", stream(b"RSRC" * 50), shown="")))
    resource.shows = {"xattr": {"user.com.apple.ResourceFork": (b"RSRC" * 50).hex()}}
    disc.system_streams = Node(udf.STREAM_DIRECTORY, names=[Name("*UDF Unique ID Mapping Data", stream(bytes(200)), shown=""),
                                                            Name("*UDF Non-Allocatable Space", stream(bytes(10)), shown="")])
    return root_of(disc, Name("crowd", crowd), Name("directory", directory), Name("large", large), Name("none", none), Name("plain", disc.file(b"none at all")),
                   Name("resource", resource), Name("several", several), Name("special", special))


@handmade_udf("streams-odd", manifest=False)
def streams_odd():
    """Stream directories that lead nowhere, to themselves, to a file; streams that are directories."""
    disc = Disc()
    itself = disc.file(b"its own stream directory", efe=True)
    itself.streams = itself
    regular = disc.file(b"no stream directory", efe=True)
    regular.streams = disc.file(b"but a file")
    nested = with_streams(disc, disc.file(b"streams of streams"), ("outer", with_streams(disc, disc.file(b"outer"), ("inner", disc.file(b"inner")))))
    folder = with_streams(disc, disc.file(b"a directory as a stream"), ("folder", disc.directory(Name("in", disc.file(b"in")))))
    nowhere = disc.file(b"nowhere", efe=True, patch={152: udf.long_ad(BLOCK, 0x00FFFFFF, 0)})
    return root_of(disc, Name("itself", itself), Name("regular", regular), Name("nested", nested), Name("folder", folder), Name("nowhere", nowhere),
                   Name("sound", disc.file(b"sound\n")))


@handmade_udf("unique-ids")
def unique_ids():
    """Unique ids that repeat, or are all 0: files are told apart by the block of their ICB."""
    disc = Disc()
    return root_of(disc, *(Name(f"zero {number}", disc.file(b"%d" % number, unique_id=0)) for number in range(5)),
                   *(Name(f"same {number}", disc.file(b"%d" % number, unique_id=77)) for number in range(5)),
                   Name("wide", disc.file(b"w", unique_id=0x1234567890ABCDEF)))


@handmade_udf("icb-broken", manifest=False)
def icb_broken():
    """One fault a file; all others have to be there."""
    disc = Disc()
    cases = {"bad-checksum": {"tag": {"wrong_checksum": True}}, "bad-crc": {"tag": {"crc": 0x1234}}, "crc-length-0": {"tag": {"crc_bytes": 0}},
             "crc-length-short": {"tag": {"crc_bytes": 100}}, "tag-version-1": {"damage": lambda data: udf.retag(data[:2] + b"\1\0" + data[4:])},
             "tag-version-2": {"damage": lambda data: udf.retag(data[:2] + b"\2\0" + data[4:])}, "wrong-location": {"damage": lambda data: udf.retag(data, 12345)},
             "wrong-identifier": {"damage": lambda data: udf.retag(b"\x03\1" + data[2:])}, "blank": {"damage": lambda data: bytes(len(data))},
             "attributes-too-long": {"damage": lambda data: udf.retag(data[:208] + struct.pack("<I", 0xFFFFFFF0) + data[212:])},
             "descriptors-too-long": {"damage": lambda data: udf.retag(data[:212] + struct.pack("<I", 0xFFFFFFF0) + data[216:])},
             "size-huge": {"size_bytes": 0xFFFFFFFFFFFFFFFF}, "size-2-63": {"size_bytes": 1 << 63}}
    names = [Name(name, disc.file(b"has a fault", **case)) for name, case in cases.items()]
    names += [Name(f"outside-{name}", disc.file(noise(5000, 1), **case)) for name, case in cases.items()]
    return root_of(disc, *names, Name("sound", disc.file(b"sound\n")))


assert fill and plain
