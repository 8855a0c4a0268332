"""Runs inside User Mode Linux as its first process: mounts each image of a job with the kernel's
own driver and writes the listing. The host's files are the guest's root, so listings land on the host.

  guest.py JOB    JOB: {"modules": [path], "jobs": [{"image", "options", "out"}]}

No shell and no helper programs: starting a process costs tens of milliseconds in the guest.
"""

import ctypes
import fcntl
import json
import os
import stat
import sys
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
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


def run(job, index):
    """One image with one set of options. A refused mount is a result too: one line with the errno."""
    device = f"{WORK}/loop{index % LOOPS}"
    target = f"{WORK}/disc{index}"
    os.mkdir(target)
    image = os.open(job["image"], os.O_RDONLY)
    loop = os.open(device, os.O_RDONLY)
    try:
        fcntl.ioctl(loop, LOOP_SET_FD, image)
        try:
            mount(device, target, "iso9660", MS_RDONLY, job["options"])
        except OSError as error:
            with open(job["out"], "w", encoding="ascii") as out:
                out.write(json.dumps({"path": ".", "type": "?",
                                      "error": listing.failure("mount", error)}) + "\n")
            return
        try:
            listing.write_listing(target, job["out"], attributes=False)  # isofs has none
        finally:
            umount(target)
    finally:
        try:
            fcntl.ioctl(loop, LOOP_CLR_FD)
        except OSError:
            pass
        os.close(loop)
        os.close(image)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job_file = json.load(file)
    prepare(job_file["modules"])
    started = time.monotonic()
    for index, job in enumerate(job_file["jobs"]):
        job_started = time.monotonic()
        try:
            run(job, index)
        except Exception:  # one bad image must not cost the others
            print(f"guest: {job['image']} ({job['options']}):", flush=True)
            traceback.print_exc(file=sys.stdout)
        took = time.monotonic() - job_started
        if took > 5:
            print(f"guest: {os.path.basename(job['image'])} ({job['options']}) took {took:.1f} s", flush=True)
    print(f"guest: {len(job_file['jobs'])} mounts in {time.monotonic() - started:.1f} s", flush=True)
    os.sync()


try:
    main()
except BaseException:
    traceback.print_exc(file=sys.stdout)
sys.stdout.flush()
libc.reboot(0x4321FEDC)  # power off
