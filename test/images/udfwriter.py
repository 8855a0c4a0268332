"""A writer of UDF that does what it is told: every field can be set, also to nonsense.

A Disc has partitions and maps (udf_spaces.py) and one tree of Nodes. A Node is what an ICB describes;
a directory's Node holds Names, each a File Identifier Descriptor. What is left None is filled in with
the value that belongs there. Places are given first (`place`), bytes are made last (`write`): sizes
do not depend on addresses.

The manifest, what a reader has to show, is derived from the same objects.
"""

import dataclasses
import hashlib
import struct
import typing

import udf_structures as udf
from udf_spaces import Physical
from udf_structures import DEFAULT_TIME

VRS_BYTE = 32768
TYPES = {udf.DIRECTORY: "d", udf.BLOCK: "b", udf.CHARACTER: "c", udf.FIFO: "p", udf.SOCKET: "s", udf.LINK: "l"}


@dataclasses.dataclass
class Extent:
    """An allocation descriptor told by hand. `block` None: room is found for the bytes. A piece of the
    file's bytes lies in it if it is recorded."""
    size_bytes: int
    kind: int = udf.RECORDED
    block: int | None = None
    reference: int | None = None


@dataclasses.dataclass
class Node:
    """An ICB (4/14.9, 4/14.17) and what it describes."""
    kind: int = udf.FILE
    data: bytes = b""
    names: list = dataclasses.field(default_factory=list)  # of a directory or stream directory
    allocation: int | None = None     # None: in the ICB where the bytes fit, else short or long descriptors
    extents: list | None = None       # of Extent; None: one for the whole, or `pieces`
    pieces: list | None = None        # blocks of each extent, with a block of nothing between them
    per_block: int | None = None      # so many descriptors in the ICB and in each block of the chain (AED)
    efe: bool | None = None           # None: as the revision has it
    space: typing.Any = None          # where the ICB lies; None: the disc's
    data_space: typing.Any = None
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    links: int | None = None
    mtime: int = DEFAULT_TIME
    stamps: dict = dataclasses.field(default_factory=dict)  # "atime", "mtime", "ctime", "creation" -> 12 bytes
    size_bytes: int | None = None     # information length, instead of the true one
    object_bytes: int | None = None   # of an EFE: with its streams
    blocks: int | None = None         # logical blocks recorded
    attributes: list = dataclasses.field(default_factory=list)  # of the extended attribute space
    attribute_data: typing.Any = None  # function(location) -> bytes, instead of the above
    streams: typing.Any = None        # Node of kind STREAM_DIRECTORY
    flags: int = 0                    # more flags of the ICB tag
    strategy: int = 4
    chain: int = 0                    # strategy 4096: so many superseded entries come before the good one
    chain_end: str = "nothing"        # what stands behind the last entry: nothing, terminal, indirect (unrecorded)
    parent: typing.Any = None
    unique_id: int | None = None
    padding_descriptors: bytes = b""  # behind the last descriptor, counted in L_AD
    descriptors: bytes | None = None  # all of them, instead of what belongs there
    patch: dict = dataclasses.field(default_factory=dict)   # offset in the ICB's block -> bytes, before the sums
    tag: dict = dataclasses.field(default_factory=dict)     # of tagged()
    damage: typing.Any = None         # function(bytes of the block) -> bytes, after everything
    parent_name: bool = True          # whether a directory starts with the FID of its parent
    shows: dict = dataclasses.field(default_factory=dict)   # members of its manifest entry that differ
    block: int | None = None
    data_blocks: list = dataclasses.field(default_factory=list)  # (space, first block, blocks) of each recorded extent

    def is_directory(self):
        return self.kind in (udf.DIRECTORY, udf.STREAM_DIRECTORY)


@dataclasses.dataclass
class Name:
    """A File Identifier Descriptor (4/14.4)."""
    name: typing.Any                  # text, or the bytes of the identifier
    node: typing.Any = None
    flags: int | None = None          # None: what the node is
    version: int = 1
    use: bytes = b""
    icb: bytes | None = None          # 16 bytes, instead of where the node is
    shown: str | None = None          # how the name is shown, where that is another; "" hides it
    name_bytes: int | None = None     # L_FI and L_IU, instead of the true ones
    use_bytes: int | None = None
    tag: dict = dataclasses.field(default_factory=dict)
    pad: bytes | None = None
    raw: bytes | None = None          # bytes in place of a descriptor
    damage: typing.Any = None

    def identifier(self):
        return b"" if self.name is None else udf.cs0(self.name)

    def room(self):
        if self.raw is not None:
            return len(self.raw)
        size = 38 + len(self.use) + len(self.identifier())
        return size + (-size % 4 if self.pad is None else len(self.pad))

    def characteristics(self):
        if self.flags is not None:
            return self.flags
        return udf.IS_DIRECTORY if self.node is not None and self.node.is_directory() else 0

    def encode(self, disc, location):
        if self.raw is not None:
            return self.raw
        identifier = self.identifier()
        icb = self.icb if self.icb is not None else disc.icb_address(self.node)
        body = struct.pack("<HBB", self.version, self.characteristics(), len(identifier) if self.name_bytes is None else self.name_bytes) + icb
        body += struct.pack("<H", len(self.use) if self.use_bytes is None else self.use_bytes) + self.use + identifier
        body += bytes(-(16 + len(body)) % 4) if self.pad is None else self.pad
        data = udf.tagged(udf.FILE_IDENTIFIER, body, location, disc.tag_version, **self.tag)
        return self.damage(data) if self.damage else data


class Disc:
    def __init__(self, revision=udf.REVISION, block_bytes=2048, start=None, spaces=None):
        self.revision, self.block_bytes = revision, block_bytes
        self.tag_version = 2 if revision < 0x0200 else 3
        self.physical = Physical(start if start is not None else 272)
        self.spaces = spaces(self.physical) if spaces else [self.physical]   # the partition maps
        for reference, space in enumerate(self.spaces):
            space.reference = reference
        self.partitions = [self.physical]   # one partition descriptor for each
        self.space = self.spaces[-1]        # where ICBs and directories go
        self.data_space = self.spaces[0]
        self.root = None
        self.system_streams = None
        self.label = "HANDMADE"
        self.vrs = [b"BEA01", b"NSR02" if revision < 0x0200 else b"NSR03", b"TEA01"]
        self.vrs_step = max(2048, block_bytes)
        self.main_block, self.reserve_block, self.sequence_blocks = 96, 112, 16
        self.integrity_block, self.integrity_blocks = 128, 4
        self.anchors = None                 # blocks; None: 256, and the last
        self.anchor_patch = {}              # block -> function(bytes) -> bytes
        self.edit = {"main": None, "reserve": None}  # function(list of (identifier, body)) -> the same
        self.damage_blocks = {}             # block of the disc -> function(bytes) -> bytes
        self.revisions = None               # minimum to read, to write, maximum to write
        self.integrity_type = 1             # 0 open, 1 closed
        self.integrity = None               # function(disc, location) -> list of descriptors, one a block
        self.volume_flags = 0
        self.domain_flags = 0
        self.link_blocks = 0                # so many behind every 32 blocks, as in raw images of a CD-RW
        self.session_block = 0              # where the session starts: recognition sequence and anchor count from there
        self.total_blocks = None
        self.trailing_blocks = 16           # behind the partition
        self.free_blocks = 5
        self.written = []                   # (byte offset, bytes)
        self.first_written = []
        self.patches = []                   # (byte offset, bytes), last of all
        self.file_set = {}                  # overrides: "root", "block", "next", "damage"
        self.at_end = []                    # functions(disc), when everything else has its place
        self.unique = 16
        self.nodes = []
        self.fsd_block = self.space.alloc(1)

    # --- places

    def file(self, data=b"", **more):
        return Node(udf.FILE, data, **more)

    def directory(self, *names, **more):
        return Node(udf.DIRECTORY, names=list(names), mode=more.pop("mode", 0o755), **more)

    def link(self, target, **more):
        data = target if isinstance(target, bytes) else udf.link_target(target)
        more.setdefault("shows", {"target": target} if isinstance(target, str) else {})
        return Node(udf.LINK, data, mode=0o777, **more)

    def device(self, kind, major, minor, **more):
        return Node(kind, attributes=[udf.device_specification(major, minor)], shows={"rdev": f"{major}:{minor}"}, **more)

    def use_efe(self, node):
        return node.efe if node.efe is not None else self.revision >= 0x0200

    def icb_address(self, node):
        """A long descriptor for a FID: in its use, from byte 2, the unique id (UDF 2.3.4.3)."""
        if node is None:
            return udf.NO_LONG_AD
        return udf.long_ad(self.block_bytes, node.block, node.space.reference, use=struct.pack("<HI", 0, (node.unique_id or 0) & 0xFFFFFFFF))

    def place(self, node, parent=None):
        """Gives a node, and all that hangs below it, their blocks."""
        pending = [(node, parent or node)]
        while pending:
            one, above = pending.pop(0)
            if one.block is not None:
                continue
            one.parent = one.parent or above
            self.place_one(one)
            if one.streams is not None:
                pending.append((one.streams, one))
            pending += [(name.node, one) for name in one.names if name.node is not None]

    def place_one(self, node):
        self.nodes.append(node)
        node.space = node.space or self.space
        if node.unique_id is None:
            node.unique_id = 0 if node is self.root else self.unique
            self.unique += 1
        # Strategy 4096 (4/14.6.2): pairs of an entry and an indirect entry, each pair an ICB of its own.
        node.block = node.space.alloc(1 if node.strategy == 4 else 2)
        node.versions = [node.block] + [node.space.alloc(2) for _ in range(node.chain)]
        size = len(node.data)
        if node.is_directory():
            node.data_space = node.data_space or node.space
            if node.parent_name:
                node.names = [Name(None, node.parent, flags=udf.PARENT | udf.IS_DIRECTORY, shown="")] + node.names
            size = sum(name.room() for name in node.names)
        node.data_space = node.data_space or self.data_space
        node.true_bytes = size
        if node.allocation is None:
            room = self.block_bytes - (216 if self.use_efe(node) else 176) - self.attribute_room(node)
            # A short descriptor counts in the partition in which its ICB lies.
            apart = udf.SHORT if node.space is node.data_space else udf.LONG
            node.allocation = udf.EMBEDDED if size <= room and node.extents is None and node.pieces is None else apart
        if node.allocation == udf.EMBEDDED:
            return
        if node.extents is None:
            if node.pieces is None:
                node.extents = [Extent(size)] if size else []
            else:
                node.extents, left = [], size
                for count in node.pieces:
                    node.extents.append(Extent(min(left, count * self.block_bytes)))
                    left -= node.extents[-1].size_bytes
                if left > 0:
                    node.extents.append(Extent(left))
                node.extents = [extent for extent in node.extents if extent.size_bytes]
        for extent in node.extents:
            if extent.reference is None:
                extent.reference = node.data_space.reference
            if extent.block is None and extent.kind in (udf.RECORDED, udf.ALLOCATED) and extent.size_bytes:
                count = -(-extent.size_bytes // self.block_bytes)
                extent.block = node.data_space.alloc(count)
                if node.pieces is not None:
                    node.data_space.alloc(1)
        descriptor_bytes = {udf.SHORT: 8, udf.LONG: 16, udf.EXTENDED: 20}[node.allocation]
        room = self.block_bytes - (216 if self.use_efe(node) else 176) - self.attribute_room(node)
        node.in_icb = node.per_block or room // descriptor_bytes
        node.in_chain = node.per_block or (self.block_bytes - 24) // descriptor_bytes
        count = len(node.extents)
        node.chain_blocks = []
        if node.descriptors is None and count > node.in_icb:
            left = count - (node.in_icb - 1)
            while left > 0:
                # Short descriptors have no reference: the chain lies where the ICB does, as its extents do (UDF 2.3.10).
                node.chain_blocks.append(node.data_space.alloc(1))
                left -= node.in_chain if left <= node.in_chain else node.in_chain - 1

    def attribute_room(self, node):
        if node.attribute_data is not None:
            return len(node.attribute_data(0))
        return len(udf.attribute_space(0, *node.attributes)) if node.attributes else 0

    # --- bytes

    def write_at(self, block, data):
        self.written.append((block * self.block_bytes, data))

    def write_first(self, block, data):
        """Under what is written later."""
        self.first_written.append((block * self.block_bytes, data))

    def write_in(self, space, block, data):
        """Into logical blocks of a space, each of which may lie anywhere."""
        size = self.block_bytes
        if isinstance(space, Physical):
            self.write_at(space.absolute(block), data)
            return
        for number in range(max(1, -(-len(data) // size))):
            piece = data[number * size:(number + 1) * size]
            if hasattr(space, "absolute_copies"):
                for at, instead in space.absolute_copies(block + number):
                    self.write_at(at, piece if instead is None else bytes(size))
            else:
                self.write_at(space.absolute(block + number), piece)

    def icb_bytes(self, kind, location, size_bytes, descriptors, allocation, blocks=0, efe=False, mode=0o644, uid=0, gid=0, links=1, stamps=None,
                  mtime=DEFAULT_TIME, attributes=b"", unique_id=0, flags=0, strategy=4, entries=1, prior=0, parent=(0, 0), streams=udf.NO_LONG_AD,
                  object_bytes=None, patch=None, tag=None):
        stamps = stamps or {}
        stamp = {name: stamps.get(name, udf.timestamp_at(mtime)) for name in ("atime", "mtime", "ctime", "creation")}
        flags |= allocation
        for bit, flag in ((0o4000, udf.SETUID), (0o2000, udf.SETGID), (0o1000, udf.STICKY)):
            flags |= flag if mode & bit else 0
        body = udf.icb_tag(kind, flags, strategy, entries, prior, parent=parent)
        body += struct.pack("<IIIHBBIQ", uid, gid, udf.permissions(mode), links, 0, 0, 0, size_bytes)
        if efe:
            body += struct.pack("<Q", size_bytes if object_bytes is None else object_bytes)
        body += struct.pack("<Q", blocks) + stamp["atime"] + stamp["mtime"]
        body += (stamp["creation"] + stamp["ctime"] if efe else stamp["ctime"]) + struct.pack("<I", 1)
        if efe:
            body += bytes(4)
        body += udf.NO_LONG_AD + (streams if efe else b"") + udf.IMPLEMENTATION + struct.pack("<QII", unique_id, len(attributes), len(descriptors))
        body = bytearray(body + attributes + descriptors)
        for offset, data in (patch or {}).items():
            body[offset - 16:offset - 16 + len(data)] = data
        return udf.tagged(udf.EXTENDED_FILE_ENTRY if efe else udf.FILE_ENTRY, bytes(body), location, self.tag_version, **(tag or {}))

    def directory_bytes(self, node):
        """FIDs one after the other. The location in the tag of each is the block in which it starts."""
        size, out = self.block_bytes, b""
        starts = [(extent.block, extent.size_bytes) for extent in node.extents or [] if extent.kind == udf.RECORDED]
        for name in node.names:
            location, at = node.block, len(out)
            if node.allocation != udf.EMBEDDED:
                for block, count in starts:
                    if at < count:
                        location = block + at // size
                        break
                    at -= count
            out += name.encode(self, location)
        return out

    def descriptor(self, node, extent):
        block, reference = extent.block or 0, extent.reference or 0
        if node.allocation == udf.SHORT:
            return udf.short_ad(extent.size_bytes, block, extent.kind)
        if node.allocation == udf.LONG:
            return udf.long_ad(extent.size_bytes, block, reference, extent.kind)
        return udf.extended_ad(extent.size_bytes, extent.size_bytes if extent.kind == udf.RECORDED else 0, extent.size_bytes, block, reference, extent.kind)

    def continuation(self, node, block):
        """The descriptor that leads to the next block of descriptors (4/12.1)."""
        return self.descriptor(node, Extent(self.block_bytes, udf.NEXT_DESCRIPTORS, block, node.data_space.reference))

    def descriptors_of(self, node):
        """What stands in the ICB; writes the blocks of the chain."""
        if node.descriptors is not None:
            return node.descriptors
        each = [self.descriptor(node, extent) for extent in node.extents]
        if not node.chain_blocks:
            return b"".join(each) + node.padding_descriptors
        first, rest = each[:node.in_icb - 1], each[node.in_icb - 1:]
        for number, block in enumerate(node.chain_blocks):
            last = number + 1 == len(node.chain_blocks)
            here, rest = (rest, []) if last else (rest[:node.in_chain - 1], rest[node.in_chain - 1:])
            data = b"".join(here) + (b"" if last else self.continuation(node, node.chain_blocks[number + 1]))
            body = struct.pack("<II", node.chain_blocks[number - 1] if number else 0, len(data)) + data
            self.write_in(node.data_space, block, udf.tagged(udf.ALLOCATION_EXTENT, body, block, self.tag_version))
        return b"".join(first) + self.continuation(node, node.chain_blocks[0])

    def write_node(self, node):
        data = self.directory_bytes(node) if node.is_directory() else node.data
        if node.allocation == udf.EMBEDDED:
            descriptors = data if node.descriptors is None else node.descriptors
        else:
            descriptors, at = self.descriptors_of(node), 0
            for extent in node.extents:
                if extent.kind == udf.RECORDED and extent.block is not None and at < len(data):
                    self.write_in(self.spaces[extent.reference], extent.block, data[at:at + extent.size_bytes])
                at += extent.size_bytes
        recorded = sum(-(-extent.size_bytes // self.block_bytes) for extent in node.extents or [] if extent.kind == udf.RECORDED)
        node.recorded = recorded if node.blocks is None else node.blocks
        size = node.true_bytes if node.size_bytes is None else node.size_bytes
        for number, block in enumerate(node.versions):
            newest = number == len(node.versions) - 1
            if node.attribute_data is not None:
                attributes = node.attribute_data(block)
            else:
                attributes = udf.attribute_space(block, *node.attributes, version=self.tag_version) if node.attributes else b""
            entry = self.icb_bytes(
                kind=node.kind, location=block, size_bytes=size if newest else 0, descriptors=descriptors if newest else b"", allocation=node.allocation,
                blocks=node.recorded if newest else 0, efe=self.use_efe(node), mode=node.mode, uid=node.uid, gid=node.gid, links=self.links_of(node),
                stamps=node.stamps, mtime=node.mtime, attributes=attributes, unique_id=node.unique_id, flags=node.flags,
                strategy=node.strategy, entries=1 if node.strategy == 4 else 2, prior=number,
                streams=self.icb_address(node.streams) if node.streams is not None else udf.NO_LONG_AD, object_bytes=node.object_bytes,
                patch=node.patch, tag=node.tag)
            assert len(entry) <= self.block_bytes or node.patch or node.descriptors is not None, (node.kind, len(entry))
            entry = entry.ljust(self.block_bytes, b"\0")[:self.block_bytes]
            self.write_in(node.space, block, node.damage(entry) if node.damage and newest else entry)
            if node.strategy != 4:
                self.write_in(node.space, block + 1, self.second_entry(node, number, block + 1))

    def second_entry(self, node, number, location):
        """4/14.7 Indirect Entry to the next version; what stands behind the newest is up to the node."""
        if number + 1 < len(node.versions):
            where = udf.long_ad(2 * self.block_bytes, node.versions[number + 1], node.space.reference)
        elif node.chain_end == "indirect":
            where = udf.NO_LONG_AD
        elif node.chain_end == "terminal":
            return udf.tagged(udf.TERMINAL_ENTRY, udf.icb_tag(4, 0, node.strategy, 2, number), location, self.tag_version)  # 4/14.8
        else:
            return bytes(self.block_bytes)
        return udf.tagged(udf.INDIRECT_ENTRY, udf.icb_tag(3, 0, node.strategy, 2, number) + where, location, self.tag_version)

    def links_of(self, node):
        if node.links is not None:
            return node.links
        references = sum(name.node is node for other in self.nodes for name in other.names)
        return max(1, references)

    # --- the volume

    def entity(self, name=b"*isofuse test images"):
        return udf.regid(name, b"\4\5")

    def standard(self):
        return b"+NSR02" if self.revision < 0x0200 else b"+NSR03"

    def primary(self):
        body = struct.pack("<II", 1, 0) + udf.dstring(self.label, 32) + struct.pack("<HHHHII", 1, 1, 2, 3, 1, 1)
        body += udf.dstring("0123456789abcdef" + self.label, 128) + udf.CHARSPEC * 2 + bytes(16)
        return body + self.entity(b"*test") + udf.timestamp_at(DEFAULT_TIME) + udf.IMPLEMENTATION + bytes(64 + 4 + 2 + 22)

    def partition(self, space, number=None, start=None, length=None):
        body = struct.pack("<IHH", 3, 1, space.number if number is None else number) + udf.regid(self.standard(), flags=0) + bytes(128)
        body += struct.pack("<III", space.access, space.start if start is None else start, space.used() if length is None else length)
        return body + udf.IMPLEMENTATION + bytes(128 + 156)

    def logical_volume(self, label=None, maps=None, block_bytes=None, count=None, sequence=4):
        maps = [space.map(self) for space in self.spaces] if maps is None else maps
        table = b"".join(maps)
        body = struct.pack("<I", sequence) + udf.CHARSPEC + udf.dstring(label or self.label, 128)
        body += struct.pack("<I", block_bytes or self.block_bytes) + udf.domain(self.revision, self.domain_flags)
        body += udf.long_ad(self.block_bytes, self.fsd_block, self.space.reference) + struct.pack("<II", len(table), len(maps) if count is None else count)
        body += udf.IMPLEMENTATION + bytes(128) + udf.extent_ad(self.integrity_blocks * self.block_bytes, self.integrity_block)
        return body + table

    def implementation_use(self):
        body = struct.pack("<I", 2) + udf.udf_entity(b"*UDF LV Info", self.revision) + udf.CHARSPEC + udf.dstring(self.label, 128)
        return body + bytes(36 * 3) + udf.IMPLEMENTATION + bytes(128)

    def sequence(self, which):
        """(identifier, body) of each descriptor of a volume descriptor sequence (3/8.4.2)."""
        out = [(udf.PRIMARY, self.primary()), (udf.IMPLEMENTATION_USE, self.implementation_use())]
        out += [(udf.PARTITION, self.partition(space)) for space in self.partitions]
        out += [(udf.LOGICAL_VOLUME, self.logical_volume()), (udf.UNALLOCATED_SPACE, struct.pack("<II", 5, 0)), (udf.TERMINATING, bytes(496))]
        return self.edit[which](out) if self.edit[which] else out

    def write_sequence(self, block, descriptors):
        """One a block. A third member of an item is arguments of tagged(), or a function for the bytes."""
        for number, (identifier, body, *more) in enumerate(descriptors):
            if identifier is None:
                continue
            arguments = more[0] if more and isinstance(more[0], dict) else {}
            data = udf.tagged(identifier, body.ljust(496, b"\0"), arguments.pop("location", block + number), self.tag_version, **arguments)
            self.write_at(block + number, more[0](data) if more and callable(more[0]) else data)

    def integrity_bytes(self, location, kind=None, next_extent=(0, 0), free=None, sizes=None, revisions=None, files=None, directories=None):
        """3/10.10 with UDF 2.2.6.4."""
        low, write, high = revisions or self.revisions or (self.revision,) * 3
        free = [self.free_blocks] * len(self.spaces) if free is None else free
        sizes = [space.physical.used() if hasattr(space, "physical") else space.used() for space in self.spaces] if sizes is None else sizes
        use = udf.IMPLEMENTATION + struct.pack("<IIHHH", files if files is not None else sum(not node.is_directory() for node in self.nodes),
                                               directories if directories is not None else sum(node.is_directory() for node in self.nodes), low, write, high)
        body = udf.timestamp_at(DEFAULT_TIME) + struct.pack("<I", self.integrity_type if kind is None else kind) + udf.extent_ad(*next_extent)
        body += struct.pack("<Q", self.unique).ljust(32, b"\0") + struct.pack("<II", len(sizes), len(use))
        body += b"".join(struct.pack("<I", value) for value in [*free, *sizes]) + use
        return udf.tagged(udf.INTEGRITY, body, location, self.tag_version)

    def anchor(self, block, main=None, reserve=None):
        size = self.sequence_blocks * self.block_bytes
        body = udf.extent_ad(size, self.main_block if main is None else main) + udf.extent_ad(size, self.reserve_block if reserve is None else reserve)
        return udf.tagged(udf.ANCHOR, body + bytes(480), block, self.tag_version)

    def file_set_bytes(self):
        """4/14.1."""
        body = udf.timestamp_at(DEFAULT_TIME) + struct.pack("<HHIIII", 3, 3, 1, 1, 0, 0) + udf.CHARSPEC + udf.dstring(self.label, 128)
        body += udf.CHARSPEC + udf.dstring(self.label, 32) + bytes(64) + self.file_set.get("root", self.icb_address(self.root))
        body += udf.domain(self.revision, self.domain_flags) + self.file_set.get("next", udf.NO_LONG_AD)
        body += self.icb_address(self.system_streams) + bytes(32)
        return udf.tagged(udf.FILE_SET, body, self.fsd_block, self.tag_version)

    def finish(self):
        """Everything into `written`. Order matters only where things overlap on purpose."""
        if self.root.block is None:
            self.place(self.root)
        if self.system_streams is not None:
            self.place(self.system_streams, self.root)
        for node in self.nodes:
            self.write_node(node)
        fsd = self.file_set_bytes()
        self.write_in(self.space, self.fsd_block, self.file_set.get("damage", lambda data: data)(fsd))
        for space in self.spaces:
            space.finish(self)
        for function in self.at_end:
            function(self)
        if self.total_blocks is None:
            self.total_blocks = max(space.start + space.used() for space in self.partitions) + self.trailing_blocks
        for number, identifier in enumerate(self.vrs):  # 2/9.1
            self.written.append((self.session_block * self.block_bytes + VRS_BYTE + number * self.vrs_step, (b"\0" + identifier + b"\1").ljust(2048, b"\0")))
        self.write_sequence(self.main_block, self.sequence("main"))
        self.write_sequence(self.reserve_block, self.sequence("reserve"))
        if self.integrity is not None:
            records = self.integrity(self, self.integrity_block)
        else:
            records = [self.integrity_bytes(self.integrity_block), udf.tagged(udf.TERMINATING, bytes(496), self.integrity_block + 1, self.tag_version)]
        for number, data in enumerate(records):
            self.write_at(self.integrity_block + number, data)
        for block in self.anchors if self.anchors is not None else [256, self.total_blocks - 1]:
            data = self.anchor(block)
            self.write_at(block, self.anchor_patch.get(block, lambda data: data)(data))

    def spread(self, pieces):
        """Makes room for link blocks: the kernel's udf_fixed_to_variable() undoes it."""
        if not self.link_blocks:
            return pieces
        size, out = self.block_bytes, []
        for offset, data in pieces:
            for start in range(0, len(data), size):
                block = (offset + start) // size
                out.append(((block // 32 * (32 + self.link_blocks) + block % 32) * size + (offset + start) % size, data[start:start + size]))
        return out

    def write(self, path):
        self.finish()
        total = self.total_blocks
        if self.link_blocks:
            total = total // 32 * (32 + self.link_blocks) + total % 32
        with open(path, "wb") as out:
            out.truncate(total * self.block_bytes)
            for offset, data in self.spread(self.first_written + self.written):
                out.seek(offset)
                out.write(data)
            out.truncate(total * self.block_bytes)
            for block, change in self.damage_blocks.items():
                out.flush()
                with open(path, "rb") as back:
                    back.seek(block * self.block_bytes)
                    data = change(back.read(self.block_bytes))
                out.seek(block * self.block_bytes)
                out.write(data)
            for offset, data in self.patches:
                out.seek(offset)
                out.write(data)

    # --- what is to be seen

    def manifest(self):
        """In the order of listing.py, which decides what the first of several names of a file is."""
        entries, first = [], {}

        def show(path, node):
            entry = self.entry(path, node)
            entries.append(entry)
            if first.setdefault(id(node), path) != path:
                entry["ino"] = first[id(node)]
            if node.kind != udf.DIRECTORY or "error" in entry:
                return
            shown = [(name.shown or name.name, name.node) for name in node.names if name.raw is None and name.shown != "" and name.node is not None]
            for name, child in sorted(shown, key=lambda pair: pair[0].encode("utf-8", "surrogateescape")):
                show(name if path == "." else f"{path}/{name}", child)
        show(".", self.root)
        return entries

    def entry(self, path, node):
        kind = TYPES.get(node.kind, "f")
        links = self.links_of(node)
        out = {"path": path, "type": kind, "mode": node.mode & 0o7777, "nlink": links + 1 if kind == "d" else links, "mtime": node.mtime}
        if "mtime" in node.stamps:
            del out["mtime"]
        for field, value in (("uid", node.uid), ("gid", node.gid)):
            if value != 0xFFFFFFFF:
                out[field] = value
        if kind == "f":
            size = node.true_bytes if node.size_bytes is None else node.size_bytes
            data = bytearray()
            if node.extents:
                at = 0
                for extent in node.extents:
                    piece = node.data[at:at + extent.size_bytes] if extent.kind == udf.RECORDED else b""
                    if size < 1 << 26:
                        data += piece.ljust(extent.size_bytes, b"\0")
                    at += extent.size_bytes
            else:
                data += node.data
            out["size"] = size
            if size <= 1 << 26:
                out["sha256"] = hashlib.sha256(bytes(data[:size]).ljust(size, b"\0")).hexdigest()
        if node.streams is not None:
            values = {f"user.{name.name}": name.node.data.hex() for name in node.streams.names
                      if name.node is not None and name.shown != "" and name.name and not name.characteristics() & (udf.DELETED | udf.PARENT)}
            if values:
                out["xattr"] = values
        out.update(node.shows)
        return {key: value for key, value in out.items() if value is not None}
