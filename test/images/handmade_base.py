"""What the made-up images share: how one is declared, and entries of manifests."""

import hashlib

from isowriter import DEFAULT_TIME, DIRECTORY, Directory, Image, Record, Volume
from recipe import ONLY_DEFAULT, Recipe, add
import susp


def handmade(name, options=ONLY_DEFAULT, kernel=True, mutate=True):
    """Declares an image. The function builds and returns (Image, manifest entries or None)."""
    def declare(function):
        def make(recipe, source, out, work):
            image, manifest = function()
            image.write(out)
            return manifest
        probe_manifest = function.__annotations__.get("return") != "kernel only"
        add(Recipe(f"handmade-{name}", make, None, expect="manifest" if probe_manifest else None,
                   options=list(options), kernel=kernel, mutate=mutate))
        return function
    return declare


def a_file(path, data=b"", **more):
    return {"path": path, "type": "f", "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), **more}


def a_directory(path, **more):
    return {"path": path, "type": "d", **more}


def a_link(path, target, **more):
    return {"path": path, "type": "l", "target": target, **more}


ROOT = {"path": ".", "type": "d"}


def plain_disc(records, image=None, **volume):
    """An image with one root directory of these records (and what hangs below them)."""
    image = image or Image()
    root = Directory(list(records))
    image.place_tree(root)
    image.volumes.append(Volume(root, **volume))
    return image


def rock_root(records, **more):
    return Directory(list(records), dot_susp=susp.continuation_root(**more),
                     dotdot_susp=susp.px(0o40755, 2) + susp.tf_default())


def rock_disc(records, image=None, **more):
    image = image or Image()
    root = rock_root(records, **more)
    image.place_tree(root)
    image.volumes.append(Volume(root))
    return image


def rock_file(image, iso_name, name, data=b"", mode=0o100644, extra=b"", nlink=1, target=None, **record):
    target = target if target is not None else image.file(data)
    return Record(iso_name, target, susp.px(mode, nlink) + susp.tf_default() + susp.nm(name) + extra, **record)


def rock_directory(iso_name, name, records, extra=b""):
    inner = Directory(list(records), dot_susp=susp.px(0o40755, 2) + susp.tf_default(),
                      dotdot_susp=susp.px(0o40755, 2) + susp.tf_default())
    return Record(iso_name, inner, susp.px(0o40755, 2) + susp.tf_default() + susp.nm(name) + extra, DIRECTORY)


__all__ = [name for name in dir() if not name.startswith("_")]
assert DEFAULT_TIME
