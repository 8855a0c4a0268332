"""UDF: recognition, anchors, volume descriptor sequences, integrity, several partitions."""

import struct

import udf_structures as udf
from handmade_udf_base import Disc, Name, fill, handmade_udf, plain
from udf_spaces import Physical

NAMED_REVISIONS = {0x0102: "102", 0x0150: "150", 0x0200: "200", 0x0201: "201", 0x0250: "250"}


def declare_plain():
    for revision, label in NAMED_REVISIONS.items():
        for block_bytes in (512, 1024, 2048, 4096):
            handmade_udf(f"plain-{label}-{block_bytes}", mutate=block_bytes == 2048)(
                lambda revision=revision, block_bytes=block_bytes: plain(revision=revision, block_bytes=block_bytes))


declare_plain()


@handmade_udf("vrs-2048-of-4096")
def vrs_2048_of_4096():
    """Windows 10 writes the recognition sequence every 2048 bytes, whatever the block."""
    disc = plain(block_bytes=4096)
    disc.vrs_step = 2048
    return disc


@handmade_udf("vrs-no-tea")
def vrs_no_tea():
    disc = plain()
    disc.vrs = disc.vrs[:2]
    return disc


@handmade_udf("vrs-boot")
def vrs_boot():
    """BOOT2 and CDW02 may stand in front of NSR0x (2/8.3.1)."""
    disc = plain()
    disc.vrs = [b"BEA01", b"BOOT2", b"CDW02", b"NSR03", b"TEA01"]
    return disc


@handmade_udf("vrs-nsr02-of-201")
def vrs_nsr02():
    """The standard is older than the revision says."""
    disc = plain()
    disc.vrs[1] = b"NSR02"
    return disc


@handmade_udf("vrs-none", options=["", "novrs"], manifest=False)
def vrs_none():
    disc = plain()
    disc.vrs = []
    return disc


def anchored(name, anchors, **more):
    @handmade_udf(f"anchor-{name}", **more)
    def build():
        disc = plain()
        disc.total_blocks = 700
        disc.anchors = [disc.total_blocks + at if at < 0 else at for at in anchors]
        return disc


anchored("256-only", [256])
anchored("last-only", [-1])
anchored("n-256-only", [-257])
anchored("512-only", [512])
anchored("n-and-n-256", [-1, -257])
anchored("none", [], manifest=False)
anchored("option", [333], options=["anchor=333", ""], manifest=False)
# Drives report sizes that are wrong: 2 blocks of run-out, 150 of the gap behind a track.
anchored("last-minus-2", [-3])
anchored("last-minus-150", [-151], kernel=True)
anchored("last-minus-152", [-153], kernel=True)
anchored("lastblock", [600], options=["lastblock=600", ""], manifest=False)


@handmade_udf("anchor-first-broken")
def anchor_first_broken():
    disc = plain()
    disc.anchor_patch[256] = lambda data: data[:100] + b"\xFF" * 8 + data[108:16] + b"\0" * 4
    disc.anchor_patch[256] = lambda data: b"\2\0\3\0\xAA" + data[5:]
    return disc


@handmade_udf("anchor-first-garbage")
def anchor_first_garbage():
    disc = plain()
    disc.anchor_patch[256] = lambda data: bytes(range(256)) * 2
    return disc


@handmade_udf("anchor-first-misleading")
def anchor_first_misleading():
    """The first anchor is sound but leads nowhere; the second is good."""
    disc = plain()
    disc.anchor_patch[256] = lambda data: disc.anchor(256, main=40, reserve=44)
    return disc


def without(*identifiers):
    return lambda sequence: [item for item in sequence if item[0] not in identifiers]


@handmade_udf("reserve-only")
def reserve_only():
    """The main sequence is blank."""
    disc = plain()
    disc.edit["main"] = lambda sequence: [(None, b"")] * len(sequence)
    return disc


@handmade_udf("main-no-primary")
def main_no_primary():
    disc = plain()
    disc.edit["main"] = without(udf.PRIMARY)
    return disc


@handmade_udf("main-no-logical-volume")
def main_no_logical_volume():
    """Not what the kernel falls back for; the reserve is good."""
    disc = plain()
    disc.edit["main"] = without(udf.LOGICAL_VOLUME)
    return disc


@handmade_udf("main-logical-volume-broken")
def main_logical_volume_broken():
    disc = plain()
    disc.edit["main"] = lambda sequence: [(*item, {"crc": 0x1234}) if item[0] == udf.LOGICAL_VOLUME else item for item in sequence]
    return disc


@handmade_udf("main-partition-broken")
def main_partition_broken():
    disc = plain()
    disc.edit["main"] = lambda sequence: [(*item, {"wrong_checksum": True}) if item[0] == udf.PARTITION else item for item in sequence]
    return disc


@handmade_udf("sequence-no-terminator")
def sequence_no_terminator():
    disc = plain()
    disc.edit["main"] = disc.edit["reserve"] = without(udf.TERMINATING)
    return disc


@handmade_udf("sequence-full")
def sequence_full():
    """All 16 blocks are in use, the descriptor that matters is the last."""
    disc = plain()

    def edit(sequence):
        good = [item for item in sequence if item[0] != udf.TERMINATING]
        spare = (udf.UNALLOCATED_SPACE, struct.pack("<II", 5, 0))
        return good[:-2] + [spare] * (16 - len(good)) + good[-2:]
    disc.edit["main"] = disc.edit["reserve"] = edit
    return disc


@handmade_udf("sequence-pointer")
def sequence_pointer():
    """Two pointers in a row lead to where the descriptors are (3/8.4.2, 3/10.3)."""
    disc = plain()

    def pointer(block, count=16):
        return (udf.POINTER, struct.pack("<I", 1) + udf.extent_ad(count * disc.block_bytes, block))

    def edit(sequence):
        return [sequence[0], pointer(160)]
    disc.edit["main"] = disc.edit["reserve"] = edit
    whole = Disc.sequence

    def far(disc):
        saved, disc.edit["main"] = disc.edit["main"], None
        items = whole(disc, "main")
        disc.edit["main"] = saved
        disc.write_sequence(160, [items[1], pointer(180)])
        disc.write_sequence(180, items[2:])
    disc.at_end.append(far)
    return disc


@handmade_udf("sequence-prevailing")
def sequence_prevailing():
    """Several of each: the highest sequence number counts (3/8.4.3), wherever it stands."""
    disc = plain()

    def edit(sequence):
        wrong_volume = disc.logical_volume(block_bytes=disc.block_bytes, sequence=2, label="OLD", maps=[struct.pack("<BBHH", 1, 6, 1, 9)])
        wrong_partition = struct.pack("<I", 2) + disc.partition(disc.physical, start=1)[4:]
        old_primary = struct.pack("<I", 0) + disc.primary()[4:]
        return [(udf.PARTITION, wrong_partition), *sequence[:-1], (udf.LOGICAL_VOLUME, wrong_volume), (udf.PARTITION, wrong_partition),
                (udf.PRIMARY, old_primary), sequence[-1]]
    disc.edit["main"] = disc.edit["reserve"] = edit
    return disc


@handmade_udf("sequence-equal-numbers", manifest=False)
def sequence_equal_numbers():
    """Two partition descriptors of one number and one sequence number: the kernel decides which."""
    disc = plain()

    def edit(sequence):
        other = struct.pack("<I", 3) + disc.partition(disc.physical, length=disc.physical.used() + 3)[4:]
        return sequence[:-1] + [(udf.PARTITION, other), sequence[-1]]
    disc.edit["main"] = disc.edit["reserve"] = edit
    return disc


@handmade_udf("sequence-unknown-descriptors")
def sequence_unknown():
    """What no reader knows, and blank blocks, between the ones that matter."""
    disc = plain()

    def edit(sequence):
        return [sequence[0], (99, b"unknown"), *sequence[1:]]
    disc.edit["main"] = disc.edit["reserve"] = edit
    return disc


# --- integrity

def integrity(name, build_records, **more):
    @handmade_udf(f"integrity-{name}", **more)
    def build():
        disc = plain()
        disc.integrity = build_records
        disc.integrity_blocks = 8
        return disc


integrity("open", lambda disc, at: [disc.integrity_bytes(at, kind=0)])
integrity("missing", lambda disc, at: [])
integrity("broken", lambda disc, at: [b"\xFF" * 512])
integrity("two", lambda disc, at: [disc.integrity_bytes(at, kind=0, free=[1]), disc.integrity_bytes(at + 1, kind=1, free=[7])])
integrity("chain", lambda disc, at: [disc.integrity_bytes(at, kind=0, free=[1], next_extent=(disc.block_bytes, at + 3)), b"", b"",
                                     disc.integrity_bytes(at + 3, kind=1, free=[9], next_extent=(disc.block_bytes * 2, at + 5)), b"",
                                     disc.integrity_bytes(at + 5, kind=1, free=[11])])
integrity("min-read-260", lambda disc, at: [disc.integrity_bytes(at, revisions=(0x0260, 0x0260, 0x0260))])
integrity("min-read-250", lambda disc, at: [disc.integrity_bytes(at, revisions=(0x0250, 0x0260, 0x0260))])
integrity("min-read-999", lambda disc, at: [disc.integrity_bytes(at, revisions=(0x9999, 0x9999, 0x9999))])
integrity("free-unknown", lambda disc, at: [disc.integrity_bytes(at, free=[0xFFFFFFFF])])


@handmade_udf("write-protected")
def write_protected():
    disc = plain()
    disc.domain_flags = 3
    return disc


@handmade_udf("domain-unknown")
def domain_unknown():
    """Neither OSTA's domain nor any other that a reader knows: the kernel mounts it read-only."""
    disc = plain()
    replace = udf.regid(b"*Something Else")

    def edit(sequence):
        return [(item[0], item[1].replace(udf.domain(disc.revision), replace)) for item in sequence]
    disc.edit["main"] = disc.edit["reserve"] = edit
    return disc


# --- partitions

@handmade_udf("two-partitions")
def two_partitions():
    """The tree in the second partition, some of the bytes in the first; numbers are not references."""
    disc = Disc(spaces=lambda first: [first, Physical(700, number=5)])
    first, second = disc.spaces
    first.length, first.number = 400, 17
    disc.partitions = [second, first]
    disc.space, disc.data_space = second, second
    fill(disc)
    disc.root.names.append(Name("elsewhere", disc.file(b"in the first partition " * 300, allocation=udf.LONG, data_space=first)))
    disc.root.names.append(Name("icb elsewhere", disc.file(b"all of it " * 400, space=first, data_space=first, allocation=udf.SHORT)))
    return disc


@handmade_udf("same-partition-twice")
def same_partition_twice():
    """Two type 1 maps of one partition. (The kernel gives the second no blocks.)"""
    disc = Disc(spaces=lambda first: [first, first])
    fill(disc)
    disc.root.names.append(Name("through the other", disc.file(b"t" * 9000, allocation=udf.LONG)))
    return disc


@handmade_udf("partition-access-read-only")
def partition_read_only():
    disc = plain()
    disc.physical.access = 1
    return disc


@handmade_udf("partition-shorter-than-its-files", manifest=False)
def partition_short():
    """The stated length ends before the last files: a reader that trusts it loses them."""
    disc = plain()
    disc.physical.length = 40
    disc.total_blocks = 700
    return disc


@handmade_udf("file-set-second", manifest=False)
def file_set_second():
    """A second file set (4/8.3): the kernel shows the first."""
    disc = plain()
    spare = disc.space.alloc(1)
    disc.file_set["next"] = udf.long_ad(disc.block_bytes, spare, 0)
    disc.at_end.append(lambda disc: disc.write_in(disc.space, spare, udf.tagged(udf.FILE_SET, disc.file_set_bytes()[16:], spare, 3)))
    return disc


@handmade_udf("trailing-junk", options=["", "lastblock=500"], manifest=False)
def trailing_junk():
    disc = plain()
    disc.total_blocks = 2000
    disc.anchors = [256, 499]
    return disc


@handmade_udf("link-blocks")
def link_blocks():
    """A raw image of a packet-written CD-RW: seven link blocks behind every packet of 32."""
    disc = plain(revision=0x0150)
    disc.link_blocks, disc.anchors = 7, [256]
    return disc


@handmade_udf("session", options=["session=400", ""], manifest=False)
def session():
    """A later session: recognition sequence and anchor count from its start, blocks from that of the disc."""
    disc = plain(start=800)
    disc.session_block, disc.anchors = 400, [656]
    disc.main_block, disc.reserve_block, disc.integrity_block = 500, 520, 540
    return disc


@handmade_udf("session-of-two", options=["", "session=400"], manifest=False)
def session_of_two():
    """Two whole volumes, one behind the other."""
    disc = fill(Disc(start=800), [Name("second session", Disc().file(b"second"))])
    first = plain()
    first.trailing_blocks = 0
    first.finish()
    disc.first_written = first.written
    disc.session_block, disc.anchors = 400, [656]
    disc.main_block, disc.reserve_block, disc.integrity_block = 500, 520, 540
    return disc
