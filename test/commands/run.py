#!/usr/bin/python3
"""--list, --check and -o boot with discs of real mastering tools, against the tools that know the same: bsdtar, isoinfo, 7z,
checkisomd5, xorriso -check_media, xorriso -report_el_torito, geteltorito. Needs no FUSE.

  run.py ISOFUSE IMAGES WORK [PATTERN]   IMAGES: those of test/images/build.py; WORK: a folder for others, made anew
"""

import concurrent.futures
import fnmatch
import hashlib
import json
import os
import pathlib
import pty
import re
import shutil
import struct
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from runner import Skip, equal, expect, run_tests  # noqa: E402

SECTOR = 2048
GOOD, DAMAGED, NO_SUM = 0, 60, 61
# Made by tools that know what they do, so nothing is wrong with them; but for these.
MADE_BY_TOOLS = ("genisoimage-", "xorriso-", "pycdlib-", "makefs-", "mkudffs-", "newfs-", "bridge-", "bsdtar-")
DAMAGED_BY_THEIR_TOOLS = {
    "bsdtar-zisofs": "libarchive 3.6 stores what does not shrink in a way that no zisofs reader takes",
}


def need(*programs):
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise Skip(f"not installed: {' '.join(missing)}")


class Bench:
    def __init__(self, isofuse, images, work):
        self.isofuse, self.images, self.work = isofuse, images, work

    def run(self, *arguments):
        return subprocess.run([self.isofuse, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=120, check=False)

    def check(self, image, *options):
        """(exit status, findings, the last line) of --check."""
        done = self.run("--check", "--json", *options, image)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        expect(done.returncode not in (GOOD, DAMAGED, NO_SUM) or lines, f"{image}: no output, exit status {done.returncode}: {done.stderr}")
        return done.returncode, lines[:-1], lines[-1] if lines else {}

    def cat(self, image, path, *options):
        done = self.run("--cat", *options, image, path)
        equal(done.returncode, 0, f"exit status of --cat {path}: {done.stderr}")
        return done.stdout

    def tree(self, name):
        """A small tree of files that cannot be mistaken for each other."""
        root = self.work / f"{name}-tree"
        (root / "folder/deep").mkdir(parents=True)
        for number in range(6):
            (root / f"file{number}.bin").write_bytes(hashlib.shake_128(str(number).encode()).digest(20_000 + 3000 * number))
        (root / "folder/text.txt").write_text("text\n" * 500, encoding="ascii")
        (root / "folder/deep/er.bin").write_bytes(bytes(range(256)) * 40)
        return root

    def master(self, name, *options, tree=None):
        image = self.work / f"{name}.iso"
        make(["genisoimage", "-quiet", "-R", "-J", *options, "-o", str(image), str(tree or self.tree(name))])
        return image


def make(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
    expect(done.returncode == 0, f"{' '.join(command)}: {done.stdout.decode(errors='replace')[-300:]}")
    return done.stdout.decode(errors="replace")


def damaged_copy(image, name, changes):
    """A copy with other bytes: {offset: bytes}; an offset with a number has that many bits turned over there."""
    copy = image.with_name(f"{image.stem}-{name}.iso")
    data = bytearray(image.read_bytes())
    for offset, change in changes.items():
        if isinstance(change, int):
            data[offset] ^= change
        else:
            data[offset:offset + len(change)] = change
    copy.write_bytes(data)
    return copy


def place_of(image, content):
    """Where a file's contents begin in an image, as nobody's parser sees it."""
    at = image.read_bytes().find(content)
    expect(at >= 0 and at % SECTOR == 0, f"{image}: contents found at {at}")
    return at


def damage(findings):
    return [finding for finding in findings if finding["kind"] == "damage"]


def expect_damage(bench, image, text, path=None, near=None):
    """One finding at least says so: its text, its path, its place within a sector."""
    status, findings, last = bench.check(image)
    equal((status, last.get("result")), (DAMAGED, "damaged"), f"what --check says of {image.name}: {findings}")
    for finding in damage(findings):
        if re.search(text, finding["text"]) and (path is None or finding.get("path") == path) and \
                (near is None or abs(finding.get("offset", -SECTOR) - near) < SECTOR):
            return
    raise AssertionError(f"{image.name}: nothing like {text!r} at {path}, {near}: {damage(findings)}")


# --- sound discs

def test_discs_of_real_tools_are_sound(bench):
    images = [image for image in sorted(bench.images.glob("*.iso")) if image.name.startswith(MADE_BY_TOOLS)]
    opened = 0

    def wrong(image):
        status, findings, _ = bench.check(image)
        expected = DAMAGED if image.stem in DAMAGED_BY_THEIR_TOOLS else NO_SUM
        # Those that need an option to be opened at all say so.
        if status == expected or status in (2, 31, 32, 33) or status == GOOD and expected == NO_SUM:
            return None, status in (GOOD, DAMAGED, NO_SUM)
        return f"{image.name}: {status}: {damage(findings)[:3]}", True
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for text, was_opened in pool.map(wrong, images):
            expect(text is None, text)
            opened += was_opened
    expect(opened >= len(images) * 8 // 10, f"only {opened} of {len(images)} were opened")
    print(f"  {opened} images")


def test_no_image_is_too_much(bench):
    """Every image of the tests, the broken ones too, ends with one of the statuses that the manual has."""
    images = sorted(bench.images.glob("*.iso"))

    def status(image):
        return image.name, bench.run("--check", image).returncode
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, code in pool.map(status, images):
            expect(code in (GOOD, DAMAGED, NO_SUM, 2, 30, 31, 32, 33), f"{name}: exit status {code}")


# --- listings

# (tool, image, why its list is another one)
OTHER_LISTS = (
    ("bsdtar", "*deep*", "it hides the directory of relocated ones"),
    ("bsdtar", "makefs-*", "it stops at makefs' relocated directories, and takes no Rock Ridge without SP"),
    ("bsdtar", "pycdlib-rock-xa", "it knows no System Use area behind CD-ROM XA's"),
    ("bsdtar", "xorriso-local-charset", "twelve Rock Ridge names are empty there; the kernel shows those files by their other names"),
    ("isoinfo -R", "xorriso-local-charset", "as bsdtar"),
    ("isoinfo -R", "*deep*", "it follows no relocated directories"),
    ("isoinfo -R", "makefs-*", "as bsdtar; and takes entries of version 0 for broken"),
    ("isoinfo -R", "*bytes*", "names with line ends make two lines"),
    ("isoinfo -R", "pycdlib-rock-xa", "as bsdtar"),
)


def output(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, check=False)
    return done.stdout if done.returncode == 0 else None


def without_escapes(line):
    """A name as bsdtar prints it."""
    letters = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v", b"\\": b"\\"}
    return re.sub(rb"\\([0-7]{3}|.)", lambda match: letters.get(match[1]) or bytes([int(match[1], 8)]), line)


def bsdtar_list(image):
    told = output("bsdtar", "-tf", str(image))
    return told and {os.path.normpath(without_escapes(line)) for line in told.splitlines()} - {b"."}


def isoinfo_list(image, *options):
    told = output("isoinfo", "-f", *options, "-i", str(image))
    return told and {line[1:] for line in told.splitlines()}


def seven_zip_list(image):
    told = output("7z", "l", "-slt", "-ba", "-tudf", str(image))
    return told and {line[7:] for line in told.splitlines() if line.startswith(b"Path = ")}


def latin(names):
    """isoinfo has Latin-1 only, and kernel and isofuse leave out dots at the end of Joliet names."""
    return {b"/".join(part.rstrip(b".") for part in name.split(b"/")) for name in names if name.isascii() and b"_" not in name}


def test_listings_agree_with_other_tools(bench):
    need("bsdtar", "isoinfo", "7z")
    same = {}

    def compare(image):
        told = bench.run("--info", "--json", image)
        if told.returncode != 0:
            return
        volume = json.loads(told.stdout)["volume"]

        def ours(*options):
            return set(bench.run("--list", "-0", *options, image).stdout.split(b"\0")) - {b""}
        pairs = []
        if volume["view"] == "rockridge":
            pairs.append(("bsdtar", ours(), bsdtar_list(image)))
        if volume["view"] == "udf":
            pairs.append(("7z", ours(), seven_zip_list(image)))
        views = volume.get("views", ())
        if "rockridge" in views:
            pairs.append(("isoinfo -R", ours("-o", "view=rockridge"), isoinfo_list(image, "-R")))
        if "joliet" in views:
            pairs.append(("isoinfo -J", latin(ours("-o", "view=joliet")), latin(isoinfo_list(image, "-J") or ())))
        if "iso" in views:
            pairs.append(("isoinfo", ours("-o", "view=iso,map=off"), isoinfo_list(image)))
        for tool, mine, its in pairs:
            if its and not any(tool == known and fnmatch.fnmatch(image.stem, pattern) for known, pattern, _ in OTHER_LISTS):
                equal((sorted(mine - its), sorted(its - mine)), ([], []), f"{image.name}: what only isofuse lists, and what only {tool} does")
                same[tool] = same.get(tool, 0) + 1
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(compare, (image for image in sorted(bench.images.glob("*.iso")) if image.name.startswith(MADE_BY_TOOLS))))
    print("  the same: " + ", ".join(f"{tool} {count}" for tool, count in sorted(same.items())))
    expect(same.get("isoinfo", 0) >= 50 and same.get("bsdtar", 0) >= 30, f"images that were compared: {same}")


# --- sums

def test_isomd5sum_agrees_with_checkisomd5(bench):
    need("genisoimage", "implantisomd5", "checkisomd5")
    tree = bench.tree("isomd5")
    (tree / "large.bin").write_bytes(hashlib.shake_128(b"large").digest(3_000_000))
    image = bench.master("isomd5", "-V", "SUMMED", tree=tree)
    equal(bench.check(image)[0], NO_SUM, "before a sum was implanted")
    make(["implantisomd5", str(image)])

    def both(path):
        theirs = subprocess.run(["checkisomd5", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode
        status, findings, _ = bench.check(path)
        equal(status == GOOD, theirs == 0, f"{path.name} is good for both")
        return findings
    expect(any(finding["kind"] == "right" and finding["text"].startswith("isomd5sum") for finding in both(image)), "the sum is right")
    size = image.stat().st_size
    for at in (100, 40 * SECTOR, size // 3, size // 2, size - 40 * SECTOR):
        findings = [finding for finding in damage(both(damaged_copy(image, f"at-{at}", {at: 1}))) if "isomd5sum" in finding["text"]]
        equal(len(findings), 1, f"findings of isomd5sum for byte {at}")
        end = int(re.search(r"before byte (\d+)", findings[0]["text"])[1])
        expect(findings[0]["offset"] <= at < end, f"byte {at} lies in the part named: {findings[0]}")
        expect(end - findings[0]["offset"] <= max(size // 5, 40 * SECTOR) or at > size * 19 // 21, f"the part is a small one: {findings[0]}")
    both(damaged_copy(image, "skipped", {size - SECTOR: 1}))  # the last 15 sectors do not count


def media_digest(data, algorithm, pad, end, start=0, signature=None):
    """As openSUSE's README of checkmedia defines it."""
    normal = bytearray(data)
    normal[:512] = bytes(512)
    normal[0x8373:0x8573] = b" " * 512
    if signature is not None:
        normal[signature * 512 + 64:signature * 512 + SECTOR] = bytes(SECTOR - 64)
    if pad:
        normal[end - pad * SECTOR:end] = bytes(pad * SECTOR)
    return hashlib.new(algorithm, normal[start:end]).hexdigest()


def test_mediacheck(bench):
    need("genisoimage")
    plain = bench.master("media", "-V", "TAGGED")
    data = plain.read_bytes()
    end = struct.unpack_from("<I", data, 16 * SECTOR + 80)[0] * SECTOR
    for algorithm, pad in (("md5", 0), ("sha1", 150), ("sha256", 10), ("sha512", 3)):
        partition = media_digest(data, algorithm, 0, end - 20 * 512, 40 * 512)
        field = f"{algorithm}sum={media_digest(data, algorithm, pad, end)};check=1;pad={pad};" \
                f"partition=40,{(end - 20 * 512 - 40 * 512) // 512},{partition}"
        tagged = damaged_copy(plain, algorithm, {0x8373: field.encode().ljust(512)})
        status, findings, last = bench.check(tagged)
        equal((status, last["sums_right"]), (GOOD, 2), f"{algorithm}: {findings}")
        # A boot loader may be written into the first sector, and what is padding may change.
        status, findings, _ = bench.check(damaged_copy(tagged, "booted", {10: 1, **({end - 100: 1} if pad else {})}))
        equal(status, GOOD, f"{algorithm}: {findings}")
        expect_damage(bench, damaged_copy(tagged, "hurt", {60 * SECTOR: 1}), "mediacheck")


def test_libisofs_tags_agree_with_xorriso(bench):
    need("xorriso")
    tree, image = bench.tree("tags"), bench.work / "tags.iso"
    make(["xorriso", "-for_backup", "-md5", "on", "-outdev", str(image), "-volid", "TAGS", "-map", str(tree), "/", "-commit_eject", "all"])

    def theirs(path):
        told = subprocess.run(["xorriso", "-md5", "on", "-indev", str(path), "-check_media", "--"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False).stdout.decode(errors="replace")
        session = subprocess.run(["xorriso", "-md5", "on", "-indev", str(path), "-check_md5", "FAILURE", "--"], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout.decode(errors="replace")
        good = "Ok, session data match recorded md5" in session
        equal("md5_match" in told and "mismatch" not in told, good, f"xorriso's two ways to check {path.name}")
        return good
    status, findings, last = bench.check(image)
    equal(status, GOOD, f"what --check says: {findings}")
    expect(last["sums_right"] >= 6 and theirs(image), "the tags are right for both")
    at = place_of(image, (tree / "file3.bin").read_bytes())
    hurt = damaged_copy(image, "file", {at + 5000: 4})
    expect_damage(bench, hurt, "libisofs tag of the session: md5")
    expect(not theirs(hurt), "xorriso sees it, too")
    # Descriptors, before the tree: both tags have them in their range.
    expect_damage(bench, damaged_copy(image, "label", {(32 + 16) * SECTOR + 45: 4}), "libisofs tag of the descriptors: md5")
    # A second session has tags of its own.
    (tree / "later.bin").write_bytes(b"later" * 3000)
    make(["xorriso", "-for_backup", "-md5", "on", "-dev", str(image), "-map", str(tree / "later.bin"), "/later.bin", "-commit_eject", "all"])
    status, findings, last = bench.check(image)
    equal(status, GOOD, f"with a second session: {findings}")
    hurt = damaged_copy(image, "later", {place_of(image, b"later" * 3000) + 100: 4})
    expect_damage(bench, hurt, "libisofs tag of the session: md5")


def test_a_sum_that_was_implanted_later_does_not_spoil_the_tags(bench):
    need("xorriso", "implantisomd5")
    image = bench.work / "both.iso"
    make(["xorriso", "-for_backup", "-md5", "on", "-outdev", str(image), "-map", str(bench.tree("both")), "/", "-commit_eject", "all"])
    make(["implantisomd5", str(image)])
    status, findings, _ = bench.check(image)
    equal(status, GOOD, f"{damage(findings)}")


def test_lists_of_sums(bench):
    need("genisoimage")
    tree = bench.tree("lists")
    names = sorted(str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file())

    def lines(algorithm):
        return "".join(f"{hashlib.new(algorithm, (tree / name).read_bytes()).hexdigest()}  ./{name}\n" for name in names)
    (tree / "md5sum.txt").write_text(lines("md5"), encoding="ascii")
    (tree / "SHA256SUMS").write_text(lines("sha256"), encoding="ascii")
    image = bench.master("lists", tree=tree)
    status, findings, last = bench.check(image)
    equal((status, last["sums_right"]), (GOOD, 2), f"{findings}")
    at = place_of(image, (tree / "file2.bin").read_bytes())
    hurt = damaged_copy(image, "file", {at + 10: 1})
    for name in ("md5sum.txt", "SHA256SUMS"):
        expect_damage(bench, hurt, re.escape(name), path="./file2.bin", near=at)
    equal(bench.check(hurt)[2]["sums_wrong"], 2, "wrong sums")
    (tree / "file4.bin").unlink()
    expect_damage(bench, bench.master("lists-lack", tree=tree), "md5sum.txt: this file is not on the disc", path="./file4.bin")


# --- structure

def test_cut_off(bench):
    need("genisoimage")
    tree = bench.tree("cut")
    image = bench.master("cut", tree=tree)
    data = image.read_bytes()
    at = place_of(image, (tree / "file4.bin").read_bytes())
    cut = image.with_name("cut-short.iso")
    cut.write_bytes(data[:at + 1000])
    expect_damage(bench, cut, rf"cut off: {len(data) - at - 1000} of {len(data)} bytes are missing", near=at + 1000)
    expect_damage(bench, cut, "lie outside of the image", path="/file4.bin", near=at + 1000)


def primary(data):
    return data[16 * SECTOR:17 * SECTOR]


def test_both_byte_orders(bench):
    need("genisoimage")
    image = bench.master("orders")
    data = image.read_bytes()
    expect_damage(bench, damaged_copy(image, "descriptor", {16 * SECTOR + 80 + 7: 1}), "primary tree: the size of the volume is", near=16 * SECTOR)
    root = struct.unpack_from("<I", primary(data), 158)[0] * SECTOR
    at = root + data[root:root + 4 * SECTOR].index(b"FILE3.BIN") - 33
    expect_damage(bench, damaged_copy(image, "record", {at + 6: 1}), "the two byte orders in the record of FILE3.BIN;1 disagree", near=at)


def test_path_tables(bench):
    need("genisoimage")
    image = bench.master("tables")
    little, _, big = struct.unpack_from("<II", primary(image.read_bytes()), 140) + struct.unpack_from(">I", primary(image.read_bytes()), 148)
    expect_damage(bench, damaged_copy(image, "l", {little * SECTOR + 10 + 2: 1}), r"path table: FOLDER at block \d+ is in no directory", near=little * SECTOR)
    expect_damage(bench, damaged_copy(image, "m", {big * SECTOR + 10 + 5: 1}), r"path table \(M\) differs from the first at FOLDER", near=big * SECTOR)
    expect_damage(bench, damaged_copy(image, "broken", {little * SECTOR + 10: b"\xf0"}), "path table has a broken entry", near=little * SECTOR)


def test_extents_that_overlap(bench):
    need("genisoimage")
    tree = bench.tree("overlap")
    image = bench.master("overlap", tree=tree)
    data = image.read_bytes()
    first, second = (place_of(image, (tree / name).read_bytes()) // SECTOR for name in ("file0.bin", "file1.bin"))
    changes = {}
    for match in re.finditer(rb"FILE1\.BIN|" + "file1.bin".encode("utf-16-be"), data):  # of both trees
        record = match.start() - 33
        if struct.unpack_from("<I", data, record + 2)[0] == second:
            changes[record + 2] = struct.pack("<I", first + 2) + struct.pack(">I", first + 2)
    equal(len(changes), 2, "records of the file")
    expect_damage(bench, damaged_copy(image, "moved", changes), "bytes are those of /file0.bin too", path="/file1.bin", near=(first + 2) * SECTOR)


def test_directories(bench):
    need("genisoimage")
    image = bench.master("directories")
    root = struct.unpack_from("<I", primary(image.read_bytes()), 158)[0] * SECTOR
    expect_damage(bench, damaged_copy(image, "dot", {root + 2: b"\1\0\0\0\0\0\0\1"}), "directory's own record names block 1", near=root)


def test_boot_catalogue(bench):
    image = bench.images / "genisoimage-boot.iso"
    if not image.exists():
        raise Skip(f"the image {image.name} was not made")
    copy = bench.work / "boot.iso"
    shutil.copy(image, copy)
    catalog = struct.unpack_from("<I", copy.read_bytes(), 17 * SECTOR + 71)[0] * SECTOR
    expect_damage(bench, damaged_copy(copy, "sum", {catalog + 5: 1}), "boot catalogue: the sum of its validation entry is wrong", near=catalog)
    expect_damage(bench, damaged_copy(copy, "far", {catalog + 40: b"\0\0\0\x7f"}), "boot image 1 lies outside of the image")
    expect_damage(bench, damaged_copy(copy, "none", {catalog: 2}), "boot catalogue: .*no validation entry", near=catalog)


def test_partition_tables(bench):
    image = bench.images / "xorriso-gpt.iso"
    if not image.exists():
        raise Skip(f"the image {image.name} was not made")
    copy = bench.work / "gpt.iso"
    shutil.copy(image, copy)
    expect_damage(bench, damaged_copy(copy, "header", {512 + 41: 1}), "GPT: the sum of the header", near=512)
    second, entries = (struct.unpack_from("<Q", copy.read_bytes(), 512 + at)[0] * 512 for at in (32, 72))
    expect_damage(bench, damaged_copy(copy, "entries", {entries + 40: 1}), "GPT: the sum of the entries", near=512)
    expect_damage(bench, damaged_copy(copy, "second", {second: 1}), "second GPT", near=second)


def test_udf_structures(bench):
    need("mkudffs")
    image = bench.work / "udf.iso"
    make(["mkudffs", "--utf8", "--new-file", "--label=SOUND", "--media-type=hd", "--blocksize=2048", "--udfrev=2.01", str(image), "3000"])
    equal(bench.check(image)[0], NO_SUM, "a sound one")
    data = image.read_bytes()
    main, reserve = (struct.unpack_from("<I", data, 256 * SECTOR + 16 + 8 * which + 4)[0] * SECTOR for which in (0, 1))

    def descriptor(sequence, kind):
        for at in range(sequence, sequence + 16 * SECTOR, SECTOR):
            if struct.unpack_from("<H", data, at)[0] == kind:
                return at
        raise AssertionError(f"no descriptor {kind} at {sequence}")
    logical_volume, partition = 6, 5
    at = descriptor(main, logical_volume)
    expect_damage(bench, damaged_copy(image, "main", {at + 100: 1}), rf"volume descriptor sequence: descriptor has a wrong CRC at byte {at} ")
    at = descriptor(reserve, partition)
    expect_damage(bench, damaged_copy(image, "reserve", {at + 30: 1}), "reserve volume descriptor sequence: descriptor has a wrong CRC", near=reserve)
    last = (len(data) // SECTOR - 1) * SECTOR
    expect_damage(bench, damaged_copy(image, "anchor", {last + 20: 1}), "anchor: descriptor has a wrong CRC")
    # The same with a CRC that is right: the two sequences then disagree.
    changed = bytearray(data[at:at + SECTOR])
    changed[188] ^= 1  # the first block of the partition
    expect_damage(bench, damaged_copy(image, "differs", {at: with_sums(changed)}), "a partition descriptor differs between the main and the reserve", near=reserve)


def with_sums(block):
    """A descriptor of UDF with the CRC and the sum of its tag made anew (ECMA-167 3/7.2)."""
    length = struct.unpack_from("<H", block, 10)[0]
    crc = 0
    for byte in block[16:16 + length]:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    struct.pack_into("<H", block, 8, crc)
    block[4] = 0
    block[4] = sum(block[:16]) & 0xFF
    return bytes(block)


def test_metadata_mirror(bench):
    """Mirrors that were written apart: the image is one of those that test/images makes."""
    for image in sorted(bench.images.glob("*metadata*mirror*.iso")) + sorted(bench.images.glob("udf-metadata*.iso")):
        status, findings, _ = bench.check(image)
        if status != NO_SUM:
            continue
        data = image.read_bytes()
        # A file entry that stands there twice, but for its place.
        for match in re.finditer(rb"\x0a\x01|\x05\x01", data):
            at = match.start()
            if at % 512 or data.count(data[at + 16:at + 200]) != 2 or not any(data[at + 16:at + 200]):
                continue
            other = data.index(data[at + 16:at + 200], at + 17) - 16
            hurt = bench.work / f"mirror-{image.name}"
            hurt.write_bytes(data[:other + 100] + bytes([data[other + 100] ^ 1]) + data[other + 101:])
            expect_damage(bench, hurt, "metadata file differs from its mirror")
            return
    raise Skip("no image with a mirror of its own was made")


# --- what is printed

def test_lines_for_people(bench):
    need("genisoimage")
    image = bench.master("people")
    done = bench.run("--check", image)
    equal(done.returncode, NO_SUM, "exit status")
    expect(re.search(rb"^no sum: 3 directories, 8 files; damage: 0; sums right: 0, wrong: 0$", done.stdout, re.MULTILINE), done.stdout)
    expect(b"records no sum" in done.stderr, done.stderr)
    hurt = damaged_copy(image, "hurt", {16 * SECTOR + 80 + 7: 1})
    done = bench.run("--check", hurt)
    expect(re.search(rb"^damage: primary tree: .*, at byte 32768$", done.stdout, re.MULTILINE), done.stdout)
    equal(done.stderr.decode(), f"isofuse: {hurt}: damaged\n", "the last word")


def test_progress_on_a_terminal(bench):
    need("genisoimage")
    image = bench.master("progress")
    os.truncate(image, 3 << 30)  # a hole: nothing to read, but a while
    master, slave = pty.openpty()
    process = subprocess.Popen([bench.isofuse, "--check", str(image)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    process.communicate(timeout=120)
    shown = b""
    try:
        while part := os.read(master, 65536):
            shown += part
    except OSError:
        pass  # the other side is closed
    os.close(master)
    image.unlink()
    expect(b"checking" in shown and re.search(rb"\d+ %.*GiB.*/s.*left", shown), f"bytes, rate and time left: {shown[-300:]}")


# --- boot images

def el_torito(image):
    """[(number, platform, media, load sectors, sector)] and {number: path on the disc}, as xorriso has them."""
    told = subprocess.run(["xorriso", "-indev", str(image), "-report_el_torito", "plain"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False).stdout.decode(errors="replace")
    entries = [(int(number), platform, media, int(loaded), int(sector)) for number, platform, media, loaded, sector in
               re.findall(r"^El Torito boot img :\s+(\d+)\s+(\S+)\s+\S\s+(\S+)\s+\S+\s+\S+\s+(\d+)\s+(\d+)$", told, re.MULTILINE)]
    return entries, {int(number): path for number, path in re.findall(r"^El Torito img path :\s+(\d+)\s+(.*)$", told, re.MULTILINE)}


def test_boot_images_agree_with_xorriso(bench):
    need("xorriso")
    compared = 0
    for image in sorted(bench.images.glob("*.iso")):
        if b"EL TORITO SPECIFICATION" not in image.open("rb").read(60 * SECTOR):
            continue
        entries, paths = el_torito(image)
        listed = bench.run("--list", "--json", "-o", "boot", image, "[BOOT]")
        ours = {entry["path"]: entry for entry in map(json.loads, listed.stdout.splitlines())} if listed.returncode == 0 else {}
        data = image.read_bytes()
        for number, platform, media, loaded, sector in entries:
            if sector * SECTOR >= len(data):
                continue
            name = f"[BOOT]/{number}-{'efi' if platform == 'UEFI' else 'bios'}.img"
            expect(name in ours, f"{image.name}: no {name} in {sorted(ours)}")
            content = bench.cat(image, name, "-o", "boot")
            equal(content, data[sector * SECTOR:sector * SECTOR + len(content)], f"{image.name}: contents of {name}")
            expect(len(content) >= min(loaded * 512, len(data) - sector * SECTOR) or media.startswith("fd"), f"{image.name}: {name} is shorter than what is loaded")
            if number in paths and not media.startswith("fd"):
                whole = subprocess.run([bench.isofuse, "--cat", str(image), paths[number]], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
                if whole.returncode == 0 and platform == "UEFI":
                    equal(len(content), len(whole.stdout), f"{image.name}: size of {name}, which is {paths[number]}")
            compared += 1
    expect(compared >= 5, f"only {compared} boot images were compared")
    print(f"  {compared} boot images")


def test_boot_images_agree_with_geteltorito(bench):
    need("geteltorito")
    compared = 0
    for name in ("genisoimage-boot", "genisoimage-boot-floppy", "xorriso-boot", "pycdlib-boot"):
        image = bench.images / f"{name}.iso"
        if not image.exists():
            continue
        theirs = subprocess.run(["geteltorito", str(image)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
        equal(bench.cat(image, "[BOOT]/1-bios.img", "-o", "boot"), theirs, f"{name}: the first boot image")
        compared += 1
    if compared == 0:
        raise Skip("no image with a boot image was made")


def test_boot_image_with_an_information_table(bench):
    need("genisoimage")
    tree = bench.tree("table")
    loader = hashlib.shake_128(b"loader").digest(30_000)
    (tree / "loader.bin").write_bytes(loader)
    image = bench.master("table", "-b", "loader.bin", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", tree=tree)
    content = bench.cat(image, "[BOOT]/1-bios.img", "-o", "boot")
    equal((len(content), content[64:]), (30_000, loader[64:]), "all of the loader, of which 2048 bytes are loaded")


def test_partitions_as_files(bench):
    image = bench.images / "xorriso-gpt.iso"
    if not image.exists():
        raise Skip(f"the image {image.name} was not made")
    facts = json.loads(bench.run("--info", "--json", image).stdout)
    data = image.read_bytes()
    for partition in facts["partitions"]:
        if "protective" in partition["type"]:
            continue
        name = f"[BOOT]/{partition['scheme'].lower()}-{partition['index']}.img"
        equal(bench.cat(image, name, "-o", "boot"), data[partition["start_bytes"]:partition["start_bytes"] + partition["length_bytes"]], name)
    expect(b"[BOOT]" not in bench.run("--list", "--names", image).stdout, "without the option it is not there")


def test_a_disc_with_that_name(bench):
    need("genisoimage")
    tree = bench.tree("name")
    (tree / "[BOOT]").mkdir()
    (tree / "[BOOT]/mine.txt").write_text("mine\n", encoding="ascii")
    image = bench.master("name", "-b", "file0.bin", "-no-emul-boot", tree=tree)
    equal(bench.cat(image, "[BOOT]/mine.txt", "-o", "boot"), b"mine\n", "the disc's own")
    expect(bench.cat(image, "[BOOT]~2/1-bios.img", "-o", "boot").startswith((tree / "file0.bin").read_bytes()[:8]), "ours beside it")


def main():
    isofuse, images, work = (pathlib.Path(path).resolve() for path in sys.argv[1:4])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    pattern = f"test_{sys.argv[4].replace(' ', '_')}" if len(sys.argv) > 4 else "*"
    passed = run_tests("commands", list(globals().items()), Bench(str(isofuse), images, work), pattern=pattern)
    shutil.rmtree(work, ignore_errors=True)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
