"""Images that no tool writes: plain ISO 9660, High Sierra, Joliet, descriptors."""

import struct

from handmade_base import (ROOT, a_directory, a_file, handmade, plain_disc, rock_directory, rock_disc, rock_file)
from isowriter import (ASSOCIATED, DEFAULT_TIME, DIRECTORY, HIDDEN, MORE, SECTOR, Blob, Directory, Image, Record, Volume,
                       stamp7)
from recipe import ALL, NAMES, TREES
from trees import noise

HOUR, DAY = 3600, 86400


def nested(image, depth=2):
    """A few files and directories for images whose subject is the volume."""
    inner = Directory([Record(b"DEEP.TXT;1", image.file(b"deep down\n"))])
    return [Record(b"BIG.BIN;1", image.file(noise(10_000, 7))), Record(b"EMPTY.;1", Blob(b"", 0)),
            Record(b"SMALL.TXT;1", image.file(b"small\n")), Record(b"SUB", inner, flags=DIRECTORY)]


NESTED = [ROOT, a_file("big.bin", noise(10_000, 7), mtime=DEFAULT_TIME), a_file("empty"), a_file("small.txt", b"small\n"),
          a_directory("sub", mtime=DEFAULT_TIME), a_file("sub/deep.txt", b"deep down\n")]


@handmade("plain", ALL)
def plain():
    image = Image()
    return plain_disc(nested(image), image), NESTED


@handmade("blocks-512", ["", "block=512"])
def blocks_512():
    image = Image(block_bytes=512)
    return plain_disc(nested(image), image), NESTED


@handmade("blocks-1024", NAMES)
def blocks_1024():
    image = Image(block_bytes=1024)
    return plain_disc(nested(image), image), NESTED


@handmade("blocks-512-unaligned", ["", "block=512"])
def blocks_512_unaligned():
    """Files on blocks that do not start a sector, directories of several blocks that do not either."""
    image = Image(block_bytes=512)
    image.file(b"x", align=False)
    files = [Record(b"F%03d.TXT;1" % number, image.file(b"%d\n" % number * 200, align=False)) for number in range(90)]
    image.file(b"x", align=False)
    image.next_block += 1
    root = Directory(files)
    image.place(root, at=image.next_block)
    image.volumes.append(Volume(root))
    return image, [ROOT] + [a_file(f"f{number:03d}.txt", b"%d\n" % number * 200) for number in range(90)]


@handmade("high-sierra", ALL)
def high_sierra():
    image = Image(high_sierra=True)
    return plain_disc(nested(image), image), NESTED


@handmade("high-sierra-512", ["", "block=512"])
def high_sierra_512():
    image = Image(high_sierra=True, block_bytes=512)
    return plain_disc(nested(image), image), NESTED


def interleave(data, unit, gap):
    """The bytes as they lie on the disc: `unit` blocks of the file, `gap` blocks of something else."""
    out = b""
    for start in range(0, len(data), unit * SECTOR):
        piece = data[start:start + unit * SECTOR]
        out += piece + b"\xAA" * (-len(piece) % SECTOR) + b"\xBB" * gap * SECTOR
    return out


@handmade("interleaved")
def interleaved():
    image, manifest, records = Image(), [ROOT], []
    for unit, gap, size in ((1, 1, 10_000), (2, 1, 50_000), (3, 5, 12_288), (1, 2, 100), (4, 1, 8192)):
        data = noise(size, unit * 10 + gap)
        blob = image.file(interleave(data, unit, gap))
        records.append(Record(b"U%dG%d.BIN;1" % (unit, gap), blob, size=size, unit=unit, gap=gap))
        manifest.append(a_file(f"u{unit}g{gap}.bin", data))
    records.append(Record(b"PLAIN.BIN;1", image.file(b"plain")))
    manifest.append(a_file("plain.bin", b"plain"))
    records.sort(key=lambda record: record.name)
    return plain_disc(records, image), manifest


@handmade("interleaved-pair")
def interleaved_pair():
    """Two files in each other's gaps."""
    image = Image()
    one, two = noise(5 * SECTOR, 1), noise(5 * SECTOR, 2)
    woven = b"".join(one[at:at + SECTOR] + two[at:at + SECTOR] for at in range(0, 5 * SECTOR, SECTOR))
    blob = image.file(woven)
    return plain_disc([Record(b"ONE.;1", extent=blob.block, size=5 * SECTOR, unit=1, gap=1),
                       Record(b"TWO.;1", extent=blob.block + 1, size=5 * SECTOR - 17, unit=1, gap=1)], image), [
        ROOT, a_file("one", one), a_file("two", two[:-17])]


@handmade("associated", ["", "showassoc", "unhide", "hide"])
def associated() -> "kernel only":
    image = Image()
    return plain_disc([Record(b"DATA.TXT;1", image.file(b"resource fork"), flags=ASSOCIATED),
                       Record(b"DATA.TXT;1", image.file(b"data fork")),
                       Record(b"ONLY.TXT;1", image.file(b"only associated"), flags=ASSOCIATED),
                       Record(b"PLAIN.TXT;1", image.file(b"plain"))], image), None


@handmade("hidden", ["", "hide", "showassoc", "hide,showassoc", "unhide"])
def hidden() -> "kernel only":
    image = Image()
    inside = Directory([Record(b"INSIDE.;1", image.file(b"inside"))])
    return plain_disc([Record(b"BOTH.;1", image.file(b"both"), flags=HIDDEN | ASSOCIATED),
                       Record(b"HIDDEN.;1", image.file(b"hidden"), flags=HIDDEN),
                       Record(b"HIDDIR", inside, flags=HIDDEN | DIRECTORY),
                       Record(b"SHOWN.;1", image.file(b"shown"), flags=8 | 16)], image), None


@handmade("extended-attribute-records", NAMES)
def extended_attribute_records():
    """Data starts behind the extended attribute record, of files and of directories."""
    image = Image()
    one, two = image.file(b"\xEE" * SECTOR + b"behind one block"), image.file(b"\xEE" * 3 * SECTOR + noise(5000, 3))
    inner = Directory([Record(b"LEAF.;1", image.file(b"leaf"))])
    image.place(Blob(b"\xEE" * 2 * SECTOR))
    image.place(inner)
    entry = Record(b"SUB", inner, flags=DIRECTORY, extent=inner.block - 2, xattr_blocks=2)
    inner.dot = Record(b"\0", inner, flags=DIRECTORY, extent=inner.block - 2, xattr_blocks=2)
    root = Directory([Record(b"ONE.;1", one, size=16, xattr_blocks=1), entry, Record(b"TWO.;1", two, size=5000, xattr_blocks=3)])
    inner.parent = root
    image.place(root)
    image.volumes.append(Volume(root))
    return image, [ROOT, a_file("one", b"behind one block"), a_directory("sub"), a_file("sub/leaf", b"leaf"),
                   a_file("two", noise(5000, 3))]


def sections(image, name, pieces, scattered=False, last_name=None):
    """Records of a file of several sections."""
    records = []
    for number, piece in enumerate(pieces):
        more = MORE if number + 1 < len(pieces) else 0
        if scattered:
            image.file(b"between")
        records.append(Record(name, image.file(piece), flags=more))
    return records


@handmade("sections", ALL)
def several_sections():
    image = Image()
    pieces = [noise(4 * SECTOR, 1), noise(SECTOR, 2), noise(777, 3)]
    records = (sections(image, b"CLOSE.BIN;1", pieces) + sections(image, b"FAR.BIN;1", pieces, scattered=True) +
               sections(image, b"LASTNIL.BIN;1", pieces[:1] + [b""]) + [Record(b"ZLAST.TXT;1", image.file(b"z"))])
    return plain_disc(records, image), [ROOT, a_file("close.bin", b"".join(pieces)), a_file("far.bin", b"".join(pieces)),
                                        a_file("lastnil.bin", pieces[0]), a_file("zlast.txt", b"z")]


@handmade("sections-150")
def sections_150():
    image = Image()
    pieces = [noise(SECTOR, number) for number in range(149)] + [b"the end"]
    records = sections(image, b"MANY.BIN;1", pieces, scattered=True) + [Record(b"NEXT.TXT;1", image.file(b"next"))]
    return plain_disc(records, image), [ROOT, a_file("many.bin", b"".join(pieces)), a_file("next.txt", b"next")]


@handmade("sections-rock", TREES)
def sections_rock():
    image = Image()
    pieces = [noise(2 * SECTOR, 1), noise(SECTOR, 2), b"tail"]
    records = []
    for number, piece in enumerate(pieces):
        records.append(rock_file(image, b"PARTS.BIN;1", b"in several parts", piece, flags=MORE if number < 2 else 0))
    return rock_disc(records, image), [ROOT, a_file("in several parts", b"".join(pieces), mode=0o644)]


@handmade("sections-4gib")
def sections_4gib():
    """5 GiB in two sections; holes in the image, which is sparse on the host."""
    image = Image()
    first = image.place(Blob(b"first section", size_bytes=(1 << 32) - SECTOR))
    second = image.place(Blob(b"second section", size_bytes=1 << 30))
    image.trailing_sectors = 0
    root = Directory([Record(b"HUGE.BIN;1", first, flags=MORE), Record(b"HUGE.BIN;1", second),
                      Record(b"TAIL.TXT;1", image.file(b"tail"))])
    image.place(root)
    image.volumes.append(Volume(root))
    return image, [ROOT, {"path": "huge.bin", "type": "f", "size": (1 << 32) - SECTOR + (1 << 30)}, a_file("tail.txt", b"tail")]


@handmade("versions", NAMES)
def versions() -> "kernel only":
    image = Image()
    return plain_disc([Record(name, image.file(name)) for name in (b"A.TXT;2", b"A.TXT;1", b"B.TXT;10", b"B.TXT;1", b"C.;3",
                                                                   b"D;1", b"E.TXT", b"F.;1", b"G.", b"H;;1", b"I.X.;1", b"J.;1;1")],
                      image), None


@handmade("duplicates", NAMES)
def duplicates() -> "kernel only":
    """Names that become equal when they are shown."""
    image = Image()
    return plain_disc([Record(name, image.file(b"%d" % number)) for number, name in
                       enumerate((b"SAME.TXT;1", b"SAME.TXT;1", b"SAME.TXT;1", b"OTHER.;1", b"other.;1", b"OTHER"))], image), None


@handmade("odd-names", NAMES)
def odd_names() -> "kernel only":
    image = Image()
    names = (b"MiXeD.TxT;1", b"A B.TXT;1", b"CTRL\x01.TXT;1", b"HIGH\xe9\xff.TXT;1", b"SEMI;COLON;1", b"NUL\0TAIL.TXT;1",
             b"DOT..TXT;1", b".DOT;1", b"NOVERSION.TXT", b"X" * 207, b"Y" * 128 + b".;1", b"_ACORN.TXT;1", b"UTF8\xc3\xa9.TXT;1")
    return plain_disc([Record(name, image.file(name[:20])) for name in names], image), None


@handmade("unsafe-names", kernel=False)
def unsafe_names():
    """What cannot stand as a name of a file, and how it is shown all the same."""
    image = Image()
    records = [Record(b"A/B.TXT;1", image.file(b"slash")), Record(b"OK.;1", image.file(b"ok")), Record(b"\0X;1", image.file(b"begins with NUL")),
               Record(b"..;1", image.file(b"dots"))]
    return plain_disc(records, image), [ROOT, a_file("a.b.txt", b"slash"), a_file("ok", b"ok"), a_file("_", b"begins with NUL"), a_file("_~2", b"dots")]


@handmade("dates")
def dates():
    cases = {
        b"A_NORMAL": (stamp7(), DEFAULT_TIME),
        b"B_EAST": (stamp7(zone=4), DEFAULT_TIME - HOUR),
        b"C_WEST": (stamp7(zone=-48), DEFAULT_TIME + 12 * HOUR),
        b"D_EAST13": (stamp7(zone=52), DEFAULT_TIME - 13 * HOUR),
        b"E_EAST14": (stamp7(zone=56), None),
        b"F_HALF": (stamp7(zone=22), DEFAULT_TIME - 5 * HOUR - HOUR // 2),
        b"G_1970": (stamp7(1970, 1, 1, 0, 0, 0), 0),
        b"H_1969": (stamp7(1969, 12, 31, 23, 59, 59), -1),
        b"I_1900": (stamp7(1900, 1, 1, 0, 0, 0), None),
        b"J_2038": (stamp7(2038, 1, 19, 3, 14, 7), 2**31 - 1),
        b"K_2038A": (stamp7(2038, 1, 19, 3, 14, 8), 2**31),
        b"L_2100": (stamp7(2100, 3, 1, 0, 0, 0), 4107542400),
        b"M_2155": (stamp7(2155, 12, 31, 23, 59, 59), 5869583999),
        b"N_LEAP": (stamp7(2000, 2, 29, 12, 0, 0), 951825600),
        b"O_ZERO": (bytes(7), None),
        b"P_BADZONE": (stamp7(zone=100), None),
        b"Q_LEAPSEC": (stamp7(second=60), DEFAULT_TIME + 20),
    }
    image = Image()
    records, manifest = [], [ROOT]
    for name, (stamp, when) in cases.items():
        records.append(Record(name + b".;1", image.file(name), stamp=stamp))
        manifest.append(a_file(name.decode().lower(), name, **({} if when is None else {"mtime": when})))
    return plain_disc(records, image), manifest


@handmade("dates-nonsense")
def dates_nonsense() -> "kernel only":
    image = Image()
    stamps = {b"DAY0": stamp7(day=0), b"DAY31": stamp7(2001, 2, 31), b"MONTH13": bytes([101, 13, 1, 0, 0, 0, 0]),
              b"HOUR24": stamp7(hour=24), b"FF": b"\xff" * 7}
    return plain_disc([Record(name + b".;1", image.file(name), stamp=stamp) for name, stamp in stamps.items()], image), None


@handmade("big-endian-halves-wrong")
def halves_disagree():
    image = Image()
    records = nested(image)
    for record in records:
        record.extent_big, record.size_big = 0xDEADBEEF, 0
    return plain_disc(records, image), NESTED


@handmade("records-cross-sectors", NAMES)
def records_cross():
    image = Image()
    data = image.file(b"shared\n")
    root = Directory([Record(b"LONGISH_NAME_%04d.TXT;1" % number, data) for number in range(200)], may_cross=True)
    image.place(root)
    image.volumes.append(Volume(root))
    return image, [ROOT] + [a_file(f"longish_name_{number:04d}.txt", b"shared\n") for number in range(200)]


@handmade("sparse-directory", NAMES)
def sparse_directory():
    """Sectors of a directory that are filled to a quarter only."""
    image = Image()
    data = image.file(b"shared\n")
    root = Directory([Record(b"N%04d.TXT;1" % number, data) for number in range(60)], sector_fill=512)
    image.place(root)
    image.volumes.append(Volume(root))
    return image, [ROOT] + [a_file(f"n{number:04d}.txt", b"shared\n") for number in range(60)]


@handmade("directory-size-odd")
def directory_size_odd() -> "kernel only":
    """Directories whose size is not a multiple of a sector: cut exactly behind the last record, and in it."""
    image = Image()
    first = Directory([Record(b"A.TXT;1", image.file(b"a")), Record(b"B.TXT;1", image.file(b"b"))])
    second = Directory([Record(b"C.TXT;1", image.file(b"c")), Record(b"D.TXT;1", image.file(b"d"))])
    first.size_bytes, second.size_bytes = 34 * 2 + 40 * 2, 34 * 2 + 40 + 20
    return plain_disc([Record(b"EXACT", first, flags=DIRECTORY), Record(b"SHORT", second, flags=DIRECTORY)], image), None


@handmade("dot-differs")
def dot_differs() -> "kernel only":
    """The record that leads to a directory and the directory's own "." say different things."""
    image = Image()
    inner = Directory([Record(b"LEAF.;1", image.file(b"leaf"))], stamp=stamp7(1999, 1, 1))
    return plain_disc([Record(b"SUB", inner, flags=DIRECTORY, stamp=stamp7(2010, 1, 1)),
                       Record(b"SUB2", inner, flags=DIRECTORY, stamp=stamp7(2011, 1, 1))], image), None


@handmade("empty-files-share")
def empty_files_share():
    image = Image()
    data = image.file(b"data")
    return plain_disc([Record(b"DATA.;1", data), Record(b"DATA2.;1", data), Record(b"NIL1.;1", extent=data.block, size=0),
                       Record(b"NIL2.;1", extent=0, size=0), Record(b"NIL3.;1", extent=0xFFFFFFF0, size=0)], image), [
        ROOT, a_file("data", b"data"), a_file("data2", b"data"), a_file("nil1"), a_file("nil2"), a_file("nil3")]


@handmade("acorn", NAMES)
def acorn() -> "kernel only":
    """RISC OS: 32 bytes of load and execution address and attributes behind the name."""
    image = Image()

    def archimedes(load, attributes=0):
        return (b"ARCHIMEDES" + struct.pack("<III", load, 0, attributes)).ljust(32, b"\0")

    inner = Directory([Record(b"INNER.;1", image.file(b"i"), archimedes(0xFFFFFF00))])
    return plain_disc([Record(b"BASIC.;1", image.file(b"b"), archimedes(0xFFFFFB12)), Record(b"EVEN.TXT;1", image.file(b"e"), archimedes(0xFFFAFF00)),
                       Record(b"UNTYPED.;1", image.file(b"u"), archimedes(0x00008000)), Record(b"_APP", inner, archimedes(0, 0x100), DIRECTORY),
                       Record(b"_RUN.;1", image.file(b"r"), archimedes(0xFFFFEB00, 0x100)), Record(b"_PLAIN.;1", image.file(b"p"), archimedes(0xFFFFEB00))],
                      image), None


@handmade("enhanced", ALL)
def enhanced() -> "kernel only":
    """ISO 9660:1999: a second descriptor of version 2 with a tree of its own."""
    image = Image()
    data = image.file(b"same data\n")
    root, longer = Directory([Record(b"SHORT.TXT;1", data)]), Directory([Record(b"A much longer name than level 2 allows.text", data),
                                                                        Record(b"z" * 200, data)])
    image.place(root)
    image.place(longer)
    image.volumes += [Volume(root), Volume(longer, kind=2, version=2)]
    return image, None


def wide(name):
    return name.encode("utf-16-be", "surrogatepass")


def joliet_disc(image, records, root=None, escape=b"%/E", **volume):
    tree = Directory(records)
    image.place_tree(tree)
    if root is not None:
        image.volumes.append(Volume(root))
    image.volumes.append(Volume(tree, kind=2, escape=escape, **volume))
    return image


@handmade("joliet-alone", TREES)
def joliet_alone():
    image = Image()
    return joliet_disc(image, [Record(wide("Only in Joliet.txt;1"), image.file(b"joliet"))]), [ROOT, a_file("Only in Joliet.txt", b"joliet")]


for number, third in enumerate(b"@CEX", 1):
    @handmade(f"joliet-level{number}", ["", "nojoliet"])
    def joliet_level(third=third) -> "kernel only":
        image = Image()
        root = Directory([Record(b"PRIMARY.TXT;1", image.file(b"primary"))])
        image.place(root)
        return joliet_disc(image, [Record(wide("Joliet.txt;1"), image.file(b"joliet"))], root, b"%/" + bytes([third])), None


@handmade("joliet-names", ["", "check=strict", "check=relaxed", "map=off", "map=acorn", "nojoliet"])
def joliet_names() -> "kernel only":
    image = Image()
    names = [wide(name) for name in ("Version.txt;1", "Version2.txt;2", "NoVersion.txt", "dots...;1", "dots2...", "a;1;1", "MiXeD CaSe.Ext;1",
                                     "x" * 64 + ";1", "y" * 103 + ";1", "w" * 108, "😀 smile.txt;1", "日本語.txt;1", "é.txt;1", "e\u0301.txt;1",
                                     "semi;colon;1", "...;1", "sp ace .txt ;1")]
    names += [wide("odd length") + b"\0", wide("nul\0tail;1")]
    return joliet_disc(image, [Record(name, image.file(name)) for name in names], Directory([]) if False else
                       image.place(Directory([Record(b"P.;1", image.file(b"p"))]))), None


@handmade("joliet-surrogates", kernel=False)
def joliet_surrogates():
    """Half a surrogate pair is not a character; it is left out, as by the kernel."""
    image = Image()
    return joliet_disc(image, [Record(wide("ok.txt;1"), image.file(b"ok")), Record(wide("high\ud83d.txt;1"), image.file(b"high")),
                               Record(wide("slash/name.txt;1"), image.file(b"slash"))]), [
        ROOT, a_file("ok.txt", b"ok"), a_file("high.txt", b"high"), a_file("slash_name.txt", b"slash")]


@handmade("joliet-rock-root-empty", TREES)
def joliet_rock_root_empty() -> "kernel only":
    """Rock Ridge is declared, but only Joliet has files."""
    image = Image()
    rock_disc([], image)
    joliet_disc(image, [Record(wide("Here I am.txt;1"), image.file(b"here"))])
    return image, None


@handmade("joliet-and-rock", ALL)
def joliet_and_rock() -> "kernel only":
    image = Image()
    rock_disc([rock_file(image, b"ROCK.TXT;1", b"From Rock Ridge", b"rock")], image)
    joliet_disc(image, [Record(wide("From Joliet.txt;1"), image.file(b"joliet"))])
    return image, None


def with_descriptors(front=(), back=()):
    """An image whose descriptors start with others."""
    image = Image()
    plain_disc(nested(image), image)
    descriptors = list(front) + [None] + list(back)
    volume = image.volumes.pop()
    for number, raw in enumerate(descriptors):
        where = (16 + number) * SECTOR
        image.patches.append((where, raw if raw is not None else image.descriptor(volume, 200)))
    image.patches.append(((16 + len(descriptors)) * SECTOR, b"\xffCD001\1".ljust(SECTOR, b"\0")))
    return image


BOOT_RECORD = b"\0CD001\1EL TORITO SPECIFICATION".ljust(SECTOR, b"\0")
UNKNOWN = b"\x4dCD001\1".ljust(SECTOR, b"\0")
FOREIGN = b"\0BEA01\1".ljust(SECTOR, b"\0")


@handmade("descriptors-boot-first")
def boot_first():
    return with_descriptors([BOOT_RECORD]), NESTED


@handmade("descriptors-unknown-first")
def unknown_first():
    return with_descriptors([UNKNOWN, FOREIGN, BOOT_RECORD]), NESTED


@handmade("descriptors-late")
def late():
    """The primary descriptor is the twelfth."""
    return with_descriptors([UNKNOWN] * 12), NESTED


@handmade("no-terminator")
def no_terminator() -> "kernel only":
    image = with_descriptors()
    image.patches[-1] = (17 * SECTOR, bytes(SECTOR))
    return image, None


@handmade("two-primaries")
def two_primaries() -> "kernel only":
    image = Image()
    plain_disc(nested(image), image)
    other = Directory([Record(b"OTHER.;1", image.file(b"other"))])
    image.place(other)
    image.volumes.append(Volume(other))
    return image, None


@handmade("space-too-small")
def space_too_small():
    image = Image()
    return plain_disc(nested(image), image, space_blocks=20), NESTED


@handmade("space-too-large")
def space_too_large():
    image = Image()
    return plain_disc(nested(image), image, space_blocks=1_000_000), NESTED


@handmade("sector-64", ["sbsector=64"])
def at_sector_64():
    """The only session starts at sector 64; block numbers count from the start of the image."""
    image = Image(start_sector=64)
    return plain_disc(nested(image), image), NESTED


@handmade("truncated-files", kernel=False)
def truncated_files():
    """A file that lies behind the end of the image: it is shown, and reading it fails."""
    image = Image()
    return plain_disc([Record(b"GONE.BIN;1", extent=100_000, size=5000), Record(b"HERE.BIN;1", image.file(b"here"))], image), [
        ROOT, {"path": "gone.bin", "type": "f", "size": 5000, "error": "read: EIO"}, a_file("here.bin", b"here")]


@handmade("directory-loop", kernel=False)
def directory_loop() -> "kernel only":
    """A directory that contains itself, and one that contains the root. No walk may run for ever."""
    image = Image()
    inner = Directory()
    root = Directory([Record(b"SUB", inner, flags=DIRECTORY)])
    inner.records = [Record(b"AGAIN", inner, flags=DIRECTORY), Record(b"ROOT", root, flags=DIRECTORY), Record(b"F.;1", image.file(b"f"))]
    inner.parent = root
    image.place(root)
    image.place(inner)
    image.volumes.append(Volume(root))
    return image, None


@handmade("crowd", kernel=False, mutate=False)
def crowd() -> "kernel only":
    """One directory of 50,000 entries and 20,000 files in a hundred others: for speed and memory."""
    image = Image()
    data = image.file(b"crowd\n")
    big = Directory([rock_file(image, b"F%06d.;1" % number, b"file-%06d" % number, target=data) for number in range(50_000)])
    spread = [rock_directory(b"D%03d" % folder, b"d%03d" % folder, [
        rock_file(image, b"F%05d.;1" % number, b"f%05d" % number, target=data)
        for number in range(folder * 200, folder * 200 + 200)]) for folder in range(100)]
    return rock_disc([Record(b"BIG", big, rock_directory(b"", b"big", []).susp, DIRECTORY)] + spread, image), None
