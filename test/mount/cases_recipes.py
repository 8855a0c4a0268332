"""The recipes of README.md: each line is run as it stands there, but those that say why not."""

import os
import pathlib
import re
import subprocess
import tempfile

import fuse
from expectations import Skip, equal, expect, until

LIMIT_S = 60


def recipes():
    """(line, why it is not run or None), from the block behind "## Recipes"."""
    text = (pathlib.Path(__file__).resolve().parent / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^## Recipes$.*?^```sh$(.*?)^```$", text, re.DOTALL | re.MULTILINE).group(1)
    for line in block.splitlines():
        if line and not line.startswith("#"):
            command, _, comment = line.partition("  # ")
            yield command.strip(), comment.removeprefix("not run by the tests: ") if comment.startswith("not run") else None


def make_discs(here):
    tree = pathlib.Path(here, "tree")
    (tree / "pool").mkdir(parents=True)
    (tree / "README.txt").write_text("read me\n", encoding="utf-8")
    (tree / "pool/data.bin").write_bytes(os.urandom(50_000))
    (tree / "loader.img").write_bytes(os.urandom(2048))
    sums = subprocess.run(["md5sum", "./README.txt", "./pool/data.bin"], cwd=tree, check=True, stdout=subprocess.PIPE).stdout
    (tree / "md5sum.txt").write_bytes(sums)
    for name in ("debian.iso", "other.iso"):
        subprocess.run(["genisoimage", "-quiet", "-R", "-J", "-b", "loader.img", "-no-emul-boot", "-o", f"{here}/{name}", tree], check=True, stderr=subprocess.DEVNULL)
        (tree / "pool/new.txt").write_text("only on the second\n", encoding="utf-8")


def test_recipes_of_the_readme():
    if not (pathlib.Path(__file__).resolve().parent / "README.md").exists():
        raise Skip("README.md does not lie beside the tests")
    found = list(recipes())
    expect(len(found) >= 10, f"ten recipes: {found}")
    run = [command for command, why_not in found if why_not is None]
    expect(len(run) >= 7, f"most of them are run: {run}")
    for command in run:
        with tempfile.TemporaryDirectory(prefix="isofuse-recipe-") as here:
            make_discs(here)
            os.mkdir(here + "/bin")
            os.symlink(fuse.binary(), here + "/bin/isofuse")
            done = subprocess.run(["bash", "-euc", command], cwd=here, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  env={**os.environ, "PATH": f"{here}/bin:{os.environ['PATH']}"}, timeout=LIMIT_S, check=False)
            with open("/proc/self/mounts", encoding="utf-8") as mounts:
                left = [line.split()[1] for line in mounts if here in line]
            for point in left:
                fuse.unmount(point)
            equal((done.returncode, left), (0, []), f"status of, and mounts after: {command}: {fuse.text(done.stdout)[-200:]}")
    until(lambda: not fuse.daemons(), "all end")
