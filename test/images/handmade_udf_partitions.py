"""UDF: the partition maps that nobody else writes here (UDF 2.2.8 to 2.2.10)."""

import udf_structures as udf
from handmade_udf_base import Disc, Name, fill, handmade_udf
from trees import noise
from udf_spaces import Metadata, Physical, Sparable, Virtual, vat_150, vat_200
from udfwriter import Node


# --- virtual: media that are written once

def write_vat(disc, data, kind, embedded=True, space=None):
    """A VAT as a file of the physical partition, in the next blocks. Returns the block of its ICB."""
    physical = disc.physical
    if embedded:
        block = physical.alloc(1)
        descriptors, allocation, blocks = data, udf.EMBEDDED, 0
    else:
        count = -(-len(data) // disc.block_bytes)
        first = physical.alloc(count)
        disc.write_at(physical.absolute(first), data)
        block = physical.alloc(1)
        descriptors, allocation, blocks = udf.short_ad(len(data), first), udf.SHORT, count
    entry = disc.icb_bytes(kind=kind, location=block, size_bytes=len(data), descriptors=descriptors, allocation=allocation, blocks=blocks,
                           efe=disc.revision >= 0x0200, mode=0)
    disc.write_at(physical.absolute(block), entry.ljust(disc.block_bytes, b"\0"))
    return block


def vat_data(disc, entries=None, previous=0xFFFFFFFF, **more):
    entries = disc.space.entries if entries is None else entries
    if disc.revision < 0x0200:
        return vat_150(entries, previous), udf.UNDEFINED
    return vat_200(entries, previous, label=disc.label, files=len(disc.nodes), **more), udf.VAT


def open_disc(revision, embedded=True, trailing=0, block_bytes=2048, edit=None, tree=fill, **vat):
    """As a recorder leaves it: one anchor, the ICB of the VAT in the last block. `edit` changes the table."""
    disc = Disc(revision, block_bytes, spaces=lambda physical: [physical, Virtual(physical)])
    tree(disc)
    disc.trailing_blocks, disc.anchors = trailing, [256]

    def finish(disc):
        entries = edit(list(disc.space.entries)) if edit else None
        write_vat(disc, *vat_data(disc, entries, **vat), embedded)
    disc.at_end.append(finish)
    return disc


def declare_vats():
    for revision, label in ((0x0150, "150"), (0x0200, "200"), (0x0201, "201"), (0x0250, "250")):
        for embedded in (True, False):
            handmade_udf(f"vat-{label}-{'in-icb' if embedded else 'extents'}")(
                lambda revision=revision, embedded=embedded: open_disc(revision, embedded))
    for behind in (1, 2, 3):
        # Run-out blocks behind the last packet: the kernel looks three blocks back.
        handmade_udf(f"vat-{behind}-before-end")(lambda behind=behind: open_disc(0x0201, trailing=behind))
    for behind in (7, 17, 150, 300):
        handmade_udf(f"vat-padding-{behind}")(lambda behind=behind: open_disc(0x0150, trailing=behind))
    for size in (512, 1024, 4096):
        handmade_udf(f"vat-blocks-{size}", mutate=False)(lambda size=size: open_disc(0x0201, False, block_bytes=size))


declare_vats()


@handmade_udf("vat-header-use")
def vat_header_use():
    """The header of a VAT of 2.x tells its length: implementation use makes it longer."""
    return open_disc(0x0201, use=b"use!" * 30)


@handmade_udf("vat-unused-entries")
def vat_unused():
    return open_disc(0x0201, False, edit=lambda entries: entries + [0xFFFFFFFF] * 700)


@handmade_udf("vat-large")
def vat_large():
    """A table of many blocks: entries of files lie in each."""
    def tree(disc):
        disc.root = disc.directory(*(Name(f"file {number:04d}", disc.file(b"%d\n" % number)) for number in range(1500)))
        return disc
    return open_disc(0x0150, False, tree=tree)


def with_history(disc, revision, trailing=0):
    """Three sessions: a file is rewritten in each, the directory too. Earlier VATs lead to what was there before."""
    disc.anchors, disc.trailing_blocks = [256], trailing
    disc.space.fsd_entry = disc.space.entries[disc.fsd_block]
    changing = disc.file(b"third\n")
    disc.root = disc.directory(Name("always", disc.file(b"from the start\n")), Name("changing", changing), Name("late", disc.file(b"only the third has it\n")))

    def finish(disc):
        # What the last session wrote is in the tree; older states are written by hand, newest last.
        newest, previous = list(disc.space.entries), 0xFFFFFFFF
        size = disc.block_bytes

        def rewritten(node, **changes):
            saved = {key: getattr(node, key) for key in changes}
            for key, value in changes.items():
                setattr(node, key, value)
            written, disc.written = disc.written, []
            node.true_bytes = sum(name.room() for name in node.names) if node.is_directory() else len(node.data)
            disc.write_node(node)
            (_, data), disc.written = disc.written[0], written
            for key, value in saved.items():
                setattr(node, key, value)
            node.true_bytes = sum(name.room() for name in node.names) if node.is_directory() else len(node.data)
            block = disc.physical.alloc(1)
            disc.write_at(disc.physical.absolute(block), data)
            return block
        states = [(b"first\n", disc.root.names[:3]), (b"second, longer\n", disc.root.names[:3])]
        assert size
        for data, names in states:
            entries = list(newest)
            entries[changing.block] = rewritten(changing, data=data)
            entries[disc.root.block] = rewritten(disc.root, names=names)
            entries[disc.root.names[-1].node.block] = 0xFFFFFFFF
            previous = write_vat(disc, *vat_data(disc, entries, previous))
        write_vat(disc, *vat_data(disc, newest, previous))
    disc.at_end.append(finish)
    return disc


def declare_histories():
    for revision, label in ((0x0150, "150"), (0x0201, "201")):
        handmade_udf(f"vat-history-{label}")(
            lambda revision=revision: with_history(Disc(revision, spaces=lambda physical: [physical, Virtual(physical)]), revision))


declare_histories()


@handmade_udf("vat-last-broken")
def vat_last_broken():
    """The last session's VAT was not written: the one before is good, some blocks back. The kernel does not look that far."""
    disc = open_disc(0x0201)
    disc.at_end.append(lambda disc: disc.write_at(disc.physical.absolute(disc.physical.alloc(12) + 11), b"\xA5" * disc.block_bytes))
    return disc


@handmade_udf("vat-decoy")
def vat_decoy():
    """A regular file's ICB in the last block, the VAT before it: the file type tells (248)."""
    disc = open_disc(0x0201)

    def decoy(disc):
        block = disc.physical.alloc(1)
        disc.write_at(disc.physical.absolute(block), disc.icb_bytes(kind=udf.FILE, location=block, size_bytes=5, descriptors=b"decoy", allocation=udf.EMBEDDED,
                                                                    efe=True).ljust(disc.block_bytes, b"\0"))
    disc.at_end.append(decoy)
    return disc


# --- metadata: UDF 2.50 and later

def metadata_disc(revision=0x0250, block_bytes=2048, tree=fill, **more):
    disc = Disc(revision, block_bytes, spaces=lambda physical: [physical, Metadata(physical, **more)])
    if revision == 0x0260:
        disc.revisions = (0x0250, 0x0260, 0x0260)  # UDF 2.60, 2.2.6.4
    return tree(disc)


def destroyed(data):
    return b"\xE7" * len(data)


def declare_metadata():
    shapes = {"plain": {"pieces": (96,)}, "pieces": {"pieces": (3, 1, 40, 2, 60), "gap": 5}, "no-bitmap": {"pieces": (96,), "bitmap": False},
              "duplicate": {"pieces": (96,), "duplicate": True}, "duplicate-pieces": {"pieces": (50, 46), "duplicate": True, "mirror_pieces": (1, 90, 5)},
              "long-descriptors": {"pieces": (50, 46), "allocation": udf.LONG}}
    for name, shape in shapes.items():
        handmade_udf(f"metadata-{name}")(lambda shape=shape: metadata_disc(**shape))
    handmade_udf("metadata-260")(lambda: metadata_disc(0x0260, pieces=(60, 36), duplicate=True))
    for size in (512, 1024, 4096):
        handmade_udf(f"metadata-blocks-{size}", mutate=False)(lambda size=size: metadata_disc(block_bytes=size, pieces=(64, 90), duplicate=True))


declare_metadata()


def damaged_metadata(name, change, **shape):
    @handmade_udf(f"metadata-{name}")
    def build():
        disc = metadata_disc(**{"pieces": (40, 56), **shape})
        change(disc.space)
        return disc


def set_to(**values):
    def change(space):
        for key, value in values.items():
            setattr(space, key, value)
    return change


damaged_metadata("main-icb-destroyed", set_to(main_damage=destroyed))
damaged_metadata("main-icb-destroyed-duplicate", set_to(main_damage=destroyed), duplicate=True)
damaged_metadata("mirror-icb-destroyed", set_to(mirror_damage=destroyed), duplicate=True)
damaged_metadata("main-icb-bad-sum", set_to(main_damage=lambda data: data[:200] + b"\x99" + data[201:]), duplicate=True)
damaged_metadata("main-icb-wrong-type", set_to(main_damage=lambda data: udf.retag(data[:27] + bytes([udf.FILE]) + data[28:])), duplicate=True)
damaged_metadata("main-icb-no-extents", set_to(main_damage=lambda data: udf.retag(data[:212] + bytes(4) + data[216:])), duplicate=True)
damaged_metadata("mirror-location-unset", set_to(mirror_location=0xFFFFFFFF))
# Blocks behind sound ICBs are gone; the other copy has them. The kernel asks the mirror only where an ICB or a mapping fails.
damaged_metadata("main-blocks-destroyed", set_to(damaged_main_blocks=(0, 1, 3, 7, 20)), duplicate=True)
damaged_metadata("main-file-set-destroyed", set_to(damaged_main_blocks=(0,)), duplicate=True)
damaged_metadata("main-first-piece-destroyed", set_to(damaged_main_blocks=tuple(range(40))), duplicate=True)


@handmade_udf("metadata-streams-in-partition")
def metadata_data_in_metadata():
    """Directories outside the ICB lie in the metadata partition, bytes of files in the physical one,
    those of one file (against the rule) in the metadata partition too."""
    disc = metadata_disc(pieces=(20, 100))
    disc.root.names.append(Name("inside", disc.file(noise(5000, 3), data_space=disc.space, allocation=udf.LONG)))
    disc.root.names.append(Name("short ads inside", disc.file(noise(5000, 4), data_space=disc.spaces[0], allocation=udf.LONG, pieces=[1, 1])))
    return disc


def blu_ray(disc):
    """The tree of a BD-ROM; real-time files with long descriptors."""
    def real_time(size, seed):
        return Node(udf.REAL_TIME, noise(size, seed), allocation=udf.LONG, mode=0o555, uid=0xFFFFFFFF, gid=0xFFFFFFFF)

    def info(data):
        return disc.file(data, mode=0o555, uid=0xFFFFFFFF, gid=0xFFFFFFFF)

    def folder(*names):
        return disc.directory(*names, mode=0o555, uid=0xFFFFFFFF, gid=0xFFFFFFFF)
    content = [Name("index.bdmv", info(b"INDX0200" + noise(200, 1))), Name("MovieObject.bdmv", info(b"MOBJ0200" + noise(3000, 2))),
               Name("PLAYLIST", folder(*(Name(f"{number:05d}.mpls", info(b"MPLS0200" + noise(400, number))) for number in range(20)))),
               Name("CLIPINF", folder(*(Name(f"{number:05d}.clpi", info(b"HDMV0200" + noise(2500, number))) for number in range(6)))),
               Name("STREAM", folder(*(Name(f"{number:05d}.m2ts", real_time(90_000 + number, number)) for number in range(6)))),
               Name("AUXDATA", folder()), Name("BDJO", folder()), Name("JAR", folder()), Name("META", folder())]
    backup = folder(*(Name(name.name, name.node) for name in content[:2]))
    disc.root = folder(Name("AACS", folder(Name("MKB_RO.inf", info(noise(4000, 9))))), Name("BDMV", folder(*content, Name("BACKUP", backup))),
                       Name("CERTIFICATE", folder(Name("BACKUP", folder()))))
    return disc


@handmade_udf("blu-ray", mutate=False)
def blu_ray_250():
    disc = metadata_disc(tree=blu_ray, pieces=(32, 64, 32), duplicate=True)
    disc.physical.access = 1
    return disc


# --- sparable: rewritable media with defects

def spared(moved=(), tables=(160, 180), packet=16, revision=0x0201, **more):
    def spaces(physical):
        return [Sparable(physical, list(tables), packet, moved, **more)]
    return fill(Disc(revision, spaces=spaces, start=288))


@handmade_udf("sparing-unused")
def sparing_unused():
    return spared()


@handmade_udf("sparing-packets-moved")
def sparing_moved():
    """The packets with the root, with entries and with bytes of files lie elsewhere."""
    return spared({0: 200, 16: 216, 48: 232})


@handmade_udf("sparing-packets-of-32")
def sparing_32():
    return spared({0: 192, 64: 224}, packet=32, revision=0x0150)


@handmade_udf("sparing-entries")
def sparing_entries():
    """Behind the moved packets: free ones, and ones that are themselves defective (UDF 2.2.12)."""
    return spared({16: 216, 32: 232}, entries=[(16, 216), (32, 232), (0xFFFFFFF0, 248), (0xFFFFFFFF, 264), (0xFFFFFFFF, 280)])


def broken_table(name, **more):
    @handmade_udf(f"sparing-{name}")
    def build():
        disc = spared({0: 200, 16: 216}, **{key: value for key, value in more.items() if key == "tables"})
        for key, value in more.items():
            if key != "tables":
                setattr(disc.space, key, value)
        return disc


broken_table("first-table-destroyed", table_patches={0: destroyed})
broken_table("second-table-destroyed", table_patches={1: destroyed})
broken_table("first-table-bad-sum", table_patches={0: lambda data: data[:60] + b"\1\2\3\4" + data[64:]})
broken_table("four-tables", tables=[160, 164, 168, 172], table_patches={0: destroyed, 1: destroyed, 2: destroyed})
broken_table("tables-disagree", sequences={0: 3, 1: 9})


@handmade_udf("sparing-first-table-old", manifest=False)
def sparing_old_table():
    """The first copy has the lower sequence number and lacks a packet; which one counts is the kernel's choice."""
    disc = spared({0: 200, 16: 216})
    older = spared({0: 200})
    older.space.sequences = {0: 1}
    disc.space.sequences = {1: 2}
    disc.space.table_patches = {0: lambda data: older.space.table(0)}
    return disc


# --- several at once

@handmade_udf("three-maps")
def three_maps():
    """A read-only partition beside a metadata partition on another: references 0, 1, 2."""
    disc = Disc(0x0250, spaces=lambda first: [Physical(2000, number=3), first, Metadata(first, pieces=(64, 64))])
    other, first, _ = disc.spaces
    disc.partitions = [other, first]
    disc.data_space = first
    first.length = 1500
    fill(disc)
    disc.root.names.append(Name("elsewhere", disc.file(b"in the other partition " * 300, allocation=udf.LONG, data_space=other)))
    return disc


@handmade_udf("map-unknown", manifest=False)
def map_unknown():
    """A map of type 2 that no reader knows, before the one that the tree needs."""
    disc = Disc()
    fill(disc)
    unknown = (b"\2\x40\0\0" + udf.udf_entity(b"*Unknown Partition")).ljust(64, b"\0")

    def edit(sequence):
        maps = [disc.physical.map(disc), unknown]
        return [(item[0], disc.logical_volume(maps=maps)) if item[0] == udf.LOGICAL_VOLUME else item for item in sequence]
    disc.edit["main"] = disc.edit["reserve"] = edit
    return disc
