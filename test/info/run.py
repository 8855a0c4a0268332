#!/usr/bin/python3
"""Compares what isofuse --info --json tells of every image with what the tools of the formats tell.

  run.py IMAGES [PATTERN]   ISOFUSE names the program

Every member must be in the manual, and every one of the manual's must be told of some image. Prints a line for each tool. Where a tool cannot read an image, it is not asked; where it is wrong or less patient than
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
import tempfile
import xml.etree.ElementTree

LIMIT_S = 20
TOOL_LIMIT_S = 5
COLUMNS_MAX = 400  # of each
SHOWN_MAX = 12  # differences that are printed of one tool


def output(*command, check_status=True):
    """What the command prints, or None where it fails, or does not end: there are discs in a circle."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=TOOL_LIMIT_S,
                              check=False, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"})
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 or not check_status else None


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


# --- isosize, isoinfo, xorriso: the primary descriptor

def primary_of(info):
    """The ISO 9660 volume and its primary descriptor, or (None, None)."""
    volume = volume_of(info, "ISO 9660", "High Sierra")
    found = [each for each in volume["volumes"] if each["descriptor"] in ("primary", "High Sierra")] if volume else []
    return (volume, found[0]) if found else (None, None)


def ask_isosize(image, info):
    _, primary = primary_of(info)
    said = output("isosize", "-x", image) if primary else None
    found = said and re.fullmatch(r"sector count: (\d+), sector size: (\d+)\s*", said.decode())
    if not found or int(found[2]) < 512:  # it knows no High Sierra
        return None
    blocks, block_bytes = map(int, found.groups())
    return differing({"blocks": blocks, "block size": block_bytes, "bytes": blocks * block_bytes},
                     {"blocks": primary["volume_blocks"], "block size": primary["block_bytes"], "bytes": primary["volume_bytes"]})


ISOINFO_TEXTS = {"System id": "system", "Volume id": "label", "Volume set id": "volume_set", "Publisher id": "publisher",
                 "Data preparer id": "preparer", "Application id": "application", "Copyright File id": "copyright_file",
                 "Abstract File id": "abstract_file", "Bibliographic File id": "bibliographic_file"}
ISOINFO_NUMBERS = {"Volume set size is": "volume_set_size", "Volume set sequence number is": "volume_sequence_number",
                   "Logical block size is": "block_bytes", "Volume size is": "volume_blocks"}
MEDIA = {0: "no emulation", 1: "1.2 MB floppy", 2: "1.44 MB floppy", 3: "2.88 MB floppy", 4: "hard disk"}


def ask_isoinfo(image, info):
    volume, primary = primary_of(info)
    said = output("isoinfo", "-d", "-i", image) if primary else None
    if said is None or b"System id:" not in said:
        return None
    lines = said.decode("utf-8", "replace").splitlines()
    values = dict(line.strip().split(":", 1) for line in lines if ":" in line)
    wanted = {name: values[name].strip() for name in (*ISOINFO_TEXTS, *ISOINFO_NUMBERS)}
    ours = {name: primary.get(member, "") for name, member in ISOINFO_TEXTS.items()}
    ours.update({name: str(primary[member]) for name, member in ISOINFO_NUMBERS.items()})
    text = "\n".join(lines)
    level = re.search(r"Joliet with UCS level (\d) found", text)
    wanted["Joliet"] = int(level[1]) if level else None
    ours["Joliet"] = next((each["joliet_level"] for each in volume["volumes"] if each["descriptor"] == "Joliet"), None)
    wanted["Rock Ridge"] = "Rock Ridge signatures" in text
    ours["Rock Ridge"] = "rockridge" in volume["views"]
    boot = next((each for each in volume["boot"] if "images" in each), None)
    found = re.search(r"El Torito VD version (\d+) found, boot catalog is in sector (\d+)", text)
    if found and boot:
        first, validation = boot["images"][0], boot["validation"]
        wanted["boot record"] = (found[1], found[2])
        ours["boot record"] = (str(boot["version"]), str(boot["catalog_sector"]))
        wanted["entry"] = tuple(
            int(re.search(rf"{name} ([0-9A-F]+)", text)[1], base)
            for name, base in (("Hid", 10), ("Bootid", 16), ("Load segment", 16), ("Sys type", 16), ("Nsect", 16), ("Bootoff", 16)))
        ours["entry"] = (validation["header_id"], int(first["indicator"], 16), first.get("load_segment", 0), first.get("system_type", 0),
                         first["load_sectors"], first["sector"])
        wanted["media"] = MEDIA.get(int(re.search(r"Boot media (\w+)", text)[1], 16), "unknown")
        ours["media"] = first["media"]
        wanted["key"] = re.search(r"Key (\w\w \w\w)", text)[1].replace(" ", "").lower()
        ours["key"] = validation["key"][2:]
        wanted["ID"] = re.search(r"ID '([^']*)'", text)[1].strip()
        ours["ID"] = boot.get("identifier", "")
    return differing(wanted, ours)


XORRISO_TEXTS = {"Volume Id": "label", "Volume Set Id": "volume_set", "Publisher Id": "publisher", "Preparer Id": "preparer",
                 "App Id": "application", "System Id": "system", "CopyrightFile": "copyright_file", "Abstract File": "abstract_file",
                 "Biblio File": "bibliographic_file"}
XORRISO_TIMES = {"Creation Time": "created", "Modif. Time": "modified", "Expir. Time": "expires", "Eff. Time": "effective"}


def ask_xorriso(image, info):
    volume, primary = primary_of(info)
    said = output("xorriso", "-indev", image, "-toc", "-pvd_info") if primary else None
    # Where it finds no session at sector 16, it tells of the disc that it would make.
    if said is None or b"PVD address" not in said or b"\nISO session" not in said:
        return None
    text = said.decode("utf-8", "replace")
    values = {name.strip(): value.strip() for name, value in (line.split(":", 1) for line in text.splitlines() if ":" in line)}
    wanted = {name: values[name] for name in XORRISO_TEXTS}
    ours = {name: primary.get(member, "") for name, member in XORRISO_TEXTS.items()}
    for name in ("Volume Id", "Volume Set Id"):  # it has a name for the nameless
        ours[name] = ours[name] or ("ISOIMAGE" if wanted[name] == "ISOIMAGE" else "")
    for name, member in XORRISO_TIMES.items():
        digits = values[name]
        wanted[name] = digits[:14] if digits.strip("0") else ""
        ours[name] = re.sub(r"\D", "", primary.get(member, ""))
    wanted["PVD address"] = values["PVD address"]
    ours["PVD address"] = f"{primary['descriptor_sector']}s"
    sessions = re.findall(r"^ISO session  : +\d+ , +(\d+) , +(\d+)s , (.*)$", text, re.MULTILINE)
    wanted["sessions"] = [(int(start), int(blocks), label.strip()) for start, blocks, label in sessions]
    ours["sessions"] = [(each["sector"], each["volume_blocks"], each.get("label", "")) for each in volume["sessions"]]
    if "rockridge" in volume["views"]:
        # As files: "Boot image   : '/boot/efi.img' , platform_id=0xEF". Some catalogues are hidden, and some images are no files.
        wanted["boot"] = sorted(re.findall(r"^Boot (?:catalog|image  ) : '/([^']*)'", text, re.MULTILINE))
        ours["boot"] = sorted(path for boot in volume["boot"] for path in (boot.get("catalog_path"), *(
            each.get("path") for each in boot.get("images", []))) if path)
    return differing(wanted, ours)


# --- dumpet

DUMPET_PLATFORMS = {0: "PC BIOS", 1: "PowerPC", 2: "Mac", 0xEF: "EFI"}
DUMPET_MEDIA = {"no emulation": "no emulation", "1.2MB floppy diskette emulation": "1.2 MB floppy",
                "1.44MB floppy diskette emulation": "1.44 MB floppy", "2.88MB floppy diskette emulation": "2.88 MB floppy",
                "hard disk emulation": "hard disk"}


def ask_dumpet(image, info):
    volume, _ = primary_of(info)
    # The exit status of its XML says nothing.
    said = output("dumpet", "-i", image, "-x", check_status=False) if volume else None
    if said is None or not said.lstrip().startswith(b"<?xml"):
        return None
    boot = next((each for each in volume["boot"] if "images" in each), {"images": [], "validation": {}})
    catalog = xml.etree.ElementTree.fromstring(said)

    def number(element, name):
        found = element.find(name)
        return int(found.get("RawValue") or found.text, 16)

    def platform(element):
        return DUMPET_PLATFORMS.get(number(element, "PlatformId"), "unknown")

    def entry(element):
        return (element.findtext("Bootable") == "True", DUMPET_MEDIA.get(element.findtext("BootMediaEmulationType"), "unknown"),
                number(element, "MediaLoadSegment"), number(element, "SystemType"), number(element, "LoadSectors"), number(element, "LoadLBA"))

    head = catalog.find("BootCatalogValidationEntry")
    sections = catalog.findall("BootCatalogSectionHeaderEntry")
    wanted = {"platform": platform(head), "ID": (head.findtext("IdString") or "").strip(), "checksum": "0x" + head.findtext("Checksum"),
              "key": "0x" + head.findtext("KeyBytes"),
              "sections": [(each.get("FinalSectionHeaderEntry") == "True", platform(each), int(each.findtext("SectionEntryCount")),
                            (each.findtext("IdString") or "").strip()) for each in sections],
              "entries": [entry(each) for each in [head.find("BootCatalogDefaultEntry"),
                                                   *(one for section in sections for one in section.findall("BootCatalogSectionEntry"))]]}
    validation = boot["validation"]
    ours = {"platform": validation.get("platform"), "ID": boot.get("identifier", ""), "checksum": validation.get("checksum"),
            "key": validation.get("key"),
            "sections": [(each["indicator"] == "0x91", each["platform"], each["entries"], each.get("identifier", ""))
                         for each in boot.get("sections", [])],
            "entries": [(each["bootable"], each["media"], each.get("load_segment", 0), each.get("system_type", 0), each["load_sectors"],
                         each["sector"]) for each in boot["images"]]}
    return differing(wanted, ours)


TOOLS = {"blkid": ask_blkid, "udfinfo": ask_udfinfo, "isosize": ask_isosize, "isoinfo": ask_isoinfo, "xorriso": ask_xorriso,
         "dumpet": ask_dumpet}

# (tool, images, members, why)
KNOWN = [
    ("blkid", "handmade-descriptors-unknown-first", "boot_system", "it takes a descriptor of UDF for a boot record, since its type is 0, too"),
    ("blkid", "udf-main-no-*", ".*", "it reads the main sequence alone, not what the reserve sequence has instead"),
    ("blkid", "udf-reserve-only", ".*", "the same"),
    ("blkid", "udf-anchor-first-misleading", ".*", "it looks at one anchor alone"),
    ("blkid", "udf-sequence-pointer", "version|label|logical_volume", "it follows no volume descriptor pointer"),
    ("blkid", "fault-lvd-label-of-255", "label|logical_volume", "it shows all of a field whose length cannot be right; the kernel does not"),
    ("blkid", "fault-lvd-table-length-4-gib", "version|label|logical_volume", "it does not look at the partition maps, without which there is no volume"),
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
    ("isoinfo", "handmade-odd-joliet-escapes", "Joliet", "it wants no volume flags in a descriptor of Joliet (ECMA-119 8.5.3), the kernel does not care"),
    ("isoinfo", "handmade-odd-susp-sharing", "Rock Ridge", "it takes any SUSP entry for Rock Ridge; without ER it is no tree of its own, as in the kernel"),
    ("isoinfo", "handmade-rock-no-er", "Rock Ridge", "the same"),
    ("xorriso", "handmade-space-too-large", "sessions", "it cuts what the descriptor says to the size of the image"),
    ("xorriso", "xorriso-partition-offset", "sessions", "it takes the descriptors that were made for the partition for the session's"),
    ("xorriso", "genisoimage-sessions*", "sessions", "without a drive it finds its own sessions alone"),
]


def is_known(tool, name, member):
    return any(tool == known and fnmatch.fnmatch(name, images) and re.fullmatch(members, member)
               for known, images, members, _ in KNOWN)


# --- an image of everything

EVERYTHING_FROM = "genisoimage-boot-alternative"


def make_everything(source, out):
    """A copy whose descriptor and boot catalogue (El Torito 2.1 to 2.5) say what no mastering program writes."""
    data = bytearray(pathlib.Path(source).read_bytes())

    def put(at, value):
        data[at:at + len(value)] = value

    primary = next(at for at in range(16 * 2048, 32 * 2048, 2048) if data[at:at + 6] == b"\1CD001")
    for at, name in ((702, b"COPY.TXT"), (739, b"ABSTRACT.TXT"), (776, b"BIBLIO.TXT")):
        put(primary + at, name.ljust(37))
    for at, date in ((847, b"2031020304050600"), (864, b"2021020304050600")):
        put(primary + at, date + b"\0")
    record = next(at for at in range(16 * 2048, 32 * 2048, 2048) if data[at:at + 6] == b"\0CD001")
    catalog = int.from_bytes(data[record + 71:record + 75], "little") * 2048
    put(catalog + 4, b"SOMEBODY".ljust(24, b"\0"))
    put(catalog + 28, b"\0\0")
    total = sum(int.from_bytes(data[at:at + 2], "little") for at in range(catalog, catalog + 32, 2))
    put(catalog + 28, (-total & 0xFFFF).to_bytes(2, "little"))
    put(catalog + 32 + 1, bytes([2, 0xC0, 0x07, 0x83]))  # a floppy, where it is loaded, its system
    put(catalog + 64 + 1, b"\x77")
    put(catalog + 64 + 4, b"SECTION".ljust(28, b"\0"))
    put(catalog + 96 + 1, bytes([4, 0x00, 0x10, 0x06]))
    put(catalog + 96 + 12, bytes([1, 0x65, 0x6E]))
    pathlib.Path(out).write_bytes(data)


# --- the manual

HERE = pathlib.Path(__file__).resolve().parent
MEMBERS = set()  # of all documents


def members_of(value):
    if isinstance(value, dict):
        return set(value).union(*map(members_of, value.values()))
    return set().union(*map(members_of, value)) if isinstance(value, list) else set()


def documented():
    """The members of --info in the manual's section JSON: whole words in bold or roman, as terms or in lists."""
    path = next(path for path in (HERE / "isofuse.1", HERE.parents[1] / "man/isofuse.1") if path.exists())
    section = path.read_text(encoding="utf-8").split(".SH JSON\n")[1].split("isofuse \\-\\-status \\-\\-json")[0]
    found = set()
    for line in section.splitlines():
        if re.match(r"\.B\b|\.BR\b", line) and "(" not in line and "\\-" not in line:
            found |= set(re.findall(r"\b[a-z][a-z_0-9]*\b", line[3:]))
    return found


# Words in bold that are values.
VALUES = {"udf", "iso9660"}


def check_manual(all_images):
    manual = documented()
    problems = [f"{member} is not in the manual" for member in sorted(MEMBERS - manual)]
    if all_images:
        problems += [f"{member} is in the manual, and told of no image" for member in sorted(manual - MEMBERS - VALUES)]
    print(f"FAIL info: manual ({'; '.join(problems)})" if problems else f"ok info: the manual has all {len(MEMBERS)} members")
    return not problems


def look(image):
    """The differences by tool, or None for a tool that cannot say anything of the image."""
    done = subprocess.run([os.environ["ISOFUSE"], "--info", "--json", image], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=LIMIT_S, check=False)
    info = json.loads(done.stdout)
    MEMBERS.update(members_of(info))
    return {tool: ask(image, info) for tool, ask in TOOLS.items() if shutil.which(tool)}


def main(folder, pattern):
    images = sorted(path for path in pathlib.Path(folder).glob("*.iso") if fnmatch.fnmatch(path.stem, pattern))
    with tempfile.TemporaryDirectory(prefix="isofuse-info-") as here, concurrent.futures.ThreadPoolExecutor(2) as pool:
        source = pathlib.Path(folder, EVERYTHING_FROM + ".iso")
        if source in images:
            images.append(pathlib.Path(here, "everything.iso"))
            make_everything(source, images[-1])
        looked = dict(zip((path.stem for path in images), pool.map(look, map(str, images))))
    if not images:
        return True
    passed = check_manual(pattern == "*")
    for tool in TOOLS:
        if not shutil.which(tool):
            print(f"skip info: {tool} (not installed)")
            continue
        asked = {name: found[tool] for name, found in looked.items() if found[tool] is not None}
        known = {name for name, found in asked.items() if any(is_known(tool, name, member) for member, _, _ in found)}
        wrong = [f"{name}: {member}: {tool} says {theirs!r}, isofuse {ours!r}" for name, found in asked.items()
                 for member, theirs, ours in found if not is_known(tool, name, member)]
        if not asked:
            print(f"skip info: {tool} (reads none of these images)")
        elif wrong:
            passed = False
            print(f"FAIL info: {tool} differs in {len(wrong)} values")
            for line in wrong[:SHOWN_MAX]:
                print(f"     {line[:COLUMNS_MAX]}")
        else:
            print(f"ok info: {tool} agrees on {len(asked)} images" + (f" (on {len(known)} of them but for what is known)" if known else ""))
    return passed


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "*") else 1)
