#!/usr/bin/python3
"""Discs that ask for as much as they can: each request is answered within a second or so of processor time, and the process
that reads the disc stays below 64 MiB of memory of its own. So with opening the disc, for which `--info` stands.

  bounds.py DIRECTORY IMAGES    makes images in DIRECTORY, mounts each of them and each of IMAGES that is named after a
                                fault, and prints a line for each

Processor time, since other programs must not make a test fail.
"""

import errno
import itertools
import multiprocessing
import os
import pathlib
import struct
import subprocess
import sys
import threading
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "mount"))
import fuse  # noqa: E402
from expectations import daemon_of  # noqa: E402

SECTOR = 2048
ROOT, FREE = 20, 64  # sectors: the root directory, and where the rest begins
# Of all threads of the process: what is made ahead of the next request counts with the one before it.
CPU_S_MAX = 1.5
MEMORY_KIB_MAX = 64 << 10
ENTRIES_MAX = 1 << 20
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def both32(value):
    return struct.pack("<I", value) + struct.pack(">I", value)


def both16(value):
    return struct.pack("<H", value) + struct.pack(">H", value)


def record(name, lbn, size, flags=0, susp=b""):
    name = name.encode() if isinstance(name, str) else name
    pad = b"" if len(name) % 2 else b"\0"
    body = b"\0" + both32(lbn) + both32(size) + bytes([100, 1, 1, 0, 0, 0, 0, flags, 0, 0]) + both16(1) + bytes([len(name)]) + name + pad + susp
    body += b"\0" * ((len(body) + 1) % 2)
    return bytes([len(body) + 1]) + body


def entry(sign, data=b""):
    return sign + bytes([len(data) + 4, 1]) + data


def nm(name, flags=0):
    return entry(b"NM", bytes([flags]) + name)


def ce(lbn, offset, length):
    return entry(b"CE", both32(lbn) + both32(offset) + both32(length))


def px(mode, links=1):
    return entry(b"PX", both32(mode) + both32(links) + both32(0) + both32(0))


SP = entry(b"SP", b"\xbe\xef\0")
ER = entry(b"ER", bytes([10, 0, 0, 1]) + b"RRIP_1991A")


class Disc:
    """An image with a root directory; the rest as it is told. Sparse, so it can be large."""

    def __init__(self, path, sectors=0x280000):
        self.file = open(path, "w+b")
        self.file.truncate(sectors * SECTOR)

    def put(self, sector, data):
        self.file.seek(sector * SECTOR)
        self.file.write(data)

    def directory(self, sector, parent, records, size=None, rock=False):
        """Writes a directory; `records` may be a generator of many. Returns its size."""
        dots = [record(b"\0", sector, size or SECTOR, 2, SP + ER + px(0o40755) if rock else b""), record(b"\1", parent, SECTOR, 2)]
        self.file.seek(sector * SECTOR)
        used = total = 0
        chunk = bytearray()
        for one in itertools.chain(dots, records):
            if used + len(one) > SECTOR:
                chunk += bytes(SECTOR - used)
                used = 0
                if len(chunk) > 1 << 20:
                    self.file.write(chunk)
                    total += len(chunk)
                    chunk.clear()
            chunk += one
            used += len(one)
        chunk += bytes(SECTOR - used)
        self.file.write(chunk)
        total += len(chunk)
        self.put(sector, record(b"\0", sector, size or total, 2, SP + ER + px(0o40755) if rock else b""))
        return total

    def finish(self, root_size=SECTOR):
        pvd = bytearray(SECTOR)
        pvd[0:7] = b"\x01CD001\x01"
        pvd[8:72] = b" " * 64
        pvd[80:88] = both32(0x280000)
        pvd[120:124], pvd[124:128], pvd[128:132] = both16(1), both16(1), both16(SECTOR)
        pvd[156:190] = record(b"\0", ROOT, root_size, 2)
        pvd[881] = 1
        self.put(16, bytes(pvd))
        self.put(17, b"\xffCD001\x01".ljust(SECTOR, b"\0"))
        self.file.close()


def simple(disc, *records, rock=True):
    disc.finish(disc.directory(ROOT, ROOT, records, rock=rock))


# --- the discs

def directory_of_4_gib(disc):
    disc.directory(FREE, ROOT, [], 0xFFFFF800)
    simple(disc, record("BIG", FREE, 0xFFFFF800, 2), rock=False)


def million_entries(disc):
    size = disc.directory(FREE, ROOT, (record(b"F%07d" % i, 30, 1) for i in range(ENTRIES_MAX + 5000)))
    simple(disc, record("MANY", FREE, size, 2), rock=False)


def million_directories(disc):
    size = disc.directory(FREE, ROOT, (record(b"D%07d" % i, FREE + i % 7, SECTOR, 2) for i in range(ENTRIES_MAX + 5000)))
    simple(disc, record("MANY", FREE, size, 2), rock=False)


def million_equal_names(disc):
    size = disc.directory(FREE, ROOT, (record(b"F%07d" % (i // 2), 30, 1) for i in range(ENTRIES_MAX)))
    simple(disc, record("MANY", FREE, size, 2), rock=False)


def long_names(disc):
    """Names of 240 bytes, each in a continuation area, all of them together more than a directory may hold."""
    names = 200_000
    disc.put(FREE, b"".join(nm(b"%08d" % i + b"n" * 232) .ljust(256, b"\0") for i in range(names)))
    after = FREE + names * 256 // SECTOR + 8
    size = disc.directory(after, ROOT, (record(b"F%07d" % i, 30, 1, 0, ce(FREE + i * 256 // SECTOR, i * 256 % SECTOR, 245)) for i in range(names)))
    simple(disc, record("LONG", after, size, 2, nm(b"long")))


def continuation_circle(disc):
    disc.put(FREE, ce(FREE, 0, 28))
    simple(disc, *(record(b"F%03d" % i, 30, 1, 0, nm(b"f%d" % i) + ce(FREE, 0, 28)) for i in range(20)))


def continuation_chains(disc):
    """As many areas for each of as many records as the bounds of one record allow."""
    for i in range(255):
        disc.put(FREE + i, (ce(FREE + i + 1, 0, 1000) + entry(b"XX") * 240).ljust(1000, b"\0"))
    disc.put(FREE + 255, nm(b"the end"))
    size = disc.directory(FREE + 300, ROOT, (record(b"F%07d" % i, 30, 1, 0, ce(FREE, 0, 1000)) for i in range(100_000)))
    simple(disc, record("CHAINS", FREE + 300, size, 2, nm(b"chains")))


def name_of_64_kib(disc):
    disc.put(FREE, b"".join(nm(b"n" * 250, 1) for _ in range(260)))
    simple(disc, record("NAME", 30, 1, 0, nm(b"n", 1) + ce(FREE, 0, 255 * 260)))


def link_of_64_kib(disc):
    disc.put(FREE, b"".join(entry(b"SL", b"\1" + bytes([0, 240]) + b"l" * 240) for _ in range(250)))
    simple(disc, record("LINK", 30, 0, 0, nm(b"link") + px(0o120777) + ce(FREE, 0, 250 * 247)))


def directory_in_itself(disc):
    disc.directory(FREE, ROOT, [record("SELF", FREE, SECTOR, 2), record("UP", ROOT, SECTOR, 2)])
    simple(disc, record("DIR", FREE, SECTOR, 2), record("ROOT", ROOT, SECTOR, 2), rock=False)


def relocated_into_itself(disc):
    cl = entry(b"CL", both32(ROOT))
    disc.directory(FREE, ROOT, [record("AGAIN", 30, 1, 0, nm(b"again") + entry(b"CL", both32(FREE)))])
    simple(disc, record("MOVED", 30, 1, 0, nm(b"moved") + cl), record("DIR", FREE, SECTOR, 2, nm(b"dir")))


def sections_without_end(disc):
    """Every record says that the file goes on in the next one: 65,536 sections of 4 GiB."""
    size = disc.directory(FREE, ROOT, (record(b"F", 30, 0xFFFFF800, 128) for _ in range(300_000)))
    simple(disc, record("DIR", FREE, size, 2), rock=False)


def zisofs_bomb(disc):
    """4 GiB that are stored in some kilobytes."""
    block, log2, size = 1 << 17, 17, 0xFFFFFFFF
    packed = zlib.compress(bytes(block), 9)
    blocks = -(-size // block)
    head = bytes([0x37, 0xE4, 0x53, 0x96, 0xC9, 0xDB, 0xD6, 0x07]) + struct.pack("<IBBBB", size, 4, log2, 0, 0)
    first = 16 + 4 * (blocks + 1)
    # All blocks lie in the same few bytes as far as a table allows: it must not go back, so each has its own.
    table = struct.pack(f"<{blocks + 1}I", *(first + i * len(packed) for i in range(blocks + 1)))
    data = head + table + packed * blocks
    disc.put(FREE, data)
    zf = entry(b"ZF", b"pz" + bytes([4, log2]) + both32(size))
    simple(disc, record("BOMB", FREE, len(data), 0, nm(b"bomb") + px(0o100644) + zf))


def zisofs_table_of_4_gib(disc):
    zf = entry(b"ZF", b"pz" + bytes([4, 15]) + both32(0xFFFFFFFF))
    simple(disc, record("TABLE", FREE, 0xFFFFF800, 0, nm(b"table") + px(0o100644) + zf))


DISCS = [directory_of_4_gib, million_entries, million_directories, million_equal_names, long_names, continuation_circle,
         continuation_chains, name_of_64_kib, link_of_64_kib, directory_in_itself, relocated_into_itself, sections_without_end,
         zisofs_bomb, zisofs_table_of_4_gib]


class Watched:
    """Requests, and what each costs the process that answers them."""

    def __init__(self, process):
        self.process, self.most_s, self.at, self.peak_kib = process, 0.0, "", 0
        self.done = threading.Event()
        self.watcher = threading.Thread(target=self.watch)
        self.watcher.start()

    def watch(self):
        while not self.done.wait(0.003):
            self.peak_kib = max(self.peak_kib, self.memory_kib())

    def close(self):
        self.done.set()
        self.watcher.join()

    def cpu_s(self):
        with open(f"/proc/{self.process}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * TICK_S

    def memory_kib(self):
        with open(f"/proc/{self.process}/status", encoding="ascii", errors="replace") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("RssAnon:"))

    def ask(self, what, request):
        before = self.cpu_s()
        try:
            return request()
        except OSError as error:
            if error.errno not in (errno.EIO, errno.EFBIG, errno.ELOOP, errno.ENOENT, errno.ENAMETOOLONG):
                raise
            return None
        finally:
            if self.cpu_s() - before > self.most_s:
                self.most_s, self.at = self.cpu_s() - before, what

    def first_entries(self, path, count):
        with os.scandir(path) as entries:
            return [entry.path for entry, _ in zip(entries, range(count))]

    def walk(self, path, depth=0):
        names = self.ask(f"list {path[-20:]}", lambda: self.first_entries(path, 12)) or []
        for name in names:
            status = self.ask("stat", lambda name=name: os.lstat(name))
            if status is None:
                continue
            if os.path.islink(name):
                self.ask("readlink", lambda name=name: os.readlink(name))
            elif os.path.isdir(name):
                if depth < 2:
                    self.walk(name, depth + 1)
            else:
                self.ask("read", lambda name=name: self.read(name))
        self.ask("look up", lambda: os.lstat(path + "/absent"))

    @staticmethod
    def read(name):
        with open(name, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            for offset in (0, 1 << 20, size // 2, max(0, size - 4096)):
                os.pread(file.fileno(), 128 << 10, offset)


def opening(path):
    """What it costs to open a disc: seconds of processor time, and KiB of memory at most."""
    process = subprocess.Popen([fuse.binary(), "--info", path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0  # it has been waited for
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def judge(path):
    """Whether the disc keeps to the bounds, and what was measured."""
    most_s, resident_kib = opening(path)
    at, memory = "opening", 0
    try:
        with fuse.Mount(str(path)) as point:
            watched = Watched(daemon_of(point))
            try:
                watched.walk(point)
            finally:
                watched.close()
            memory = watched.peak_kib
            if watched.most_s > most_s:
                most_s, at = watched.most_s, watched.at
    except fuse.MountError as error:
        if not 0 < error.status < 64:  # by a signal, or not in time
            raise
        at += ", refused"
    # Resident memory counts the program and its libraries too, some 15 MiB: a bound all the more strict.
    return most_s < CPU_S_MAX and max(memory, resident_kib) < MEMORY_KIB_MAX, f"at most {most_s:.2f} s for one request: {at}; {max(memory, resident_kib)} KiB"


def main():
    here, images = (pathlib.Path(argument) for argument in sys.argv[1:3])
    results = []

    def report(name, path):
        try:
            good, measured = judge(path)
        except Exception as error:  # the next one all the same
            good, measured = False, f"{type(error).__name__}: {error}"
        print(f"{'ok' if good else 'FAIL'} bounds {name.replace('_', ' ')} ({measured})", flush=True)
        results.append(good)

    for make in DISCS:
        path = here / f"bounds-{make.__name__}.iso"
        # In a process of its own: a child inherits the largest memory that its parent ever had.
        writer = multiprocessing.Process(target=lambda make=make, path=path: make(Disc(path)))
        writer.start()
        writer.join()
        report(make.__name__, path)
        path.unlink()
    for path in sorted(images.glob("fault-*.iso")):
        report(path.stem, path)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
