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
COLUMNS_MAX = 400  # of each
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


def volume_of(info, *filesystems):
    """What is told of the file system of this name, or None."""
    for volume in [info.get("volume"), *info.get("other_volumes", [])]:
        if volume and volume["filesystem"] in filesystems:
            return volume
    return None


# --- udfinfo

AREAS = {"VRS": "recognition sequence", "ANCHOR": "anchor", "MVDS": "main sequence", "RVDS": "reserve sequence", "LVID": "integrity",
         "PSPACE": "partition", "STABLE": "sparing table", "SSPACE": "spare packets"}
ACCESS = {"overwritable": "overwritable", "readonly": "read only", "rewritable": "rewritable", "writeonce": "write once",
          "pseudo-overwritable": "pseudo-overwritable", "unknown": "unknown"}


def ask_udfinfo(image, info):
    volume = volume_of(info, "UDF")
    said = output("udfinfo", "--utf8", image) if volume else None
    if said is None:
        return None
    lines = said.decode("utf-8", "replace").splitlines()
    values = dict(line.split("=", 1) for line in lines if not line.startswith("start="))
    table = next((each for each in volume["partition_maps"] if each["kind"] == "virtual"), {})
    integrity = volume.get("integrity", {})
    newest = {**integrity, **table}
    first = volume["partitions"][0] if volume["partitions"] else {}
    identity = info["identity"]
    texts = {"label": volume["label"], "uuid": identity.get("uuid"), "lvid": identity.get("logical_volume"), "vid": volume.get("volume_identifier"),
             "vsid": volume.get("volume_set_name"), "fsid": volume.get("file_set"), "fullvsid": volume.get("volume_set"), "owner": volume.get("owner"),
             "organization": volume.get("organization"), "contact": volume.get("contact"), "appid": volume.get("application"),
             "impid": volume.get("implementation")}
    ours = {name: text or "" for name, text in texts.items()}
    ours["winserialnum"] = "0x" + volume["windows_serial"]
    numbers = {"blocksize": volume["block_bytes"], "blocks": volume["image_blocks"], "usedblocks": volume["used_blocks"],
               "freeblocks": volume["free_blocks"], "behindblocks": volume["behind_blocks"], "numfiles": newest.get("files"),
               "numdirs": newest.get("directories")}
    ours.update({name: str(number) for name, number in numbers.items() if number is not None})
    ours["udfrev"] = newest.get("revision_to_read", volume["revision"])
    ours["udfwriterev"] = newest.get("revision_to_write", volume["revision"])
    if "table_block" in table:
        ours["vatblock"] = str(first["start_block"] + table["table_block"])
    ours["integrity"] = "closed" if table else {"closed": "closed", "open": "opened"}.get(integrity.get("state"), "unknown")
    ours["accesstype"] = {theirs: our for our, theirs in ACCESS.items()}.get(first.get("access"), "unknown")
    for kind in ("soft", "hard"):
        ours[kind + "writeprotect"] = "yes" if volume[kind + "_write_protected"] else "no"
    # Where there is no integrity descriptor, nobody has counted.
    wanted = {name: values[name] for name in values if name != "filename" and (integrity or name not in ("numfiles", "numdirs"))}
    found = re.findall(r"start=(\d+), blocks=(\d+), type=(\w+)", "\n".join(lines))
    wanted["areas"] = sorted((int(start), int(blocks), AREAS[kind]) for start, blocks, kind in found if kind in AREAS)
    areas = [(area["start_block"], area["blocks"], area["kind"]) for area in volume["areas"]]
    # isofuse looks for anchors in more places, as the kernel does.
    ours["areas"] = sorted(area for area in areas if area in wanted["areas"] or area[2] != "anchor")
    return differing(wanted, ours)


TOOLS = {"blkid": ask_blkid, "udfinfo": ask_udfinfo}

# (tool, images, members, why)
KNOWN = [
    ("blkid", "handmade-descriptors-unknown-first", "boot_system", "it takes a descriptor of UDF for a boot record, since its type is 0, too"),
    ("blkid", "udf-main-no-*", ".*", "it reads the main sequence alone, not what the reserve sequence has instead"),
    ("blkid", "udf-reserve-only", ".*", "the same"),
    ("blkid", "udf-anchor-first-misleading", ".*", "it looks at one anchor alone"),
    ("blkid", "udf-sequence-pointer", "version|label|logical_volume", "it follows no volume descriptor pointer"),
    ("blkid", "fault-lvd-label-of-255", "label|logical_volume", "it shows all of a field whose length cannot be right; the kernel does not"),
    ("udfinfo", "udf-anchor-first-misleading", ".*", "it looks at one anchor alone"),
    ("udfinfo", "udf-anchor-first-broken", "areas", "it lists an anchor that is damaged"),
    ("udfinfo", "udf-domain-unknown", ".*", "it wants the domain to be OSTA's, which the kernel does not"),
    ("udfinfo", "udf-sequence-equal-numbers", "usedblocks|areas", "of two descriptors with one number it takes the first, the kernel the last"),
    ("udfinfo", "udf-sequence-pointer", "areas", "it lists where the reserve sequence goes on, too"),
    ("udfinfo", "udf-metadata-*", "fsid|winserialnum", "it does not find a file set that needs the mirror, or long descriptors"),
    ("udfinfo", "udf-sparing-*", "fsid|winserialnum|areas", "it does not find a file set in a packet that has moved, nor believe in damaged or four tables"),
    ("udfinfo", "udf-three-maps", "usedblocks|freeblocks", "it counts all partitions, isofuse the one of the files, as statfs does"),
    ("udfinfo", "udf-two-partitions", "usedblocks|freeblocks", "the same"),
    ("udfinfo", "udf-vat-250-*", "udfwriterev", "it takes the higher one of table and integrity descriptor"),
    ("udfinfo", "udf-vat-padding-*", "usedblocks|freeblocks", "it finds no table so far from the end"),
    ("udfinfo", "fault-integrity-*", "areas", "it follows the sequence to other ends"),
    ("udfinfo", "fault-lvd-*", ".*", "it takes another length of an extent for wrong"),
    ("udfinfo", "fault-sparing-*", "fsid|winserialnum|areas", "it gives up where the length or the number of tables is wrong"),
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
                print(f"     {line[:COLUMNS_MAX]}")
        else:
            print(f"ok info: {tool} agrees on {len(asked)} images" + (f" (on {len(known)} of them but for what is known)" if known else ""))
    return passed


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "*") else 1)
