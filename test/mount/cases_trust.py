"""Mounts of discs that are not to be trusted: what the processes may do, and what is left when something dies."""

import concurrent.futures
import errno
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import fuse
from expectations import Skip, daemon_of, equal, error_of, expect, image, refused, supervisor_of, until

# What test hooks try from inside (src/app/sandbox_probe.cc).
PROBES = ["open", "create", "unlink", "socket", "socket of the machine", "exec", "fork", "kill", "ptrace", "mount", "umount",
          "setuid", "chroot", "memory that is code", "undo no_new_privs"]
ROUNDS_OF_MOUNTS = int(os.environ.get("ISOFUSE_TEST_MOUNTS", "100"))
KILLS = int(os.environ.get("ISOFUSE_TEST_KILLS", "30"))


def status_of(process):
    text = pathlib.Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


def sandbox_is_whole(path):
    status = status_of(daemon_of(path))
    equal(status["NoNewPrivs"], "1", "no_new_privs")
    equal(status["Seccomp"], "2", "a filter of system calls")
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        equal(int(status[kind], 16), 0, kind)
    return status


def test_sandbox_holds():
    with fuse.Mount(image("handmade-rock")) as path:
        sandbox_is_whole(path)
        os.listdir(path)


def test_sandbox_holds_for_root():
    with fuse.Mount(image("handmade-rock")) as path:
        equal(int(sandbox_is_whole(path)["CapBnd"], 16), 0, "CapBnd")


def probe(options=()):
    """What the hook says that it could do, by what it tried."""
    with tempfile.TemporaryDirectory(prefix="isofuse-probe-") as here:
        process = subprocess.Popen([fuse.binary(), "-f", *options, image("handmade-rock"), here], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, "ISOFUSE_PROBE_SANDBOX": "1"})
        try:
            until(lambda: fuse.is_mounted(here), "it is mounted")
        finally:
            fuse.unmount(here)
            _, said = process.communicate(timeout=10)
    tried = dict(re.findall(r"^([a-z_ ]+): ([A-Z].*|succeeded)$", said, re.MULTILINE))
    if not tried:
        raise Skip("the program was built without -Dtest_hooks=true")
    equal(sorted(tried), sorted(PROBES), "what was tried")
    return tried


def test_sandbox_refuses():
    """From inside: no file, no socket, no program, no process."""
    for what, answer in probe().items():
        equal(answer, "Operation not permitted", what)


def test_sandbox_refuses_root():
    test_sandbox_refuses()


def test_nosandbox():
    with fuse.Mount(image("handmade-rock"), "nosandbox") as path:
        equal(status_of(daemon_of(path))["Seccomp"], "0", "a filter of system calls")
        os.listdir(path)


def test_sandbox_in_the_log():
    with tempfile.TemporaryDirectory(prefix="isofuse-d-") as here:
        process = subprocess.Popen([fuse.binary(), "-d", image("handmade-rock"), here], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        until(lambda: fuse.is_mounted(here), "it is mounted")
        fuse.unmount(here)
        _, said = process.communicate(timeout=10)
    expect("sandbox: no_new_privs, dropped capabilities, seccomp" in said, f"what holds: {said[:300]!r}")


# --- what dies, and what is left

def test_disc_process_killed():
    """Without auto_unmount: the process that is left takes the mount away."""
    with fuse.Mount(image("handmade-rock")) as path:
        supervisor = supervisor_of(path)
        os.kill(daemon_of(path), signal.SIGKILL)
        until(lambda: not fuse.is_mounted(path), "it is unmounted")
        until(lambda: supervisor not in fuse.daemons(), "the supervisor ends")


def test_supervisor_killed():
    """The mount stays, and goes away as any other."""
    with fuse.Mount(image("handmade-rock")) as path:
        disc = daemon_of(path)
        os.kill(supervisor_of(path), signal.SIGKILL)
        until(lambda: [disc] == [p for p in fuse.daemons() if p == disc or p == disc - 1], "the supervisor ends")
        expect(os.listdir(path), "the mount works")
        status, _, err = fuse.run(["-u", path])
        equal(status, 0, f"exit status of -u ({err.strip()})")
        until(lambda: disc not in fuse.daemons(), "the process that reads the disc ends")


def test_both_killed():
    """What nobody is left to take away `isofuse -u` takes away."""
    with fuse.Mount(image("handmade-rock")) as path:
        for process in (supervisor_of(path), daemon_of(path)):
            os.kill(process, signal.SIGKILL)
        until(lambda: not fuse.daemons(), "both end")
        # A process has no executable any more some time before it closes its files; what is asked in that moment is
        # ended with ECONNABORTED.
        until(lambda: error_of(lambda: os.listdir(path)) == errno.ENOTCONN, "what is left is not connected")
        status, _, err = fuse.run(["-u", path])
        equal(status, 0, f"exit status of -u ({err.strip()})")
        expect(not fuse.is_mounted(path), "it is unmounted")


def test_killed_in_the_middle_of_reading():
    """A push that waits for a page whose READ is never answered kept the daemon and its reader for ever."""
    with tempfile.TemporaryDirectory(prefix="isofuse-kill-") as here:
        tree = pathlib.Path(here, "tree")
        for directory in range(20):
            (tree / f"d{directory}").mkdir(parents=True)
            for number in range(50):
                (tree / f"d{directory}/f{number}").write_bytes(os.urandom(3000))
        subprocess.run(["genisoimage", "-quiet", "-R", "-o", here + "/disc.iso", tree], check=True, stderr=subprocess.DEVNULL)
        for attempt in range(KILLS):
            with fuse.Mount(here + "/disc.iso") as path:
                disc = daemon_of(path)
                reader = subprocess.Popen(["sh", "-c", f"while cat {path}/d*/f* >/dev/null; do :; done"],
                                          stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(0.002 * (attempt % 15))
                os.kill(disc, signal.SIGKILL)
                reader.wait(10)
                until(lambda: not fuse.is_mounted(path), "it is unmounted")
                until(lambda: not fuse.daemons(), "nothing is left")


def test_hangup_and_interrupt():
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        for find in (supervisor_of, daemon_of):
            with fuse.Mount(image("handmade-rock")) as path:
                os.kill(find(path), number)
                until(lambda: not fuse.is_mounted(path), f"unmounted after {number!r} to the {find.__name__[:-3]}")
                until(lambda: not fuse.daemons(), "both end")


def test_ended_by_a_signal_while_in_use():
    """Who has a file open loses it; nobody hangs."""
    with fuse.Mount(image("handmade-rock")) as path:
        name = next(str(entry) for entry in pathlib.Path(path).rglob("*") if entry.is_file() and entry.stat().st_size)
        file = os.open(name, os.O_RDONLY)
        os.kill(supervisor_of(path), signal.SIGTERM)
        until(lambda: not fuse.daemons(), "both end")
        expect(not fuse.is_mounted(path), "it is unmounted")
        error_of(lambda: os.pread(file, 1, 0))  # what the kernel has in its cache, or an error
        error_of(lambda: os.close(file))


def test_image_removed_while_mounted():
    with tempfile.TemporaryDirectory(prefix="isofuse-gone-") as here:
        shutil.copy(image("handmade-rock"), here + "/disc.iso")
        with fuse.Mount(here + "/disc.iso") as path, fuse.Mount(image("handmade-rock")) as other:
            os.unlink(here + "/disc.iso")
            for entry in pathlib.Path(other).rglob("*"):
                if entry.is_file() and not entry.is_symlink():
                    equal(pathlib.Path(path, entry.relative_to(other)).read_bytes(), entry.read_bytes(), f"{entry}")


def test_mount_point_moved_while_mounted():
    """The mount is found by what it is, not by where it was."""
    with tempfile.TemporaryDirectory(prefix="isofuse-moved-") as here:
        os.makedirs(here + "/before/disc")
        equal(fuse.run([image("handmade-rock"), here + "/before/disc"])[0], 0, "exit status")
        supervisor = supervisor_of(here + "/before/disc")
        os.rename(here + "/before", here + "/after")
        expect(fuse.is_mounted(here + "/after/disc"), "it is mounted")
        os.kill(supervisor, signal.SIGTERM)
        until(lambda: not fuse.is_mounted(here + "/after/disc"), "it is unmounted")
        until(lambda: not fuse.daemons(), "both end")


def test_mount_point_removed_elsewhere():
    """Where another mount namespace removes the directory, the kernel takes the mount away here too; then nothing is left to serve."""
    with tempfile.TemporaryDirectory(prefix="isofuse-removed-") as here:
        point = here + "/disc"
        os.mkdir(point)
        equal(fuse.run([image("handmade-rock"), point])[0], 0, "exit status")
        removed = subprocess.run(["unshare", "--mount", "sh", "-c", f"umount {point} && rmdir {point}"], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if removed.returncode != 0:
            fuse.unmount(point)
            raise Skip(fuse.text(removed.stderr).strip())
        expect(not os.path.exists(point), "the directory is gone")
        until(lambda: not fuse.daemons(), "both end")


def contents(path):
    return {str(file.relative_to(path)): file.read_bytes() for file in sorted(pathlib.Path(path).rglob("*"))
            if file.is_file() and not file.is_symlink()}


def test_signals_that_mean_nothing():
    """Stopped, continued and told of the window's size again and again, the processes go on; so does a reader with a timer."""
    name = image("genisoimage-many")
    with fuse.Mount(name) as path, fuse.Mount(name) as other:
        both, done = (supervisor_of(path), daemon_of(path)), threading.Event()

        def bother():
            while not done.wait(0.002):
                for process in both:
                    for number in (signal.SIGSTOP, signal.SIGWINCH, signal.SIGCONT):
                        os.kill(process, number)
        bothering = threading.Thread(target=bother)
        ticks = []
        before = signal.signal(signal.SIGALRM, lambda *_: ticks.append(None))
        signal.siginterrupt(signal.SIGALRM, True)
        bothering.start()
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        try:
            got = contents(path)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
            done.set()
            bothering.join()
        expect(len(ticks) > 20, f"the reader was interrupted ({len(ticks)} times)")
        equal(got == contents(other), True, "whether the contents are the same")


def damaged_disc(here):
    """A disc half of whose files lie outside of the image: reading them is told in the log."""
    os.mkdir(here + "/tree")
    for number in range(40):
        pathlib.Path(here, f"tree/f{number}").write_bytes(os.urandom(20_000))
    subprocess.run(["genisoimage", "-quiet", "-R", "-o", here + "/disc.iso", here + "/tree"], check=True, stderr=subprocess.DEVNULL)
    os.truncate(here + "/disc.iso", os.path.getsize(here + "/disc.iso") // 2)
    return here + "/disc.iso"


def test_place_of_the_log_is_full_or_gone():
    """What cannot be written is not written; the disc is served all the same."""
    with tempfile.TemporaryDirectory(prefix="isofuse-log-") as here:
        disc, point = damaged_disc(here), here + "/mnt"
        os.mkdir(point)
        reading, writing = os.pipe()
        os.close(reading)
        with open("/dev/full", "wb") as full:
            for what, stderr, preparation in (("full", full, None), ("a pipe that nobody reads", writing, None),
                                              ("closed", subprocess.DEVNULL, lambda: os.close(2))):
                process = subprocess.Popen([fuse.binary(), "-d", disc, point], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                           stderr=stderr, preexec_fn=preparation)
                try:
                    until(lambda: fuse.is_mounted(point), f"it is mounted ({what})")
                    errors = [error_of(file.read_bytes) for file in pathlib.Path(point).rglob("*") if file.is_file()]
                    equal((None in errors, errno.EIO in errors), (True, True), f"whether some can be read and some not ({what})")
                finally:
                    fuse.unmount(point)
                equal(process.wait(10), 0, f"exit status ({what})")
        os.close(writing)


def test_many_mounts_leave_nothing():
    """Neither processes nor directories nor descriptors; 10,000 of them with ISOFUSE_TEST_MOUNTS=10000."""
    with tempfile.TemporaryDirectory(prefix="isofuse-many-", ignore_cleanup_errors=True) as here:
        temporary = pathlib.Path(here, "temporary")  # of its own: others work in /tmp too
        temporary.mkdir()
        environment = {**os.environ, "TMPDIR": str(temporary), "HOME": here, "XDG_RUNTIME_DIR": here}
        for number in range(ROUNDS_OF_MOUNTS):
            point = f"{here}/{number % 7}"
            equal(fuse.run(["-p", image("handmade-rock"), point], env=environment)[0], 0, "exit status")
            os.listdir(point)
            equal(fuse.run(["-u", point], env=environment)[0], 0, "exit status of -u")
        until(lambda: not fuse.daemons(), "all end")
        equal((os.listdir(here), os.listdir(temporary)), (["temporary"], []), "what is left")


def test_mounts_do_not_take_each_other_away():
    """The number of a device is given to the next mount at once: a supervisor took that away for its own."""
    def come_and_go(_):
        for _ in range(20):
            with fuse.Mount(image("handmade-rock")) as path:
                expect(fuse.is_mounted(path) and os.listdir(path), "it is mounted")
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(come_and_go, range(6)))


def test_descriptors_of_the_processes():
    """The supervisor does not hold the image."""
    with fuse.Mount(image("handmade-rock")) as path:
        def open_files(process):
            return [os.readlink(f"/proc/{process}/fd/{number}") for number in os.listdir(f"/proc/{process}/fd")]
        supervisor, disc = open_files(supervisor_of(path)), open_files(daemon_of(path))
        expect(not any(name.endswith((".iso", ".img")) for name in supervisor), f"of the supervisor: {supervisor}")
        equal(disc.count("/dev/fuse"), 1, f"of the one that reads the disc: {disc}")


# --- who may see what

def as_nobody(*command):
    return subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def test_others_see_nothing():
    with fuse.Mount(image("handmade-rock")) as path:
        expect(not as_nobody("ls", path), "nobody may not look into it")


def test_others_see_what_the_disc_lets_them():
    name = image("handmade-rock")
    for options, may in (("allow_other,mode=0400,dmode=0555,overriderockperm", False),
                         ("allow_other,mode=0400,dmode=0555,overriderockperm,nodefault_permissions", True),
                         ("allow_other,mode=0444,dmode=0555,overriderockperm", True)):
        with fuse.Mount(name, options + ",uid=0,gid=0") as path:
            file = next(str(entry) for entry in pathlib.Path(path).rglob("*")
                        if entry.is_file() and not entry.is_symlink() and entry.stat().st_size)
            equal(as_nobody("cat", file), may, f"whether nobody may read it with {options}")


def test_an_image_that_may_not_be_read():
    with tempfile.TemporaryDirectory(prefix="isofuse-secret-") as here:
        shutil.copy(image("handmade-rock"), here + "/disc.iso")
        os.chmod(here + "/disc.iso", 0)
        os.mkdir(here + "/mnt")
        for options in ([], ["-o", "nosandbox"], ["-o", "suid,dev"], ["-f"]):
            refused([*options, here + "/disc.iso", here + "/mnt"], 21, "may not")


ROOT_ONLY = ("test_sandbox_holds_for_root", "test_sandbox_refuses_root", "test_others_see_nothing", "test_mount_point_removed_elsewhere",
             "test_others_see_what_the_disc_lets_them")
