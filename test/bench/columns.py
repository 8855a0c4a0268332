"""The columns of the benchmark: file systems that are mounted in turn."""

import os
import pathlib
import shutil
import subprocess
import threading
import time

NAMES = ("limit", "isofuse", "fuseiso", "fuseiso9660", "erofs")
PATIENCE_S = 60


class Paths:
    def __init__(self, out, isofuse=None, mount_point="mnt"):
        self.out, self.images = out, out / "images"
        self.tree = self.images / "tree"
        self.packed = self.images / "packed"
        self.point = out / mount_point
        self.point.mkdir(exist_ok=True)
        self.isofuse = isofuse or str(out / "build/src/app/isofuse")
        # Where copies go: to memory, so that the disc does not count.
        self.scratch = pathlib.Path("/dev/shm/isofuse-bench")

    def image(self, name):
        return self.images / f"{name}.img"

    def program(self, name):
        return str(self.out / "build/test/bench" / name)


def is_possible(name):
    if name == "erofs":
        with open("/proc/filesystems", encoding="ascii") as known:
            return os.geteuid() == 0 and "erofs" in known.read() and os.path.exists("/dev/loop-control")
    return name in ("limit", "isofuse") or shutil.which(name) is not None


def make(name, image, paths):
    return Kernel(image, paths) if name == "erofs" else Daemon(name, image, paths)


def is_mounted(point):
    return os.stat(point).st_dev != os.stat(point.parent).st_dev


class Column:
    def __init__(self, name, image, paths):
        self.name, self.image, self.paths, self.point = name, image, paths, paths.point
        self.cpu_s = self.anon_mib = self.anon_peak_mib = 0.0

    def program(self, word):
        return self.paths.program(word)


class Daemon(Column):
    """A FUSE file system, kept in the foreground so that its processor time can be had to the microsecond."""

    def command(self, foreground):
        flag = ["-f"] if foreground else []
        if self.name == "limit":
            million = ["--million"] if self.image == "million" else []
            return [self.program("bench-limit"), *million, *flag, str(self.paths.tree / "big.bin"), str(self.point)]
        image = str(self.paths.image(self.image))
        if self.name == "isofuse":
            view = ["-o", "view=udf"] if self.image == "udf" else []
            return [self.paths.isofuse, *flag, *view, image, str(self.point)]
        if self.name == "fuseiso":
            return ["fuseiso", "-n", image, str(self.point), *flag]
        return ["fuseiso9660", image, str(self.point), *flag]

    def __enter__(self):
        self.process = subprocess.Popen(self.command(True), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE_S
        while not is_mounted(self.point):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self.name} does not mount: {' '.join(self.command(True))}")
            time.sleep(0.001)
        self.done = threading.Event()
        self.watcher = threading.Thread(target=self.watch)
        self.watcher.start()
        return self

    def anonymous_mib(self):
        """Of the daemon and of the processes that it has made."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as children:
            processes = [self.process.pid, *children.read().split()]
        total_kib = 0
        for process in processes:
            with open(f"/proc/{process}/status", encoding="ascii") as status:
                total_kib += sum(int(line.split()[1]) for line in status if line.startswith("RssAnon:"))
        return total_kib / 1024

    def watch(self):
        while not self.done.wait(0.05):
            self.anon_peak_mib = max(self.anon_peak_mib, self.anonymous_mib())

    def __exit__(self, *_):
        self.done.set()
        self.watcher.join()
        self.anon_mib = self.anonymous_mib()
        self.anon_peak_mib = max(self.anon_peak_mib, self.anon_mib)
        unmount(self.point)
        _, _, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = 0
        self.cpu_s = usage.ru_utime + usage.ru_stime

    def mount_command(self):
        return self.command(False)

    def process_id(self):
        return self.process.pid


class Kernel(Column):
    """erofs of the same tree, on a loop device."""

    def __init__(self, image, paths):
        super().__init__("erofs", image, paths)

    def mount_command(self):
        return ["mount", "-t", "erofs", "-o", "ro,loop", str(self.paths.image("erofs")), str(self.point)]

    def __enter__(self):
        subprocess.run(self.mount_command(), check=True)
        return self

    def __exit__(self, *_):
        unmount(self.point)


def unmount(point):
    end = time.monotonic() + PATIENCE_S
    while is_mounted(point):
        subprocess.run(["umount", str(point)], check=False, stderr=subprocess.DEVNULL)
        if is_mounted(point):
            if time.monotonic() > end:
                raise RuntimeError(f"cannot unmount {point}")
            time.sleep(0.01)
