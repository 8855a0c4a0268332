"""Images that no tool writes: SUSP and Rock Ridge."""

import susp
from handmade_base import (ROOT, a_directory, a_file, a_link, handmade, rock_directory, rock_disc, rock_file, rock_root)
from isowriter import DEFAULT_TIME, DIRECTORY, Blob, Directory, Image, Record, Volume, stamp7, stamp17
from recipe import TREES
from susp import component
from trees import noise

XA = b"\0\0\0\0\x0d\x55XA\0" + bytes(5)


def entry_with_area(image, iso_name, fixed, area, mode=0o100644, target=None, **record):
    """A record whose further entries stand in a continuation area of its own."""
    blob = image.file(area)
    return Record(iso_name, target or Blob(b"", 0), lambda: fixed + susp.ce(blob.block or 0, 0, len(area)), **record)


@handmade("rock", TREES)
def rock():
    image = Image()
    records = [rock_file(image, b"FILE.TXT;1", b"A File.txt", b"file\n", 0o100640),
               rock_directory(b"SUB", b"A Directory", [rock_file(image, b"LEAF.;1", b"leaf", b"leaf\n")]),
               Record(b"TOOL.;1", image.file(b"tool"), susp.px(0o104755, 1, 12, 34) + susp.tf_default() + susp.nm(b"tool"))]
    return rock_disc(records, image), [ROOT, a_file("A File.txt", b"file\n", mode=0o640, nlink=1, mtime=DEFAULT_TIME),
                                       a_directory("A Directory", mode=0o755), a_file("A Directory/leaf", b"leaf\n"),
                                       a_file("tool", b"tool", mode=0o4755, uid=12, gid=34)]


for label, identifier in (("1991a", b"RRIP_1991A"), ("p1282", b"IEEE_P1282"), ("1282", b"IEEE_1282"), ("other", b"SOMETHING ELSE")):
    @handmade(f"rock-er-{label}", TREES)
    def rock_er(identifier=identifier) -> "kernel only":
        image = Image()
        return rock_disc([rock_file(image, b"FILE.TXT;1", b"file", b"f")], image, identifier=identifier), None


@handmade("rock-no-er", TREES)
def rock_no_er() -> "kernel only":
    """SP, PX, NM, but no ER."""
    image = Image()
    root = Directory([rock_file(image, b"FILE.TXT;1", b"Long Name", b"f")], dot_susp=susp.sp() + susp.px(0o40755, 2))
    image.place(root)
    image.volumes.append(Volume(root))
    return image, None


@handmade("rock-no-sp", TREES)
def rock_no_sp() -> "kernel only":
    image = Image()
    root = Directory([rock_file(image, b"FILE.TXT;1", b"Long Name", b"f")], dot_susp=susp.px(0o40755, 2) + susp.er())
    image.place(root)
    image.volumes.append(Volume(root))
    return image, None


@handmade("rock-rr-entries", TREES)
def rock_rr_entries() -> "kernel only":
    """The RR entry of RRIP 1.09: with the bit of NM, and without."""
    image = Image()
    base = susp.px(0o100644) + susp.tf_default()
    records = [Record(b"ALL.TXT;1", image.file(b"a"), susp.rr(0x89) + base + susp.nm(b"all bits")),
               Record(b"LESS.TXT;1", image.file(b"l"), susp.rr(0x81) + base + susp.nm(b"without the bit of NM")),
               Record(b"NONE.TXT;1", image.file(b"n"), base + susp.nm(b"no RR"))]
    root = Directory(records, dot_susp=susp.sp() + susp.rr(0x81) + susp.px(0o40755, 2) + susp.tf_default() + susp.er())
    image.place(root)
    image.volumes.append(Volume(root))
    return image, None


@handmade("rock-skip", TREES)
def rock_skip():
    """SP skips the 14 bytes of XA in every record but the root's own."""
    image = Image()
    records = [Record(b"FILE.TXT;1", image.file(b"f"), XA + susp.px(0o100604) + susp.tf_default() + susp.nm(b"skipped"))]
    root = Directory(records, dot_susp=susp.continuation_root(skip=14), dotdot_susp=XA + susp.px(0o40755, 2))
    image.place(root)
    image.volumes.append(Volume(root))
    return image, [ROOT, a_file("skipped", b"f", mode=0o604)]


@handmade("xa-plain", TREES)
def xa_plain() -> "kernel only":
    """XA records without any Rock Ridge."""
    image = Image()
    root = Directory([Record(b"FILE.TXT;1", image.file(b"f"), XA)], dot_susp=XA, dotdot_susp=XA)
    image.place(root)
    image.volumes.append(Volume(root, patch={1024: b"CD-XA001"}))
    return image, None


@handmade("xa-rock-no-sp", TREES)
def xa_rock_no_sp() -> "kernel only":
    """Rock Ridge behind XA, and no SP that would say so."""
    image = Image()
    root = Directory([Record(b"FILE.TXT;1", image.file(b"f"), XA + susp.px(0o100604) + susp.tf_default() + susp.nm(b"behind XA"))],
                     dot_susp=XA + susp.px(0o40755, 2) + susp.er(), dotdot_susp=XA + susp.px(0o40755, 2))
    image.place(root)
    image.volumes.append(Volume(root))
    return image, None


@handmade("rock-times")
def rock_times():
    image, manifest, records = Image(), [ROOT], []
    modify, access, change = stamp7(2002, 3, 4, 5, 6, 7), stamp7(2003, 1, 1, 0, 0, 0), stamp7(2004, 1, 1, 0, 0, 0)
    when = 1015218367
    cases = {"short": (susp.tf(0x0E, modify, access, change), when, 0),
             "with-creation": (susp.tf(0x0F, change, modify, access, change), when, 0),
             "all-seven": (susp.tf(0x7F, *[change, modify, access, change, change, change, change]), when, 0),
             "modify-only": (susp.tf(0x02, modify), when, 0),
             "long-form": (susp.tf(0x8E, stamp17(2002, 3, 4, 5, 6, 7), stamp17(2003), stamp17(2004)), when, 0),
             "long-hundredths": (susp.tf(0x82, stamp17(2002, 3, 4, 5, 6, 7, 42)), when, 420_000_000),
             "long-zone": (susp.tf(0x82, stamp17(2002, 3, 4, 5, 6, 7, 0, 8)), when - 7200, 0),
             "long-2200": (susp.tf(0x82, stamp17(2200, 1, 1, 0, 0, 0)), 7258118400, 0),
             "long-1950": (susp.tf(0x82, stamp17(1950, 1, 1, 0, 0, 0)), -631152000, 0),
             "two-entries": (susp.tf(0x02, modify) + susp.tf(0x04, access), when, 0),
             "no-tf": (b"", DEFAULT_TIME, 0)}
    for number, (name, (entry, seconds, nanoseconds)) in enumerate(cases.items()):
        records.append(Record(b"T%02d.;1" % number, image.file(name.encode()), susp.px(0o100644) + susp.nm(name.encode()) + entry))
        manifest.append(a_file(name, name.encode(), mtime=seconds, **({"mtime_ns": nanoseconds} if nanoseconds else {})))
    return rock_disc(records, image), manifest


@handmade("rock-names", TREES)
def rock_names():
    """Names in pieces, in the record and in continuation areas."""
    image = Image()
    base = susp.px(0o100644) + susp.tf_default()
    records = [Record(b"PIECES.;1", image.file(b"1"), base + susp.nm(b"one-", 1) + susp.nm(b"two-", 1) + susp.nm(b"three")),
               Record(b"UNFLAG.;1", image.file(b"2"), base + susp.nm(b"no-flag-") + susp.nm(b"but-two")),
               Record(b"PLAIN.TXT;1", image.file(b"3"), base)]
    manifest = [ROOT, a_file("one-two-three", b"1"), a_file("no-flag-but-two", b"2"), a_file("plain.txt", b"3")]
    for length in (250, 252, 253, 254, 255):
        name = (b"%d-" % length).ljust(length, b"n")
        records.append(entry_with_area(image, b"N%d.;1" % length, base + susp.nm(name[:60], 1), susp.nm(name[60:200], 1) + susp.nm(name[200:])))
        manifest.append(a_file(name.decode()))
    records.sort(key=lambda record: record.name)
    return rock_disc(records, image), manifest


@handmade("rock-names-flags")
def rock_names_flags() -> "kernel only":
    """NM with flags of "." and "..", of the host's name, and with nothing in it."""
    image = Image()
    base = susp.px(0o100644) + susp.tf_default()
    return rock_disc([Record(b"CURRENT.;1", image.file(b"1"), base + susp.nm(b"", 2)), Record(b"PARENT.;1", image.file(b"2"), base + susp.nm(b"", 4)),
                      Record(b"CURNAME.;1", image.file(b"3"), base + susp.nm(b"named", 2)), Record(b"HOST.;1", image.file(b"4"), base + susp.nm(b"host", 32)),
                      Record(b"EMPTY.;1", image.file(b"5"), base + susp.nm(b"")), Record(b"NUL.;1", image.file(b"6"), base + susp.nm(b"before\0after")),
                      Record(b"TWICE.;1", image.file(b"7"), base + susp.nm(b"part1", 1))], image), None


@handmade("rock-names-unsafe", kernel=False)
def rock_names_unsafe():
    image = Image()
    names = ((b".", "_"), (b"..", "__"), (b"a/b", "a_b"), (b"/", "_~2"), (b"same", "same"), (b"same", "same~2"), (b"same~2", "same~2~2"))
    return rock_disc([rock_file(image, b"F%d.;1" % number, name, b"%d" % number) for number, (name, _) in enumerate(names)], image), [
        ROOT, *(a_file(shown, b"%d" % number) for number, (_, shown) in enumerate(names))]


@handmade("rock-continuation", TREES)
def rock_continuation():
    """Chains of continuation areas: 1 to 20 links, in one block and in many."""
    image, manifest = Image(), [ROOT]
    records = []
    for links in (1, 2, 5, 20):
        name = b"chain-of-%02d-" % links
        blobs = [Blob() for _ in range(links)]
        pieces = [b"%02d." % number for number in range(links)]
        for blob in blobs:
            blob.data = b"\xEE" * 120
            image.place(blob)
        for number, blob in enumerate(blobs):
            area = susp.nm(pieces[number], 1 if number + 1 < links else 0)
            if number + 1 < links:
                area += susp.ce(blobs[number + 1].block, 40, len(susp.nm(pieces[0])) + (28 if number + 2 < links else 0))
            blob.data = bytes(40) + area
        first = blobs[0]
        length = len(first.data) - 40
        records.append(Record(b"C%02d.;1" % links, image.file(name), susp.px(0o100644) + susp.tf_default() + susp.nm(name, 1) +
                              susp.ce(first.block, 40, length)))
        manifest.append(a_file((name + b"".join(pieces)).decode(), name))
    return rock_disc(records, image), manifest


@handmade("rock-continuation-past-space")
def rock_continuation_past_space():
    """The volume says it is shorter than it is; a continuation area lies behind that end."""
    image = Image()
    base = susp.px(0o100644) + susp.tf_default()
    records = [entry_with_area(image, b"A.;1", base, susp.nm(b"from behind the end"))]
    root = rock_root(records)
    image.place(root)
    image.volumes.append(Volume(root, space_blocks=25))
    return image, [ROOT, a_file("from behind the end")]


@handmade("rock-continuation-large")
def rock_continuation_large():
    """A continuation area of more than one block."""
    image = Image()
    base = susp.px(0o100644) + susp.tf_default()
    area = susp.entry(b"PD", bytes(200)) * 12 + susp.nm(b"behind two kilobytes of padding")
    return rock_disc([entry_with_area(image, b"A.;1", base, area), rock_file(image, b"B.;1", b"b", b"b")], image), [
        ROOT, a_file("behind two kilobytes of padding"), a_file("b", b"b")]


@handmade("rock-continuation-loop", kernel=False)
def rock_continuation_loop() -> "kernel only":
    """A continuation area that leads to itself; the other file must stay."""
    image = Image()
    blob = image.file(bytes(60))
    blob.data = susp.nm(b"x", 1) + susp.ce(blob.block, 0, 34)
    return rock_disc([Record(b"LOOP.;1", image.file(b"l"), susp.px(0o100644) + susp.ce(blob.block, 0, 34)),
                      rock_file(image, b"OK.;1", b"ok", b"ok")], image), None


@handmade("rock-continuation-outside", kernel=False)
def rock_continuation_outside() -> "kernel only":
    image = Image()
    return rock_disc([Record(b"OUT.;1", image.file(b"l"), susp.px(0o100644) + susp.nm(b"out") + susp.ce(0x7FFFFFFF, 0, 34)),
                      Record(b"ZERO.;1", image.file(b"z"), susp.px(0o100644) + susp.nm(b"zero") + susp.ce(0, 0, 34)),
                      rock_file(image, b"OK.;1", b"ok", b"ok")], image), None


@handmade("rock-hard-links")
def rock_hard_links():
    """PX of 44 bytes: equal serial numbers are one file."""
    image = Image()
    data = image.file(b"shared")

    def linked(iso_name, name, serial, target=data):
        return Record(iso_name, target, susp.px(0o100644, 2, serial=serial) + susp.tf_default() + susp.nm(name))
    return rock_disc([linked(b"A.;1", b"a", 77), linked(b"B.;1", b"b", 77), linked(b"C.;1", b"c", 78), linked(b"D.;1", b"d", 0), linked(b"E.;1", b"e", 0)], image), [
        ROOT, a_file("a", b"shared", nlink=2, ino=None), a_file("b", b"shared", nlink=2, ino="a"), a_file("c", b"shared", nlink=2, ino=None),
        a_file("d", b"shared"), a_file("e", b"shared")]


@handmade("rock-devices")
def rock_devices():
    image = Image()
    cases = (("b-8-1", 0o60660, 8, 1, "8:1"), ("b-259-300", 0o60660, 259, 300, "259:300"), ("c-old-8-8", 0o20660, 0, 0x0103, None),
             ("c-0-5", 0o20660, 0, 5, "0:5"), ("b-4095-max", 0o60660, 4095, 1048575, "4095:1048575"))
    records, manifest = [], [ROOT]
    for number, (name, mode, high, low, shown) in enumerate(cases):
        records.append(Record(b"D%d.;1" % number, Blob(b"", 0), susp.px(mode) + susp.pn(high, low) + susp.tf_default() + susp.nm(name.encode())))
        manifest.append({"path": name, "type": name[0], "mode": 0o660, **({"rdev": shown} if shown else {})})
    records += [Record(b"FIFO.;1", Blob(b"", 0), susp.px(0o10600) + susp.nm(b"fifo")), Record(b"SOCK.;1", Blob(b"", 0), susp.px(0o140600) + susp.nm(b"sock"))]
    manifest += [{"path": "fifo", "type": "p", "mode": 0o600}, {"path": "sock", "type": "s", "mode": 0o600}]
    return rock_disc(records, image), manifest


@handmade("rock-links")
def rock_links():
    image = Image()
    current, parent, root = component(flags=2), component(flags=4), component(flags=8)
    cases = {"plain": (susp.sl(component(b"target")), "target"),
             "path": (susp.sl(component(b"a"), component(b"b"), component(b"c")), "a/b/c"),
             "absolute": (susp.sl(root, component(b"etc"), component(b"passwd")), "/etc/passwd"),
             "only-root": (susp.sl(root), "/"),
             "parents": (susp.sl(parent, parent, component(b"x")), "../../x"),
             "current": (susp.sl(current, component(b"x"), current), "./x/."),
             "continued-component": (susp.sl(component(b"ab", 1), component(b"cd", 1), component(b"ef")), "abcdef"),
             "two-entries": (susp.sl(component(b"a"), flags=1) + susp.sl(component(b"b")), "a/b"),
             "component-across": (susp.sl(component(b"long", 1), flags=1) + susp.sl(component(b"er"), component(b"x")), "longer/x"),
             "root-parent": (susp.sl(root, parent), "/..")}
    records, manifest = [], [ROOT]
    for number, (name, (entries, target)) in enumerate(cases.items()):
        records.append(Record(b"L%02d.;1" % number, Blob(b"", 0), susp.px(0o120777) + susp.tf_default() + susp.nm(name.encode()) + entries))
        manifest.append(a_link(name, target))
    return rock_disc(records, image), manifest


@handmade("rock-links-odd")
def rock_links_odd() -> "kernel only":
    """The volume's root, the host's name, components that are too long, no SL at all."""
    image = Image()
    cases = {b"volroot": susp.sl(component(flags=16), component(b"x")), b"host": susp.sl(component(flags=32), component(b"x")),
             b"empty": susp.sl(component(b"")), b"trailing": susp.sl(component(b"a"), component(b"")), b"missing": b""}
    return rock_disc([Record(b"L%d.;1" % number, Blob(b"", 0), susp.px(0o120777) + susp.nm(name) + entries)
                      for number, (name, entries) in enumerate(cases.items())], image), None


@handmade("rock-relocated", TREES)
def rock_relocated():
    """A directory that was moved to a place of its own choice, and back by CL, PL and RE."""
    image = Image()
    moved = Directory([rock_file(image, b"LEAF.;1", b"leaf", b"leaf")], dot_susp=susp.px(0o40711, 2) + susp.tf_default(stamp7(1998, 7, 6)))
    store = rock_directory(b"STORE", b"store", [Record(b"MOVED", moved, susp.px(0o40711, 2) + susp.nm(b"moved") + susp.re(), DIRECTORY)])
    home = rock_directory(b"HOME", b"home", [])
    child = Record(b"CHILD.;1", Blob(b"", 0), lambda: susp.px(0o40711, 2) + susp.tf_default() + susp.nm(b"child") + susp.cl(moved.block or 0))
    home.target.records.append(child)
    moved.dotdot_susp = lambda: susp.px(0o40755, 2) + susp.pl(home.target.block or 0)
    return rock_disc([home, store], image), [ROOT, a_directory("home"), a_directory("home/child", mode=0o711), a_file("home/child/leaf", b"leaf"),
                                             a_directory("store")]


@handmade("rock-relocated-self", kernel=False)
def rock_relocated_self() -> "kernel only":
    """CL to the directory that holds it: a loop."""
    image = Image()
    home = rock_directory(b"HOME", b"home", [])
    home.target.records.append(Record(b"CHILD.;1", Blob(b"", 0), lambda: susp.px(0o40711, 2) + susp.nm(b"child") + susp.cl(home.target.block or 0)))
    return rock_disc([home, rock_file(image, b"OK.;1", b"ok", b"ok")], image), None


@handmade("rock-types-disagree")
def rock_types_disagree() -> "kernel only":
    """The flag of a directory and the type in PX say different things; PX of mode 0; of unknown type."""
    image = Image()
    inner = Directory([rock_file(image, b"LEAF.;1", b"leaf", b"leaf")], dot_susp=susp.px(0o100644))
    return rock_disc([Record(b"DIRASREG", inner, susp.px(0o100644) + susp.nm(b"dir-says-file"), DIRECTORY),
                      Record(b"REGASDIR.;1", image.file(b"x"), susp.px(0o40755) + susp.nm(b"file-says-dir")),
                      rock_file(image, b"OK.;1", b"ok", b"ok")], image), None


@handmade("rock-mode-zero", kernel=False)
def rock_mode_zero() -> "kernel only":
    image = Image()
    return rock_disc([Record(b"ZERO.;1", image.file(b"z"), susp.px(0) + susp.nm(b"zero")), Record(b"ODD.;1", image.file(b"o"), susp.px(0o170644) + susp.nm(b"odd")),
                      rock_file(image, b"OK.;1", b"ok", b"ok")], image), None


@handmade("susp-others", TREES)
def susp_others():
    """Entries to be passed over: PD, ES, of unknown name, of other versions; padding; ST at the end."""
    image = Image()
    base = susp.px(0o100640) + susp.tf_default()
    cases = {b"padded": susp.entry(b"PD", bytes(9)), b"unknown": susp.entry(b"QQ", b"12345"), b"selected": susp.entry(b"ES", b"\0"),
             b"apple": susp.entry(b"AA", b"\x02\0TEXTttxt\0\0"), b"amiga": susp.entry(b"AS", b"\x01\0\0\0\x0f")}
    records, manifest = [], [ROOT]
    for number, (name, other) in enumerate(cases.items()):
        records.append(Record(b"O%d.;1" % number, image.file(name), other + base + other + susp.nm(name)))
        manifest.append(a_file(name.decode(), name, mode=0o640))
    records.append(Record(b"ST.;1", image.file(b"st"), base + susp.nm(b"stopped") + susp.entry(b"ST")))
    records.append(Record(b"PAD.;1", image.file(b"pad"), base + susp.nm(b"trailing") + b"\0\0\0"))
    manifest += [a_file("stopped", b"st"), a_file("trailing", b"pad")]
    return rock_disc(records, image), manifest


@handmade("susp-lengths-wrong")
def susp_lengths_wrong() -> "kernel only":
    image = Image()
    base = susp.px(0o100640) + susp.nm(b"name")
    return rock_disc([Record(b"SHORT.;1", image.file(b"1"), base + b"PX\x02\x01"), Record(b"LONG.;1", image.file(b"2"), base + b"PX\xf0\x01"),
                      Record(b"ZERO.;1", image.file(b"3"), base + b"PX\0\x01" + bytes(8)), Record(b"FIRST.;1", image.file(b"4"), b"NM\xff\x01\0abc" + base),
                      Record(b"PXSHORT.;1", image.file(b"5"), b"PX\x08\x01\xff\xff\xff\xff" + susp.nm(b"px-short"))], image), None


@handmade("rock-long-attributes", mutate=False)
def rock_aaip():
    """AAIP attributes that stretch over several AL entries and continuation areas."""
    image = Image()
    value = noise(700, 5)
    name = b"\x03large"  # 3 stands for "user."
    area = al_entries(name, value)
    return rock_disc([entry_with_area(image, b"A.;1", susp.px(0o100644) + susp.nm(b"a"), area)], image), [
        ROOT, a_file("a", xattr={"user.large": value.hex()})]


def al_entries(name, value):
    """Components of at most 200 bytes, one to an entry; all but the last entry are continued."""
    components = [component(name)] + [component(value[at:at + 200], 1 if at + 200 < len(value) else 0) for at in range(0, len(value), 200)]
    return b"".join(susp.al(part, 1 if number + 1 < len(components) else 0) for number, part in enumerate(components))


def sparse_section(virtual, depth, present):
    """The section of a sparse file (SPARSE-FORMAT.md). `present`: regions of 256 bytes that are recorded."""
    index_blocks, data = [], bytearray()

    def build(level, start):
        """Returns the number of the index block, or None where nothing below is recorded."""
        span = 256 ** level
        mine = len(index_blocks)
        index_blocks.append(None)
        entries, any_data = [], False
        for number in range(256):
            at = start + number * span
            below = [region for region in present if at <= region < at + span and region < virtual]
            if not below:
                entries.append((0x80000000,))
                continue
            any_data = True
            if level == 1:
                entries.append(("data", len(data)))
                data.extend(present[below[0]].ljust(256, b"\0"))
            else:
                entries.append(("table", build(level - 1, at)))
        index_blocks[mine] = entries
        return mine
    build(depth, 0)
    base = (1 + len(index_blocks)) * 2048
    out = bytearray(b"\xCC" * 2048)
    for entries in index_blocks:
        for entry in entries:
            if entry[0] == "data":
                number = (base + entry[1]) // 256
            elif entry[0] == "table":
                number = 0x40000000 | (1 + entry[1])
            else:
                number = entry[0]
            out += number.to_bytes(4, "little") + number.to_bytes(4, "big")
    return bytes(out + data)


def sparse_bytes(virtual, present):
    out = bytearray(virtual)
    for at, piece in present.items():
        out[at:at + 256] = piece[:max(0, virtual - at)].ljust(min(256, virtual - at), b"\0")
    return bytes(out)


@handmade("rock-sparse", mutate=True)
def rock_sparse():
    image, manifest, records = Image(), [ROOT], []
    cases = {"depth1": (50_000, 1, (0, 512, 25_600), False), "depth2": (1_000_000, 2, (0, 256, 65_536, 999_936), False),
             "depth3": (20_000_000, 3, (256, 10_000_128 // 256 * 256, 19_999_744), False), "old-form": (3_000_000, 3, (1024, 2_999_808), True),
             "all-hole": (70_000, 2, (), False)}
    for number, (name, (virtual, depth, places, old)) in enumerate(cases.items()):
        present = {at: noise(256, at + 1) for at in places}
        blob = image.file(sparse_section(virtual, depth, present))
        entry = susp.sf_110(virtual) if old else susp.sf(virtual, depth)
        records.append(Record(b"S%d.;1" % number, blob, susp.px(0o100644) + susp.tf_default() + susp.nm(name.encode()) + entry))
        manifest.append(a_file(name, sparse_bytes(virtual, present)))
    return rock_disc(records, image), manifest
