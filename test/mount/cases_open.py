"""isofuse --open: where it mounts, that it mounts once, what it tells the desktop. Programs in place of xdg-open and
notify-send write down how they were called; the real ones are in test/desktop."""

import concurrent.futures
import json
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import time

import fuse
from expectations import equal, expect, image, until

SECTOR_BYTES = 2048
LABEL_AT, LABEL_BYTES = 16 * SECTOR_BYTES + 40, 32  # ECMA-119 8.4.7

RECORDER = """#!/usr/bin/python3
import json, os, sys, time
name = os.path.basename(sys.argv[0])
here = os.path.dirname(sys.argv[0])
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
said = {"arguments": sys.argv[1:], "descriptors": sorted(int(fd) for fd in os.listdir("/proc/self/fd")), "blocked": int(status["SigBlk"], 16),
        "directory": os.getcwd(), "process": os.getpid(), "session": os.getsid(0)}
with open(os.path.join(here, name + ".calls"), "a") as out:
    out.write(json.dumps(said) + "\\n")
"""


class Desk:
    """A home, a runtime directory, and a PATH with the two programs."""

    def __enter__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="isofuse-open-"))
        self.home, self.runtime, self.programs = self.root / "home", self.root / "run", self.root / "programs"
        for folder in (self.home, self.runtime, self.programs):
            folder.mkdir(mode=0o700)
        self.environment = {**os.environ, "HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.runtime),
                            "PATH": f"{self.programs}:{os.environ['PATH']}"}
        self.program("xdg-open", "")
        self.program("notify-send", "")
        return self

    def __exit__(self, *_):
        with open("/proc/self/mounts", encoding="utf-8") as mounts:
            ours = [line.split()[1].encode().decode("unicode_escape").encode("latin-1") for line in mounts if str(self.root) in line]
        for path in ours:
            fuse.unmount(os.fsdecode(path))
        until(lambda: not any(self.folder(base).exists() for base in (self.home, self.runtime)), "the folders are removed")
        shutil.rmtree(self.root)

    @staticmethod
    def folder(base):
        return base / "isofuse"

    def program(self, name, end):
        path = self.programs / name
        path.write_text(RECORDER + end, encoding="utf-8")
        path.chmod(0o755)

    def calls(self, name):
        path = self.programs / f"{name}.calls"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def run(self, *arguments, **more):
        return fuse.run(list(arguments), env={**self.environment, **more})

    def open(self, *arguments, **more):
        """Opens, and returns where."""
        status, out, err = self.run("--open", *arguments, **more)
        equal((status, err), (0, ""), "exit status and stderr of --open")
        path = out.removesuffix("\n")
        expect(fuse.is_mounted(path), f"{path!r} is not mounted")
        return path

    def unmount(self, what):
        equal(self.run("-u", str(what))[0], 0, "exit status of -u")

    def mounts(self):
        with open("/proc/self/mounts", encoding="utf-8") as mounts:
            return sum(str(self.root) in line for line in mounts)


def labelled(desk, label, name="copy.iso"):
    """A copy of a plain disc with another label."""
    path = desk.root / name
    shutil.copy(image("handmade-plain"), path)
    with open(path, "r+b") as file:
        file.seek(LABEL_AT)
        file.write(label.ljust(LABEL_BYTES)[:LABEL_BYTES])
    return str(path)


def test_open_mounts_in_the_home_directory():
    with Desk() as desk:
        disc = labelled(desk, b"MY DISC")
        path = desk.open(disc)
        equal(path, str(desk.home / "isofuse" / "MY DISC"), "the mount point")
        expect(os.listdir(path), "it is empty")
        equal([call["arguments"] for call in desk.calls("xdg-open")], [[path]], "what xdg-open was told")
        equal(desk.calls("notify-send"), [], "notifications")
        desk.unmount(disc)
        expect(not desk.folder(desk.home).exists(), "the folder stays")


def test_open_twice_is_one_mount():
    with Desk() as desk:
        disc = labelled(desk, b"MY DISC")
        link, hard_link = desk.root / "link.iso", desk.root / "hard.iso"
        link.symlink_to(disc)
        hard_link.hardlink_to(disc)
        path = desk.open(disc)
        for name in (disc, link, hard_link):
            equal(desk.open(str(name)), path, f"the mount of {name}")
        equal(desk.open("-o", "view=iso", disc), path, "the mount, with options")
        equal(desk.mounts(), 1, "mounts")
        equal([call["arguments"] for call in desk.calls("xdg-open")], [[path]] * 5, "what xdg-open was told")


def test_open_shows_a_mount_that_is_elsewhere():
    with Desk() as desk:
        disc = labelled(desk, b"MY DISC")
        elsewhere = str(desk.root / "elsewhere")
        equal(desk.run("-p", disc, elsewhere)[0], 0, "exit status")
        equal(desk.open(disc), elsewhere, "the mount")
        equal(desk.mounts(), 1, "mounts")
        desk.unmount(disc)
        equal(desk.open(disc), str(desk.home / "isofuse" / "MY DISC"), "the mount, once the other one is gone")


def test_open_takes_mount_options():
    with Desk() as desk:
        path = desk.open("-o", "mode=0400,noexec", labelled(desk, b"MY DISC"))
        file = next(entry for entry in os.scandir(path) if entry.is_file())
        equal(stat.S_IMODE(file.stat().st_mode), 0o400, "the mode of a file")
        expect(os.statvfs(path).f_flag & os.ST_NOEXEC, "noexec")


def test_open_of_two_discs_with_one_label():
    with Desk() as desk:
        one, other = labelled(desk, b"SAME", "a.iso"), labelled(desk, b"SAME", "b.iso")
        equal(desk.open(one), str(desk.home / "isofuse" / "SAME"), "the first mount")
        equal(desk.open(other), str(desk.home / "isofuse" / "SAME (2)"), "the second mount")
        desk.unmount(one)
        expect(desk.folder(desk.home).exists(), "the folder went with the first mount")
        equal(desk.open(one), str(desk.home / "isofuse" / "SAME"), "the first mount again")


def test_open_with_hostile_labels():
    with Desk() as desk:
        for number, (label, name) in enumerate(((b"../../../tmp/x", "_._.._.._tmp_x"), (b"/etc", "_etc"), (b"..", "_."), (b".hidden", "_hidden"),
                                                (b"-rf", "_rf"), (b"two\nlines\x1b[2J", "two_lines_[2J"), (b"", "disc 6"), (b" \0 ", "disc 7"),
                                                (b"50% off; `id` $HOME", "50% off; `id` $HOME"))):
            disc = labelled(desk, label, f"disc {number}.iso")
            equal(desk.open(disc), str(desk.home / "isofuse" / name), f"the mount of a disc called {label!r}")
            desk.unmount(disc)


def test_open_at_once_is_one_mount():
    with Desk() as desk:
        disc = labelled(desk, b"MY DISC")
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            done = list(pool.map(lambda _: desk.run("--open", disc), range(12)))
        equal(set(done), {(0, str(desk.home / "isofuse" / "MY DISC") + "\n", "")}, "what the calls said")
        equal(desk.mounts(), 1, "mounts")
        until(lambda: len(fuse.daemons()) == 2, "only the processes of one mount are left")


def test_open_after_the_end():
    """Over and over: whoever ends must not take away what the next one makes."""
    with Desk() as desk:
        disc = labelled(desk, b"MY DISC")
        for _ in range(20):
            path = desk.open(disc)
            fuse.unmount(path)  # fusermount3, which does not wait for the supervisor's end
        equal(desk.mounts(), 0, "mounts")


def test_open_uses_what_a_crash_left_behind():
    with Desk() as desk:
        left = desk.home / "isofuse" / "MY DISC"
        left.mkdir(parents=True)
        disc = labelled(desk, b"MY DISC")
        equal(desk.open(disc), str(left), "the mount point")
        desk.unmount(disc)
        expect(not left.exists(), "the directory stays")


def test_open_keeps_what_is_the_users():
    with Desk() as desk:
        mine = desk.home / "isofuse" / "MY DISC"
        mine.mkdir(parents=True)
        (mine / "notes").write_text("x", encoding="ascii")
        disc = labelled(desk, b"MY DISC")
        equal(desk.open(disc), str(mine) + " (2)", "the mount point")
        desk.unmount(disc)
        expect((mine / "notes").exists(), "the user's file is gone")
        shutil.rmtree(desk.home / "isofuse")


def test_open_without_a_home():
    with Desk() as desk:
        disc = labelled(desk, b"MY DISC")
        desk.home.chmod(0o500)
        for nowhere in (str(desk.home), "/nonexistent", "relative"):
            equal(desk.open(disc, HOME=nowhere), str(desk.runtime / "isofuse" / "MY DISC"), f"the mount point where HOME is {nowhere}")
            desk.unmount(disc)
        desk.home.chmod(0o700)
        status, out, err = desk.run("--open", disc, HOME="/nonexistent", XDG_RUNTIME_DIR="/nonexistent")
        equal((status, out, err.count("\n")), (13, "", 1), "exit status, stdout, lines on stderr")
        expect("HOME" in err and "XDG_RUNTIME_DIR" in err, err)
        environment = {name: value for name, value in desk.environment.items() if name not in ("HOME", "XDG_RUNTIME_DIR")}
        equal(fuse.run(["--open", disc], env=environment)[0], 13, "exit status where neither is set")
        equal(desk.mounts(), 0, "mounts")


def test_open_tells_the_desktop_of_a_failure():
    with Desk() as desk:
        wrong = desk.root / "<b>no & disc\\n.iso"
        wrong.write_text("hello", encoding="ascii")
        for name, expected in ((wrong, 30), (desk.root / "absent.iso", 20), (desk.root, 21)):
            status, out, err = desk.run("--open", str(name))
            equal((status, out, err.count("\n")), (expected, "", 1), "exit status, stdout, lines on stderr")
        calls = desk.calls("notify-send")
        equal(len(calls), 3, "notifications")
        told = calls[0]["arguments"]
        expect("&lt;b&gt;no &amp; disc\\\\n.iso:" in told[-1], told)
        equal(told[-3], "--", "what stands before the texts")
        equal(desk.calls("xdg-open"), [], "calls of xdg-open")
        equal(desk.run(str(wrong))[0], 30, "exit status without --open")
        equal(len(desk.calls("notify-send")), 3, "notifications after a failure without --open")


def test_notify_tells_that_a_mount_is_in_use():
    with Desk() as desk:
        disc = labelled(desk, b"MY DISC")
        path = desk.open(disc)
        with open(next(entry.path for entry in os.scandir(path) if entry.is_file()), "rb"):
            equal(desk.run("-u", "--notify", disc)[0], 51, "exit status")
        equal(len(desk.calls("notify-send")), 1, "notifications")
        expect("in use" in desk.calls("notify-send")[0]["arguments"][-1], desk.calls("notify-send"))


def test_open_does_not_wait_for_notifications():
    with Desk() as desk:
        (desk.programs / "notify-send").unlink()
        # Debian's own may be installed: without a bus it fails, and with one it does not wait either.
        equal(desk.run("--open", str(desk.root / "absent.iso"), DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent")[0], 20, "exit status")
        desk.program("notify-send", "time.sleep(60)")
        started = time.monotonic()
        equal(desk.run("--open", str(desk.root / "absent.iso"))[0], 20, "exit status")
        expect(time.monotonic() - started < 10, "it waited for notify-send")
        process = desk.calls("notify-send")[-1]["process"]
        expect(not os.path.exists(f"/proc/{process}"), "notify-send goes on")


def test_open_without_a_file_manager():
    with Desk() as desk:
        disc = labelled(desk, b"MY DISC")
        desk.program("xdg-open", "sys.exit(3)")
        status, out, err = desk.run("--open", disc)
        path = str(desk.home / "isofuse" / "MY DISC")
        equal((status, out), (0, path + "\n"), "exit status and stdout")
        expect("xdg-open" in err and "3" in err, err)
        expect(fuse.is_mounted(path), "the mount is gone")
        expect(path in desk.calls("notify-send")[0]["arguments"][-1], desk.calls("notify-send"))


def test_open_shares_nothing_with_the_file_manager():
    """It outlives the command, and the mount outlives it, or the other way round."""
    with Desk() as desk:
        disc = labelled(desk, b"MY DISC")
        desk.program("xdg-open", "time.sleep(60)")
        started = time.monotonic()
        path = desk.open(disc)
        expect(time.monotonic() - started < 10, "the command waits for the file manager")
        call = desk.calls("xdg-open")[0]
        equal((call["descriptors"][:3], len(call["descriptors"])), ([0, 1, 2], 4), "descriptors, one of them for the list of them")
        equal((call["blocked"], call["directory"], call["session"]), (0, "/", call["process"]), "blocked signals, directory, session")
        parent = pathlib.Path(f"/proc/{call['process']}/status").read_text(encoding="ascii").split("PPid:\t")[1].split()[0]
        expect(int(parent) not in fuse.daemons(), "it is a child of the mount's")
        desk.unmount(path)
        expect(os.path.exists(f"/proc/{call['process']}"), "the file manager ended with the mount")
        os.kill(call["process"], 9)


def test_open_in_the_foreground():
    with Desk() as desk:
        disc = labelled(desk, b"MY DISC")
        process = subprocess.Popen([fuse.binary(), "-f", "--open", disc], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=desk.environment)
        path = process.stdout.readline().decode().rstrip("\n")
        until(lambda: desk.calls("xdg-open"), "xdg-open is called")
        expect(process.poll() is None, "it has ended")
        desk.unmount(path)
        equal(process.wait(10), 0, "exit status")
        process.stdout.close()
