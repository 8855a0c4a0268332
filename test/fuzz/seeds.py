#!/usr/bin/python3
"""seeds.py IMAGES DIRECTORY: what the fuzzer begins with, from the images that the tests make.

DIRECTORY gets a folder for each harness. The format of whole images is that of sparse_image.h; what the other
harnesses want is cut out of the same images.
"""

import pathlib
import struct
import sys

SECTOR = 2048
IMAGE_BYTES_MAX = 160 << 10  # of a seed; larger ones make the fuzzer slow
PIECES_MAX = 400  # of each kind that is cut out


def sectors_of(path):
    """The sectors in which something stands, with the size of the image."""
    with open(path, "rb") as file:
        data = file.read(64 << 20)
    out = []
    for at in range(0, len(data), SECTOR):
        sector = data[at:at + SECTOR]
        if sector.strip(b"\0"):
            out.append((at // SECTOR, sector.ljust(SECTOR, b"\0")))
    return path.stat().st_size // SECTOR, out


def sparse(count, sectors, options=0):
    return struct.pack("<II", count, options) + b"".join(struct.pack("<I", number) + data for number, data in sectors)


def directory_records(sector):
    """The records of a sector of a directory of ISO 9660, or nothing."""
    if sector[0] < 34 or sector[32] != 1 or sector[33] != 0:
        return []
    at, out = 0, []
    while at + 34 <= SECTOR and sector[at] >= 34:
        out.append(sector[at:at + sector[at]])
        at += sector[at]
    return out


class Writer:
    def __init__(self, out):
        self.out, self.counts = out, {}

    def write(self, harness, data):
        number = self.counts.get(harness, 0)
        if number >= PIECES_MAX and harness != "image":
            return
        folder = self.out / harness
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"seed{number}").write_bytes(data)
        self.counts[harness] = number + 1


def main():
    images, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    writer = Writer(out)
    for path in sorted(images.glob("*.iso")) + sorted(images.glob("*.img")):
        if path.stat().st_size > 2 << 30:
            continue
        count, sectors = sectors_of(path)
        # Contents of files are of no use: they are what repeats no structure, at the end.
        while len(sectors) * (SECTOR + 4) > IMAGE_BYTES_MAX and len(sectors) > 40:
            sectors = sectors[:len(sectors) * 9 // 10]
        if len(sectors) * (SECTOR + 4) <= IMAGE_BYTES_MAX and count < 1 << 24:
            writer.write("image", sparse(count, sectors))
            writer.write("identify", sparse(min(count, 20), sectors[:20], 19))
        for number, sector in sectors:
            records = directory_records(sector)
            if records:
                writer.write("iso9660_directory", bytes([16 + 4]) + sector)
            for record in records:
                used = 33 + record[32] + (record[32] + 1) % 2
                if len(record) > used + 4:
                    writer.write("system_use", bytes([len(record) - used]) + record[used:] + sector[:512])
            tag = struct.unpack_from("<H", sector)[0]
            if tag in (261, 266) and sector[2] in (2, 3):
                writer.write("udf_file_entry", sector)
            if tag == 257:
                writer.write("udf_directory", b"\0" + sector)
                length = sector[19]
                writer.write("udf_names", sector[38:38 + length])
    writer.write("attribute_list", b"\x01\x04user\x00\x05value")
    writer.write("attribute_list", bytes([0, 1, 2, 0, 10, 0x11, 0x55, 0x35, 0x33, 0x65, 0x85]))
    writer.write("zisofs", b"pz" + bytes([4, 15, 1]) + struct.pack("<Q", 100000) + bytes([0x37, 0xE4, 0x53, 0x96, 0xC9, 0xDB, 0xD6, 0x07])
                 + struct.pack("<IBBBB", 100000, 4, 15, 0, 0) + struct.pack("<4I", 32, 32, 32, 32))
    writer.write("udf_names", b"\x05\x00\x00\x00\x05\x03\x00\x00\x08a")
    writer.write("mount_table", b"36 35 0:43 / /mnt/a\\040b rw,noatime - fuse.isofuse /home/x.iso ro,user_id=0\n")


if __name__ == "__main__":
    main()
