"""--list, --cat and --extract, against the mount, other readers, and discs that want to write elsewhere."""

import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "images")]
sys.setrecursionlimit(10_000)  # discs have directories deeper than that of Python allows
import fuse  # noqa: E402
import listing  # noqa: E402
from expectations import Skip, equal, expect, image, refused  # noqa: E402

# One or two of each kind of disc, file and damage; ISOFUSE_TEST_ALL_IMAGES=1 takes all that there are.
KINDS = ["handmade-plain", "handmade-rock", "handmade-rock-links", "handmade-rock-hard-links", "handmade-rock-sparse",
         "handmade-rock-times", "handmade-duplicates", "handmade-unsafe-names", "handmade-rock-names-unsafe",
         "handmade-directory-loop", "handmade-interleaved", "handmade-zisofs2", "handmade-zisofs-damaged", "handmade-high-sierra",
         "handmade-truncated-files", "handmade-rock-relocated", "xorriso-attributes", "xorriso-hardlinks", "xorriso-zisofs1",
         "xorriso-longlinks", "xorriso-deep", "genisoimage-rr-joliet-posix", "genisoimage-joliet", "genisoimage-level1",
         "bsdtar-default", "makefs-rr-plain", "pycdlib-rock-1.12", "bridge-udf-rj", "udf-links", "udf-streams", "udf-extents",
         "udf-types", "udf-times", "udf-names-odd", "udf-vat-201-in-icb", "udf-metadata-260", "udf-directory-circle",
         "mkudffs-holes", "mkudffs-posix", "mkudffs-fragmented", "newfs-2048"]


EXT4_TIMES = (-2 ** 31, 3 * 2 ** 32 + 2 ** 31 - 1)  # what it can say, as cp -a meets it too: 1901 to 2446


def kinds():
    import expectations
    if os.environ.get("ISOFUSE_TEST_ALL_IMAGES"):
        # Paths longer than any program takes; and a circle of three that a mount cannot know for one (find says that it is).
        names = sorted({path.stem for path in expectations.IMAGES.glob("*.iso")} -
                       {"fault-directory-4000-deep", "fault-directory-in-a-circle"})
    else:
        names = [name for name in KINDS if (expectations.IMAGES / f"{name}.iso").exists()]
    expect(names, "images were made")
    return names


def list_tree(path):
    out = io.StringIO()
    listing.Lister(out).tree(os.fsencode(path))
    entries = [json.loads(line) for line in out.getvalue().splitlines()]
    return {entry["path"]: entry for entry in entries if entry["path"]}


def extract(name, directory, *arguments):
    return fuse.run(["--extract", *arguments, name, directory], limit_s=120)


def clean(directory):
    """rm -rf, whatever permissions there are."""
    for at, names, _ in os.walk(directory):
        for inner in names:
            where = os.path.join(at, inner)
            if not os.path.islink(where):
                os.chmod(where, 0o700)
    shutil.rmtree(directory, ignore_errors=True)


def compare_extraction(name, mounted, directory, as_root):
    """What `cp -a` of the mount would have made, and what is there."""
    theirs, ours = list_tree(mounted), list_tree(directory)
    lost, incomplete = set(), False
    hidden = {path for path, entry in ours.items() if entry.get("error", "").endswith("EACCES")}  # from its owner, too
    for path, entry in theirs.items():
        if "error" in entry or (entry["type"] in "cb" and not as_root):
            lost.add(path)
    for path, entry in theirs.items():
        if path in lost or any(path.startswith(gone + "/") for gone in lost):
            expect(path not in ours or entry["type"] == "d", f"{name}: {path} cannot be read, but is there")
            continue
        if any(path.startswith(above + "/") for above in hidden):
            continue
        expect(path in ours, f"{name}: {path} is missing")
        got = ours.pop(path)
        fields = ["type", "mtime", "mtime_ns", "target", "rdev"] + ([] if path in hidden else ["sha256", "sample"])
        # File systems have less room for attributes than discs: ext4 a block for all of a file.
        if sum(len(value) // 2 for value in entry.get("xattr", {}).values()) > 2000:
            incomplete = True
        elif path not in hidden:
            fields.append("xattr")
        fields += ["size"] if entry["type"] == "f" else []
        fields += ["uid", "gid"] if as_root else []
        for field in fields:
            expected = entry.get(field, 0)
            if field == "mtime" and got[field] != expected:
                expected = min(max(expected, EXT4_TIMES[0]), EXT4_TIMES[1])
            equal(got.get(field, 0), expected, f"{name}: {path}: {field}")
        if entry["type"] != "l":
            kept = 0o7777 if entry["type"] == "d" else 0o1777
            # An ordinary user may not give the own directory to another group's set-group-ID bit.
            equal(got["mode"] & kept & ~(0 if as_root else 0o2000), entry["mode"] & kept & ~(0 if as_root else 0o2000),
                  f"{name}: {path}: mode")
        if entry["type"] == "f" and entry["nlink"] > 1 and "ino" in entry and entry["ino"] not in lost:
            equal(got.get("ino"), entry["ino"], f"{name}: {path}: the other name")
    ours = {path for path in ours if path not in lost}
    equal(ours, set(), f"{name}: what is there besides")
    return bool(lost), incomplete


def extractions(as_root):
    for name in kinds():
        here = tempfile.mkdtemp(prefix="isofuse-extract-")
        try:
            options = "dev" if as_root else ""
            try:
                with fuse.Mount(image(name), options) as mounted:
                    status, _, err = extract(image(name), here + "/out", *(["-o", options] if options else []))
                    lost, incomplete = compare_extraction(name, mounted, here + "/out", as_root)
            except fuse.MountError as error:
                equal(extract(image(name), here + "/out")[0], error.status, f"{name}: exit status of what cannot be mounted")
                continue
            if lost:
                equal(status, 71, f"{name}: exit status ({err})")
            elif not incomplete:
                equal((status, [line for line in err.splitlines() if "warning" not in line]), (0, []), f"{name}: exit status")
        finally:
            clean(here)


def test_extract_as_the_mount():
    extractions(False)


def test_extract_as_the_mount_as_root():
    extractions(True)


def test_list_and_cat_as_the_mount():
    for name in kinds():
        try:
            with fuse.Mount(image(name)) as mounted:
                theirs = list_tree(mounted)
                done = subprocess.run([fuse.binary(), "--list", "--json", image(name)], stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL, check=False, timeout=60)
                nul = subprocess.run([fuse.binary(), "--list", "-0", image(name)], stdout=subprocess.PIPE,
                                     stderr=subprocess.DEVNULL, check=False, timeout=60)
                ours = {}
                for line in done.stdout.splitlines():
                    facts = json.loads(line)
                    path = bytes.fromhex(facts["path_hex"]) if "path_hex" in facts else facts["path"].encode()
                    ours[path.decode("utf-8", "surrogateescape")] = facts
                equal(sorted(nul.stdout.split(b"\0")[:-1]), sorted(path.encode("utf-8", "surrogateescape") for path in ours),
                      f"{name}: -0")
                letters = {"file": "f", "directory": "d", "link": "l", "character device": "c", "block device": "b",
                           "fifo": "p", "socket": "s"}
                for path, entry in theirs.items():
                    if path == "." or entry["type"] == "?":
                        continue
                    expect(path in ours, f"{name}: {path} is not listed")
                    facts = ours.pop(path)
                    equal((letters[facts["type"]], int(facts["mode"], 8), facts["uid"], facts["gid"], facts["links"]),
                          (entry["type"], entry["mode"], entry["uid"], entry["gid"], entry["nlink"]), f"{name}: {path}")
                    if entry["type"] == "f":
                        equal(facts["size_bytes"], entry["size"], f"{name}: {path}: size")
                    if entry["type"] == "f" and "sha256" in entry and "error" not in entry and entry["size"] and "\n" not in path:
                        cat_as_the_mount(name, path, entry)
                equal([path for path in ours if theirs.get(path, {}).get("type") != "?"], [], f"{name}: listed besides")
        except fuse.MountError as error:
            equal(fuse.run(["--list", image(name)])[0], error.status, f"{name}: exit status of what cannot be mounted")


CATS_MAX = 6  # files of each image
cats = {}


def cat_as_the_mount(name, path, entry):
    cats[name] = cats.get(name, 0) + 1
    if cats[name] > CATS_MAX:
        return
    done = subprocess.run([fuse.binary(), "--cat", "--", image(name), os.fsencode(path)], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False, timeout=60)
    equal((done.returncode, hashlib.sha256(done.stdout).hexdigest()), (0, entry["sha256"]), f"{name}: --cat {path}")


def test_list_as_others_do():
    """Names and sizes, where the other one reads the same tree."""
    for name in ("bsdtar-default", "genisoimage-rr", "xorriso-level3-rr", "handmade-rock"):
        other = subprocess.run(["bsdtar", "-tvf", image(name)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
                               env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout
        theirs = {}
        for line in other.decode("utf-8", "surrogateescape").splitlines():
            fields = line.split(None, 8)
            path = re.split(r" -> | link to ", fields[8])[0]
            if path != ".":
                theirs[path.rstrip("/").removeprefix("./")] = (line[0], int(fields[4]) if line[0] == "-" else 0, " link to " in line)
        done = subprocess.run([fuse.binary(), "--list", image(name)], stdout=subprocess.PIPE, check=True).stdout
        ours = {}
        for line in done.decode("utf-8", "surrogateescape").splitlines():
            fields = line.split(None, 6)
            ours[fields[6].split(" -> ")[0]] = (line[0], int(fields[3]) if line[0] == "-" else 0)
        expect(theirs, f"{name}: bsdtar lists it")
        equal(sorted(ours), sorted(theirs), f"{name}: names")
        for path, (kind, size, is_link) in theirs.items():
            if not is_link:  # bsdtar gives no type and size of a second name
                equal(ours[path], (kind, size), f"{name}: {path}")


def test_list_and_cat_refusals():
    name = image("handmade-rock")
    refused(["--list", name, "absent"], 70, "absent")
    refused(["--cat", name, "A Directory"], 70, "directory")
    refused(["--cat", name, "A File.txt/x"], 70)
    refused(["--extract", name, "/proc/nothing-can-be-made-here"], 72)
    refused(["--list", "/nonexistent.iso"], 20)
    equal(fuse.run(["--cat", name, "/A Directory/../A File.txt", "A Directory/leaf"]), (0, "file\nleaf\n", ""), "two files")
    equal(fuse.run(["--list", "--names", name, "A Directory"]), (0, "A Directory\nA Directory/leaf\n", ""), "a part")
    with open("/dev/full", "wb") as full:
        for command in (["--cat", name, "A File.txt"], ["--list", name]):
            equal(subprocess.run([fuse.binary(), *command], stdout=full, stderr=subprocess.DEVNULL, check=False).returncode, 72,
                  f"nothing can be written: {command[0]}")
    done = subprocess.run(["bash", "-c", '"$0" --cat "$1" big | head -c 10 >/dev/null; echo ${PIPESTATUS[0]}', fuse.binary(), name],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    expect(done.returncode == 0, "a reader that goes away")


def test_names_do_not_steer_a_terminal():
    disc = hostile_disc([("link", "evil\x1b[2J\nname", "target")])
    try:
        done = subprocess.run(["script", "-qec", f"{fuse.binary()} --list {disc}", "/dev/null"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, check=True, timeout=20)
        expect(b"evil?[2J?name" in done.stdout and b"\x1b[2J" not in done.stdout, f"on a terminal: {done.stdout!r}")
        raw = subprocess.run([fuse.binary(), "--list", "-0", disc], stdout=subprocess.PIPE, check=True).stdout
        equal(raw, b"evil\x1b[2J\nname\0", "elsewhere")
    finally:
        os.unlink(disc)


# --- discs that want to write elsewhere

def hostile_disc(entries):
    """A Rock Ridge disc with these entries in its root: ("file", name, contents), ("link", name, target),
    ("directory", name, entries). Names as they are told, even such as no directory can have."""
    from isowriter import DIRECTORY, Blob, Directory, Image, Record, Volume
    import susp
    disc = Image()
    count = iter(range(10**6))

    def records(items):
        out = []
        for kind, name, value in items:
            iso = b"N%06d" % next(count)
            name = name.encode("utf-8", "surrogateescape")
            long_name = b"".join(susp.nm(name[i:i + 100], 1 if i + 100 < len(name) else 0) for i in range(0, max(len(name), 1), 100))
            if kind == "directory":
                out.append(Record(iso, Directory(records(value)), susp.px(0o40755, 2) + susp.tf_default() + long_name, flags=DIRECTORY))
            elif kind == "link":
                parts = [susp.component(flags=8)] if value.startswith("/") else []
                parts += [susp.component(flags=4) if part == ".." else susp.component(part.encode()) for part in value.split("/") if part]
                out.append(Record(iso + b".;1", Blob(b"", 0), susp.px(0o120777) + susp.tf_default() + long_name + susp.sl(*parts)))
            else:
                out.append(Record(iso + b".;1", disc.file(value), susp.px(0o100644) + susp.tf_default() + long_name))
        return out

    root = Directory(records(entries), dot_susp=susp.continuation_root())
    disc.place_tree(root)
    disc.volumes.append(Volume(root))
    handle, path = tempfile.mkstemp(prefix="isofuse-hostile-", suffix=".iso")
    os.close(handle)
    disc.write(path)
    return path


def everything_in(directory):
    return {os.path.join(at, name): os.lstat(os.path.join(at, name)).st_mtime_ns
            for at, directories, files in os.walk(directory) for name in directories + files}


def attack(entries, prepare=lambda out, outside: None, arguments=()):
    """Extracts; returns (status, names in the directory), having seen that nothing outside has changed."""
    with tempfile.TemporaryDirectory(prefix="isofuse-attack-") as here:
        outside, out = here + "/outside", here + "/a/b/out"
        os.makedirs(outside + "/d")
        os.makedirs(out)
        pathlib.Path(outside, "f").write_bytes(b"precious")
        entries = [(kind, name, value.replace("OUTSIDE", outside) if isinstance(value, str) else value) for kind, name, value in entries]
        prepare(out, outside)
        before = {path: when for path, when in everything_in(here).items() if not path.startswith(out)}
        disc = hostile_disc(entries)
        try:
            status, _, err = extract(disc, out, *arguments)
        finally:
            os.unlink(disc)
        after = {path: when for path, when in everything_in(here).items() if not path.startswith(out)}
        equal(after, before, "what is outside")
        equal(pathlib.Path(outside, "f").read_bytes(), b"precious", "a file outside")
        names = sorted(os.path.relpath(path, out) for path in everything_in(out))
        return status, names, err


def test_extract_stays_inside():
    file = ("file", "f", b"evil")
    status, names, _ = attack([("file", "..", b"evil"), ("file", "/", b"evil"), ("file", "a/../../b", b"evil"), ("file", ".", b"evil"),
                               ("file", "/etc/x", b"evil"), ("directory", "..", [file])])
    equal(status, 0, "names that cannot stand")
    equal(names, sorted(["_", "_etc_x", "_~2", "__", "__~2", "__~2/f", "a_.._.._b"]), "names that cannot stand")
    # A link, and then something below its name.
    for entries in ([("link", "d", "OUTSIDE/d"), ("directory", "d", [file])], [("link", "d", "../../../outside"), ("directory", "d", [file])],
                    [("link", "f", "OUTSIDE/f"), file], [("directory", "d", [("link", "up", "../../../outside"), ("directory", "up", [file])])],
                    [("link", "a", "b"), ("link", "b", "a"), ("directory", "a", [file])]):
        for arguments in ((), ("--overwrite",)):
            status, names, err = attack(entries, arguments=arguments)
            equal(status, 0, f"a link and its double: {names} {err}")


def test_extract_into_what_is_prepared():
    entries = [("directory", "d", [("file", "f", b"new")]), ("file", "f", b"new"), ("link", "l", "t")]

    def links(out, outside):
        os.symlink(outside + "/d", out + "/d")
        os.symlink(outside + "/f", out + "/f")
        os.symlink(outside + "/f", out + "/l")
    status, names, err = attack(entries, links)
    equal((status, names), (71, ["d", "f", "l"]), f"links that are there stay ({err})")
    status, names, err = attack(entries, links, ["--overwrite"])
    equal((status, names), (0, ["d", "d/f", "f", "l"]), f"links that are there are replaced ({err})")

    def second_names(out, outside):
        os.link(outside + "/f", out + "/f")
    equal(attack(entries, second_names)[:2], (71, ["d", "d/f", "f", "l"]), "another name of a file outside")
    equal(attack(entries, second_names, ["--overwrite"])[:2], (0, ["d", "d/f", "f", "l"]), "another name of a file outside, replaced")

    def directories(out, _):
        os.makedirs(out + "/f/full")
    equal(attack(entries, directories, ["--overwrite"])[:2], (71, ["d", "d/f", "f", "f/full", "l"]), "a directory is never removed")


def test_extract_twice():
    name = image("handmade-rock")
    with tempfile.TemporaryDirectory(prefix="isofuse-twice-") as here:
        os.mkdir(here + "/real")
        os.symlink("real", here + "/out")  # the user's word
        equal(extract(name, here + "/out", "-o", "umask=022")[0], 0, "the first time, through a link to the directory")
        status, _, err = extract(name, here + "/out")
        equal((status, "File exists" in err), (71, True), "the second time")
        pathlib.Path(here, "out/A File.txt").unlink()
        pathlib.Path(here, "out/A File.txt").write_bytes(b"mine")
        equal(extract(name, here + "/out", "--overwrite")[0], 0, "--overwrite")
        equal(pathlib.Path(here, "real/A File.txt").read_bytes(), b"file\n", "contents")
        equal(fuse.run(["--extract", name, here + "/part", "A Directory/leaf"])[0], 0, "a part")
        equal(sorted(path.name for path in pathlib.Path(here, "part").rglob("*")), ["A Directory", "leaf"], "a part")
        equal(fuse.run(["--extract", name, here + "/none", "absent"])[0], 70, "what is not on the disc")


def test_extract_holes_stay_holes():
    for name in ("handmade-rock-sparse", "mkudffs-holes"):
        with tempfile.TemporaryDirectory(prefix="isofuse-holes-") as here:
            with fuse.Mount(image(name)) as mounted:
                extract(image(name), here + "/out")
                for path in pathlib.Path(mounted).rglob("*"):
                    copy = pathlib.Path(here, "out", path.relative_to(mounted))
                    if path.is_file() and path.stat().st_blocks * 512 + (1 << 20) < path.stat().st_size:
                        expect(copy.stat().st_blocks * 512 < copy.stat().st_size - (1 << 19),
                               f"{name}: {path.name} takes {copy.stat().st_blocks} blocks")


def test_extract_interrupted():
    """It dies by the signal, and no part of a file is left."""
    with tempfile.TemporaryDirectory(prefix="isofuse-signal-") as here:
        process = subprocess.Popen([fuse.binary(), "--extract", image("xorriso-large"), here + "/out"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        target = pathlib.Path(here, "out/large")
        while process.poll() is None and not (target.exists() and target.stat().st_size > 0) and time.monotonic() < end:
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        status = process.wait(20)
        if status == 0:
            raise Skip("it was done before the signal came")
        equal(status, -signal.SIGINT, "how it ended")
        expect(not target.exists(), "a part of a file is left")


def test_extract_set_id_bits_and_devices_as_root():
    for options, mode in ((), 0o755), (("-o", "suid"), 0o4755):
        with tempfile.TemporaryDirectory(prefix="isofuse-suid-") as here:
            equal(extract(image("handmade-rock"), here + "/out", *options)[0], 0, "exit status")
            facts = os.stat(here + "/out/tool")
            equal((stat.S_IMODE(facts.st_mode), facts.st_uid, facts.st_gid), (mode, 12, 34), f"with {options}")
    with tempfile.TemporaryDirectory(prefix="isofuse-dev-") as here:
        equal(extract(image("handmade-rock-devices"), here + "/out")[0], 71, "devices are left out")
        expect(not any(stat.S_ISBLK(os.lstat(path).st_mode) for path in everything_in(here + "/out")), "no device is made")


def test_extract_full_disk_as_root():
    with tempfile.TemporaryDirectory(prefix="isofuse-full-") as here:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", here], check=False, stderr=subprocess.DEVNULL).returncode != 0:
            raise Skip("no tmpfs can be mounted here")
        try:
            status, _, err = extract(image("xorriso-rr-joliet"), here + "/out")
            if status == 0:
                raise Skip("the image fits into 64 KiB")
            equal(status, 72, f"exit status ({err})")
            expect("No space left" in err, f"what is said: {err}")
        finally:
            subprocess.run(["umount", here], check=True)


def probe_of_the_sandbox():
    with tempfile.TemporaryDirectory(prefix="isofuse-probe-") as here:
        done = subprocess.run([fuse.binary(), "--extract", image("handmade-rock"), here + "/out"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, timeout=20,
                              env={**os.environ, "ISOFUSE_PROBE_SANDBOX": "1"})
    tried = dict(re.findall(r"^([a-z_ ]+): ([A-Z].*|succeeded)$", done.stderr, re.MULTILINE))
    if not tried:
        raise Skip("the program was built without -Dtest_hooks=true")
    expect("succeeded" not in tried.values(), f"what the sandbox let through: {tried}")


def test_extract_sandbox_holds():
    """From inside: no file elsewhere, no socket, no program, no process."""
    probe_of_the_sandbox()


def test_extract_sandbox_holds_as_root():
    probe_of_the_sandbox()


ROOT_ONLY = tuple(name for name in dict(globals()) if name.startswith("test_") and name.endswith("_as_root"))
