"""The loads: what is done with a mount, and what is taken down of it."""

import json
import os
import shutil
import subprocess
import time

READS = {"read": "", "read by name": "name", "read by inode": "inode", "read at random": "random",
         "read every 7th": "sparse", "read the first of each": "first"}
# The real tools, on the 20,000 files of small/. (tar knows /dev/null and reads nothing for it.)
TOOLS = {
    "tar": "tar -cf - small | cat >/dev/null",
    "grep -r": "! grep -r NoSuchWord small >/dev/null",
    "cp -r": "cp -r small {scratch}/copy",
    "sha256sum": "find small -type f | LC_ALL=C sort | xargs sha256sum >/dev/null",
    "rsync": "rsync -a small {scratch}/copy",
}


def is_memory(name):
    return "memory" in name


class Scenario:
    """Some loads on one fresh mount, one after the other. `run` yields (load, figure, what was seen)."""

    def __init__(self, image, names, body, without=(), label=""):
        self.image, self.body, self.without = image, body, without
        self.label = label
        self.names = [name + label for name in names]

    def runs_on(self, column):
        return column not in self.without

    def run(self, column):
        for name, *figures in self.body(column):
            yield name + self.label, *figures


def load(column, *arguments):
    done = subprocess.run([column.program("bench-load"), *map(str, arguments)], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def taken(name, figures, cpu=None):
    yield name, figures["seconds"], [figures["count"], figures["bytes"], figures["sum"]]


def mount(column):
    figures = load(column, "mount", column.point, *column.mount_command())
    unmount_background(column)
    yield "mount", figures["seconds"], None


def unmount_background(column):
    from columns import unmount
    unmount(column.point)


def walk(column):
    with column:
        yield from taken("cold walk", load(column, "walk", column.point))
        yield from taken("second walk", load(column, "walk", column.point))
    yield "cpu of cold walk", column.cpu_s, None


def walk_two(column):
    with column:
        yield "two walk at once", load(column, "walk", column.point, column.point)["seconds"], None


def read(name):
    def body(column):
        with column:
            yield from taken(name, load(column, "read", column.point / "small", READS[name]))
        if name == "read":
            yield "cpu of read", column.cpu_s, None
    return body


def tool(name):
    def body(column):
        shutil.rmtree(column.paths.scratch, ignore_errors=True)
        column.paths.scratch.mkdir()
        command = TOOLS[name].format(scratch=column.paths.scratch)
        with column:
            begin = time.perf_counter()
            subprocess.run(["sh", "-c", command], check=True, cwd=column.point, stdout=subprocess.DEVNULL)
            took = time.perf_counter() - begin
        shutil.rmtree(column.paths.scratch)
        yield name, took, None
        if name == "tar":
            yield "cpu of tar", column.cpu_s, None
    return body


def lookup(column):
    with column:
        yield from taken("stat 10,000 of 50,000", load(column, "lookup", column.point / "many", 10000, 50000))
    yield "cpu of stat", column.cpu_s, None


def big_file(column):
    for name in ("big.bin", "BIG.BIN", "big.bin;1"):
        if os.path.exists(column.point / name):
            return column.point / name
    raise RuntimeError("no big file")


def sequence(column):
    with column:
        yield from taken("1 GiB in sequence", load(column, "sequence", big_file(column)))
        yield from taken("1 GiB again", load(column, "sequence", big_file(column)))
    yield "cpu of 1 GiB", column.cpu_s, None


def sequence_two(column):
    with column:
        yield "1 GiB, two readers", load(column, "sequence", big_file(column), 2)["seconds"], None


def random(column):
    with column:
        yield from taken("20,000 random reads", load(column, "random", big_file(column), 20000))
    yield "cpu of random", column.cpu_s, None


def memory(column):
    """Everything on one mount: what the daemon has grown to."""
    with column:
        load(column, "walk", column.point)
        load(column, "read", column.point / "small")
        load(column, "lookup", column.point / "many", 10000, 50000)
        load(column, "read", column.point / "many")
        load(column, "sequence", big_file(column))
        load(column, "random", big_file(column), 20000)
    yield "memory after all", column.anon_mib, None
    yield "memory, peak", column.anon_peak_mib, None


def million(column):
    with column:
        yield from taken("walk of 1,000,000", load(column, "walk", column.point))
    yield "memory after 1,000,000", column.anon_peak_mib, None


def mount_million(column):
    figures = load(column, "mount", column.point, *column.mount_command())
    unmount_background(column)
    yield "mount of 50 GB", figures["seconds"], None


def inflate(column):
    """The first column has no disc; in its place one thread inflates the same file in memory."""
    if column.name == "limit":
        yield "zisofs 1 GiB", load(column, "inflate", column.paths.packed / "big.bin")["seconds"], None
        return
    with column:
        yield "zisofs 1 GiB", load(column, "sequence", big_file(column))["seconds"], None


def scenarios(images):
    """All of them, in the order of the table. A load of a further image has its name after it."""
    out = []
    for image in images:
        label = "" if image == images[0] else f" ({image})"
        # fuseiso9660 searches names one by one: it needs minutes for the directory of 50,000.
        slow = ("fuseiso9660",)
        # fuseiso and its like read ISO 9660 only.
        not_here = () if image == "iso" else ("fuseiso", "fuseiso9660")
        out += [Scenario(image, ["mount"], mount, not_here, label),
                Scenario(image, ["cold walk", "second walk", "cpu of cold walk"], walk, slow + not_here, label),
                Scenario(image, ["two walk at once"], walk_two, slow + not_here, label)]
        out += [Scenario(image, [name], read(name), not_here, label) for name in READS]
        out += [Scenario(image, [name], tool(name), not_here, label) for name in TOOLS]
        out += [Scenario(image, ["stat 10,000 of 50,000", "cpu of stat"], lookup, slow + not_here, label),
                Scenario(image, ["1 GiB in sequence", "1 GiB again", "cpu of 1 GiB"], sequence, not_here, label),
                Scenario(image, ["1 GiB, two readers"], sequence_two, not_here, label),
                Scenario(image, ["20,000 random reads", "cpu of random"], random, not_here, label),
                Scenario(image, ["memory after all", "memory, peak"], memory, slow + not_here + ("erofs",), label)]
    out += [Scenario("million", ["mount of 50 GB"], mount_million, ("erofs",)),
            Scenario("million", ["walk of 1,000,000", "memory after 1,000,000"], million, ("fuseiso9660", "erofs")),
            Scenario("zisofs", ["zisofs 1 GiB"], inflate, ("fuseiso9660", "erofs"))]
    return out
