"""The descriptors of ECMA-167 (3rd edition) and OSTA UDF as bytes: every field can be set, also to nonsense.

Sums are filled in last (7.2.3 checksum, 7.2.6 CRC), unless they are to be wrong.
"""

import calendar
import struct
import time

from udf_sums import checksum, crc16

# Tag identifiers, ECMA-167 3/7.2.1 and 4/7.2.1; 0 is UDF's sparing table.
SPARING_TABLE, PRIMARY, ANCHOR, POINTER, IMPLEMENTATION_USE, PARTITION, LOGICAL_VOLUME, UNALLOCATED_SPACE, TERMINATING, INTEGRITY = range(10)
(FILE_SET, FILE_IDENTIFIER, ALLOCATION_EXTENT, INDIRECT_ENTRY, TERMINAL_ENTRY, FILE_ENTRY, EXTENDED_ATTRIBUTE_HEADER, UNALLOCATED_SPACE_ENTRY,
 SPACE_BITMAP, PARTITION_INTEGRITY, EXTENDED_FILE_ENTRY) = range(256, 267)

# 4/14.6.6 File Type; 248 to 252 by UDF 2.x.
UNDEFINED, DIRECTORY, FILE, BLOCK, CHARACTER, EXTENDED_ATTRIBUTES, FIFO, SOCKET, LINK, STREAM_DIRECTORY = 0, 4, 5, 6, 7, 8, 9, 10, 12, 13
VAT, REAL_TIME, METADATA_FILE, METADATA_MIRROR, METADATA_BITMAP = 248, 249, 250, 251, 252

# 4/14.14.1.1 Extent Length: the upper two bits.
RECORDED, ALLOCATED, HOLE, NEXT_DESCRIPTORS = 0, 1, 2, 3
EXTENT_BYTES_MAX = (1 << 30) - 1

# 4/14.4.3 File Characteristics.
HIDDEN, IS_DIRECTORY, DELETED, PARENT, METADATA_STREAM = 1, 2, 4, 8, 16

# 4/14.6.8 Flags of an ICB tag: how extents are described, and the bits behind.
SHORT, LONG, EXTENDED, EMBEDDED = 0, 1, 2, 3
SETUID, SETGID, STICKY = 1 << 6, 1 << 7, 1 << 8

DEFAULT_TIME = 1_000_000_000
REVISION = 0x0201


def tagged(identifier, body, location, version=3, serial=1, crc_bytes=None, crc=None, wrong_checksum=False):
    """A descriptor: 16 bytes of tag and `body`."""
    length = len(body) if crc_bytes is None else crc_bytes
    value = crc16(body[:length]) if crc is None else crc
    head = bytearray(struct.pack("<HHBBHHHI", identifier, version, 0, 0, serial, value, length & 0xFFFF, location))
    head[4] = checksum(head) ^ (0x55 if wrong_checksum else 0)
    return bytes(head) + body


def retag(data, location=None):
    """Makes the sums of a descriptor fit what was changed in it."""
    head, length = bytearray(data[:16]), struct.unpack_from("<H", data, 10)[0]
    struct.pack_into("<H", head, 8, crc16(data[16:16 + length]))
    if location is not None:
        struct.pack_into("<I", head, 12, location)
    head[4] = checksum(head)
    return bytes(head) + bytes(data[16:])


def cs0(text, bits=None):
    """UDF 2.1.1 OSTA CS0: 8 bits a unit if that is enough. Bytes pass as they are."""
    if isinstance(text, bytes):
        return text
    if not text:
        return b""
    units = text.encode("utf-16-be", "surrogatepass")
    if bits is None:
        bits = 8 if not any(units[::2]) else 16
    return bytes([bits]) + (units if bits == 16 else units[1::2])


def dstring(text, size):
    """1/7.2.12: a fixed field whose last byte is the length."""
    data = cs0(text)[:size - 1]
    return data.ljust(size - 1, b"\0") + bytes([len(data)])


CHARSPEC = b"\0OSTA Compressed Unicode".ljust(64, b"\0")  # UDF 2.1.2


def regid(identifier, suffix=b"", flags=0):
    """1/7.4 Entity identifier."""
    return bytes([flags]) + identifier.ljust(23, b"\0") + suffix.ljust(8, b"\0")


def domain(revision=REVISION, flags=0):
    """UDF 2.1.5.3."""
    return regid(b"*OSTA UDF Compliant", struct.pack("<HB", revision, flags))


def udf_entity(identifier, revision=REVISION):
    return regid(identifier, struct.pack("<HBB", revision, 4, 5))


IMPLEMENTATION = regid(b"*isofuse test images", b"\4\5")


def timestamp(year=2001, month=9, day=9, hour=1, minute=46, second=40, zone=0, kind=1, centiseconds=0, hundreds=0, microseconds=0):
    """1/7.3; `zone` in minutes, -2047 for none; `kind` 0 is UTC, 1 local time."""
    return struct.pack("<HhBBBBBBBB", (zone & 0xFFF) | kind << 12, year, month, day, hour, minute, second, centiseconds, hundreds, microseconds)


def timestamp_at(seconds, zone=0, nanoseconds=0):
    """The stamp of a moment, told in the time of a zone."""
    parts = time.gmtime(seconds + zone * 60)
    micro = nanoseconds // 1000
    return timestamp(parts.tm_year, parts.tm_mon, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, zone, 1,
                     micro // 10000, micro // 100 % 100, micro % 100)


def moment(*parts):
    return calendar.timegm((*parts, 0, 0, 0))


def extent_ad(size_bytes, location):
    return struct.pack("<II", size_bytes, location)  # 3/7.1


def short_ad(size_bytes, block, kind=RECORDED):
    return struct.pack("<II", size_bytes | kind << 30, block)  # 4/14.14.1


def long_ad(size_bytes, block, partition, kind=RECORDED, use=b""):
    return struct.pack("<IIH", size_bytes | kind << 30, block, partition) + use.ljust(6, b"\0")  # 4/14.14.2


def extended_ad(size_bytes, recorded_bytes, information_bytes, block, partition, kind=RECORDED):
    """4/14.14.3."""
    return struct.pack("<IIIIHH", size_bytes | kind << 30, recorded_bytes, information_bytes, block, partition, 0)


NO_LONG_AD = bytes(16)


def icb_tag(file_type, flags, strategy=4, entries=1, prior=0, parameter=0, parent=(0, 0)):
    """4/14.6."""
    return struct.pack("<IHHHBBIHH", prior, strategy, parameter, entries, 0, file_type, *parent, flags)


def permissions(mode):
    """4/14.14.1.5: five bits a class; who may write may also change attributes and delete."""
    out = 0
    for shift, bits in ((0, mode & 7), (5, mode >> 3 & 7), (10, mode >> 6 & 7)):
        out |= (bits | (0x18 if bits & 2 else 0)) << shift
    return out


# --- extended attributes, 4/14.10

def attribute(kind, subtype, body):
    """4/14.10.2 Generic format."""
    size = 12 + len(body)
    return struct.pack("<IB3xI", kind, subtype, size + -size % 4) + body + bytes(-size % 4)


def device_specification(major, minor, use=b""):
    return attribute(12, 1, struct.pack("<III", len(use), major, minor) + use)  # 4/14.10.7


def file_times(creation):
    return attribute(5, 1, struct.pack("<II", len(creation), 1) + creation)  # 4/14.10.5


def implementation_attribute(identifier, use, revision=REVISION, good_sum=True):
    """4/14.10.8 with UDF 3.3.4.5: the first two bytes of the use are a sum of the head."""
    head = struct.pack("<IB3xII", 2048, 1, 0, len(use) + 2) + udf_entity(identifier, revision)
    size = len(head) + 2 + len(use)
    head = struct.pack("<IB3xII", 2048, 1, size + -size % 4, len(use) + 2) + udf_entity(identifier, revision)
    total = sum(head) & 0xFFFF
    return head + struct.pack("<H", total if good_sum else total ^ 0xFFFF) + use + bytes(-size % 4)


def attribute_space(location, *attributes, version=3, implementation_at=None):
    """4/14.10.1: the header, and the attributes behind it."""
    body = b"".join(attributes)
    at = 24 + len(body) if implementation_at is None else implementation_at
    return tagged(EXTENDED_ATTRIBUTE_HEADER, struct.pack("<II", at, 24 + len(body)), location, version) + body


# --- path components of symbolic links, 4/14.16.1

def component(kind, name=b"", version=0):
    return struct.pack("<BBH", kind, len(name), version) + name


def link_target(text):
    """A path as components: 2 the root, 3 the parent, 4 itself, 5 a name."""
    out = component(2) if text.startswith("/") else b""
    for part in text.split("/"):
        if part:
            out += {"..": component(3), ".": component(4)}.get(part) or component(5, cs0(part))
    return out
