"""A writer of ISO 9660 that does what it is told: every field can be set, also to nonsense.

An Image is a set of placed blocks. Files and directories are objects; `Image.place` gives them blocks,
`Image.write` emits everything. A directory record is a Record, whose members are the on-disc fields
(ECMA-119 9.1); what is left None is filled in with the value that belongs there.
"""

import dataclasses
import struct
import typing

SECTOR = 2048
HIDDEN, DIRECTORY, ASSOCIATED, MORE = 1, 2, 4, 128
DOT, DOTDOT = b"\0", b"\1"


def both16(value, big=None):
    return struct.pack("<H", value) + struct.pack(">H", value if big is None else big)


def both32(value, big=None):
    return struct.pack("<I", value) + struct.pack(">I", value if big is None else big)


def stamp7(year=2001, month=9, day=9, hour=1, minute=46, second=40, zone=0):
    """9.1.5; `zone` in quarter hours, signed."""
    return struct.pack("6Bb", year - 1900, month, day, hour, minute, second, zone)


def stamp17(year=2001, month=9, day=9, hour=1, minute=46, second=40, hundredths=0, zone=0):
    """8.4.26.1."""
    digits = f"{year:04d}{month:02d}{day:02d}{hour:02d}{minute:02d}{second:02d}{hundredths:02d}"
    return digits.encode() + struct.pack("b", zone)


NO_STAMP17 = b"0" * 16 + b"\0"
DEFAULT_STAMP = stamp7()
DEFAULT_TIME = 1_000_000_000


@dataclasses.dataclass
class Blob:
    """Bytes with a place on the disc."""
    data: bytes = b""
    block: int | None = None  # logical block number; None until placed
    size_bytes: int | None = None  # of a sparse image: takes room without bytes

    def room(self):
        return self.size_bytes if self.size_bytes is not None else len(self.data)


@dataclasses.dataclass
class Record:
    """One directory record. `target` is a Blob or a Directory, or None with `extent` set."""
    name: bytes
    target: typing.Any = None
    susp: typing.Any = b""           # bytes, or a function called when everything is placed
    flags: int = 0
    extent: int | None = None
    size: int | None = None
    stamp: bytes = DEFAULT_STAMP
    xattr_blocks: int = 0
    unit: int = 0
    gap: int = 0
    volume: int = 1
    extent_big: int | None = None    # where the second half of a both-endian field is to differ
    size_big: int | None = None
    length: int | None = None
    name_length: int | None = None
    name_pad: bool = True

    def encode(self, high_sierra=False):
        extent = self.extent if self.extent is not None else (self.target.block or 0 if self.target else 0)
        size = self.size if self.size is not None else (self.target.room() if self.target else 0)
        if high_sierra:  # no zone byte, flags before a reserved byte
            middle = self.stamp[:6] + bytes([self.flags, 0])
        else:
            middle = self.stamp + bytes([self.flags])
        fixed = (bytes([self.xattr_blocks]) + both32(extent, self.extent_big) + both32(size, self.size_big) +
                 middle + bytes([self.unit, self.gap]) + both16(self.volume))
        name_length = len(self.name) if self.name_length is None else self.name_length
        body = fixed + bytes([name_length]) + self.name
        if self.name_pad and len(self.name) % 2 == 0:
            body += b"\0"
        susp = self.susp() if callable(self.susp) else self.susp
        body += susp
        if len(body) % 2 == 0:  # the record with its length byte is even
            body += b"\0"
        assert len(body) < 255 or self.length is not None, (self.name, len(body) + 1)
        return bytes([(len(body) + 1) if self.length is None else self.length]) + body


@dataclasses.dataclass
class Directory:
    records: list = dataclasses.field(default_factory=list)
    parent: typing.Any = None        # Directory; the root is its own
    block: int | None = None
    dot: Record | None = None
    dotdot: Record | None = None
    size_bytes: int | None = None    # what the records that lead here say
    dot_susp: typing.Any = b""
    dotdot_susp: typing.Any = b""
    stamp: bytes = DEFAULT_STAMP
    may_cross: bool = False          # records may cross sectors
    sector_fill: int = SECTOR        # bytes of a sector that are used

    def all_records(self):
        parent = self.parent or self
        dot = self.dot or Record(DOT, self, self.dot_susp, DIRECTORY, stamp=self.stamp)
        dotdot = self.dotdot or Record(DOTDOT, parent, self.dotdot_susp, DIRECTORY, stamp=parent.stamp)
        return [dot, dotdot] + self.records

    def layout(self, sizes):
        """Bytes that records of these sizes take, and where each starts."""
        position, starts = 0, []
        for size in sizes:
            if not self.may_cross and position % SECTOR + size > self.sector_fill:
                position += -position % SECTOR
            starts.append(position)
            position += size
        return position, starts

    def room(self):
        if self.size_bytes is not None:
            return self.size_bytes
        return self.true_room()

    def true_room(self):
        # The susp functions may ask for blocks that are not placed yet, but give the right length.
        saved, self.size_bytes = self.size_bytes, 0
        self.block, block = self.block or 0, self.block
        parent_size = self.parent.size_bytes if self.parent else None
        if self.parent and parent_size is None:
            self.parent.size_bytes = 0
        children = [(r.target, r.target.size_bytes) for r in self.records if isinstance(r.target, Directory)]
        for child, _ in children:
            child.size_bytes = 0
        total, _ = self.layout([len(record.encode()) for record in self.all_records()])
        for child, size in children:
            child.size_bytes = size
        if self.parent:
            self.parent.size_bytes = parent_size
        self.size_bytes, self.block = saved, block
        return total + -total % SECTOR

    def encode(self, high_sierra=False):
        encoded = [record.encode(high_sierra) for record in self.all_records()]
        total, starts = self.layout([len(one) for one in encoded])
        out = bytearray(total + -total % SECTOR)
        for start, one in zip(starts, encoded):
            out[start:start + len(one)] = one
        return bytes(out)


@dataclasses.dataclass
class Volume:
    """A descriptor, of type 1 (primary) or 2 (Joliet, or an enhanced one with version 2)."""
    root: Directory
    kind: int = 1
    version: int = 1
    escape: bytes = b""
    label: bytes = b"HANDMADE"
    space_blocks: int | None = None   # None: the size of the image
    block_bytes: int | None = None
    root_record: Record | None = None
    identifier: bytes = b"CD001"
    created: bytes = stamp17()
    path_tables: bool = True
    patch: dict = dataclasses.field(default_factory=dict)  # offset -> bytes, at the very end


class Image:
    """Blocks 0 .. first are the system area and the descriptors."""

    def __init__(self, block_bytes=SECTOR, high_sierra=False, start_sector=0):
        self.block_bytes = block_bytes
        self.high_sierra = high_sierra
        self.start_sector = start_sector
        self.volumes = []
        self.raw_descriptors = []   # 2048 bytes each, after the volumes and before the terminator
        self.next_block = (start_sector + 32) * SECTOR // block_bytes
        self.placed = []
        self.trailing_sectors = 16
        self.patches = []           # (byte offset, bytes), last

    def sector_blocks(self):
        return SECTOR // self.block_bytes

    def place(self, thing, at=None, align=True):
        """Gives a Blob or Directory its blocks; `at` puts it on a given logical block."""
        if at is None:
            if align:
                self.next_block += -self.next_block % self.sector_blocks()
            at = self.next_block
        thing.block = at
        size = thing.true_room() if isinstance(thing, Directory) else thing.room()
        self.next_block = max(self.next_block, at + -(-size // self.block_bytes))
        self.placed.append(thing)
        return thing

    def file(self, data=b"", **more):
        return self.place(Blob(data), **more)

    def place_tree(self, root):
        """Directories of a tree, each before its children."""
        pending = [root]
        while pending:
            directory = pending.pop(0)
            self.place(directory)
            for record in directory.records:
                target = record.target
                if isinstance(target, Directory) and target.block is None:
                    target.parent = target.parent or directory
                    target.block = None
                    pending.append(target)

    def write(self, path):
        total_sectors = -(-self.next_block // self.sector_blocks()) + self.trailing_sectors
        with open(path, "wb") as out:
            for thing in self.placed:
                data = thing.encode(self.high_sierra) if isinstance(thing, Directory) else thing.data
                out.seek(thing.block * self.block_bytes)
                out.write(data)
            sector = self.start_sector + 16
            for volume in self.volumes:
                out.seek(sector * SECTOR)
                out.write(self.descriptor(volume, total_sectors))
                sector += 1
            for raw in self.raw_descriptors:
                out.seek(sector * SECTOR)
                out.write(raw)
                sector += 1
            out.seek(sector * SECTOR)
            end = (b"\0" * 8 + b"\xffCDROM\1" if self.high_sierra else b"\xffCD001\1")
            out.write(end.ljust(SECTOR, b"\0"))
            for offset, data in self.patches:
                out.seek(offset)
                out.write(data)
            out.seek(0, 2)
            out.truncate(max(out.tell(), total_sectors * SECTOR))

    def descriptor(self, volume, total_sectors):
        block_bytes = volume.block_bytes or self.block_bytes
        space = volume.space_blocks
        if space is None:
            space = total_sectors * SECTOR // self.block_bytes
        wide = volume.kind == 2 and volume.version == 1
        spaces = b"\0 " if wide else b" "
        label = volume.label.decode().encode("utf-16-be") if wide else volume.label

        def field(text, length):
            return (text + spaces * length)[:length]

        root = volume.root_record or Record(DOT, volume.root, flags=DIRECTORY, stamp=volume.root.stamp)
        root_bytes = root.encode(self.high_sierra)
        if self.high_sierra:
            # High Sierra: an 8-byte block number in front, and fewer and other fields behind.
            out = both32(16) + bytes([volume.kind]) + b"CDROM" + bytes([volume.version]) + b"\0"
            out += field(b"", 32) + field(label, 32) + bytes(8) + both32(space) + bytes(32)
            out += both16(1) + both16(1) + both16(block_bytes) + both32(10)
            out += bytes(4 * 4) + bytes(4 * 4) + root_bytes
            out = out.ljust(SECTOR, b"\0")
        else:
            out = bytes([volume.kind]) + volume.identifier + bytes([volume.version]) + b"\0"
            out += field(b"", 32) + field(label, 32) + bytes(8) + both32(space) + volume.escape.ljust(32, b"\0")
            out += both16(1) + both16(1) + both16(block_bytes)
            table_bytes = 10 if volume.path_tables else 0
            out += both32(table_bytes) + struct.pack("<II", 20, 0) + struct.pack(">II", 21, 0) + root_bytes[:34]
            out += field(b"", 128) * 4 + field(b"", 37) * 3 + volume.created * 2 + NO_STAMP17 * 2 + b"\1\0"
            out = out.ljust(SECTOR, b"\0")
        out = bytearray(out)
        for offset, data in volume.patch.items():
            out[offset:offset + len(data)] = data
        return bytes(out)
