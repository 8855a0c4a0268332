"""Runs inside User Mode Linux as its first process: mounts each image of a job with the kernel's
own driver and writes the listing, or fills the image. The host's files are the guest's root, so
listings land on the host.

  guest.py JOB    JOB: {"modules": [path], "jobs": [{"image", "filesystem", "options", "out", "fill"}]}

`filesystem` is the kernel's name of it (iso9660, udf). `fill`, steps for filler.py, makes the mount
writable; `out` then gets one line, a JSON string: what went wrong, or nothing.

No shell and no helper programs: starting a process costs tens of milliseconds in the guest.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import stat
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
import filler  # noqa: E402
import listing  # noqa: E402

MS_RDONLY, MNT_DETACH = 1, 2
LOOP_SET_FD, LOOP_CLR_FD, LOOP_SET_STATUS64 = 0x4C00, 0x4C01, 0x4C04
LO_FLAGS_READ_ONLY = 1
LOOP_MAJOR = 7
LOOPS = 8
WORK = "/mnt"

libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def mount(source, target, kind, flags=0, options=""):
    check(libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags),
                     options.encode()))


def umount(target):
    if libc.umount2(target.encode(), 0) != 0:
        libc.umount2(target.encode(), MNT_DETACH)


def insmod(path):
    with open(path, "rb") as module:
        if libc.syscall(313, module.fileno(), b"", 0) != 0:  # finit_module
            print(f"guest: {path}: {os.strerror(ctypes.get_errno())}", flush=True)


def prepare(modules):
    mount("proc", "/proc", "proc")
    mount("sysfs", "/sys", "sysfs")
    mount("tmpfs", WORK, "tmpfs")
    for path in modules:
        insmod(path)
    for index in range(LOOPS):
        os.mknod(f"{WORK}/loop{index}", 0o600 | stat.S_IFBLK, os.makedev(LOOP_MAJOR, index))


class Refused(Exception):
    """The kernel does not mount it."""


@contextlib.contextmanager
def mounted(job, index, writable):
    """The image of a job through a loop device, mounted."""
    device, target = f"{WORK}/loop{index % LOOPS}", f"{WORK}/disc{index}"
    os.mkdir(target)
    mode = os.O_RDWR if writable else os.O_RDONLY
    image = os.open(job["image"], mode)
    loop = os.open(device, mode)
    try:
        fcntl.ioctl(loop, LOOP_SET_FD, image)
        try:
            try:
                mount(device, target, job["filesystem"], 0 if writable else MS_RDONLY, job["options"])
            except OSError as error:
                raise Refused(listing.failure("mount", error)) from None
            try:
                yield target
            finally:
                umount(target)
        finally:
            os.fsync(loop)
            fcntl.ioctl(loop, LOOP_CLR_FD)
    finally:
        os.close(loop)
        os.fsync(image)
        os.close(image)


def write_line(path, value):
    with open(path, "w", encoding="ascii") as out:
        out.write(json.dumps(value) + "\n")


def list_image(job, index):
    """One image with one set of options. A refused mount is a result too: one line with the errno."""
    try:
        with mounted(job, index, writable=False) as target:
            listing.write_listing(target, job["out"], attributes=False)  # neither driver has any
    except Refused as error:
        write_line(job["out"], {"path": ".", "type": "?", "error": str(error)})


def fill_image(job, index):
    try:
        with mounted(job, index, writable=True) as target:
            filler.fill(target, job["fill"])
        write_line(job["out"], "")
    except (Refused, OSError) as error:
        write_line(job["out"], str(error))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job_file = json.load(file)
    prepare(job_file["modules"])
    started = time.monotonic()
    for index, job in enumerate(job_file["jobs"]):
        job_started = time.monotonic()
        try:
            (fill_image if job.get("fill") else list_image)(job, index)
        except Exception:  # one bad image must not cost the others
            print(f"guest: {job['image']} ({job['options']}):", flush=True)
            traceback.print_exc(file=sys.stdout)
        took = time.monotonic() - job_started
        if took > 5:
            print(f"guest: {os.path.basename(job['image'])} ({job['options']}) took {took:.1f} s", flush=True)
    print(f"guest: {len(job_file['jobs'])} jobs in {time.monotonic() - started:.1f} s", flush=True)
    os.sync()


try:
    main()
except BaseException:
    traceback.print_exc(file=sys.stdout)
sys.stdout.flush()
libc.reboot(0x4321FEDC)  # power off
