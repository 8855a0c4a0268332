"""Images that no tool writes: what mastering programs and damaged discs get wrong, and what the kernel makes of it."""

import susp
from handmade_base import (ROOT, a_directory, a_file, handmade, plain_disc, rock_directory, rock_disc, rock_file, rock_root)
from handmade_core import joliet_disc, wide
from isowriter import ASSOCIATED, DIRECTORY, HIDDEN, MORE, SECTOR, Blob, Directory, Image, Record, Volume, both32, stamp7
from recipe import NAMES, TREES
from trees import noise


# With norock the kernel takes the Joliet descriptor's, and refuses.
@handmade("odd-joliet-block-size", ["", "nojoliet"])
def joliet_block_size() -> "kernel only":
    """A Joliet descriptor without a block size: the primary one's holds for the disc."""
    image = Image()
    root = Directory([Record(b"PRIMARY.TXT;1", image.file(b"primary"))])
    image.place(root)
    return joliet_disc(image, [Record(wide("Joliet name.txt;1"), image.file(b"joliet"))], root, patch={128: bytes(4)}), None


@handmade("odd-joliet-same-root", ["", "norock"])
def joliet_same_root() -> "kernel only":
    """Both descriptors lead to one tree, whose names are Joliet's."""
    image = Image()
    root = Directory([Record(wide("Shared.txt;1"), image.file(b"s"))])
    image.place(root)
    image.volumes += [Volume(root), Volume(root, kind=2, escape=b"%/E")]
    return image, None


@handmade("odd-joliet-first", TREES)
def joliet_first() -> "kernel only":
    """The supplementary descriptor stands before the primary one, which the kernel then never sees."""
    image = Image()
    root = Directory([Record(b"PRIMARY.TXT;1", image.file(b"primary"))])
    joliet = Directory([Record(wide("Joliet.txt;1"), image.file(b"joliet"))])
    image.place(root)
    image.place(joliet)
    image.volumes += [Volume(joliet, kind=2, escape=b"%/E"), Volume(root)]
    return image, None


@handmade("odd-joliet-escapes", ["", "nojoliet"])
def joliet_escapes() -> "kernel only":
    """More than one sequence; flags that say they are not registered; a directory with an extended attribute record."""
    image = Image()
    root = Directory([Record(b"PRIMARY.TXT;1", image.file(b"primary"))])
    image.place(root)
    data = image.file(bytes(2 * SECTOR) + b"behind two blocks")
    inner = Directory([Record(wide("inner.txt;1"), image.file(b"i"))])
    return joliet_disc(image, [Record(wide("Dir"), inner, flags=DIRECTORY), Record(wide("Xar.txt;1"), data, size=17, xattr_blocks=2)],
                       root, b"%/@%/C%/E", patch={7: b"\1"}), None


@handmade("odd-joliet-volume-size", TREES)
def joliet_volume_size() -> "kernel only":
    image = Image()
    root = Directory([Record(b"PRIMARY.TXT;1", image.file(b"primary"))])
    image.place(root)
    return joliet_disc(image, [Record(wide("Joliet.txt;1"), image.file(b"joliet"))], root, space_blocks=7), None


@handmade("odd-root-record", NAMES)
def root_record() -> "kernel only":
    """The descriptor's copy of the root's record has another size, date and flags than the root's "."."""
    image = Image()
    root = Directory([Record(b"F%03d.;1" % number, image.file(b"f")) for number in range(90)])
    image.place(root)
    image.volumes.append(Volume(root, root_record=Record(b"\0", root, flags=0, size=34, stamp=stamp7(1990, 1, 1))))
    return image, None


@handmade("odd-dot-size")
def dot_size() -> "kernel only":
    """A "." that is too short, and one that says nothing, for directories whose records are more."""
    image = Image()

    def folder(count, size):
        inner = Directory([Record(b"F%03d.;1" % number, image.file(b"f")) for number in range(count)])
        inner.dot = Record(b"\0", inner, flags=DIRECTORY, size=size)
        return inner
    return plain_disc([Record(b"NONE", folder(3, 0), flags=DIRECTORY), Record(b"ONE", folder(90, SECTOR), flags=DIRECTORY),
                       Record(b"TWO", folder(3, 3 * SECTOR), flags=DIRECTORY)], image), None


@handmade("odd-names-empty", kernel=False)
def names_empty():
    """Identifiers of no bytes, which the kernel leaves out."""
    image = Image()
    return plain_disc([Record(b"A.;1", image.file(b"a")), Record(b"", image.file(b"first")), Record(b"", image.file(b"second")),
                       Record(b"B.;1", image.file(b"b"))], image), [
        ROOT, a_file("a", b"a"), a_file("_", b"first"), a_file("_~2", b"second"), a_file("b", b"b")]


@handmade("odd-sections", ["", "hide", "showassoc"])
def sections() -> "kernel only":
    """Sections that are empty, hidden in part, or of an associated file beside its file of the same name."""
    image = Image()
    one, two, three = (image.file(noise(SECTOR * n, n)) for n in (1, 2, 3))
    return plain_disc([Record(b"ASSOC.;1", one, flags=ASSOCIATED), Record(b"ASSOC.;1", two),
                       Record(b"EMPTY1.;1", one, flags=MORE), Record(b"EMPTY1.;1", extent=0, size=0),
                       Record(b"EMPTY2.;1", extent=0, size=0, flags=MORE), Record(b"EMPTY2.;1", two),
                       Record(b"HIDDEN.;1", one, flags=MORE | HIDDEN), Record(b"HIDDEN.;1", three, flags=HIDDEN),
                       Record(b"THREE.;1", one, flags=MORE), Record(b"THREE.;1", two, flags=MORE), Record(b"THREE.;1", three)], image), None


@handmade("odd-sections-rock", TREES)
def sections_rock() -> "kernel only":
    """Rock Ridge in every section's record; sections on both sides of a sector's end."""
    image = Image()
    one, two = image.file(noise(SECTOR, 1)), image.file(noise(SECTOR, 2))
    records = []
    for number in range(30):
        name = b"number-%02d" % number
        entries = susp.px(0o100600 + number) + susp.tf_default() + susp.nm(name)
        records += [Record(b"N%02d.;1" % number, one, entries, MORE), Record(b"N%02d.;1" % number, two, entries)]
    return rock_disc(records, image), None


@handmade("odd-interleave", NAMES)
def interleave() -> "kernel only":
    """A unit without a gap is no interleaving."""
    image = Image()
    data = noise(3 * SECTOR, 1)
    return plain_disc([Record(b"UNIT.;1", image.file(data), unit=2)], image), None


@handmade("odd-crossing-large", TREES)
def crossing_large():
    """A directory of many chunks whose records cross sectors, with Rock Ridge."""
    image = Image()
    data = image.file(b"x")
    root = rock_root([rock_file(image, b"F%05d.TXT;1" % number, b"file %d" % number, target=data) for number in range(2000)])
    root.may_cross = True
    image.place(root)
    image.volumes.append(Volume(root))
    return image, [ROOT] + [a_file(f"file {number}", b"x") for number in range(2000)]


@handmade("odd-blocks-512-rock", ["block=512", "block=512,norock"])
def blocks_512_rock() -> "kernel only":
    """Continuation areas, relocation and Joliet where blocks are of 512 bytes and directories begin within sectors."""
    image = Image(block_bytes=512)
    blob = image.file(b"\xEE" * 100 + susp.nm(b"from the continuation area"), align=False)
    entries = susp.px(0o100644) + susp.tf_default() + susp.ce(blob.block, 100, len(susp.nm(b"from the continuation area")))
    moved = Directory([rock_file(image, b"LEAF.;1", b"leaf", b"leaf")], dot_susp=susp.px(0o40711, 2))
    store = rock_directory(b"STORE", b"store", [Record(b"MOVED", moved, susp.px(0o40711, 2) + susp.nm(b"moved") + susp.re(), DIRECTORY)])
    child = Record(b"CHILD.;1", Blob(b"", 0), lambda: susp.px(0o40711, 2) + susp.nm(b"child") + susp.cl(moved.block or 0))
    rock_disc([child, Record(b"CONT.;1", image.file(b"c", align=False), entries), store], image)
    return joliet_disc(image, [Record(wide("Joliet.txt;1"), image.file(b"j", align=False))]), None


@handmade("odd-susp-sharing", TREES)
def sharing() -> "kernel only":
    """SP with wrong check bytes: what follows it is not read, and nothing is declared."""
    image = Image()
    root = Directory([rock_file(image, b"FILE.TXT;1", b"Rock name", b"f")],
                     dot_susp=susp.entry(b"SP", b"\xbe\xee\0") + susp.px(0o40755, 2) + susp.er())
    image.place(root)
    image.volumes.append(Volume(root))
    return image, None


@handmade("odd-susp-er-continued", TREES)
def er_continued() -> "kernel only":
    """SP in the root's record, PX and ER in its continuation area; PX of a file in one too."""
    image = Image()
    area = susp.px(0o40755, 2) + susp.tf_default() + susp.er(b"IEEE_1282")
    blob = image.file(area)
    other = susp.px(0o100640, 1, 5, 6)
    file_area = image.file(other)
    root = Directory([Record(b"FILE.TXT;1", image.file(b"f"), susp.nm(b"Rock name") + susp.ce(file_area.block, 0, len(other)))],
                     dot_susp=susp.sp() + susp.ce(blob.block, 0, len(area)))
    image.place(root)
    return joliet_disc(image, [Record(wide("Joliet.txt;1"), image.file(b"j"))], root), None


@handmade("odd-susp-skip-large", TREES)
def skip_large() -> "kernel only":
    """SP skips more than most records have."""
    image = Image()
    root = Directory([rock_file(image, b"FILE.TXT;1", b"Rock name", b"f"), rock_directory(b"SUB", b"sub", [])],
                     dot_susp=susp.continuation_root(skip=200))
    image.place_tree(root)
    image.volumes.append(Volume(root))
    return image, None


@handmade("odd-susp-twice")
def twice() -> "kernel only":
    """Entries that come twice in a record: PX, TF, PN, CE."""
    image = Image()
    second = image.file(susp.nm(b"-second"))
    first = image.file(susp.nm(b"-first"))
    return rock_disc([
        Record(b"PX.;1", image.file(b"1"), susp.px(0o100600, 1, 1, 1) + susp.px(0o100644, 3, 2, 2) + susp.nm(b"px")),
        Record(b"TF.;1", image.file(b"2"), susp.px(0o100600) + susp.tf(2, stamp7(1999)) + susp.tf(2, stamp7(1998)) + susp.nm(b"tf")),
        Record(b"PN.;1", Blob(b"", 0), susp.px(0o20600) + susp.pn(1, 2) + susp.pn(3, 4) + susp.nm(b"pn")),
        Record(b"CE.;1", image.file(b"4"), susp.nm(b"ce") + susp.ce(first.block, 0, 11) + susp.ce(second.block, 0, 12)),
    ], image), None


@handmade("odd-rock-counts")
def counts() -> "kernel only":
    """Link counts, owners and modes at their ends."""
    image = Image()
    return rock_disc([
        Record(b"NLINK0.;1", image.file(b"1"), susp.px(0o100644, 0) + susp.nm(b"no-links")),
        Record(b"NLINKMAX.;1", image.file(b"2"), susp.px(0o100644, 0xFFFFFFFF) + susp.nm(b"many-links")),
        Record(b"OWNERS.;1", image.file(b"3"), susp.px(0o100644, 1, 0xFFFFFFFE, 0x80000000) + susp.nm(b"large-owners")),
        Record(b"BITS.;1", image.file(b"4"), susp.px(0o107777) + susp.nm(b"all-bits")),
        Record(b"HIGH.;1", image.file(b"5"), susp.px(0o7100644) + susp.nm(b"bits-above")),
        Record(b"NLD", Directory([], dot_susp=susp.px(0o40755, 0)), susp.nm(b"dir-without-links"), DIRECTORY),
    ], image), None


@handmade("odd-rock-moved", TREES)
def moved() -> "kernel only":
    """CL on a record that is a directory itself; to a directory that no RE marks; to a file's data."""
    image = Image()
    target = Directory([rock_file(image, b"LEAF.;1", b"leaf", b"leaf")], dot_susp=susp.px(0o40711, 3) + susp.tf_default(stamp7(1995)))
    own = Directory([rock_file(image, b"OWN.;1", b"own", b"own")], dot_susp=susp.px(0o40700, 2))
    return rock_disc([
        Record(b"DIRCL", own, lambda: susp.nm(b"directory-with-cl") + susp.px(0o40755, 2) + susp.cl(target.block or 0), DIRECTORY),
        Record(b"FILECL.;1", Blob(b"", 0), lambda: susp.nm(b"file-with-cl") + susp.cl(target.block or 0)),
        Record(b"PLAIN", target, susp.nm(b"the-directory"), DIRECTORY)], image), None


@handmade("odd-rock-no-padding", NAMES)
def no_padding() -> "kernel only":
    """Records without the pad byte behind an even identifier: the entries begin a byte early, so they are not read."""
    image = Image()
    return rock_disc([Record(b"EVEN.TXT;1"[:8], image.file(b"e"), susp.px(0o100600) + susp.nm(b"even"), name_pad=False),
                      Record(b"ODD.TXT;1", image.file(b"o"), susp.px(0o100600) + susp.nm(b"odd"), name_pad=False)], image), None


@handmade("odd-sections-rock-first", kernel=False)
def sections_rock_first():
    """Rock Ridge in the first section's record only; the kernel lists the name of the last, and finds only that section."""
    image = Image()
    one, two = noise(SECTOR, 1), noise(SECTOR, 2)
    return rock_disc([Record(b"F.;1", image.file(one), susp.px(0o100600) + susp.nm(b"first"), MORE), Record(b"F.;1", image.file(two))], image), [
        ROOT, a_file("first", one + two, mode=0o600)]


@handmade("odd-volume-size-zero", ["", "norock"])
def volume_size_zero():
    image = Image()
    return plain_disc([Record(b"HERE.;1", image.file(b"start"))], image, space_blocks=0), [ROOT, a_file("here", b"start")]


@handmade("odd-enhanced-first", TREES)
def enhanced_first() -> "kernel only":
    """ISO 9660:1999 beside Joliet and Rock Ridge, its descriptor before Joliet's."""
    image = Image()
    data = image.file(b"same")
    longer = Directory([Record(b"An enhanced name.text", data)])
    image.place(longer)
    root = Directory([Record(b"SHORT.TXT;1", data)])
    image.place(root)
    image.volumes += [Volume(root), Volume(longer, kind=2, version=2)]
    return joliet_disc(image, [Record(wide("Joliet.txt;1"), data)]), None


@handmade("odd-depth", TREES)
def depth():
    """Forty levels, which no relocation cuts."""
    image = Image()
    inner = rock_directory(b"D", b"level", [rock_file(image, b"F.;1", b"leaf", b"leaf")])
    for _ in range(39):
        inner = rock_directory(b"D", b"level", [inner])
    paths = ["/".join(["level"] * n) for n in range(1, 41)]
    return rock_disc([inner], image), [ROOT] + [a_directory(path) for path in paths] + [a_file(paths[-1] + "/leaf", b"leaf")]


@handmade("odd-cruft", ["", "cruft"])
def cruft() -> "kernel only":
    """Something else in the upper byte of the sizes."""
    image = Image()
    data = image.file(b"cruft")
    big = image.file(noise(5000, 1))
    return plain_disc([Record(b"A.;1", data, size=0x05000005), Record(b"B.;1", big, size=4096, flags=MORE), Record(b"B.;1", data, size=0x01000005)], image), None
