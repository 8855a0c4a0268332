"""Where logical blocks lie: one class for each kind of partition map (ECMA-167 3/10.7, UDF 2.2.8 to 2.2.10).

A space gives out logical blocks and tells the block of the disc that holds each. The reference of a
space is its place in the list of partition maps, which is not the number of its partition.
"""

import struct

import udf_structures as udf


class Space:
    reference = 0
    number = 0

    def alloc(self, count):
        block = self.next_block
        self.next_block += count
        return block

    def finish(self, disc):
        """What has to be written when everything else has its place."""


class Physical(Space):
    """Type 1: the blocks of a partition as they lie."""

    def __init__(self, start, number=0, length=None, access=4):
        self.start, self.number, self.length, self.access = start, number, length, access
        self.next_block = 0

    def absolute(self, block):
        return self.start + block

    def map(self, disc):
        return struct.pack("<BBHH", 1, 6, 1, self.number)  # 3/10.7.2

    def used(self):
        return self.length if self.length is not None else self.next_block


class Sparable(Space):
    """UDF 2.2.9: packets with defects are kept elsewhere, on blocks that count from the start of the disc."""

    def __init__(self, physical, tables, packet_blocks=16, moved=(), entries=None):
        self.physical, self.number = physical, physical.number
        self.packet_blocks = packet_blocks
        self.tables = tables          # blocks of the disc, one for each copy
        self.moved = dict(moved)      # first block of a packet -> block of the disc
        self.entries = entries        # instead of what belongs there
        self.table_patches = {}       # copy -> function(bytes) -> bytes
        self.sequences = {}           # copy -> sequence number
        self.packet_field, self.count_field = packet_blocks, len(tables)
        self.size_field = None

    next_block = property(lambda self: self.physical.next_block)

    def alloc(self, count):
        return self.physical.alloc(count)

    def absolute(self, block):
        packet = block - block % self.packet_blocks
        if packet in self.moved:
            return self.moved[packet] + block % self.packet_blocks
        return self.physical.absolute(block)

    def table(self, copy):
        entries = self.entries
        if entries is None:
            entries = sorted(self.moved.items()) + [(0xFFFFFFFF, 0)] * 4
        body = udf.udf_entity(b"*UDF Sparing Table") + struct.pack("<HHI", len(entries), 0, self.sequences.get(copy, 1))
        return udf.tagged(udf.SPARING_TABLE, body + b"".join(struct.pack("<II", *entry) for entry in entries), self.tables[copy])

    def map(self, disc):
        size = self.size_field if self.size_field is not None else len(self.table(0))
        body = struct.pack("<H", 0) + udf.udf_entity(b"*UDF Sparable Partition", disc.revision)
        body += struct.pack("<HHHBBI", 1, self.number, self.packet_field, self.count_field, 0, size)
        body += b"".join(struct.pack("<I", block) for block in self.tables)
        return (struct.pack("<BB", 2, 64) + body).ljust(64, b"\0")

    def finish(self, disc):
        for copy, block in enumerate(self.tables):
            disc.write_at(block, self.table_patches.get(copy, lambda data: data)(self.table(copy)))
        for packet in self.moved:  # what lay in the packet is not to be read
            disc.write_first(self.physical.absolute(packet), b"\xDE\xFE\xC7ED" * (disc.block_bytes * self.packet_blocks // 5))


class Virtual(Space):
    """UDF 2.2.8: the virtual allocation table says where each block lies in the physical partition."""

    def __init__(self, physical):
        self.physical, self.number = physical, physical.number
        self.entries = []

    next_block = property(lambda self: len(self.entries))

    def alloc(self, count):
        block = len(self.entries)
        self.entries += [self.physical.alloc(1) for _ in range(count)]
        return block

    def absolute(self, block):
        return self.physical.absolute(self.entries[block])

    def map(self, disc):
        body = struct.pack("<H", 0) + udf.udf_entity(b"*UDF Virtual Partition", disc.revision) + struct.pack("<HH", 1, self.number)
        return (struct.pack("<BB", 2, 64) + body).ljust(64, b"\0")


def vat_150(entries, previous=0xFFFFFFFF, identifier=b"*UDF Virtual Alloc Tbl"):
    """UDF 1.50, 2.2.10: the table, then its name and where the one before lies."""
    return b"".join(struct.pack("<I", entry) for entry in entries) + udf.udf_entity(identifier, 0x0150) + struct.pack("<I", previous)


def vat_200(entries, previous=0xFFFFFFFF, label="", files=0, directories=1, use=b"", header_bytes=None, revisions=(0x0201, 0x0201, 0x0201)):
    """UDF 2.00, 2.2.11: a header that tells its length, then the table."""
    head = struct.pack("<HH", 152 + len(use) if header_bytes is None else header_bytes, len(use)) + udf.dstring(label, 128)
    head += struct.pack("<IIIHHHH", previous, files, directories, *revisions, 0) + use
    return head + b"".join(struct.pack("<I", entry) for entry in entries)


class Metadata(Space):
    """UDF 2.2.10: blocks of a file in the physical partition, in several pieces; and its mirror."""

    def __init__(self, physical, pieces=(64,), gap=8, duplicate=False, mirror_pieces=None, bitmap=True, allocation=udf.SHORT):
        self.physical, self.number = physical, physical.number
        self.duplicate, self.has_bitmap, self.allocation = duplicate, bitmap, allocation
        self.next_block = 0
        self.file_block, self.mirror_block = physical.alloc(1), None
        self.bitmap_block = physical.alloc(1) if bitmap else 0xFFFFFFFF
        self.pieces = [(physical.alloc(count + gap), count) for count in pieces]
        self.blocks = sum(count for _, count in self.pieces)
        self.mirror_pieces = self.pieces
        if duplicate:
            self.mirror_pieces = [(physical.alloc(count + gap), count) for count in mirror_pieces or pieces]
        self.mirror_block = physical.alloc(1)
        self.flags = 1 if duplicate else 0  # Duplicate Metadata Flag
        self.main_damage = self.mirror_damage = None   # function(bytes) -> bytes, of the file's ICB
        self.damaged_main_blocks = ()                  # metadata blocks whose main copy is destroyed
        self.unit_blocks = 32
        self.mirror_location = None                    # instead of where it is

    def block_in(self, pieces, block):
        for start, count in pieces:
            if block < count:
                return self.physical.absolute(start + block)
            block -= count
        raise ValueError("behind the metadata partition")

    def absolute(self, block):
        return self.block_in(self.pieces, block)

    def absolute_copies(self, block):
        """Where a block is written: both copies, unless they are one."""
        main = b"" if block in self.damaged_main_blocks else None
        copies = [(self.block_in(self.pieces, block), main)]
        if self.duplicate:
            copies.append((self.block_in(self.mirror_pieces, block), None))
        return copies

    def map(self, disc):
        mirror = self.mirror_block if self.mirror_location is None else self.mirror_location
        body = struct.pack("<H", 0) + udf.udf_entity(b"*UDF Metadata Partition", disc.revision) + struct.pack("<HH", 1, self.number)
        body += struct.pack("<IIIIHB", self.file_block, mirror, self.bitmap_block, self.unit_blocks, 1, self.flags)
        return (struct.pack("<BB", 2, 64) + body).ljust(64, b"\0")

    def icb(self, disc, kind, block, pieces):
        size = disc.block_bytes
        if self.allocation == udf.SHORT:
            extents = b"".join(udf.short_ad(count * size, start) for start, count in pieces)
        else:
            extents = b"".join(udf.long_ad(count * size, start, self.physical.reference) for start, count in pieces)
        total = sum(count for _, count in pieces)
        return disc.icb_bytes(kind=kind, location=block, size_bytes=total * size, blocks=total, descriptors=extents, allocation=self.allocation,
                              efe=True, mode=0, uid=0xFFFFFFFF, gid=0xFFFFFFFF, links=0 if kind == udf.METADATA_BITMAP else 1)

    def finish(self, disc):
        files = [(udf.METADATA_FILE, self.file_block, self.pieces, self.main_damage), (udf.METADATA_MIRROR, self.mirror_block, self.mirror_pieces, self.mirror_damage)]
        for kind, block, pieces, damage in files:
            data = self.icb(disc, kind, block, pieces)
            disc.write_at(self.physical.absolute(block), damage(data) if damage else data)
        if self.has_bitmap:
            bits = bytes([0xFF]) * (self.blocks // 8)
            body = udf.tagged(udf.SPACE_BITMAP, struct.pack("<II", self.blocks, len(bits)) + bits, 0)
            at = self.physical.alloc(-(-len(body) // disc.block_bytes))
            disc.write_at(self.physical.absolute(at), body)
            disc.write_at(self.physical.absolute(self.bitmap_block), disc.icb_bytes(
                kind=udf.METADATA_BITMAP, location=self.bitmap_block, size_bytes=len(body), blocks=1, descriptors=udf.short_ad(len(body), at),
                allocation=udf.SHORT, efe=True, mode=0, uid=0xFFFFFFFF, gid=0xFFFFFFFF, links=1))
