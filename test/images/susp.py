"""System Use entries (SUSP 1.12, RRIP 1.09 to 1.12, AAIP, zisofs), each as bytes."""

import struct

from isowriter import both32, stamp7


def entry(signature, data=b"", version=1):
    assert len(data) + 4 < 256
    return signature + bytes([len(data) + 4, version]) + data


def sp(skip=0):
    return entry(b"SP", b"\xbe\xef" + bytes([skip]))


def er(identifier=b"RRIP_1991A"):
    return entry(b"ER", bytes([len(identifier), 0, 0, 1]) + identifier)


def ce(block, offset, length):
    return entry(b"CE", both32(block) + both32(offset) + both32(length))


def px(mode, nlink=1, uid=0, gid=0, serial=None):
    data = both32(mode) + both32(nlink) + both32(uid) + both32(gid)
    return entry(b"PX", data + (b"" if serial is None else both32(serial)))


def pn(high, low):
    return entry(b"PN", both32(high) + both32(low))


def nm(name, flags=0):
    return entry(b"NM", bytes([flags]) + name)


def tf(flags, *stamps):
    return entry(b"TF", bytes([flags]) + b"".join(stamps))


def tf_default(when=None):
    return tf(0x0E, *[when or stamp7()] * 3)


def component(text=b"", flags=0):
    return bytes([flags, len(text)]) + text


def sl(*components, flags=0):
    return entry(b"SL", bytes([flags]) + b"".join(components))


def cl(block):
    return entry(b"CL", both32(block))


def pl(block):
    return entry(b"PL", both32(block))


def re():
    return entry(b"RE")


def rr(flags):
    return entry(b"RR", bytes([flags]))


def zf(size, algorithm=b"pz", header_words=4, shift=15):
    return entry(b"ZF", algorithm + bytes([header_words, shift]) + both32(size))


def zf2(size, algorithm, header_words, shift, signature=b"ZF"):
    """Version 2: the size is a plain 64-bit number."""
    return entry(signature, algorithm + bytes([header_words, shift]) + struct.pack("<Q", size), version=2)


def sf(size, depth):
    return entry(b"SF", both32(size >> 32) + both32(size & 0xFFFFFFFF) + bytes([depth]))


def sf_110(size):
    return entry(b"SF", both32(size))


def al(payload, flags=0):
    return entry(b"AL", bytes([flags]) + payload)


def continuation_root(identifier=b"RRIP_1991A", mode=0o40755, skip=0):
    """What the "." record of the root carries."""
    return sp(skip) + px(mode, 2) + tf_default() + er(identifier)
