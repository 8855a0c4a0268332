"""UDF: directories and the names in them (ECMA-167 4/8.6, 4/14.4; UDF 2.1.1, 2.3.4)."""

import struct

import udf_structures as udf
from handmade_udf_base import Disc, Name, fill, handmade_udf
from handmade_udf_files import BLOCK, root_of
from udfwriter import Node

SHOWN = ["", "unhide", "undelete", "unhide,undelete"]


def wide(*units):
    return b"\x10" + b"".join(struct.pack(">H", unit) for unit in units)


@handmade_udf("directory-pieces")
def directory_pieces():
    """FIDs cross blocks and extents at every place: names of all lengths, extents of one block."""
    disc = Disc(block_bytes=512)
    entries = [Name("n" * (1 + number % 200) + str(number), disc.file(b"%d" % number)) for number in range(250)]
    return root_of(disc, Name("short", disc.directory(*entries, allocation=udf.SHORT, pieces=[1] * 30)),
                   Name("long", disc.directory(*[Name(name.name, disc.file(b"l")) for name in entries], allocation=udf.LONG, pieces=[1, 2] * 20)),
                   Name("one-extent", disc.directory(*[Name(name.name, disc.file(b"o")) for name in entries], allocation=udf.SHORT)))


@handmade_udf("directory-tail-unrecorded")
def directory_tail():
    """Room for more entries behind the last: preallocated blocks that the information length leaves out."""
    disc = Disc()
    entries = [Name(f"entry {number}", disc.file(b"e")) for number in range(10)]
    directory = disc.directory(*entries, allocation=udf.SHORT, padding_descriptors=udf.short_ad(4 * BLOCK, 200, udf.ALLOCATED))
    return root_of(disc, Name("directory", directory))


@handmade_udf("directory-no-parent")
def directory_no_parent():
    disc = Disc()
    return root_of(disc, Name("inner", disc.directory(Name("leaf", disc.file(b"leaf")), parent_name=False)),
                   Name("empty", disc.directory(parent_name=False)), parent_name=False)


@handmade_udf("directory-parent-last")
def directory_parent_last():
    disc = Disc()
    inner = disc.directory(Name("leaf", disc.file(b"leaf")), parent_name=False)
    inner.names.append(Name(None, None, flags=udf.PARENT | udf.IS_DIRECTORY, shown="", icb=udf.long_ad(BLOCK, 1, 0)))
    return root_of(disc, Name("inner", inner))


@handmade_udf("directory-implementation-use")
def implementation_use():
    """FIDs with implementation use, of every multiple of four (UDF 2.3.4.5)."""
    disc = Disc()
    return root_of(disc, *(Name(f"use of {size}", disc.file(b"%d" % size), use=b"u" * size) for size in (0, 4, 32, 36, 128, 400)))


@handmade_udf("directory-versions")
def versions():
    """File version numbers other than 1 (UDF 2.3.4.1 allows no other)."""
    disc = Disc()
    return root_of(disc, *(Name(f"version {number}", disc.file(b"v"), version=number) for number in (0, 1, 2, 32767, 65535)))


@handmade_udf("hidden-and-deleted", options=SHOWN, manifest=False)
def hidden_and_deleted():
    disc = Disc()
    return root_of(disc, Name("hidden", disc.file(b"hidden"), flags=udf.HIDDEN), Name("hidden folder", disc.directory(Name("in", disc.file(b"in"))), flags=udf.HIDDEN | udf.IS_DIRECTORY),
                   Name("deleted", disc.file(b"deleted"), flags=udf.DELETED), Name("deleted folder", disc.directory(Name("in", disc.file(b"in"))), flags=udf.DELETED | udf.IS_DIRECTORY),
                   Name("both", disc.file(b"both"), flags=udf.DELETED | udf.HIDDEN), Name("plain", disc.file(b"plain")),
                   Name("deleted-no-icb", None, flags=udf.DELETED, icb=bytes(16)), Name("metadata bit", disc.file(b"m"), flags=udf.METADATA_STREAM))


@handmade_udf("deleted-compression-254", options=SHOWN, manifest=False)
def deleted_254():
    """UDF 2.3.4.6 and 2.1.1: deleted names may have the compression ids 254 and 255."""
    disc = Disc()
    return root_of(disc, Name(b"\xFEgone8", disc.file(b"8"), flags=udf.DELETED), Name(b"\xFF" + "gone16".encode("utf-16-be"), disc.file(b"16"), flags=udf.DELETED),
                   Name("there", disc.file(b"there")))


@handmade_udf("names-8-bit")
def names_8_bit():
    """Compression id 8 is Latin-1, not UTF-8: code points 0 to 255."""
    disc = Disc()
    names = [Name(bytes([8, code]) + b"x", disc.file(b"%d" % code), shown=chr(code) + "x") for code in [*range(1, 47), *range(48, 256)]]
    return root_of(disc, *names)


@handmade_udf("names-16-bit")
def names_16_bit():
    disc = Disc()
    texts = ["日本語", "ascii in 16 bits", "ß", "\ud7ff", "\ue000", "\uffff", "\ufffe", "\ufeffbom", "😀", "a😀", "\U0010ffff", "e\u0301", "\u200b"]
    return root_of(disc, *(Name(udf.cs0(text, 16), disc.file(text.encode("utf-8")), shown=text) for text in texts))


@handmade_udf("names-kernel-rule", manifest=False)
def names_kernel_rule():
    """What cannot stand in a name: the kernel puts one _ for a run of it, and a sum before the extension."""
    disc = Disc()
    texts = ["a/b", "a//b", "/", "//", "/a", "a/", "a\0b", "\0", "a\0/\0b", ".", "..", "...", ". ", "./", "../x", "..a", "..ab.c", "a/b.txt", "a/b.c.txt", "a/b.longextension",
             "a.b/c", "a.txt/", "x/.txt", ".hid/den", "a/b.", "a/b.t/t", "a.t/x", "1234567890/.a", "日/本", "日/本.語", "ä/ö.ü", "a/b.12345", "a/b.123456", "a/b.日本語語", "a/b.日本語語語",
             "_", "a_b", "a/_/b", "#", "a#B/c"]
    names = [Name(udf.cs0(text), disc.file(text.encode())) for text in texts]
    surrogates = [wide(0xD800), wide(0xDC00), wide(0x61, 0xD800), wide(0xD800, 0x61), wide(0xDC00, 0xD800), wide(0x61, 0xD800, 0xD800, 0x62), wide(0xD83D, 0xDE00, 0xDC00),
                  wide(0xD800, 0x2F, 0x61), wide(0x61, 0x2E, 0xD800), wide(0xDBFF, 0xDFFF)]
    names += [Name(data, disc.file(data)) for data in surrogates]
    return root_of(disc, *names)


@handmade_udf("names-too-long", manifest=False)
def names_too_long():
    """254 bytes of UTF-8 are what the kernel can show."""
    disc = Disc()
    names = []
    for count in (125, 126, 127, 128, 170, 200, 253, 254):
        names.append(Name(b"\x08" + b"\xe9" * count, disc.file(b"%d" % count)))
        names.append(Name(b"\x08" + b"\xe8" * (count - 4) + b".txt", disc.file(b"%d" % count)))
    for count in (83, 84, 85, 86, 100, 126, 127):
        names.append(Name(wide(*[0x65E5] * count), disc.file(b"%d" % count)))
        names.append(Name(wide(*[0x672C] * (count - 4), 0x2E, 0x65E5, 0x65E5, 0x65E5), disc.file(b"%d" % count)))
    for count in (252, 253, 254):
        names.append(Name(b"\x08" + b"a" * count, disc.file(b"%d" % count)))
        names.append(Name(b"\x08" + b"b" * (count - 8) + b".abcd/fg", disc.file(b"%d" % count)))
    for count in (62, 63):
        names.append(Name(udf.cs0("😀" * count), disc.file(b"%d" % count)))
    return root_of(disc, *names)


@handmade_udf("names-odd", manifest=False)
def names_odd():
    """Compression ids that are none, identifiers of odd length, of one byte, of none."""
    disc = Disc()
    raw = {b"\x08": b"only the id", b"\x10": b"only 16", b"\x10a": b"half a unit", b"\x10\0ab": b"a unit and a half", b"\x07abc": b"id 7", b"\x09abc": b"id 9",
           b"\xFEabc": b"id 254", b"\xFF\0a\0b": b"id 255", b"\0abc": b"id 0"}
    return root_of(disc, Name("before", disc.file(b"before")), *(Name(data, disc.file(text)) for data, text in raw.items()), Name("after", disc.file(b"after")))


@handmade_udf("names-repeated", manifest=False)
def names_repeated():
    disc = Disc()
    return root_of(disc, Name("same", disc.file(b"first")), Name("same", disc.file(b"second")), Name(udf.cs0("same", 16), disc.file(b"third")),
                   Name("folder", disc.directory(Name("one", disc.file(b"1")))), Name("folder", disc.directory(Name("two", disc.file(b"2")))))


@handmade_udf("names-case")
def names_case():
    disc = Disc()
    return root_of(disc, Name("File", disc.file(b"1")), Name("file", disc.file(b"2")), Name("FILE", disc.file(b"3")), Name("É", disc.file(b"4")), Name("é", disc.file(b"5")))


# --- damaged directories: what stands before the fault has to be there

def faulty(name, fault, **more):
    @handmade_udf(f"fid-{name}", manifest=False, **more)
    def build():
        disc = Disc()
        before = [Name(f"before {number}", disc.file(b"b%d" % number)) for number in range(3)]
        after = [Name(f"after {number}", disc.file(b"a%d" % number)) for number in range(3)]
        wrong = fault if isinstance(fault, Name) else fault(disc)
        return root_of(disc, Name("directory", disc.directory(*before, wrong, *after)), Name("sound", disc.file(b"sound\n")))


def wrong_name(**more):
    return lambda disc: Name("the faulty one", disc.file(b"faulty"), **more)


faulty("bad-checksum", wrong_name(tag={"wrong_checksum": True}))
faulty("bad-crc", wrong_name(tag={"crc": 0x4321}))
faulty("crc-length-0", wrong_name(tag={"crc_bytes": 0}))
faulty("wrong-location", wrong_name(damage=lambda data: udf.retag(data, 54321)))
faulty("tag-version-2", wrong_name(damage=lambda data: udf.retag(data[:2] + b"\2\0" + data[4:])))
faulty("wrong-identifier", wrong_name(damage=lambda data: udf.retag(b"\2\1" + data[2:])))
faulty("name-too-long", wrong_name(name_bytes=255))
faulty("use-not-of-4", wrong_name(use=b"uuu"))
faulty("use-too-long", wrong_name(use_bytes=0xFFFC))
faulty("zeros", Name("zeros", raw=bytes(60)))
faulty("garbage", Name("garbage", raw=b"\xA5\x5A\xC3" * 30))
faulty("not-padded", wrong_name(pad=b""))
faulty("icb-nowhere", wrong_name(icb=udf.long_ad(BLOCK, 0x00FFFFFF, 0)))
faulty("icb-reference-unknown", wrong_name(icb=udf.long_ad(BLOCK, 1, 9)))
faulty("icb-length-0", wrong_name(icb=udf.long_ad(0, 1, 0)))
faulty("icb-of-two-blocks", lambda disc: Name("two blocks", None, icb=udf.long_ad(2 * BLOCK, 1, 0)))
faulty("parent-in-the-middle", Name(None, None, flags=udf.PARENT | udf.IS_DIRECTORY, icb=udf.long_ad(BLOCK, 1, 0)))
faulty("directory-bit-of-a-file", lambda disc: Name("a file, says its ICB", disc.file(b"file"), flags=udf.IS_DIRECTORY))
faulty("file-bit-of-a-directory", lambda disc: Name("a directory, says its ICB", disc.directory(Name("in", disc.file(b"in"))), flags=0))


@handmade_udf("directory-circle", manifest=False, kernel=False, options=[])
def directory_circle():
    """A directory that contains itself, and the root, under other names."""
    disc = Disc()
    inner = disc.directory(Name("leaf", disc.file(b"leaf")))
    inner.names.append(Name("myself", inner))
    disc.root = disc.directory(Name("inner", inner))
    inner.names.append(Name("root again", disc.root))
    disc.root.names.append(Name("inner again", inner))
    return disc


@handmade_udf("directory-length-odd", manifest=False)
def directory_length_odd():
    """An information length that ends within a FID, and one past the extents."""
    disc = Disc()

    def entries():
        return [Name(f"entry {number}", disc.file(b"%d" % number)) for number in range(8)]
    return root_of(disc, Name("ends-early", disc.directory(*entries(), allocation=udf.SHORT, size_bytes=300)),
                   Name("ends-late", disc.directory(*entries(), allocation=udf.SHORT, size_bytes=5000)),
                   Name("embedded", disc.directory(*entries())), Name("with-a-hole", disc.directory(*entries(), allocation=udf.SHORT, size_bytes=3 * BLOCK,
                                                                      padding_descriptors=udf.short_ad(2 * BLOCK, 0, udf.HOLE))))


@handmade_udf("directory-unrecorded", manifest=False)
def directory_unrecorded():
    """A directory whose only extent was never recorded."""
    disc = Disc()
    return root_of(disc, Name("unrecorded", disc.directory(allocation=udf.SHORT, size_bytes=BLOCK, descriptors=udf.short_ad(BLOCK, 9, udf.ALLOCATED))),
                   Name("hole", disc.directory(allocation=udf.SHORT, size_bytes=BLOCK, descriptors=udf.short_ad(BLOCK, 0, udf.HOLE))), Name("sound", disc.file(b"sound\n")))


assert fill and Node
