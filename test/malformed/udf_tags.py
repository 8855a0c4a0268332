"""Descriptors of UDF in the bytes of an image: where they are, and how their sums are mended."""

import re
import struct

from udf_sums import checksum, crc16

# ECMA-167 3/7.2.1 and 4/7.2.1: an identifier up to 9 or from 256 to 266, version 2 or 3.
HEAD = re.compile(rb"(?:[\x00-\x09]\x00|[\x00-\x0a]\x01)[\x02\x03]\x00", re.DOTALL)
LENGTH_MAX = 4096


def find(data):
    """(start, end) of every descriptor whose tag has the right checksum."""
    found = []
    for match in HEAD.finditer(data):
        at = match.start()
        if at % 4 == 0 and at + 16 <= len(data) and data[at + 4] == checksum(data[at:at + 16]):
            found.append((at, min(len(data), at + 16 + min(struct.unpack_from("<H", data, at + 10)[0], LENGTH_MAX))))
    return found


def mend(data, tags):
    """Sums anew, for descriptors that are still where they were."""
    for at, _ in tags:
        if at + 16 > len(data) or not HEAD.match(data, at):
            continue
        length = struct.unpack_from("<H", data, at + 10)[0]
        if length <= LENGTH_MAX and at + 16 + length <= len(data):
            struct.pack_into("<H", data, at + 8, crc16(data[at + 16:at + 16 + length]))
        data[at + 4] = checksum(data[at:at + 16])
