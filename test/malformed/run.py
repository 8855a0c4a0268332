#!/usr/bin/python3
"""As the unprivileged user: mounts damaged images, walks and reads all that is shown, unmounts.

  run.py IMAGES OUT [--count N] [--seed N] [--keep]

N mutated images of ISO 9660, as many of UDF, and all that have one named fault. No crash, no hang, nothing left mounted. What a damaged image shows does not matter here, only that
asking for it ends in time. The image of a failure is kept in OUT.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "mount"), str(HERE.parent / "support")]
import fuse  # noqa: E402
import mutate  # noqa: E402
import named  # noqa: E402

WALK_LIMIT_S, INFO_LIMIT_S = 30, 10
SEED_BYTES_MAX = 4 << 20
ENTRIES_MAX, BYTES_MAX, DEPTH_MAX = 3000, 32 << 20, 12


def walk(root):
    """Stats, reads and asks for everything, within bounds. Runs in a process of its own."""
    budget = {"entries": ENTRIES_MAX, "bytes": BYTES_MAX}
    pending = [(os.fsencode(root), 0)]
    deadline = time.monotonic() + WALK_LIMIT_S / 2
    while pending and budget["entries"] > 0 and time.monotonic() < deadline:
        directory, depth = pending.pop()
        try:
            names = os.listdir(directory)
        except OSError:
            continue
        os.path.exists(directory + b"/no such name")
        for name in names:
            budget["entries"] -= 1
            if budget["entries"] <= 0:
                break
            path = directory + b"/" + name
            try:
                st = os.lstat(path)
                os.listxattr(path, follow_symlinks=False)
                if os.path.islink(path):
                    os.readlink(path)
                elif os.path.isdir(path):
                    if depth < DEPTH_MAX:
                        pending.append((path, depth + 1))
                elif os.path.isfile(path):
                    read_some(path, st.st_size, budget)
            except OSError:
                pass
    os.statvfs(root)


def read_some(path, size, budget):
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        for offset in {0, max(0, size // 2), max(0, size - 4096), size}:
            try:
                budget["bytes"] -= len(os.pread(file, min(1 << 20, max(0, budget["bytes"])), offset))
                os.lseek(file, offset, os.SEEK_DATA)
                os.lseek(file, offset, os.SEEK_HOLE)
            except OSError:
                pass
    finally:
        os.close(file)


def daemon_of(path, before):
    """The daemon that serves this mount, found by its arguments."""
    for process in set(fuse.daemons()) - set(before):
        try:
            with open(f"/proc/{process}/cmdline", "rb") as file:
                if os.fsencode(path) in file.read().split(b"\0"):
                    return process
        except OSError:
            continue
    return None


def try_image(image):
    """None, or what went wrong."""
    status, _, _ = fuse.run(["--info", image], INFO_LIMIT_S)
    if status < 0 or status >= 124:
        return f"--info ended with {status}"
    path = tempfile.mkdtemp(prefix="isofuse-mnt-")
    try:
        status, _, stderr = fuse.run([image, path])
        if status != 0:
            if status < 0 or status >= 124:
                return f"the mount ended with {status}"
            if fuse.is_mounted(path):
                return "refused, and mounted all the same"
            return None if len(stderr.strip().splitlines()) == 1 else f"refused with other than one line: {stderr!r}"
        if daemon_of(path, ()) is None:
            return "no daemon after the mount"
        walker = subprocess.Popen([sys.executable, "-I", "-B", __file__, "--walk", path], stderr=subprocess.PIPE)
        try:
            _, errors = walker.communicate(timeout=WALK_LIMIT_S)
        except subprocess.TimeoutExpired:
            walker.send_signal(signal.SIGKILL)
            return "the walk did not end in time"
        if walker.returncode != 0:
            last = errors.decode(errors="replace").strip().splitlines()[-1:]
            return f"the walk failed: {last}"
        return None if daemon_of(path, ()) is not None else "the daemon died"
    finally:
        fuse.unmount(path)
        os.rmdir(path)


def main():
    if sys.argv[1:2] == ["--walk"]:
        walk(sys.argv[2])
        return 0
    parser = argparse.ArgumentParser()
    parser.add_argument("images", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=9660)
    arguments = parser.parse_args()
    facts = {path.with_suffix(".iso"): json.loads(path.read_text()) for path in sorted(arguments.images.glob("*.json")) if path.name != "not-made.json"}
    faulty = [path for path, fact in facts.items() if fact.get("malformed")]
    seeds = {kind: [path for path, fact in facts.items() if fact.get("mutate") and fact["filesystem"] == kind and path.stat().st_size < SEED_BYTES_MAX]
             for kind in ("iso9660", "udf")}
    print(f"  seed {arguments.seed}, {len(seeds['iso9660'])} images of ISO 9660 to start from, {len(seeds['udf'])} of UDF")
    bad = 0

    def named_fault(number):
        name, make = list(named.FAULTS.items())[number]
        return f"malformed {name}", make((arguments.images / "handmade-rock.iso").read_bytes())

    def mutated(kind, number):
        source = seeds[kind][number % len(seeds[kind])]
        data, how = mutate.Mutator(f"{arguments.seed}/{number}").mutate(source.read_bytes())
        return f"mutated {kind}-{number:03d} ({source.stem}: {how})", data

    def one(task):
        function, *what = task
        if function is None:  # an image as it is
            label, image = f"malformed {what[0].stem}", what[0]
        else:
            label, data = function(*what)
            image = arguments.out / f"{label.split()[1]}.iso"
            image.write_bytes(data)
        try:
            problem = try_image(str(image))
        except Exception as error:
            problem = repr(error)
        if not problem and function is not None:
            image.unlink()
        return label, problem

    tasks = [(named_fault, number) for number in range(len(named.FAULTS))] + [(None, path) for path in faulty]
    tasks += [(mutated, kind, number) for kind in seeds if seeds[kind] for number in range(arguments.count)]
    with concurrent.futures.ThreadPoolExecutor(2 * os.cpu_count()) as pool:  # much of it is waiting
        for label, problem in pool.map(one, tasks):
            bad += bool(problem)
            print(f"FAIL {label}: {problem}" if problem else f"ok {label}", flush=True)
    left = fuse.wait_for_daemons()
    print(f"FAIL malformed: nothing is left behind ({len(left)} daemons: {left})" if left else "ok malformed: nothing is left behind")
    return 1 if bad or left else 0


if __name__ == "__main__":
    sys.exit(main())
