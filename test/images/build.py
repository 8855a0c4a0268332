#!/usr/bin/python3
"""Makes the test images that are missing or out of date.

  build.py OUTPUT [PATTERN...]   into OUTPUT/NAME.iso, OUTPUT/NAME.manifest, OUTPUT/NAME.json
"""

import concurrent.futures
import fnmatch
import hashlib
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
KERNEL = HERE.parent / "kernel"
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(KERNEL)]

import listing  # noqa: E402
import oracle  # noqa: E402
import recipe as table  # noqa: E402
import trees  # noqa: E402
import tools  # noqa: E402,F401  (fills the table)
import handmade  # noqa: E402,F401
import pycdlib_images  # noqa: E402,F401
import udf_tools  # noqa: E402,F401
import handmade_udf  # noqa: E402,F401


def program_stamp():
    digest = hashlib.sha256()
    for path in [*sorted(HERE.glob("*.py")), KERNEL / "filler.py"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def paths(name, output):
    return [output / f"{name}.{kind}" for kind in ("iso", "json", "manifest")]


def make(name, output, stamp):
    """Returns None, or why the image could not be made. One that the kernel has yet to fill gets no facts."""
    recipe = table.RECIPES[name]
    image, facts, manifest = paths(name, output)
    if facts.exists() and image.exists() and json.loads(facts.read_text()).get("stamp") == stamp:
        return None
    missing = recipe.missing() or (oracle.unavailable() if recipe.fill else None)
    if missing:
        return missing
    image.unlink(missing_ok=True)
    facts.unlink(missing_ok=True)
    source = output.parent / "trees" / recipe.tree if recipe.tree else None
    with tempfile.TemporaryDirectory(prefix="isofuse-image-") as work:
        try:
            made = recipe.make(recipe, source, str(image), work)
        except Exception as error:  # any tool may be too old for an option: reported, never fatal
            image.unlink(missing_ok=True)
            return str(error)
        second = pathlib.Path(work, "sector")
        sector = second.read_text() if second.exists() else ""
    if recipe.expect == "manifest":
        with open(manifest, "w", encoding="ascii") as out:
            for entry in made:
                out.write(json.dumps(entry, sort_keys=True) + "\n")
    elif recipe.expect:
        shutil.copy(output.parent / "trees" / f"{recipe.tree}.listing", manifest)
    if not recipe.fill:
        finish(name, output, stamp, sector)
    return None


def finish(name, output, stamp, sector=""):
    recipe = table.RECIPES[name]
    image, facts, _ = paths(name, output)
    if recipe.after:
        recipe.after(recipe, str(image))
    facts.write_text(json.dumps({
        "stamp": stamp, "expect": recipe.expect, "ignore": recipe.ignore, "kernel": recipe.kernel, "mutate": recipe.mutate,
        "malformed": recipe.malformed, "filesystem": recipe.filesystem,
        "options": [[part.format(second=sector) for part in job] for job in recipe.jobs()]}))


def fill(names, output, stamp):
    """Lets the kernel write into the images that wait for it, all in one go. Returns name -> what went wrong."""
    jobs = {}
    for name in names:
        recipe = table.RECIPES[name]
        image, facts, _ = paths(name, output)
        if recipe.fill and image.exists() and not facts.exists():
            source = str(output.parent / "trees" / recipe.tree) if recipe.tree else ""
            steps = [[source if part == "SOURCE" else part for part in step] for step in recipe.fill]
            jobs[name] = (str(image), table.kernel_options(recipe.fill_options), steps)
    if not jobs:
        return {}
    wrong = oracle.fill_images(list(jobs.values()))
    failed = {}
    for name, (image, *_) in jobs.items():
        if image in wrong:
            failed[name] = wrong[image]
            os.remove(image)
        else:
            finish(name, output, stamp)
    return failed


def prepare_tree(name, base):
    root = trees.tree(name, base)
    out = pathlib.Path(base) / f"{name}.listing"
    if not out.exists() or out.stat().st_mtime < (base / (name + trees.MARK)).stat().st_mtime:
        listing.write_listing(root, out)


def remove_strangers(output):
    """What recipes that are no more have left behind: nobody knows what to expect of it."""
    for facts in output.glob("*.json"):
        if facts.stem not in table.RECIPES and facts.name != "not-made.json":
            for path in output.glob(facts.stem + ".*"):
                path.unlink()


def main():
    output = pathlib.Path(sys.argv[1]).resolve()
    output.mkdir(parents=True, exist_ok=True)
    names = [name for name in table.RECIPES
             if len(sys.argv) < 3 or any(fnmatch.fnmatch(name, pattern) for pattern in sys.argv[2:])]
    started = time.monotonic()
    base = output.parent / "trees"
    base.mkdir(exist_ok=True)
    for tree in {table.RECIPES[name].tree for name in names} | {"plain", "posix", "unicode", "zeros"}:
        if tree:
            prepare_tree(tree, base)
    if len(sys.argv) < 3:
        remove_strangers(output)
    stamp = program_stamp()
    failed = {}
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        for name, reason in zip(names, pool.map(make, names, [output] * len(names), [stamp] * len(names))):
            if reason:
                failed[name] = reason
    failed.update(fill([name for name in names if name not in failed], output, stamp))
    for name, reason in failed.items():
        print(f"not made: {name}: {reason}")
    print(f"images: {len(names) - len(failed)} of {len(names)} in {time.monotonic() - started:.0f} s")
    (output / "not-made.json").write_text(json.dumps(failed))


if __name__ == "__main__":
    main()
