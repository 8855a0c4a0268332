"""Compressed files in every form of zisofs, among them those that xorriso does not write."""

import bz2
import lzma
import shutil
import struct
import subprocess
import zlib

import susp
from handmade_base import ROOT, a_file, handmade, rock_disc
from isowriter import Image, Record
from trees import lines, noise

MAGIC1 = bytes.fromhex("37E45396C9DBD607")
MAGIC2 = bytes.fromhex("EF2255A1BC1B95A0")


def by_program(*command):
    return lambda data: subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def lz4_block(data):
    """A raw LZ4 block of literals only: valid, if not small. (The frame of the lz4 program is another format.)"""
    out = bytearray()
    rest = len(data)
    out.append(min(rest, 15) << 4)
    if rest >= 15:
        rest -= 15
        while rest >= 255:
            out.append(255)
            rest -= 255
        out.append(rest)
    return bytes(out) + data


# number in the header, letters in the entry, one block compressed
ALGORITHMS = {"zlib": (1, b"PZ", lambda data: zlib.compress(data, 9)),
              "xz": (2, b"XZ", lambda data: lzma.compress(data, preset=0)),
              "lz4": (3, b"L4", lz4_block),
              "zstd": (4, b"ZD", by_program("zstd", "-q", "-c")),
              "bzip2": (5, b"B2", bz2.compress)}
TEXT = lines(9000) + bytes(200_000) + noise(50_000) + lines(300)


def squeeze(data, shift, compress, pointer, header):
    block = 1 << shift
    blocks = [data[at:at + block] for at in range(0, len(data), block)]
    packed = [b"" if not one.strip(b"\0") and len(one) == block else compress(one) for one in blocks]
    at = len(header) + struct.calcsize(pointer) * (len(blocks) + 1)
    table = [at]
    for one in packed:
        at += len(one)
        table.append(at)
    return header + b"".join(struct.pack(pointer, one) for one in table) + b"".join(packed)


def version1(data, shift):
    return squeeze(data, shift, lambda one: zlib.compress(one, 9), "<I", MAGIC1 + struct.pack("<IBBH", len(data), 4, shift, 0))


def version2(data, shift, number, compress):
    return squeeze(data, shift, compress, "<Q", MAGIC2 + struct.pack("<BBBBQI", 0, 6, number, shift, len(data), 0))


@handmade("zisofs1", ["", "nocompress"])
def zisofs1():
    image, manifest, records = Image(), [ROOT], []
    for shift in (15, 16, 17):
        for label, data in (("text", TEXT), ("zeros", bytes(300_000)), ("short", b"short"), ("exact", lines(4000)[:1 << shift])):
            name = f"{label}{shift}".encode()
            records.append(Record(name.upper() + b".;1", image.file(version1(data, shift)),
                                  susp.px(0o100644) + susp.tf_default() + susp.nm(name) + susp.zf(len(data), shift=shift)))
            manifest.append(a_file(name.decode(), data))
    records.sort(key=lambda record: record.name)
    return rock_disc(records, image), manifest


@handmade("zisofs2", ["", "nocompress"])
def zisofs2():
    image, manifest, records = Image(), [ROOT], []
    for label, (number, letters, compress) in ALGORITHMS.items():
        if label == "zstd" and not shutil.which("zstd"):
            continue
        for shift, signature in ((15, b"ZF"), (17, b"Z2")):
            name = f"{label}{shift}".encode()
            records.append(Record(name.upper() + b".;1", image.file(version2(TEXT, shift, number, compress)),
                                  susp.px(0o100644) + susp.tf_default() + susp.nm(name) +
                                  susp.zf2(len(TEXT), letters, 6, shift, signature)))
            manifest.append(a_file(name.decode(), TEXT))
    records.sort(key=lambda record: record.name)
    return rock_disc(records, image), manifest


@handmade("zisofs-damaged", kernel=False)
def zisofs_damaged():
    """Blocks that do not unpack, pointers that run backwards or out of the file: EIO, for that file."""
    image, manifest, records = Image(), [ROOT], []
    good = version1(TEXT, 15)
    backwards = bytearray(good)
    backwards[16 + 8:16 + 12] = struct.pack("<I", 5)
    outside = bytearray(good)
    outside[16 + 12:16 + 16] = struct.pack("<I", 0x7FFFFFFF)
    noisy = bytearray(good)
    first = struct.unpack_from("<I", good, 16)[0]
    noisy[first:first + 40] = noise(40)
    for name, data in (("backwards", backwards), ("good", good), ("noisy", noisy), ("outside", outside), ("cut", good[:100])):
        records.append(Record(name.upper().encode() + b".;1", image.file(bytes(data)),
                              susp.px(0o100644) + susp.nm(name.encode()) + susp.zf(len(TEXT))))
        manifest.append(a_file(name, TEXT) if name == "good" else {"path": name, "type": "f", "size": len(TEXT), "error": "read: EIO"})
    return rock_disc(records, image), manifest


@handmade("zisofs-not")
def zisofs_not() -> "kernel only":
    """ZF entries with an unknown algorithm, or with a file behind them that is not compressed."""
    image = Image()
    return rock_disc([Record(b"ALGO.;1", image.file(b"plain"), susp.px(0o100644) + susp.nm(b"algorithm") + susp.zf(9999, b"qq"))], image), None
