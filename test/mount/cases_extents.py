"""user.isofuse.extents: the pieces of each file are where it says."""

import errno
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile

import fuse
from expectations import IMAGES, Skip, equal, error_of, expect, image

NAME = "user.isofuse.extents"
FILES_PER_IMAGE = 300
FILE_BYTES_MAX = 64 << 20


def pieces_of(path):
    """[(what, length)]: what is an offset, "hole" or "compressed"."""
    lines = os.getxattr(path, NAME).decode("ascii").splitlines()
    return [(int(what) if what.isdigit() else what, int(length)) for what, length in (line.split(" ") for line in lines)]


def check_file(path, disc, size):
    """Compares what the pieces say with the contents; the number of bytes compared."""
    try:
        pieces = pieces_of(path)
    except OSError as error:
        expect(error.errno in (errno.E2BIG, errno.EIO), f"{path}: {error}")
        return 0
    equal(sum(length for _, length in pieces), size, f"{path}: sum of {pieces[:5]}")
    checked = 0
    with open(path, "rb") as file:
        for what, length in pieces:
            try:
                contents = file.read(length)
            except OSError:  # it reaches past the end of a damaged image
                return checked
            if what == "compressed":
                continue
            if what == "hole":
                expect(not any(contents), f"{path}: a hole with bytes in it")
            else:
                disc.seek(what)
                expect(contents == disc.read(length), f"{path}: the bytes at {what} are others")
                checked += length
    return checked


def files_of(path):
    """Regular files of a mount, a bounded number of each image, and not the largest: (path, size)."""
    count = 0
    for directory, _, names in os.walk(path):
        for name in names:
            file = os.path.join(directory, name)
            try:
                status = os.lstat(file)
            except OSError:  # a damaged record
                continue
            if not stat.S_ISREG(status.st_mode) or status.st_size > FILE_BYTES_MAX:
                continue
            yield file, status.st_size
            count += 1
            if count > FILES_PER_IMAGE:
                return


def test_extents_of_every_image():
    """Of all kinds of image that were made, sound ones."""
    images = checked = 0
    for disc_path in sorted(IMAGES.glob("*.iso")):
        if disc_path.name.startswith(("fault-", "random-")):
            continue
        try:
            with fuse.Mount(str(disc_path)) as path, open(disc_path, "rb") as disc:
                checked += sum(check_file(file, disc, size) for file, size in files_of(path))
                images += 1
        except fuse.MountError:  # what is no disc as it stands
            continue
    if images == 0:
        raise Skip("there are no images")
    expect(checked > 0, "something was compared")
    print(f"  extents: {images} images, {checked} bytes compared")


def test_extents_are_not_listed():
    with fuse.Mount(image("handmade-rock")) as path:
        equal(error_of(os.getxattr, path, NAME), errno.ENODATA, "a directory has none")
        for file, _ in files_of(path):
            expect(NAME not in os.listxattr(file), f"{file} lists it")
            expect(os.getxattr(file, NAME) is not None, f"{file} has it")


def test_extents_of_zisofs():
    """As compressed; with nocompress, where that lies."""
    disc = image("genisoimage-zisofs")
    with fuse.Mount(disc) as path:
        kinds = {what for file, _ in files_of(path) for what, _ in pieces_of(file)}
        expect("compressed" in kinds, f"what there is: {kinds}")
    with fuse.Mount(disc, "nocompress") as path:
        kinds = {what for file, _ in files_of(path) for what, _ in pieces_of(file)}
        expect(kinds and "compressed" not in kinds, f"what there is with nocompress: {kinds}")


def test_squashfs_in_place():
    """The manual's example: another driver reads a file system that lies on the disc, without a copy."""
    for program in ("mksquashfs", "squashfuse"):
        if shutil.which(program) is None:
            raise Skip(f"{program} is not installed")
    with tempfile.TemporaryDirectory(prefix="isofuse-extents-") as here:
        inner, tree, point = (pathlib.Path(here, name) for name in ("inner", "tree", "point"))
        for directory in (inner, tree, point):
            directory.mkdir()
        (inner / "hello").write_bytes(os.urandom(100_000))
        (tree / "first").write_bytes(b"x" * 5000)
        subprocess.run(["mksquashfs", inner, tree / "filesystem.squashfs", "-quiet", "-no-progress"], check=True, stdout=subprocess.DEVNULL)
        disc = f"{here}/live.iso"
        subprocess.run(["genisoimage", "-quiet", "-R", "-o", disc, tree], check=True, stderr=subprocess.DEVNULL)
        with fuse.Mount(disc) as path:
            (offset, length), = pieces_of(f"{path}/filesystem.squashfs")
            equal(length, (tree / "filesystem.squashfs").stat().st_size, "length")
        subprocess.run(["squashfuse", "-o", f"offset={offset}", disc, point], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            equal((point / "hello").read_bytes(), (inner / "hello").read_bytes(), "what lies in it")
        finally:
            fuse.unmount(str(point))
