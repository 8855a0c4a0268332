"""isofuse --status: what mounts tell of themselves, and to whom."""

import datetime
import errno
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import fuse
from expectations import daemon_of, equal, error_of, expect, image, refused, supervisor_of, until

ROOT_ONLY = ("test_status_of_others", "test_status_of_another_namespace", "test_status_of_another_user")


def status_of(*arguments):
    code, out, err = fuse.run(["--status", "--json", *arguments])
    equal(code, 0, f"exit status ({err.strip()})")
    return json.loads(out)


def one(path):
    found = status_of(path)
    equal(len(found), 1, "mounts of that name")
    return found[0]


def read_all(path):
    """All files in the order in which they are listed: their number and bytes."""
    files = size = 0
    for directory, _, names in os.walk(path):
        for name in names:
            file = pathlib.Path(directory, name)
            if file.is_file() and not file.is_symlink():
                size += len(file.read_bytes())
                files += 1
    return files, size


def test_status_of_a_mount():
    with fuse.Mount(image("genisoimage-many")) as path:
        fresh = one(path)
        equal(fresh["mount_point"], path, "mount point")
        equal(fresh["image"], os.path.realpath(image("genisoimage-many")), "image")
        equal(fresh["format"], "ISO 9660, Rock Ridge", "format")
        facts = json.loads(fuse.run(["--info", "--json", image("genisoimage-many")])[1])
        equal(fresh["label"], facts["volume"]["label"], "label")
        equal(fresh["processes"], {"supervisor": supervisor_of(path), "disc": daemon_of(path)}, "processes")
        since = datetime.datetime.fromisoformat(fresh["mounted_at"].replace("Z", "+00:00"))
        expect(abs(time.time() - since.timestamp()) < 30 and 0 <= fresh["mounted_seconds"] < 30, f"since when: {fresh}")
        expect("seccomp" in fresh["sandbox"], f"the sandbox: {fresh['sandbox']}")
        equal(fresh["requests"]["failed"], 0, "failures")
        equal(fresh["damage"], 0, "damage")
        _, size = read_all(path)
        used = one(path)
        expect(used["requests"]["answered"] > fresh["requests"]["answered"], "requests are counted")
        # What was sent ahead need not be asked for; what is asked for while it is on its way comes twice.
        moved = used["served_bytes"] + used["sent_ahead"]["sent_bytes"]
        expect(size <= moved <= 2 * size + 4096 * 4096, f"bytes: {size} read, {moved} moved")
        expect(used["sent_ahead"]["files"] > 0, "files are sent ahead")
        expect(used["caches"]["held_bytes"] > 0 and used["caches"]["hits"] > 0, f"caches: {used['caches']}")
    equal(fuse.run(["--status", path])[0], 50, "the mount is gone")


def test_status_counts_what_is_served():
    """One large file in order: as many bytes as it has, and no request more than the mount was sent."""
    with tempfile.TemporaryDirectory(prefix="isofuse-status-") as here:
        pathlib.Path(here, "tree").mkdir()
        pathlib.Path(here, "tree/big").write_bytes(os.urandom(5_000_000))
        subprocess.run(["genisoimage", "-quiet", "-R", "-o", here + "/disc.iso", here + "/tree"], check=True, stderr=subprocess.DEVNULL)
        with fuse.Mount(here + "/disc.iso", "nosandbox") as path:
            pathlib.Path(path, "big").read_bytes()
            told = one(path)
            # (The kernel asks for whole pages.)
            equal(told["served_bytes"], 5_000_000, "bytes served")
            equal(told["sandbox"], "off", "sandbox")


def test_status_of_udf():
    with fuse.Mount(image("bridge-udf-r"), "view=udf") as path:
        equal(one(path)["format"], "UDF 1.02", "format")


def test_status_for_people():
    with fuse.Mount(image("handmade-rock")) as path, fuse.Mount(image("handmade-plain")) as other:
        code, out, err = fuse.run(["--status"])
        equal((code, err), (0, ""), "exit status")
        for line in (f"Mount point:     {path}", f"Mount point:     {other}", "Sandbox:", "Requests:", "Damage:"):
            expect(line in out, f"{line!r} is not in {out!r}")
        equal(len(out.split("\n\n")), 2, "blocks of lines")
        expect(out.index(path) < out.index(other), "in the order of the mounts")
        equal([mount["mount_point"] for mount in status_of()], [path, other], "all")
        equal(one(image("handmade-plain"))["mount_point"], other, "by image")


def test_status_of_nothing():
    equal(fuse.run(["--status"]), (0, "No disc image is mounted by isofuse.\n", ""), "nothing is mounted")
    equal(status_of(), [], "nothing, for programs")
    refused(["--status", "/usr"], 50, "/usr", "--status")
    refused(["--status", "/usr", "/tmp"], 2, "/tmp")
    refused(["--status", "-u"], 2, "exclude")


def test_status_of_damage():
    with fuse.Mount(image("fault-icb-strategy-4096-in-a-circle")) as path:
        for directory, _, names in os.walk(path):
            for name in names:
                error_of(os.stat, os.path.join(directory, name))
        told = one(path)
        expect(told["damage"] > 0, f"damage is counted: {told}")


def test_status_of_a_cut_image():
    """Reads that fail are counted as failed, and as damage."""
    with tempfile.TemporaryDirectory(prefix="isofuse-status-") as here:
        pathlib.Path(here, "tree").mkdir()
        pathlib.Path(here, "tree/big").write_bytes(os.urandom(3_000_000))
        disc = pathlib.Path(here, "disc.iso")
        subprocess.run(["genisoimage", "-quiet", "-R", "-o", disc, here + "/tree"], check=True, stderr=subprocess.DEVNULL)
        with fuse.Mount(str(disc)) as path:
            os.truncate(disc, 1_000_000)
            equal(error_of(pathlib.Path(path, "big").read_bytes), errno.EIO, "reading")
            told = one(path)
            expect(told["requests"]["failed"] > 0 and told["damage"] > 0, f"failures are counted: {told}")


def test_status_of_a_dead_mount():
    with fuse.Mount(image("handmade-rock")) as path:
        for process in (supervisor_of(path), daemon_of(path)):
            os.kill(process, signal.SIGKILL)
        until(lambda: not fuse.daemons(), "both end")
        told = one(path)
        expect("isofuse -u" in told["note"] and told["mount_point"] == path, f"what is said of it: {told}")
        equal(fuse.run(["-u", path])[0], 0, "exit status of -u")


def test_status_without_supervisor():
    with fuse.Mount(image("handmade-rock")) as path:
        supervisor = supervisor_of(path)
        os.kill(supervisor, signal.SIGKILL)
        until(lambda: supervisor not in fuse.daemons(), "it ends")
        equal(one(path)["format"], "ISO 9660, Rock Ridge", "the other process has the figures too")


def test_status_asks_nothing_of_the_mount():
    with fuse.Mount(image("handmade-rock")) as path:
        before = one(path)["requests"]["answered"]
        disc = daemon_of(path)
        os.kill(disc, signal.SIGSTOP)
        try:
            equal(one(path)["requests"]["answered"], before, "requests")
        finally:
            os.kill(disc, signal.SIGCONT)


def test_status_trusts_no_page():
    """A program of the same user that has a page of that name, but no seals, or another size, or other words in it."""
    with fuse.Mount(image("handmade-rock")) as path, tempfile.TemporaryDirectory(prefix="isofuse-status-") as here:
        size = os.stat(f"/proc/{supervisor_of(path)}/fd/{page_descriptor(supervisor_of(path))}").st_size
        liar = pathlib.Path(here, "isofuse-liar")
        shutil.copy("/usr/bin/python3", liar)
        script = ("import fcntl, os, sys, time\n"
                  "for size, text, seals in ((0, b'', 0), (10, b'x' * 10, 7), (%d, b'isofuseS' + b'\\1\\0\\0\\0' + b'\\xff' * 4000, 0),"
                  " (%d, b'isofuseS' + b'\\2\\0\\0\\0', 7), (%d, b'isofuseS' + b'\\1\\0\\0\\0' + b'\\x1b' * 5200, 7)):\n"
                  "    f = os.memfd_create('isofuse-status', os.MFD_ALLOW_SEALING)\n"
                  "    os.ftruncate(f, size)\n"
                  "    os.pwrite(f, text[:size], 0)\n"
                  "    if seals: fcntl.fcntl(f, 1033, seals)\n"
                  "print('ready', flush=True)\n"
                  "time.sleep(60)\n" % (size, size, size))
        process = subprocess.Popen([liar, "-c", script], stdout=subprocess.PIPE, text=True)
        try:
            equal(process.stdout.readline(), "ready\n", "the liar")
            code, out, err = fuse.run(["--status"])
            equal((code, err), (0, ""), "exit status")
            expect("\x1b" not in out, "nothing steers a terminal")
            expect(path in out, "the mount is told of")
        finally:
            process.kill()
            process.wait()


def page_descriptor(process):
    for name in os.listdir(f"/proc/{process}/fd"):
        if os.readlink(f"/proc/{process}/fd/{name}").startswith("/memfd:isofuse-status"):
            return name
    raise AssertionError(f"process {process} has no page")


def test_status_of_others():
    """Root sees every mount."""
    with tempfile.TemporaryDirectory(prefix="isofuse-status-") as here:
        os.chmod(here, 0o755)
        point = pathlib.Path(here, "mnt")
        point.mkdir()
        os.chown(point, 65534, 65534)
        subprocess.run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", fuse.binary(),
                        image("handmade-rock"), point], check=True, stdin=subprocess.DEVNULL)
        try:
            told = one(str(point))
            equal(told["format"], "ISO 9660, Rock Ridge", "format")
        finally:
            fuse.unmount(str(point))


def test_status_of_another_user():
    """Nobody else than its owner and root sees the figures of a mount, though all may use it."""
    with fuse.Mount(image("handmade-rock"), "allow_other") as path:
        os.chmod(os.path.dirname(path), 0o755)
        done = subprocess.run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", fuse.binary(),
                               "--status", "--json", path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
        equal(done.returncode, 0, "exit status")
        told = json.loads(done.stdout)[0]
        equal(sorted(told), ["image", "mount_point", "note"], "what is told")
        done = subprocess.run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", fuse.binary(), "--status"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
        expect(path not in done.stdout, "it is not among his own")


def test_status_of_another_namespace():
    """Its mount point is not known here, but all the rest is."""
    with tempfile.TemporaryDirectory(prefix="isofuse-status-") as here:
        script = '"$1" "$2" "$3" && echo ready && read line && "$1" -u "$3"'
        process = subprocess.Popen(["unshare", "--mount", "sh", "-c", script, "sh", fuse.binary(), image("handmade-rock"), here],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            equal(process.stdout.readline(), "ready\n", "it is mounted there")
            expect(not fuse.is_mounted(here), "it is not mounted here")
            # Root sees the mounts of all others, too.
            told = [mount for mount in status_of() if mount["mount_point"] is None]
            equal([mount["format"] for mount in told], ["ISO 9660, Rock Ridge"], "what is told")
        finally:
            process.communicate("\n", timeout=20)
        equal(process.returncode, 0, "it is unmounted")
