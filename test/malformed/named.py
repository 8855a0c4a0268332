"""Small images with one fault each, made from a good one (handmade-rock). Replayed for ever."""

import struct

SECTOR = 2048
PRIMARY = 16 * SECTOR


def patched(*patches):
    def make(data):
        out = bytearray(data)
        for offset, new in patches:
            out[offset:offset + len(new)] = new
        return bytes(out)
    return make


def both(value):
    return struct.pack("<I", value) + struct.pack(">I", value)


def root_extent(data):
    return struct.unpack_from("<I", data, PRIMARY + 156 + 2)[0] * SECTOR


def in_root(offset, new):
    def make(data):
        return patched((root_extent(data) + offset, new))(data)
    return make


def at_sign(sign, offset, new):
    """Patches behind the first entry with this signature."""
    def make(data):
        at = data.find(sign, PRIMARY)
        assert at > 0, sign
        return patched((at + offset, new))(data)
    return make


FAULTS = {
    "empty": lambda data: b"",
    "one-byte": lambda data: b"\0",
    "system-area-only": lambda data: data[:PRIMARY],
    "half-a-descriptor": lambda data: data[:PRIMARY + 1000],
    "no-root": lambda data: data[:20 * SECTOR],
    "all-zero": lambda data: bytes(len(data)),
    "root-outside": patched((PRIMARY + 156 + 2, both(0x7FFFFFFF))),
    "root-at-minus-one": patched((PRIMARY + 156 + 2, both(0xFFFFFFFF))),
    "root-is-the-descriptor": patched((PRIMARY + 156 + 2, both(16))),
    "root-of-4-gib": patched((PRIMARY + 156 + 10, both(0xFFFFFFFF))),
    "root-of-no-bytes": patched((PRIMARY + 156 + 10, both(0))),
    "block-size-0": patched((PRIMARY + 128, b"\0\0\0\0")),
    "block-size-3": patched((PRIMARY + 128, b"\x03\0\0\x03")),
    "block-size-32768": patched((PRIMARY + 128, b"\0\x80\x80\0")),
    "descriptors-without-end": lambda data: data[:PRIMARY] + (b"\x4dCD001\1" + bytes(2041)) * 200,
    "record-of-one-byte": in_root(0, b"\x01"),
    "record-of-255-bytes": in_root(0, b"\xff"),
    "name-longer-than-record": in_root(32, b"\xff"),
    "second-record-short": in_root(200, b"\x02"),
    "sp-skips-255": at_sign(b"SP\x07\x01", 6, b"\xff"),
    "nm-of-255-bytes": at_sign(b"NM", 2, b"\xff"),
    "nm-of-4-bytes": at_sign(b"NM", 2, b"\x04"),
    "px-of-8-bytes": at_sign(b"PX", 2, b"\x08"),
    "px-mode-0": at_sign(b"PX", 4, bytes(8)),
    "tf-of-5-bytes": at_sign(b"TF", 2, b"\x05"),
    "tf-all-flags": at_sign(b"TF", 4, b"\xff"),
    "truncated-data": lambda data: data[:root_extent(data) + SECTOR],
}
