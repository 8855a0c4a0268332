"""What the end-to-end tests share: images, and how an expectation fails."""

import os
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import fuse  # noqa: E402
from runner import Skip, equal, expect, run_tests  # noqa: E402,F401

IMAGES = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()


def image(name):
    path = IMAGES / f"{name}.iso"
    if not path.exists():
        raise Skip(f"the image {name} was not made")
    return str(path)


def error_of(function, *arguments, **more):
    """The errno with which a call fails, or None."""
    try:
        function(*arguments, **more)
    except OSError as error:
        return error.errno
    return None


def until(condition, what, limit_s=20):
    end = time.monotonic() + limit_s
    while not condition():
        expect(time.monotonic() < end, f"never: {what}")
        time.sleep(0.01)


def process_of(path, reads_the_disc):
    for process in fuse.daemons():
        with open(f"/proc/{process}/cmdline", "rb") as command, open(f"/proc/{process}/comm", "rb") as name:
            if os.fsencode(path) in command.read().split(b"\0") and (name.read() == b"isofuse-disc\n") == reads_the_disc:
                return process
    raise AssertionError(f"no process of isofuse for {path}")


def daemon_of(path):
    """The process that reads the disc and answers the kernel."""
    return process_of(path, True)


def supervisor_of(path):
    """The process that mounted and will unmount."""
    return process_of(path, False)


def refused(arguments, status, *words):
    """isofuse refuses: with this status, one line on stderr that holds these words, nothing mounted."""
    got, out, err = fuse.run(arguments)
    equal(got, status, f"exit status (stderr: {err.strip()!r})")
    lines = err.strip().splitlines()
    equal(len(lines), 1, f"lines on stderr ({err!r})")
    for word in words:
        expect(word.lower() in err.lower(), f"stderr does not name {word!r}: {err.strip()!r}")
    equal(out, "", "stdout")
