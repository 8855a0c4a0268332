"""UDF images with one fault each, of the kind that malice finds: circles, lengths and counts of nonsense.

Nobody says what they have to show; test/malformed/run.py asks that mounting and walking them ends.
"""

import struct

import udf_structures as udf
from handmade_udf_base import Disc, Name, fill, plain
from handmade_udf_files import BLOCK, root_of
from handmade_udf_partitions import metadata_disc, open_disc, spared, vat_data, write_vat
from recipe import Recipe, add
from trees import noise
from udf_spaces import Virtual
from udfwriter import Extent, Node

HUGE = 0xFFFFFFFF


def fault(name):
    """Declares an image; the function builds a Disc."""
    def declare(function):
        def make(recipe, source, out, work):
            function().write(out)
        add(Recipe(f"fault-{name}", make, None, options=[], kernel=False, filesystem="udf", malformed=True))
        return function
    return declare


def both(disc, edit):
    disc.edit["main"] = disc.edit["reserve"] = edit
    return disc


def pointer(block, size=16 * BLOCK):
    return (udf.POINTER, struct.pack("<I", 1) + udf.extent_ad(size, block))


# --- volume descriptor sequences

@fault("vdp-to-itself")
def vdp_to_itself():
    return both(plain(), lambda items: [items[0], pointer(96)])


@fault("vdp-in-a-circle")
def vdp_circle():
    disc = both(plain(), lambda items: [items[0], pointer(160)])
    disc.at_end.append(lambda disc: disc.write_sequence(160, [pointer(180)]))
    disc.at_end.append(lambda disc: disc.write_sequence(180, [pointer(160)]))
    return disc


@fault("vdp-of-4-gib")
def vdp_huge():
    return both(plain(), lambda items: [*items[:-1], pointer(300, HUGE)])


@fault("anchor-extents-of-4-gib")
def anchor_huge():
    disc = plain()
    for block in (256,):
        disc.anchor_patch[block] = lambda data: udf.retag(data[:16] + udf.extent_ad(HUGE, 96) + udf.extent_ad(HUGE, 0) + data[32:])
    return disc


@fault("anchor-extents-nowhere")
def anchor_nowhere():
    disc = plain()
    disc.anchors = [256]
    disc.anchor_patch[256] = lambda data: udf.retag(data[:16] + udf.extent_ad(32768, HUGE) + udf.extent_ad(0, HUGE) + data[32:])
    return disc


def logical_volume(name, **changes):
    @fault(f"lvd-{name}")
    def build():
        disc = plain()
        return both(disc, lambda items: [(item[0], disc.logical_volume(**changes)) if item[0] == udf.LOGICAL_VOLUME else item for item in items])


logical_volume("block-size-3", block_bytes=3)
logical_volume("block-size-1", block_bytes=1)
logical_volume("block-size-2-31", block_bytes=1 << 31)
logical_volume("maps-2-32", count=HUGE)
logical_volume("maps-none", maps=[])
logical_volume("map-length-0", maps=[bytes(2) * 20])
logical_volume("map-length-1", maps=[b"\1\1" * 10], count=10)
logical_volume("map-of-255", maps=[b"\2\xff" + bytes(100)])
logical_volume("map-number-unknown", maps=[struct.pack("<BBHH", 1, 6, 1, 999)])
logical_volume("maps-200", maps=[struct.pack("<BBHH", 1, 6, 1, 0)] * 200)


def patched_volume(name, offset, data):
    @fault(f"lvd-{name}")
    def build():
        disc = plain()

        def edit(items):
            return [(item[0], item[1][:offset - 16] + data + item[1][offset - 16 + len(data):]) if item[0] == udf.LOGICAL_VOLUME else item for item in items]
        return both(disc, edit)


patched_volume("table-length-4-gib", 264, struct.pack("<I", HUGE))
patched_volume("file-set-nowhere", 248, udf.long_ad(BLOCK, HUGE, 0))
patched_volume("file-set-reference-65535", 248, udf.long_ad(BLOCK, 0, 65535))
patched_volume("file-set-length-0", 248, udf.long_ad(0, 0, 0))
patched_volume("integrity-4-gib", 432, udf.extent_ad(HUGE, 128))
patched_volume("label-of-255", 84, b"\x10" + b"\xD8\x00" * 63 + b"\xFF")


def partition(name, **changes):
    @fault(f"partition-{name}")
    def build():
        disc = plain()
        return both(disc, lambda items: [(item[0], disc.partition(disc.physical, **changes)) if item[0] == udf.PARTITION else item for item in items])


partition("past-the-end", start=100_000)
partition("at-2-32", start=HUGE)
partition("start-and-length-2-32", start=HUGE, length=HUGE)
partition("of-2-32-blocks", length=HUGE)
partition("of-no-blocks", length=0)
partition("number-65535", number=65535)


@fault("partitions-64")
def partitions_64():
    """As many descriptors as fit, none of them the right one."""
    disc = plain()
    disc.main_block, disc.reserve_block, disc.sequence_blocks = 300, 300, 90
    disc.physical.start = 400
    return both(disc, lambda items: [*items[:2], *[(udf.PARTITION, disc.partition(disc.physical, number=number + 1)) for number in range(80)], *items[3:]])


# --- integrity and file set

def integrity(name, next_extent):
    @fault(f"integrity-{name}")
    def build():
        disc = plain()
        disc.integrity = lambda disc, at: [disc.integrity_bytes(at, next_extent=next_extent), disc.integrity_bytes(at + 1, next_extent=(BLOCK, at))]
        return disc


integrity("to-itself", (BLOCK, 128))
integrity("in-a-circle", (BLOCK, 129))
integrity("next-of-4-gib", (HUGE, 128))
integrity("next-nowhere", (BLOCK, HUGE))


@fault("integrity-counts")
def integrity_counts():
    disc = plain()

    def records(disc, at):
        data = disc.integrity_bytes(at)
        return [udf.retag(data[:72] + struct.pack("<II", HUGE, HUGE) + data[80:])]
    disc.integrity = records
    return disc


@fault("file-set-next-itself")
def file_set_circle():
    disc = plain()
    disc.file_set["next"] = udf.long_ad(BLOCK, 0, 0)
    return disc


@fault("root-nowhere")
def root_nowhere():
    disc = plain()
    disc.file_set["root"] = udf.long_ad(BLOCK, HUGE, 0)
    return disc


@fault("root-is-the-file-set")
def root_is_file_set():
    disc = plain()
    disc.file_set["root"] = udf.long_ad(BLOCK, 0, 0)
    return disc


@fault("root-is-a-file")
def root_is_file():
    disc = Disc()
    disc.root = disc.file(b"not a directory")
    return disc


# --- ICBs and descriptors

def icbs(name):
    """A root with one file that is at fault and one that is not."""
    def declare(function):
        @fault(f"icb-{name}")
        def build():
            disc = Disc()
            return root_of(disc, Name("fault", function(disc)), Name("sound", disc.file(b"sound\n")))
        return function
    return declare


def chain(disc, blocks, contents):
    """Blocks of descriptors; `contents` gives the descriptors of each."""
    for block, data in zip(blocks, contents):
        disc.write_at(disc.physical.absolute(block), udf.tagged(udf.ALLOCATION_EXTENT, struct.pack("<II", 0, len(data)) + data, block))


@icbs("descriptors-in-a-circle")
def descriptors_circle(disc):
    first, second = disc.physical.alloc(1), disc.physical.alloc(1)
    chain(disc, [first, second], [udf.short_ad(BLOCK, second, udf.NEXT_DESCRIPTORS), udf.short_ad(BLOCK, first, udf.NEXT_DESCRIPTORS)])
    return disc.file(allocation=udf.SHORT, extents=[], size_bytes=1 << 40, descriptors=udf.short_ad(BLOCK, first, udf.NEXT_DESCRIPTORS))


@icbs("descriptors-to-itself")
def descriptors_itself(disc):
    block, data = disc.physical.alloc(1), disc.physical.alloc(1)
    chain(disc, [block], [udf.short_ad(BLOCK, data) * 200 + udf.short_ad(BLOCK, block, udf.NEXT_DESCRIPTORS)])
    return disc.file(allocation=udf.SHORT, extents=[], size_bytes=1 << 62, descriptors=udf.short_ad(BLOCK, block, udf.NEXT_DESCRIPTORS))


@icbs("descriptors-in-its-icb")
def descriptors_in_icb(disc):
    """The chain leads to the ICB itself."""
    return disc.file(allocation=udf.SHORT, extents=[], size_bytes=1 << 33, descriptors=udf.short_ad(BLOCK, 2, udf.NEXT_DESCRIPTORS))


@icbs("extents-2-30")
def extents_many(disc):
    """A billion extents, if each block of descriptors is believed: two blocks, each full, in turns."""
    first, second = disc.physical.alloc(1), disc.physical.alloc(1)
    full = udf.short_ad(1, 1) * 252
    chain(disc, [first, second], [full + udf.short_ad(BLOCK, second, udf.NEXT_DESCRIPTORS), full + udf.short_ad(BLOCK, first, udf.NEXT_DESCRIPTORS)])
    return disc.file(allocation=udf.SHORT, extents=[], size_bytes=(1 << 63) - 1, descriptors=full[:1600] + udf.short_ad(BLOCK, first, udf.NEXT_DESCRIPTORS))


@icbs("directory-of-holes")
def directory_of_holes(disc):
    """A directory of a tebibyte without a byte in it."""
    return disc.directory(parent_name=False, allocation=udf.SHORT, size_bytes=200 << 30,
                          descriptors=udf.short_ad((1 << 30) - BLOCK, 0, udf.HOLE) * 200)


@icbs("directory-of-2-63")
def directory_huge(disc):
    return disc.directory(Name("in", disc.file(b"in")), allocation=udf.SHORT, size_bytes=(1 << 63) - 1)


@icbs("directory-of-one-block-again-and-again")
def directory_repeated(disc):
    """An extent list that names one block of entries two hundred times."""
    names = [Name(f"entry {number:02d}", disc.file(b"e")) for number in range(30)]
    block = disc.physical.alloc(1)
    node = disc.directory(*names, allocation=udf.SHORT, parent_name=False, extents=[Extent(BLOCK, block=block)] * 200, size_bytes=200 * BLOCK)
    return node


@icbs("strategy-4096-to-itself")
def strategy_itself(disc):
    node = disc.file(b"x", strategy=4096)
    disc.at_end.append(lambda disc: disc.write_at(disc.physical.absolute(node.block + 1), udf.tagged(
        udf.INDIRECT_ENTRY, udf.icb_tag(3, 0, 4096, 2) + udf.long_ad(2 * BLOCK, node.block, 0), node.block + 1)))
    return node


@icbs("strategy-4096-in-a-circle")
def strategy_circle(disc):
    node = disc.directory(strategy=4096, chain=3)
    disc.at_end.append(lambda disc: disc.write_at(disc.physical.absolute(node.versions[-1] + 1), udf.tagged(
        udf.INDIRECT_ENTRY, udf.icb_tag(3, 0, 4096, 2) + udf.long_ad(2 * BLOCK, node.block, 0), node.versions[-1] + 1)))
    return node


@icbs("strategy-4096-of-5000")
def strategy_long(disc):
    return disc.file(b"far", strategy=4096, chain=5000)


@icbs("link-of-2-40")
def link_huge(disc):
    return Node(udf.LINK, b"", allocation=udf.SHORT, extents=[], size_bytes=1 << 40, descriptors=udf.short_ad((1 << 30) - BLOCK, 0, udf.HOLE) * 200)


@icbs("attributes-over-everything")
def attributes_over(disc):
    return disc.file(b"x" * 100, patch={208: struct.pack("<II", 0xFFFFFFF0, 0x30)})


@icbs("attribute-of-length-0")
def attribute_length_0(disc):
    return Node(udf.CHARACTER, attribute_data=lambda at: udf.attribute_space(at, struct.pack("<IB3xI", 5, 1, 0) * 40))


@icbs("streams-are-the-file")
def streams_self(disc):
    node = disc.file(b"s", efe=True)
    node.streams = node
    return node


@icbs("streams-in-a-circle")
def streams_circle(disc):
    first, second = disc.file(b"1", efe=True), disc.file(b"2", efe=True)
    first.streams = Node(udf.STREAM_DIRECTORY, names=[Name("second", second)], efe=True)
    second.streams = Node(udf.STREAM_DIRECTORY, names=[Name("first", first)], efe=True)
    first.streams.streams = second.streams
    return first


@icbs("streams-2000")
def streams_many(disc):
    node = disc.file(b"many", efe=True)
    value = disc.file(noise(60_000, 1), allocation=udf.SHORT)
    node.streams = Node(udf.STREAM_DIRECTORY, names=[Name(f"stream {number}", value) for number in range(2000)], efe=True, allocation=udf.SHORT)
    return node


@fault("directory-in-a-circle")
def directory_circle():
    """Directories that contain themselves, each other, and the root."""
    disc = Disc()
    inner, other = disc.directory(), disc.directory()
    disc.root = disc.directory(Name("inner", inner), Name("other", other))
    inner.names += [Name("myself", inner), Name("other", other), Name("root", disc.root)]
    other.names += [Name("inner", inner)]
    disc.root.names.append(Name("root", disc.root))
    return disc


@fault("directory-4000-deep")
def directory_deep():
    disc = Disc()
    node = disc.directory(Name("leaf", disc.file(b"deep")))
    for _ in range(4000):
        node = disc.directory(Name("d", node))
    disc.root = node
    return disc


# --- partition maps

@fault("vat-of-gigabytes")
def vat_huge():
    """4 GiB of table, all of it a hole."""
    disc = Disc(0x0201, spaces=lambda physical: [physical, Virtual(physical)])
    fill(disc)
    disc.trailing_blocks, disc.anchors = 0, [256]

    def finish(disc):
        data, kind = vat_data(disc)
        first = disc.physical.alloc(1)
        disc.write_at(disc.physical.absolute(first), data.ljust(BLOCK, b"\0"))
        block = disc.physical.alloc(1)
        extents = udf.short_ad(BLOCK, first) + udf.short_ad((1 << 30) - BLOCK, 0, udf.HOLE) * 100
        disc.write_at(disc.physical.absolute(block), disc.icb_bytes(kind=kind, location=block, size_bytes=100 << 30, descriptors=extents, allocation=udf.SHORT,
                                                                    efe=True).ljust(BLOCK, b"\0"))
    disc.at_end.append(finish)
    return disc


def virtual(name, edit=None, **more):
    @fault(f"vat-{name}")
    def build():
        return open_disc(0x0201, edit=edit, **more)


virtual("entries-outside", lambda entries: [0x7FFFFFFF] * len(entries))
virtual("entries-unused", lambda entries: [HUGE] * len(entries))
virtual("entries-at-itself", lambda entries: [0] * len(entries))
virtual("empty", lambda entries: [])
virtual("header-of-65535", header_bytes=65535)
virtual("header-of-0", header_bytes=0)


@fault("vat-previous-itself")
def vat_previous():
    """Every earlier table is the last one."""
    disc = Disc(0x0150, spaces=lambda physical: [physical, Virtual(physical)])
    fill(disc)
    disc.trailing_blocks, disc.anchors = 0, [256]
    disc.at_end.append(lambda disc: write_vat(disc, *vat_data(disc, previous=disc.physical.next_block)))
    return disc


def metadata(name, change, **shape):
    @fault(f"metadata-{name}")
    def build():
        disc = metadata_disc(**{"pieces": (96,), **shape})
        change(disc.space)
        return disc


def set_locations(main=None, mirror=None):
    def change(space):
        if main is not None:
            space.file_block = main
        if mirror is not None:
            space.mirror_location = mirror
    return change


def lying_in(reference):
    """An ICB whose extents are long descriptors of this partition reference."""
    def change(space):
        def damage(data):
            descriptors = udf.long_ad(96 * BLOCK, 0, reference)
            return udf.retag(data[:34] + struct.pack("<H", udf.LONG) + data[36:212] + struct.pack("<I", 16) + descriptors + data[216 + 16:])
        space.main_damage = space.mirror_damage = damage
    return change


metadata("in-itself", lying_in(1))
metadata("in-no-partition", lying_in(77))
metadata("locations-outside", set_locations(mirror=0x7FFFFFFF), duplicate=True)
metadata("both-icbs-blank", lambda space: (setattr(space, "main_damage", lambda data: bytes(len(data))), setattr(space, "mirror_damage", lambda data: bytes(len(data)))))
metadata("number-unknown", lambda space: setattr(space, "number", 99))


@fault("metadata-of-metadata")
def metadata_of_metadata():
    """The map of the metadata partition names a partition that only itself has."""
    disc = metadata_disc(pieces=(96,))
    return both(disc, lambda items: [(item[0], disc.logical_volume(maps=[disc.spaces[1].map(disc)] * 2)) if item[0] == udf.LOGICAL_VOLUME else item for item in items])


def sparing(name, change, **more):
    @fault(f"sparing-{name}")
    def build():
        disc = spared({0: 200, 16: 216}, **more)
        change(disc.space)
        return disc


def setting(**values):
    def change(space):
        for key, value in values.items():
            setattr(space, key, value)
    return change


sparing("packet-of-0", setting(packet_field=0))
sparing("packet-of-3", setting(packet_field=3))
sparing("packet-of-65535", setting(packet_field=65535))
sparing("tables-255", setting(count_field=255))
sparing("tables-0", setting(count_field=0))
sparing("size-4-gib", setting(size_field=HUGE))
sparing("entries-outside", setting(entries=[(0, HUGE), (16, 0x7FFFFFFF)]))
sparing("entries-not-sorted", setting(entries=[(32, 216), (0, 200), (16, 16), (HUGE, HUGE)] * 20))
sparing("table-says-65535", lambda space: setattr(space, "table_patches", {copy: lambda data: udf.retag(data[:48] + b"\xff\xff" + data[50:]) for copy in (0, 1)}))


@fault("recognition-endless")
def recognition_endless():
    """Descriptors of the recognition sequence to the end of the image."""
    disc = plain()
    disc.vrs = [b"BEA01"] + [b"BOOT2"] * 20
    return disc


assert noise
