"""What the made-up images of UDF share: how one is declared, and trees for images whose subject is
the volume."""

import udf_structures as udf
from recipe import ONLY_DEFAULT, Recipe, add
from trees import noise
from udfwriter import Disc, Name, Node


def handmade_udf(name, options=ONLY_DEFAULT, kernel=True, mutate=True, manifest=True):
    """Declares an image. The function builds a Disc with a root. `manifest`: whether what the writer
    derives is what has to be shown; otherwise the kernel alone judges."""
    def declare(function):
        def make(recipe, source, out, work):
            disc = function()
            disc.write(out)
            return disc.manifest() if manifest else None
        add(Recipe(f"udf-{name}", make, None, expect="manifest" if manifest else None, options=list(options), kernel=kernel, mutate=mutate,
                   filesystem="udf"))
        return function
    return declare


def fill(disc, more=(), **root):
    """A small tree with a bit of everything: bytes in ICBs and outside, directories of several blocks, links."""
    shared = disc.file(b"two names\n")
    crowd = [Name(f"entry {number:03d} with a name of some length", disc.file(b"%d\n" % number)) for number in range(60)]
    disc.root = disc.directory(
        Name("big.bin", disc.file(noise(20_000, 7))),
        Name("crowd", disc.directory(*crowd)),
        Name("empty", disc.file()),
        Name("first name", shared),
        Name("link", disc.link("sub/deep.txt")),
        Name("pieces.bin", disc.file(noise(5 * disc.block_bytes + 17, 8), pieces=[1, 2, 1])),
        Name("small.txt", disc.file(b"small\n")),
        Name("sub", disc.directory(Name("deep.txt", disc.file(b"deep down\n")), Name("second name", shared))),
        *more, **root)
    return disc


def plain(**more):
    return fill(Disc(**more))


__all__ = [name for name in dir() if not name.startswith("_")]
assert udf and Node
