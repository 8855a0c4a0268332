#!/usr/bin/python3
"""64 readers and walkers at once, every byte checked.

  load.py IMAGE [--seconds N] [--options O]

Mounts IMAGE in the foreground, takes down what it holds, one after the other, and then lets 64 threads of 8 processes read, list,
look up and walk as they like for N seconds (60); all that they see must be what was taken down. What the program says on stderr is
looked through for a sanitizer's warning. Prints one line.
"""

import argparse
import hashlib
import multiprocessing
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import fuse  # noqa: E402

PROCESSES, THREADS = 8, 8
MOUNT_LIMIT_S = 60


def take_down(root):
    """Path -> hash of a file, names of a directory, target of a link."""
    seen = {}
    for parent, folders, names in os.walk(root):
        seen[os.path.relpath(parent, root)] = sorted(folders + names)
        for name in names:
            path = os.path.join(parent, name)
            if os.path.islink(path):
                seen[os.path.relpath(path, root)] = os.readlink(path)
            elif os.path.isfile(path):
                seen[os.path.relpath(path, root)] = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
    return seen


def look(root, path, expected, rng):
    whole = os.path.join(root, path)
    if isinstance(expected, list):
        found = sorted(os.listdir(whole))
        for name in rng.sample(expected, min(3, len(expected))):
            os.lstat(os.path.join(whole, name))
    elif os.path.islink(whole):
        found = os.readlink(whole)
    elif rng.random() < 0.5:
        found = hashlib.sha256(pathlib.Path(whole).read_bytes()).hexdigest()
    else:  # in pieces, from within, past the caches
        descriptor = os.open(whole, os.O_RDONLY)
        size, digest, offset = os.fstat(descriptor).st_size, hashlib.sha256(), 0
        if rng.random() < 0.5:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        while offset < size:
            piece = os.pread(descriptor, rng.choice([1000, 4096, 100_000]), offset)
            digest.update(piece)
            offset += len(piece)
            if not piece:
                break
        os.close(descriptor)
        found = digest.hexdigest()
    return None if found == expected else f"{path}: {found!r} instead of {expected!r}"


def work(root, seen, seconds, seed, problems, count):
    end = time.monotonic() + seconds

    def one(number):
        rng = random.Random(seed * 1000 + number)
        paths, done = list(seen), 0
        while time.monotonic() < end and problems.empty():
            try:
                problem = look(root, path := rng.choice(paths), seen[path], rng)
            except OSError as error:
                problem = str(error)
            done += 1
            if problem:
                problems.put(problem[:300])
        with count.get_lock():
            count.value += done

    threads = [threading.Thread(target=one, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("image")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--options", default="")
    chosen = parser.parse_args()
    problems, count = multiprocessing.Queue(), multiprocessing.Value("L", 0)
    with tempfile.TemporaryDirectory(prefix="isofuse-load-") as point, tempfile.TemporaryFile() as said:
        process = subprocess.Popen([fuse.binary(), "-f", *(["-o", chosen.options] if chosen.options else []), chosen.image, point],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
        end = time.monotonic() + MOUNT_LIMIT_S
        while not fuse.is_mounted(point):
            if process.poll() is not None or time.monotonic() > end:
                print("FAIL load (it was not mounted)")
                return 1
            time.sleep(0.02)
        try:
            seen = take_down(point)
            workers = [multiprocessing.Process(target=work, args=(point, seen, chosen.seconds, seed, problems, count)) for seed in range(PROCESSES)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        finally:
            fuse.unmount(point)
            status = process.wait(30)
        said.seek(0)
        warnings = [line for line in said.read().decode(errors="replace").splitlines() if "Sanitizer" in line]
    problem = None if problems.empty() else problems.get()
    if problem or warnings or status:
        print(f"FAIL load ({problem or (warnings or [f'exit status {status}'])[0]})")
        return 1
    print(f"ok load ({count.value} looks of {PROCESSES * THREADS} threads in {chosen.seconds:.0f} s at {len(seen)} things)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
