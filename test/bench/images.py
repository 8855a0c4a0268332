"""The images of the benchmark, made once. One more format is one more entry of MAKERS."""

import os
import shutil
import subprocess


def make_tree(paths):
    if not paths.tree.exists():
        partial = paths.tree.with_suffix(".tmp")
        shutil.rmtree(partial, ignore_errors=True)
        subprocess.run([paths.program("bench-make-tree"), partial], check=True)
        partial.rename(paths.tree)


def made(command):
    """Runs a maker on a name that is not yet the image's, so that half an image is none."""
    def maker(paths, target):
        partial = target.with_suffix(".tmp")
        partial.unlink(missing_ok=True)
        subprocess.run([str(word) for word in command(paths, partial)], check=True, stdout=subprocess.DEVNULL)
        partial.rename(target)
    return maker


def compress_and_master(paths, target):
    """zisofs: text of some 3:1, as programs and documents compress, 1 GiB."""
    plain, packed = paths.images / "plain", paths.packed
    for directory in (plain, packed):
        shutil.rmtree(directory, ignore_errors=True)
    plain.mkdir()
    with open(paths.tree / "big.bin", "rb") as random, open(plain / "big.bin", "wb") as out:
        # A third of noise and two thirds of what was there before: deflate gets 3:1 out of it.
        for _ in range(1 << 13):
            noise = random.read(44 << 10)
            out.write(b"".join(noise[i:i + 4096] + noise[i:i + 4096] * 2 for i in range(0, len(noise), 4096))[:128 << 10])
    subprocess.run(["mkzftree", "-z", "6", plain, packed], check=True)
    made(lambda _, partial: ["genisoimage", "-quiet", "-R", "-z", "-o", partial, packed])(paths, target)
    shutil.rmtree(plain)


MAKERS = {
    "iso": made(lambda paths, out: ["genisoimage", "-quiet", "-R", "-J", "-o", out, paths.tree]),
    "udf": made(lambda paths, out: ["genisoimage", "-quiet", "-R", "-udf", "-o", out, paths.tree]),
    "erofs": made(lambda paths, out: ["mkfs.erofs", out, paths.tree]),
    "million": made(lambda paths, out: [paths.program("bench-make-million"), out]),
    "zisofs": compress_and_master,
}


def make(name, paths):
    paths.images.mkdir(parents=True, exist_ok=True)
    # Every column needs the tree's big file or the image of its own kind.
    wanted = [name] + (["erofs"] if name in ("iso", "udf") else [])
    if name != "million":
        make_tree(paths)
    for image in wanted:
        target = paths.image(image)
        if not target.exists():
            print(f"making {os.path.relpath(target)}")
            MAKERS[image](paths, target)
