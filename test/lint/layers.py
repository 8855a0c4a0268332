#!/usr/bin/python3
"""Checks every #include of include/ and src/ against the edges that the design allows
(CONTRIBUTING.md, "The way of the data"), and that every source is named in a meson.build: one that a merge lost is not
missed by any compiler. Prints one line for each that is not; none is success.

  layers.py [ROOT]
"""

import pathlib
import re
import sys

# What the files of a folder may include, of this project's src/. Its own folder is always allowed,
# include/isofuse/ too (the contracts), and a longer prefix wins over a shorter one.
ALLOWED = {
    "src/base": (),
    "src/codec": ("base",),
    "src/cache": ("base",),
    "src/image": ("base", "cache", "codec"),
    "src/fs": ("base", "cache", "codec", "fs"),
    "src/fs/iso9660": ("base", "cache", "codec"),
    "src/fs/udf": ("base", "cache", "codec"),
    "src/check": ("base", "fs"),
    "src/fuse": ("base",),
    "src/app": ("base", "cache", "codec", "fs", "image", "check", "fuse"),
    "include/isofuse": (),
}

# Where the headers of other projects may be included (prefix of the header -> folders).
EXTERNAL = {
    "fuse": ("src/fuse",),
    "boost/interprocess": ("src/image", "src/cache", "src/app"),
    "spdlog": ("src/app", "src/fuse"),
    "CLI": ("src/app",),
    "nettle": ("src/base",),
    "zlib.h": ("src/codec",),
    "lzma.h": ("src/codec",),
    "bzlib.h": ("src/codec",),
    "lz4.h": ("src/codec",),
    "zstd.h": ("src/codec",),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def folder_rule(folder):
    matching = [key for key in ALLOWED if folder == key or folder.startswith(key + "/")]
    return max(matching, key=len) if matching else None


def problem(folder, kind, header):
    """What is wrong with an include in a file of `folder`, or None."""
    if header.startswith("isofuse/"):
        return None
    for prefix, folders in () if kind == '"' else EXTERNAL.items():
        if (header == prefix or header.startswith(prefix + "/") or
                (prefix == "fuse" and re.match(r"fuse(3/|_|\.h)", header))):
            if not any(folder == allowed or folder.startswith(allowed + "/") for allowed in folders):
                return f"<{header}> belongs in {', '.join(folders)} only"
    if folder.startswith("include") and header.startswith("nlohmann/") and header != "nlohmann/json_fwd.hpp":
        return "contracts include nlohmann/json_fwd.hpp only"
    if kind == "<":
        return None
    rule = folder_rule(folder)
    if rule is None:
        return "this folder is not in the table of layers"
    if folder.startswith("include"):
        return "contracts do not include anything of src/"
    target = str(pathlib.PurePosixPath(header).parent)
    own = rule.removeprefix("src/")
    if target == "." or target == own or target.startswith(own + "/"):
        return None
    if any(target == allowed or target.startswith(allowed + "/") for allowed in ALLOWED[rule]):
        # fs/open.cc, the registry, sees every file system; they never see each other.
        return None
    return f'"{header}" is not a layer below {rule}'


def check(root):
    found = []
    for top in ("include", "src"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in (".h", ".cc"):
                continue
            folder = str(path.parent.relative_to(root))
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                kind, header = match.groups()
                if (root / "src" / header).exists():  # one of ours, however it is written
                    kind = '"'
                wrong = problem(folder, kind, header)
                if wrong:
                    found.append(f"{path.relative_to(root)}:{number}: {wrong}")
    return found


def unnamed(root):
    """Sources, the tests' too, that no meson.build in their folder or above names."""
    found = []
    for top in ("src", "test/support", "test/unit", "test/bench", "test/fuzz"):
        for path in sorted((root / top).rglob("*.cc")):
            folders = [folder for folder in path.parents if folder.is_relative_to(root) and (folder / "meson.build").exists()]
            if not any(re.search(rf"\b{re.escape(str(path.relative_to(folder).with_suffix('')))}\b", (folder / "meson.build").read_text(encoding="utf-8"))
                       for folder in folders):
                found.append(f"{path.relative_to(root)}: no meson.build names it")
    return found


def check_itself():
    """The table must still catch what it is for."""
    assert problem("src/fs/iso9660", '"', "image/mapped_file.h")
    assert problem("src/fs/iso9660", '"', "fs/udf/icb.h")
    assert problem("src/base", '"', "cache/lru_cache.h")
    assert problem("src/fs", "<", "fuse_lowlevel.h") and problem("src/app", "<", "fuse3/fuse.h")
    assert problem("src/fs", "<", "boost/interprocess/mapped_region.hpp")
    assert problem("include/isofuse", "<", "nlohmann/json.hpp") and problem("src/fs", "<", "CLI/CLI.hpp")
    assert not problem("src/fs/iso9660", '"', "cache/lru_cache.h") and not problem("src/fuse", "<", "fuse_lowlevel.h")
    assert not problem("src/fs", '"', "fs/iso9660/iso9660.h") and not problem("src/app", '"', "app/disc.h")


if __name__ == "__main__":
    check_itself()
    tree = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    problems = check(tree) + unnamed(tree)
    print("\n".join(problems), end="\n" if problems else "")
    sys.exit(1 if problems else 0)
