#!/usr/bin/python3
"""Compares what isofuse --info --json tells of every image with what the tools of the formats tell.

  run.py IMAGES [PATTERN]   ISOFUSE names the program

Prints a line for each tool. Where a tool cannot read an image, it is not asked; where it is wrong or less patient than
isofuse, KNOWN says so.
"""

import concurrent.futures
import fnmatch
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

LIMIT_S = 20
SHOWN_MAX = 12  # differences that are printed of one tool


def output(*command):
    """What the command prints, or None where it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=LIMIT_S,
                          check=False, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"})
    return done.stdout if done.returncode == 0 else None


def differing(wanted, got):
    """(member, the tool's value, ours) for each that differs."""
    return [(name, value, got.get(name)) for name, value in wanted.items() if value != got.get(name)]


# --- blkid

BLKID_MEMBERS = {
    "TYPE": "type", "VERSION": "version", "LABEL_ENC": "label", "UUID_ENC": "uuid", "SYSTEM_ID": "system",
    "VOLUME_SET_ID": "volume_set", "PUBLISHER_ID": "publisher", "DATA_PREPARER_ID": "preparer", "APPLICATION_ID": "application",
    "BOOT_SYSTEM_ID": "boot_system", "VOLUME_ID": "volume_identifier", "LOGICAL_VOLUME_ID": "logical_volume"}


def decoded(value):
    r"""What udev encodes as \xNN."""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), value).decode("utf-8", "replace")


def ask_blkid(image, info):
    said = output("blkid", "-p", "-o", "udev", "-u", "filesystem", image)
    if said is None:
        return None
    values = dict(line.split(b"=", 1) for line in said.splitlines() if b"=" in line)
    values = {name.decode()[6:]: decoded(value) for name, value in values.items()}
    if values.get("TYPE") not in ("iso9660", "udf"):
        return None
    identity = info["identity"] or {}
    wanted = {member: values.get(name) for name, member in BLKID_MEMBERS.items()}
    if values["TYPE"] == "udf":
        wanted["block_bytes"] = int(values["BLOCK_SIZE"])
    return differing(wanted, identity)


TOOLS = {"blkid": ask_blkid}

# (tool, images, members, why)
KNOWN = [
    ("blkid", "handmade-descriptors-unknown-first", "boot_system", "it takes a descriptor of UDF for a boot record, since its type is 0, too"),
    ("blkid", "udf-main-no-*", ".*", "it reads the main sequence alone, not what the reserve sequence has instead"),
    ("blkid", "udf-reserve-only", ".*", "the same"),
    ("blkid", "udf-anchor-first-misleading", ".*", "it looks at one anchor alone"),
    ("blkid", "udf-sequence-pointer", "version|label|logical_volume", "it follows no volume descriptor pointer"),
    ("blkid", "fault-lvd-label-of-255", "label|logical_volume", "it shows all of a field whose length cannot be right; the kernel does not"),
    ("blkid", "fault-lvd-table-length-4-gib", "version|label|logical_volume", "it does not look at the partition maps, without which there is no volume"),
]


def is_known(tool, name, member):
    return any(tool == known and fnmatch.fnmatch(name, images) and re.fullmatch(members, member)
               for known, images, members, _ in KNOWN)


def look(image):
    """The differences by tool, or None for a tool that cannot say anything of the image."""
    done = subprocess.run([os.environ["ISOFUSE"], "--info", "--json", image], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=LIMIT_S, check=False)
    info = json.loads(done.stdout)
    return {tool: ask(image, info) for tool, ask in TOOLS.items() if shutil.which(tool)}


def main(folder, pattern):
    images = sorted(path for path in pathlib.Path(folder).glob("*.iso") if fnmatch.fnmatch(path.stem, pattern))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        looked = dict(zip((path.stem for path in images), pool.map(look, map(str, images))))
    passed = True
    for tool in TOOLS:
        if not shutil.which(tool):
            print(f"skip info: {tool} (not installed)")
            continue
        asked = {name: found[tool] for name, found in looked.items() if found[tool] is not None}
        known = {name for name, found in asked.items() if any(is_known(tool, name, member) for member, _, _ in found)}
        wrong = [f"{name}: {member}: {tool} says {theirs!r}, isofuse {ours!r}" for name, found in asked.items()
                 for member, theirs, ours in found if not is_known(tool, name, member)]
        if wrong:
            passed = False
            print(f"FAIL info: {tool} differs in {len(wrong)} values")
            for line in wrong[:SHOWN_MAX]:
                print(f"     {line}")
        else:
            print(f"ok info: {tool} agrees on {len(asked)} images" + (f" (on {len(known)} of them but for what is known)" if known else ""))
    return passed


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "*") else 1)
