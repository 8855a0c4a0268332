"""Fills a writable mount with what its recipe asks for. Runs inside the guest, as root.

A step is a list: the name of a function below and its arguments, e.g. ["copy", "/trees/posix"].
"""

import os
import random
import shutil
import stat

EPOCH = 1_000_000_000
SEED = 167  # ECMA-167


def fill(root, steps):
    for name, *arguments in steps:
        {"copy": copy, "fragment": fragment, "churn": churn, "holes": holes, "large": large,
         "wide": wide}[name](root, *arguments)


def copy(root, source, into="."):
    """A tree, with everything that stat(2) tells of it."""
    os.umask(0)
    seen = {}  # inode number -> the first name of it on the disc
    target_root = os.path.normpath(os.path.join(root, into))
    os.makedirs(target_root, exist_ok=True)
    source, target_root = os.fsencode(source), os.fsencode(target_root)
    for directory, folders, files in os.walk(source):
        here = target_root + directory[len(source):]
        for name in sorted(folders + files):
            path = os.path.join(directory, name)
            try:
                copy_entry(path, os.path.join(here, name), seen)
            except OSError as error:
                raise OSError(error.errno, error.strerror, path) from None
    for directory, folders, files in os.walk(source, topdown=False):
        here = target_root + directory[len(source):]
        for name in files + folders:
            settle(os.lstat(os.path.join(directory, name)), os.path.join(here, name))
    settle(os.lstat(source), target_root)


def copy_entry(source, target, seen):
    st = os.lstat(source)
    kind = stat.S_IFMT(st.st_mode)
    if kind != stat.S_IFDIR and st.st_nlink > 1:
        if st.st_ino in seen:
            os.link(seen[st.st_ino], target, follow_symlinks=False)
            return
        seen[st.st_ino] = target
    if kind == stat.S_IFDIR:
        os.mkdir(target)
    elif kind == stat.S_IFLNK:
        os.symlink(os.readlink(source), target)
    elif kind == stat.S_IFREG:
        shutil.copyfile(source, target)
    else:
        os.mknod(target, st.st_mode, st.st_rdev)


def settle(st, target):
    """Owner, mode and times, when nothing is written to it any more."""
    os.chown(target, st.st_uid, st.st_gid, follow_symlinks=False)
    if not stat.S_ISLNK(st.st_mode):
        os.chmod(target, stat.S_IMODE(st.st_mode))
    os.utime(target, ns=(st.st_atime_ns, st.st_mtime_ns), follow_symlinks=False)


def block(number, size):
    return random.Random(f"{SEED}/{number}").randbytes(size)


def fragment(root, files=6, blocks=600, size=2048):
    """Files written in turns, a block at a time, then some of them deleted and their room used again:
    no two blocks of a file lie together, so its descriptors fill several blocks (AED)."""
    os.mkdir(f"{root}/fragmented")
    handles = [open(f"{root}/fragmented/f{number}", "wb", buffering=0) for number in range(files)]
    for turn in range(blocks):
        for number, file in enumerate(handles):
            file.write(block(f"{number}/{turn}", size))
            os.fdatasync(file.fileno())  # or the allocator sees long runs
    for file in handles:
        file.close()
    for number in range(1, files, 2):
        os.remove(f"{root}/fragmented/f{number}")
    os.sync()
    with open(f"{root}/fragmented/reused", "wb") as file:
        for turn in range(blocks * (files // 2)):
            file.write(block(f"reused/{turn}", size))


def churn(root, entries=400):
    """Entries created, renamed and deleted: the directory holds deleted FIDs between live ones."""
    os.mkdir(f"{root}/churn")
    for number in range(entries):
        with open(f"{root}/churn/entry-{number:04d}", "wb") as file:
            file.write(b"%d" % number)
    for number in range(0, entries, 3):
        os.remove(f"{root}/churn/entry-{number:04d}")
    for number in range(1, entries, 7):
        if number % 3:
            os.rename(f"{root}/churn/entry-{number:04d}", f"{root}/churn/renamed with a longer name {number:04d}")
    os.mkdir(f"{root}/churn/gone")
    os.mkdir(f"{root}/churn/stays")
    os.rmdir(f"{root}/churn/gone")


def holes(root, block_size=2048):
    """Unrecorded and unallocated room: in front, in the middle, behind; of a file that lay in its ICB."""
    os.mkdir(f"{root}/holes")
    for name, marks, size in (("front", [100_000], 100_010), ("middle", [0, 500_000], 500_020), ("behind", [0], 300_001),
                              ("many", range(0, 2_000_000, 50_000), 2_000_100), ("nothing", [], 77_777), ("odd", [1, 4095, 4097, 70_001], 70_010)):
        with open(f"{root}/holes/{name}", "wb") as file:
            for at in marks:
                file.seek(at)
                file.write(b"mark at %d" % at)
            file.truncate(size)
    with open(f"{root}/holes/grown", "wb") as file:
        file.write(b"starts in its ICB")
        file.flush()
        os.fsync(file.fileno())
        file.seek(3 * block_size + 5)
        file.write(b"and leaves it")
    with open(f"{root}/holes/preallocated", "wb") as file:
        file.write(b"p" * 1000)
        try:
            os.posix_fallocate(file.fileno(), 0, 40 * block_size)
        except OSError:
            pass  # not every kernel's udf can
    with open(f"{root}/holes/cut", "wb") as file:
        file.write(block("cut", 50 * block_size))
        file.truncate(block_size + 1)


def large(root):
    """A file that needs more than four extents of 2^30 - 1 blocks, nearly all of it a hole."""
    with open(f"{root}/large", "wb") as file:
        for offset in (0, (1 << 30) - 3, (1 << 32) - 2048 - 5, (1 << 32) - 1, (1 << 32) + 4096):
            file.seek(offset)
            file.write(b"mark at %d" % offset)
        file.truncate((1 << 32) + (200 << 20) + 7)


def wide(root, entries=5000):
    os.mkdir(f"{root}/wide")
    for number in range(entries):
        with open(f"{root}/wide/entry number {number:05d}.txt", "wb") as file:
            if number % 50 == 0:
                file.write(b"%d\n" % number)
