"""Where a run was made, and with what."""

import os
import platform
import subprocess
import time

PACKAGES = ("libfuse3-3", "fuseiso", "fuseiso9660", "erofs-utils", "coreutils", "tar", "grep", "rsync", "gcc")


def versions():
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}\n", *PACKAGES], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False)
    return dict(line.split() for line in done.stdout.splitlines() if len(line.split()) == 2)


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def facts():
    return {"processor": processor(), "processors": os.cpu_count(), "kernel": platform.release().split("-")[0],
            "load": os.getloadavg(), "versions": versions()}


def describe():
    known = facts()
    packages = ", ".join(f"{name} {version}" for name, version in known["versions"].items())
    return (f"{known['processors']} x {known['processor']}, Linux {known['kernel']}, load {known['load'][0]:.1f}; {packages}")


def idle_share(seconds):
    """How much of the processors nobody used in the next moment."""
    def times():
        with open("/proc/stat", encoding="ascii") as stat:
            return [int(word) for word in stat.readline().split()[1:9]]
    before = times()
    time.sleep(seconds)
    spent = [b - a for a, b in zip(before, times())]
    return (spent[3] + spent[4]) / max(1, sum(spent))


def wait_for_quiet(patience_s):
    """Until others leave the machine alone. What is measured beside them is what they leave over."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if idle_share(0.3) > 0.9:
            return True
    return False


def warm(paths):
    """All images into the page cache (holes need none), as read-ahead puts them there: what the program that wrote an
    image has left there lies in other pieces, and each fault in a mapping then gives another number of pages."""
    if os.geteuid() == 0:
        os.sync()
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as drop:
            drop.write("3")
    for image in paths.images.iterdir():
        if image.is_file() and image.stat().st_blocks * 512 > image.stat().st_size // 2:
            subprocess.run(["cat", str(image)], stdout=subprocess.DEVNULL, check=True)
    subprocess.run(["cat", str(paths.tree / "big.bin")], stdout=subprocess.DEVNULL, check=True)
