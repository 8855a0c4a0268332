"""Mounting with isofuse and taking it down again, with a time limit on everything."""

import os
import shutil
import subprocess
import tempfile
import time

MOUNT_LIMIT_S = 20


def binary():
    return os.environ["ISOFUSE"]


def run(arguments, limit_s=MOUNT_LIMIT_S, **more):
    """Runs isofuse; returns (exit status, stdout, stderr). 124 stands for: it did not end in time."""
    try:
        done = subprocess.run([binary(), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=limit_s, check=False, **more)
    except subprocess.TimeoutExpired as error:
        return 124, text(error.stdout), text(error.stderr) + "(no end within the time limit)"
    return done.returncode, text(done.stdout), text(done.stderr)


def text(data):
    return (data or b"").decode("utf-8", "backslashreplace")


def is_mounted(path):
    with open("/proc/self/mounts", "rb") as mounts:
        wanted = os.fsencode(os.path.realpath(path))
        return any(line.split()[1].decode("unicode_escape").encode("latin-1") == wanted for line in mounts)


def unmount(path, limit_s=10):
    """Takes the mount away; lazily if need be. Returns an error text or None."""
    if not is_mounted(path):
        return None
    deadline, lazy = time.monotonic() + limit_s, False
    while is_mounted(path):
        command = ["fusermount3", "-u"] + (["-z"] if lazy else []) + [path]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, timeout=limit_s)
        if done.returncode != 0 and time.monotonic() > deadline:
            if lazy:
                return "cannot be unmounted: " + text(done.stderr).strip()
            lazy = True
        if done.returncode != 0:
            time.sleep(0.05)
    return None


def daemons():
    """Process numbers of this user's isofuse processes of this test run."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            if os.stat(f"/proc/{entry}").st_uid == os.getuid() and os.readlink(f"/proc/{entry}/exe") == os.path.realpath(binary()):
                found.append(int(entry))
        except OSError:
            continue
    return found


def wait_for_daemons(before=(), limit_s=5):
    """Waits until no daemon is left but those in `before`; returns the ones that stay."""
    deadline = time.monotonic() + limit_s
    while True:
        left = sorted(set(daemons()) - set(before))
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)


class Mount:
    """with Mount(image, options) as path: ... ; raises MountError where isofuse refuses."""

    def __init__(self, image, options="", arguments=()):
        self.image, self.options, self.arguments = str(image), options, list(arguments)
        self.stderr = ""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="isofuse-mnt-")
        command = (["-o", self.options] if self.options else []) + self.arguments + [self.image, self.path]
        status, _, self.stderr = run(command)
        if status != 0:
            unmount(self.path)
            shutil.rmtree(self.path, ignore_errors=True)
            raise MountError(status, self.stderr.strip())
        return self.path

    def __exit__(self, *_):
        problem = unmount(self.path)
        os.rmdir(self.path)
        if problem:
            raise RuntimeError(problem)


class MountError(Exception):
    def __init__(self, status, message):
        super().__init__(f"exit status {status}: {message}")
        self.status, self.message = status, message
