"""Many small files, read in every order while isofuse sends ahead what it expects to be read: every byte is compared."""

import pathlib
import random
import shutil
import subprocess
import tempfile
import threading

DIRECTORIES, FILES, SEED = 4, 120, 5
ORDERS = ("listing", "disc", "name", "backwards", "random", "some", "all directories in turn")


def make_tree(root):
    """Files of no byte, of a few, of some pages; one that is too large to be sent ahead; links between directories."""
    rng = random.Random(SEED)
    for d in range(DIRECTORIES):
        directory = root / f"d{d}"
        directory.mkdir()
        for f in range(FILES):
            size = rng.choice((0, 1, 100, 2047, 2048, 4096, 4097, 9000, rng.randrange(8192)))
            (directory / f"f{f:03}.txt").write_bytes(rng.randbytes(100_000 if f == 60 else size))
        (directory / "sub").mkdir()
        (directory / "link").symlink_to("f000.txt")


def disc_order(name):
    """The weight of each file on the disc: not the order of the names."""
    return int(name[1:4]) * 37 % FILES


class Images:
    """A plain image and a compressed one, both with the files of a directory out of order."""

    def __enter__(self):
        self.work = tempfile.TemporaryDirectory(prefix="isofuse-small-")
        here = pathlib.Path(self.work.name)
        self.tree, packed = here / "tree", here / "packed"
        self.tree.mkdir()
        make_tree(self.tree)
        self.images = [self.master(self.tree, here / "plain.iso", [])]
        if shutil.which("mkzftree"):
            subprocess.run(["mkzftree", self.tree, packed], check=True)
            self.images.append(self.master(packed, here / "packed.iso", ["-z"]))
        return self

    def master(self, tree, out, more):
        weights = out.with_suffix(".sort")
        weights.write_text("".join(f"{path} {1000 - disc_order(path.name)}\n" for path in sorted(tree.glob("*/f*"))), encoding="ascii")
        subprocess.run(["genisoimage", "-quiet", "-R", "-sort", weights, *more, "-o", out, tree], check=True, stderr=subprocess.DEVNULL)
        return str(out)

    def __exit__(self, *_):
        self.work.cleanup()


def paths_in(order, mount, rng):
    """The files of the mount in the order in which they are to be read. All directories are listed first."""
    listed = [[path for path in directory.iterdir() if path.name.startswith("f")] for directory in sorted(mount.iterdir())]
    if order == "all directories in turn":
        return [path for together in zip(*listed) for path in together]
    out = []
    for files in listed:
        if order in ("disc", "name", "backwards"):
            files.sort(key=lambda path: disc_order(path.name) if order == "disc" else path.name, reverse=order == "backwards")
        elif order == "random":
            rng.shuffle(files)
        elif order == "some":
            files = files[::7]
        out += files
    return out


def read_and_compare(tree, mount, order, seed=SEED):
    """Names of the files whose contents differ."""
    mount = pathlib.Path(mount)
    return [str(path.relative_to(mount)) for path in paths_in(order, mount, random.Random(seed))
            if path.read_bytes() != (tree / path.relative_to(mount)).read_bytes()]


def read_in_threads(tree, mount, orders):
    """The same from several readers at once."""
    wrong = []
    readers = [threading.Thread(target=lambda order=order, seed=seed: wrong.extend(read_and_compare(tree, mount, order, seed)))
               for seed, order in enumerate(orders)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return wrong
