#!/usr/bin/python3
"""End-to-end tests of the program as an unprivileged user: the mount, its edges, and the command.

  cases.py IMAGES [PATTERN]   runs the functions called test_*; each prints one line
"""

import ctypes
import errno
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
sys.path.insert(0, str(HERE))
import cases_extents  # noqa: E402
import cases_extract  # noqa: E402
import cases_open  # noqa: E402
import cases_overlay  # noqa: E402
import cases_recipes  # noqa: E402
import cases_status  # noqa: E402
import cases_system  # noqa: E402
import cases_trust  # noqa: E402
import cases_udf  # noqa: E402
import fuse  # noqa: E402
import small_files  # noqa: E402
from expectations import Skip, daemon_of, equal, error_of, expect, image, refused, run_tests, supervisor_of, until  # noqa: E402

MODULES = (cases_extents, cases_extract, cases_open, cases_overlay, cases_recipes, cases_status, cases_system, cases_trust, cases_udf)
MEMORY_KIB_MAX = 32 * 1024
LISTING_LIMIT_S, LOOKUPS_LIMIT_S = 30, 30  # generous: a linear search per name takes minutes


# --- what a mount does

def test_read_only():
    with fuse.Mount(image("handmade-rock")) as path:
        target = os.path.join(path, "A File.txt")
        equal(error_of(open, target, "r+b"), errno.EROFS, "open for writing")
        equal(error_of(open, os.path.join(path, "new"), "wb"), errno.EROFS, "create")
        for name, call in (("unlink", lambda: os.unlink(target)), ("mkdir", lambda: os.mkdir(os.path.join(path, "d"))),
                           ("rmdir", lambda: os.rmdir(os.path.join(path, "A Directory"))), ("rename", lambda: os.rename(target, target + "2")),
                           ("chmod", lambda: os.chmod(target, 0o600)), ("utime", lambda: os.utime(target)),
                           ("symlink", lambda: os.symlink("x", os.path.join(path, "s"))), ("link", lambda: os.link(target, target + "2")),
                           ("truncate", lambda: os.truncate(target, 0)), ("setxattr", lambda: os.setxattr(target, "user.x", b"y"))):
            equal(error_of(call), errno.EROFS, name)


def test_errors_of_look_ups():
    with fuse.Mount(image("handmade-rock")) as path:
        equal(error_of(os.stat, os.path.join(path, "absent")), errno.ENOENT, "absent name")
        equal(error_of(os.stat, os.path.join(path, "A File.txt", "x")), errno.ENOTDIR, "a file as a directory")
        equal(error_of(os.readlink, os.path.join(path, "A File.txt")), errno.EINVAL, "readlink of a file")
        expect(error_of(os.stat, os.path.join(path, "n" * 300)) in (errno.ENOENT, errno.ENAMETOOLONG), "a name of 300 bytes")
        equal(error_of(os.getxattr, os.path.join(path, "A File.txt"), "user.none"), errno.ENODATA, "absent attribute")


def test_statfs():
    name = image("handmade-rock")
    with fuse.Mount(name) as path:
        facts = os.statvfs(path)
        equal(facts.f_blocks * facts.f_frsize, os.path.getsize(name), "size of the volume")
        equal((facts.f_bfree, facts.f_bavail), (0, 0), "free blocks")
        expect(facts.f_flag & os.ST_RDONLY, "the mount is read-only")
        expect(facts.f_flag & os.ST_NOSUID and facts.f_flag & os.ST_NODEV, "the mount is nosuid,nodev")


def test_findmnt():
    name = image("handmade-rock")
    with fuse.Mount(name) as path:
        out = subprocess.run(["findmnt", "-n", "-o", "FSTYPE,SOURCE", "--target", path], stdout=subprocess.PIPE, check=True).stdout.decode()
        equal(out.split(), ["fuse.isofuse", name], "type and source")


def test_parent_and_self():
    with fuse.Mount(image("handmade-rock")) as path:
        inner = os.path.join(path, "A Directory")
        equal(os.stat(inner + "/..").st_ino, os.stat(path).st_ino, "node number of ..")
        equal(os.stat(inner + "/.").st_ino, os.stat(inner).st_ino, "node number of .")
        equal(sorted(os.listdir(inner)), ["leaf"], "names")


def test_holes():
    """SEEK_HOLE and SEEK_DATA of a Rock Ridge sparse file; a plain file is all data."""
    with fuse.Mount(image("handmade-rock-sparse")) as path:
        file = os.open(os.path.join(path, "depth2"), os.O_RDONLY)
        try:
            size = os.fstat(file).st_size
            equal(os.lseek(file, 0, os.SEEK_DATA), 0, "first data")
            equal(os.lseek(file, 0, os.SEEK_HOLE), 512, "first hole")
            equal(os.lseek(file, 512, os.SEEK_DATA), 65536, "second data")
            equal(os.lseek(file, 65536, os.SEEK_HOLE), 65792, "second hole")
            equal(error_of(os.lseek, file, size, os.SEEK_DATA), errno.ENXIO, "data at the end")
        finally:
            os.close(file)
        file = os.open(os.path.join(path, "all-hole"), os.O_RDONLY)
        equal(error_of(os.lseek, file, 0, os.SEEK_DATA), errno.ENXIO, "data in a file without any")
        os.close(file)
    with fuse.Mount(image("handmade-plain")) as path:
        file = os.open(os.path.join(path, "big.bin"), os.O_RDONLY)
        equal((os.lseek(file, 5, os.SEEK_DATA), os.lseek(file, 5, os.SEEK_HOLE)), (5, 10_000), "a plain file")
        os.close(file)


def test_reads_at_odd_places():
    """Across extents, over the end, of nothing; whatever size is asked for."""
    with fuse.Mount(image("handmade-sections")) as path:
        with open(os.path.join(path, "far.bin"), "rb") as file:
            whole = file.read()
        file = os.open(os.path.join(path, "far.bin"), os.O_RDONLY)
        for offset in (0, 1, 2047, 8191, 8192, 8193, 10239, len(whole) - 1, len(whole), len(whole) + 5000):
            for size in (0, 1, 3, 2048, 4096, 100_000):
                equal(os.pread(file, size, offset), whole[offset:offset + size], f"read of {size} at {offset}")
        os.close(file)


def test_marks_beyond_4_gib():
    with fuse.Mount(image("xorriso-large")) as path:
        file = os.open(os.path.join(path, "large"), os.O_RDONLY)
        equal(os.fstat(file).st_size, (1 << 32) + (200 << 20) + 7, "size")
        for offset in (0, (1 << 32) - 2048 - 5, (1 << 32) + 4096):
            mark = b"mark at %d" % offset
            equal(os.pread(file, len(mark), offset), mark, f"bytes at {offset}")
        os.close(file)


def test_attributes_and_lists():
    with fuse.Mount(image("xorriso-attributes")) as path:
        equal(os.getxattr(path + "/attributed", "user.comment"), b"a short value", "user.comment")
        equal(os.getxattr(path + "/attributed", "user.binary"), bytes(range(256)), "user.binary")
        expect("user.empty" in os.listxattr(path + "/attributed"), "user.empty is listed")
        equal(os.listxattr(path + "/plain"), [], "attributes of a plain file")
        expect("system.posix_acl_access" in os.listxattr(path + "/listed"), "the access list is listed")
        out = subprocess.run(["getfacl", "-cpn", path + "/listed"], stdout=subprocess.PIPE, check=True).stdout.decode()
        expect("user:1234:rwx" in out and "group:99:r--" in out, f"getfacl: {out!r}")


def test_relaxed_look_ups_do_not_rename():
    """Two spellings of one directory: a program that stands in it must not see its path change."""
    with fuse.Mount(image("genisoimage-joliet")) as path:
        name = "dir ü"
        here = os.path.join(path, name)
        program = ("import os,sys\nos.chdir(sys.argv[1])\nbefore=os.readlink('/proc/self/cwd')\nos.stat(sys.argv[2])\nos.listdir(sys.argv[2])\n"
                   "print(before == os.readlink('/proc/self/cwd') == os.getcwd())\n")
        # A-Z only, as in the kernel.
        out = subprocess.run([sys.executable, "-c", program, here, os.path.join(path, "DIR ü")], stdout=subprocess.PIPE, check=True, timeout=20)
        equal(out.stdout, b"True\n", "the working directory keeps its path")
        equal(os.stat(os.path.join(path, "UPPER.LOWER")).st_size, os.stat(os.path.join(path, "UPPER.lower")).st_size, "another spelling of a file")
        equal(error_of(os.stat, os.path.join(path, "UPPER.LOWERX")), errno.ENOENT, "an absent name")


def test_strict_look_ups():
    with fuse.Mount(image("genisoimage-joliet"), "check=strict") as path:
        equal(error_of(os.stat, os.path.join(path, "upper.LOWER")), errno.ENOENT, "another spelling")
        os.stat(os.path.join(path, "UPPER.lower"))


def test_large_directory():
    with fuse.Mount(image("handmade-crowd")) as path:
        started = time.monotonic()
        names = os.listdir(path + "/big")
        equal(len(set(names)), 50_000, "names")
        listed = time.monotonic()
        for number in range(0, 50_000, 5):
            os.lstat(f"{path}/big/file-{number * 7919 % 50_000:06d}")
        looked_up = time.monotonic()
        equal(error_of(os.stat, path + "/big/file-050000"), errno.ENOENT, "an absent name")
        expect(listed - started < LISTING_LIMIT_S, f"listing took {listed - started:.1f} s")
        expect(looked_up - listed < LOOKUPS_LIMIT_S, f"10,000 look-ups took {looked_up - listed:.1f} s")


def test_memory_after_70000_files():
    with fuse.Mount(image("handmade-crowd")) as path:
        files = 0
        for directory, _, names in os.walk(path):
            for name in names:
                os.lstat(os.path.join(directory, name))
                files += 1
        equal(files, 70_000, "files")
        with open(f"/proc/{daemon_of(path)}/status", encoding="ascii") as status:
            anonymous = int(re.search(r"RssAnon:\s+(\d+) kB", status.read()).group(1))
        expect(anonymous < MEMORY_KIB_MAX, f"anonymous memory is {anonymous} KiB")
        print(f"  anonymous memory after 70,000 files: {anonymous} KiB")


def test_node_numbers_stay():
    name = image("handmade-rock")

    def numbers():
        with fuse.Mount(name) as path:
            return {os.path.relpath(os.path.join(directory, entry), path): os.lstat(os.path.join(directory, entry)).st_ino
                    for directory, folders, files in os.walk(path) for entry in folders + files}
    first = numbers()
    equal(numbers(), first, "node numbers of a second mount")
    equal(len(set(first.values())), len(first), "distinct numbers")


def test_mount_twice():
    name = image("handmade-rock")
    with fuse.Mount(name) as one, fuse.Mount(name) as two:
        equal(sorted(os.listdir(one)), sorted(os.listdir(two)), "both mounts")
    equal(fuse.wait_for_daemons(), [], "daemons afterwards")


def test_parallel_readers():
    """Many threads, files and offsets at once, against one reader's bytes."""
    import concurrent.futures
    with fuse.Mount(image("handmade-zisofs1")) as path:
        names = sorted(os.listdir(path))
        alone = {name: pathlib.Path(path, name).read_bytes() for name in names}

        def read(number):
            name = names[number % len(names)]
            offset = number * 7919 % max(1, len(alone[name]))
            with open(os.path.join(path, name), "rb") as file:
                return os.pread(file.fileno(), 50_000, offset) == alone[name][offset:offset + 50_000]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            expect(all(pool.map(read, range(400))), "bytes differ")


def test_handles():
    """open_by_handle_at: a number stays good (for NFS)."""
    with fuse.Mount(image("handmade-rock")) as path:
        libc = ctypes.CDLL(None, use_errno=True)
        handle = ctypes.create_string_buffer(8 + 128)
        handle[0:4] = (128).to_bytes(4, "little")
        mount_id = ctypes.c_int()
        result = libc.name_to_handle_at(-100, os.fsencode(path + "/A Directory/leaf"), handle, ctypes.byref(mount_id), 0)
        if result != 0 and ctypes.get_errno() in (errno.EOPNOTSUPP, errno.EPERM):
            raise Skip("this kernel gives no handles of FUSE files")
        equal(result, 0, "name_to_handle_at")


def test_image_replaced_by_relative_path():
    """The image is given relative to the working directory; the daemon runs in another."""
    with tempfile.TemporaryDirectory(prefix="isofuse-cwd-") as here:
        shutil.copy(image("handmade-rock"), here + "/disc.iso")
        os.mkdir(here + "/mnt")
        status, _, err = fuse.run(["disc.iso", "mnt"], cwd=here)
        equal(status, 0, f"exit status ({err.strip()})")
        try:
            equal(pathlib.Path(here, "mnt", "A File.txt").read_bytes(), b"file\n", "contents")
            out = subprocess.run(["findmnt", "-n", "-o", "SOURCE", "--target", here + "/mnt"], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
            equal(out, here + "/disc.iso", "source")
        finally:
            fuse.unmount(here + "/mnt")


def test_image_truncated_while_mounted():
    """Reading what is gone fails with EIO; the daemon lives on."""
    with tempfile.TemporaryDirectory(prefix="isofuse-cut-") as here:
        shutil.copy(image("handmade-sections"), here + "/disc.iso")
        with fuse.Mount(here + "/disc.iso") as path:
            names = sorted(os.listdir(path))
            os.truncate(here + "/disc.iso", 40 * 2048)
            failures = [error_of(lambda name=name: pathlib.Path(path, name).read_bytes()) for name in names]
            expect(errno.EIO in failures, f"errors of reading: {failures}")
            os.stat(path)
            expect(daemon_of(path), "the daemon is alive")


# --- the command

def test_automatic_mount_point():
    with tempfile.TemporaryDirectory(prefix="isofuse-auto-") as here:
        status, out, err = fuse.run([image("handmade-rock")], cwd=here)
        equal(status, 0, f"exit status ({err.strip()})")
        made = os.listdir(here)
        try:
            equal(made, ["handmade-rock"], "the directory that was made")
            expect("handmade-rock" in out, f"its path is printed: {out!r}")
            expect(os.path.exists(f"{here}/handmade-rock/A File.txt"), "it is mounted")
        finally:
            status, _, err = fuse.run(["-u", f"{here}/{made[0]}"] if made else ["-u", here])
        equal(status, 0, f"unmounting ({err.strip()})")
        deadline = time.monotonic() + 5
        while os.listdir(here) and time.monotonic() < deadline:
            time.sleep(0.05)
        equal(os.listdir(here), [], "what is left")


def test_automatic_mount_point_removed_by_fusermount():
    with tempfile.TemporaryDirectory(prefix="isofuse-auto-") as here:
        equal(fuse.run([image("handmade-rock")], cwd=here)[0], 0, "exit status")
        subprocess.run(["fusermount3", "-u", f"{here}/handmade-rock"], check=True)
        deadline = time.monotonic() + 5
        while os.listdir(here) and time.monotonic() < deadline:
            time.sleep(0.05)
        equal(os.listdir(here), [], "what is left")


def test_unmount_by_image():
    name = image("handmade-plain")
    with tempfile.TemporaryDirectory(prefix="isofuse-un-") as here:
        for point in ("a", "b"):
            os.mkdir(f"{here}/{point}")
            equal(fuse.run([name, f"{here}/{point}"])[0], 0, "exit status")
        status, _, err = fuse.run(["-u", name])
        equal(status, 0, f"exit status of -u ({err.strip()})")
        expect(not fuse.is_mounted(here + "/a") and not fuse.is_mounted(here + "/b"), "both are unmounted")


def test_unmount_of_nothing():
    with tempfile.TemporaryDirectory(prefix="isofuse-un-") as here:
        refused(["-u", here], 50)


def test_make_mount_point():
    with tempfile.TemporaryDirectory(prefix="isofuse-p-") as here:
        status, _, err = fuse.run(["-p", image("handmade-rock"), here + "/new"])
        equal(status, 0, f"exit status ({err.strip()})")
        equal(fuse.run(["-u", here + "/new"])[0], 0, "unmounting")


def test_killed_daemon():
    """Killed with SIGTERM the daemon unmounts before it ends."""
    with fuse.Mount(image("handmade-rock")) as path:
        process = daemon_of(path)
        os.kill(process, signal.SIGTERM)
        equal(fuse.wait_for_daemons([other for other in fuse.daemons() if other != process]), [], "the daemon")
        expect(not fuse.is_mounted(path), "it is unmounted")


def test_auto_unmount():
    """Killed in a way that it cannot answer, the daemon leaves no dead mount behind."""
    if os.getuid() != 0:
        raise Skip("fusermount3 looks as root whether the mount is dead, and may not without allow_other")
    # fusermount3 looks once whether the mount is dead: when both processes have ended, in whichever order.
    for order in (lambda path: (supervisor_of(path), daemon_of(path)), lambda path: (daemon_of(path), supervisor_of(path))) * 10:
        with fuse.Mount(image("handmade-rock"), "auto_unmount") as path:
            os.listdir(path)  # from here on the kernel has everything in its caches
            processes = order(path)
            # Stopped, the supervisor cannot take the mount away itself.
            os.kill(supervisor_of(path), signal.SIGSTOP)
            for process in processes:
                os.kill(process, signal.SIGKILL)
            until(lambda: not fuse.is_mounted(path), "it is unmounted")


def test_foreground():
    with tempfile.TemporaryDirectory(prefix="isofuse-f-") as here:
        process = subprocess.Popen([fuse.binary(), "-f", image("handmade-rock"), here], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 10
        while not fuse.is_mounted(here) and time.monotonic() < deadline:
            time.sleep(0.02)
        try:
            expect(fuse.is_mounted(here), "it is mounted")
            expect(process.poll() is None, "it stays in the foreground")
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=10)
        equal(process.returncode, 0, "exit status")
        expect(not fuse.is_mounted(here), "it is unmounted")


def test_refusals_of_images():
    with tempfile.TemporaryDirectory(prefix="isofuse-no-") as here:
        mnt = here + "/mnt"
        os.mkdir(mnt)
        refused([here + "/absent.iso", mnt], 20, "absent.iso")
        refused([here, mnt], 21)
        secret = here + "/secret.iso"
        shutil.copy(image("handmade-plain"), secret)
        os.chmod(secret, 0)
        if os.getuid() != 0:
            refused([secret, mnt], 21, "secret.iso")
        kinds = {"text.iso": (b"just some text\n" * 5000, 30, ""), "empty.iso": (b"", 30, ""),
                 "archive.iso": (b"PK\x03\x04" + bytes(100_000), 30, "zip"),
                 "gzip.iso": (b"\x1f\x8b\x08" + bytes(100_000), 30, "gzip"),
                 "fat.iso": (b"\xebX\x90mkfs.fat" + bytes(71) + b"FAT32   " + bytes(420) + b"\x55\xaa" + bytes(100_000), 30, "fat"),
                 "ext.iso": (bytes(1024 + 56) + b"\x53\xef" + bytes(100_000), 30, "ext")}
        for name, (data, status, word) in kinds.items():
            pathlib.Path(here, name).write_bytes(data)
            refused([f"{here}/{name}", mnt], status, name, word)
        whole = pathlib.Path(image("handmade-plain")).read_bytes()
        pathlib.Path(here, "cut.iso").write_bytes(whole[:17 * 2048])
        refused([here + "/cut.iso", mnt], 31, "cut.iso")
        equal(os.listdir(mnt), [], "the mount point")


def test_refusals_of_mount_points():
    name = image("handmade-plain")
    with tempfile.TemporaryDirectory(prefix="isofuse-no-") as here:
        refused([name, here + "/absent"], 10, "absent")
        pathlib.Path(here, "file").write_bytes(b"")
        refused([name, here + "/file"], 11, "file")
        if os.getuid() != 0:
            refused([name, "/usr"], 13, "/usr")
        with fuse.Mount(name) as path:
            refused([name, path], 12)


def test_refusals_of_options():
    name = image("handmade-plain")
    with tempfile.TemporaryDirectory(prefix="isofuse-no-") as here:
        for option in ("nonsense", "map=sideways", "uid=nobody-of-that-name", "mode=888", "session=x", "block=3000"):
            status, _, err = fuse.run(["-o", option, name, here])
            equal(status, 2, f"exit status of -o {option} ({err.strip()!r})")
            expect(option.split("=")[0] in err, f"stderr names {option}: {err!r}")
        for option in ("sbsector=100000", "session=9", "view=enhanced", "charset=no-such-set"):
            refused(["-o", option, name, here], 2, name)
        equal(fuse.run(["--nonsense"])[0], 2, "exit status of an unknown option")
        equal(fuse.run([])[0], 2, "exit status without arguments")


def test_allow_other():
    if os.getuid() == 0:
        raise Skip("root may always")
    conf = pathlib.Path("/etc/fuse.conf")
    if conf.exists() and re.search(r"^\s*user_allow_other", conf.read_text(), re.M):
        raise Skip("user_allow_other is set in /etc/fuse.conf")
    with tempfile.TemporaryDirectory(prefix="isofuse-no-") as here:
        refused(["-o", "allow_other", image("handmade-plain"), here], 43, "user_allow_other")


def test_no_fusermount():
    if os.getuid() == 0:
        raise Skip("root needs no fusermount3")
    with tempfile.TemporaryDirectory(prefix="isofuse-no-") as here:
        status, _, err = fuse.run([image("handmade-plain"), here], env={"PATH": here})
        if status == 0:  # libfuse has a path of its own to it
            fuse.unmount(here)
            raise Skip("fusermount3 is found all the same")
        equal(status, 42, f"exit status ({err.strip()!r})")


def test_mount_options_are_taken():
    """What mount(8) and fstab hand on."""
    for options in ("ro", "rw", "user,noauto,nofail,_netdev", "defaults,loop", "x-systemd.automount,x-gvfs-show", "noexec", "noatime", "exec,dev,suid",
                    "default_permissions", "umask=022", "fmask=0133,dmask=0022", "uid=0,gid=0", "utf8", "iocharset=utf8", "subtype=iso,fsname=other"):
        with fuse.Mount(image("handmade-rock"), options) as path:
            expect(os.listdir(path), options)


def test_owner_and_modes():
    with fuse.Mount(image("handmade-plain"), "uid=4321,gid=5432,mode=0640,dmode=0711") as path:
        st = os.stat(path + "/big.bin")
        equal((st.st_uid, st.st_gid, stat.S_IMODE(st.st_mode)), (4321, 5432, 0o640), "owner and mode of a file")
        equal(stat.S_IMODE(os.stat(path + "/sub").st_mode), 0o711, "mode of a directory")
    with fuse.Mount(image("handmade-plain")) as path:
        st = os.stat(path + "/big.bin")
        equal((st.st_uid, st.st_gid), (os.getuid(), os.getgid()), "owner where none is recorded")
    with fuse.Mount(image("handmade-plain"), "umask=077") as path:
        equal(stat.S_IMODE(os.stat(path + "/big.bin").st_mode) & 0o077, 0, "umask")
    with fuse.Mount(image("handmade-plain"), "mode=640") as path:
        equal(stat.S_IMODE(os.stat(path + "/big.bin").st_mode), 0o640, "mode= is octal without a leading 0")


def test_charset():
    """Names of another encoding; without charset= none is lost."""
    with fuse.Mount(image("xorriso-bytes-names")) as path:
        expect(b"caf\xe9.txt" in os.listdir(os.fsencode(path)), "the raw name is shown")
        os.stat(os.fsencode(path) + b"/caf\xe9.txt")
    with fuse.Mount(image("xorriso-bytes-names"), "charset=ISO-8859-1") as path:
        expect("café.txt" in os.listdir(path), f"converted: {os.listdir(path)}")
        os.stat(path + "/café.txt")


def test_view():
    with fuse.Mount(image("handmade-joliet-and-rock"), "view=joliet") as path:
        equal(os.listdir(path), ["From Joliet.txt"], "view=joliet")
    with fuse.Mount(image("handmade-joliet-and-rock"), "view=iso") as path:
        equal(os.listdir(path), ["rock.txt"], "view=iso")
    with fuse.Mount(image("handmade-enhanced"), "view=enhanced") as path:
        expect(any(len(name) == 200 for name in os.listdir(path)), "view=enhanced")


def test_sessions():
    name = image("genisoimage-sessions")
    info = json.loads(fuse.run(["--info", "--json", name])[1])
    text = json.dumps(info)
    expect("session" in text.lower(), f"--info tells of sessions: {text[:300]}")
    with fuse.Mount(name) as path:
        expect("README.TXT" in os.listdir(path), "the first session is the default")
    with fuse.Mount(name, "session=1") as path:
        expect("modes" in os.listdir(path), f"session=1: {os.listdir(path)}")
    with fuse.Mount(name, "session=0") as path:
        expect("modes" not in os.listdir(path), "session=0")


def test_boot_images_as_files():
    with fuse.Mount(image("xorriso-boot"), "boot,uid=1234") as mounted:
        boot = os.path.join(mounted, "[BOOT]")
        equal(sorted(os.listdir(boot)), ["1-bios.img", "2-efi.img"], "boot images")
        for name, original in (("1-bios.img", "boot/loader.img"), ("2-efi.img", "boot/efi.img")):
            with open(os.path.join(boot, name), "rb") as ours, open(os.path.join(mounted, original), "rb") as theirs:
                # What nothing tells the size of ends with what is loaded.
                equal(ours.read(), theirs.read() if name == "2-efi.img" else theirs.read(2048), f"contents of {name}")
            status = os.stat(os.path.join(boot, name))
            equal((stat.S_IFMT(status.st_mode), status.st_mode & 0o777, status.st_uid), (stat.S_IFREG, 0o444, 1234), f"what stat says of {name}")
        equal(os.stat(os.path.join(boot, "..")).st_ino, os.stat(mounted).st_ino, "where .. leads")
        numbers = [os.lstat(os.path.join(at, name)).st_ino for at, folders, files in os.walk(mounted) for name in folders + files]
        expect(len(numbers) > 10 and len({os.stat(os.path.join(boot, name)).st_ino for name in os.listdir(boot)} & set(numbers)) == 2, "their numbers")
        equal(error_of(os.mkdir, os.path.join(boot, "new")), errno.EROFS, "it is read-only")
    with fuse.Mount(image("xorriso-boot")) as mounted:
        expect("[BOOT]" not in os.listdir(mounted), "without the option")


def test_info():
    for name in ("handmade-rock", "genisoimage-boot", "xorriso-gpt", "handmade-high-sierra", "genisoimage-rr-joliet"):
        status, out, err = fuse.run(["--info", image(name)])
        equal(status, 0, f"exit status of --info {name} ({err.strip()})")
        expect(out.strip(), "something is printed")
        status, out, err = fuse.run(["--info", "--json", image(name)])
        equal(status, 0, "exit status of --json")
        json.loads(out)
    expect("torito" in fuse.run(["--info", image("genisoimage-boot")])[1].lower(), "El Torito is named")
    out = fuse.run(["--info", image("genisoimage-rr-joliet")])[1].lower()
    expect("joliet" in out and "rrip" in out, f"the extensions are named: {out}")
    # Of something else its kind is said (isofuse(1)), and it is an error all the same.
    status, out, err = fuse.run(["--info", "/etc/passwd"])
    equal((status, len(err.strip().splitlines())), (30, 1), f"exit status and lines on stderr of --info of no disc ({err!r})")
    expect("text" in out and "text" in err, f"what it is: {out!r} {err!r}")
    status, out, _ = fuse.run(["--info", "--json", "/etc/passwd"])
    equal(status, 30, "exit status of --json of no disc")
    facts = json.loads(out)
    with tempfile.TemporaryDirectory(prefix="isofuse-no-") as here:
        pathlib.Path(here, "cut.iso").write_bytes(pathlib.Path(image("handmade-plain")).read_bytes()[:17 * 2048])
        status, out, _ = fuse.run(["--info", "--json", here + "/cut.iso"])
        equal((status, json.loads(out)["other"]), (31, None), "what is cut off is nothing else")
    expect(not facts["recognised"] and "text" in facts["other"] and "volume" not in facts, f"facts of no disc: {facts}")


def test_help_and_version():
    status, out, err = fuse.run(["--help"])
    equal((status, err), (0, ""), "--help")
    expect("norock" in out and "--info" in out, "--help lists the options")
    status, out, _ = fuse.run(["--version"])
    equal(status, 0, "--version")
    expect(re.search(r"\d+\.\d+\.\d+", out), f"a version: {out!r}")


def test_no_fuse_device():
    """Without /dev/fuse (as in a container): an exit status of its own. Needs unshare, as root."""
    if os.getuid() != 0:
        raise Skip("needs root")
    with tempfile.TemporaryDirectory(prefix="isofuse-no-") as here:
        script = 'mount -t tmpfs none /dev && exec "$0" "$1" "$2"'
        done = subprocess.run(["unshare", "-m", "sh", "-c", script, fuse.binary(), image("handmade-plain"), here],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        equal(done.returncode, 40, f"exit status ({done.stderr!r})")


def test_block_device():
    if os.getuid() != 0:
        raise Skip("needs root")
    done = subprocess.run(["losetup", "-r", "-f", "--show", image("handmade-rock")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Skip("no loop device: " + fuse.text(done.stderr).strip())
    device = done.stdout.decode().strip()
    try:
        with fuse.Mount(device) as path:
            equal(pathlib.Path(path, "A File.txt").read_bytes(), b"file\n", "contents")
    finally:
        subprocess.run(["losetup", "-d", device], check=True)


def test_mount_helper():
    """By mount(8), as from fstab: mount.fuse3 builds a shell command and adds dev,suid."""
    if os.getuid() != 0:
        raise Skip("needs root")
    if not shutil.which("mount.fuse3"):
        raise Skip("no mount.fuse3")
    with tempfile.TemporaryDirectory(prefix="isofuse-helper-") as here:
        done = subprocess.run(["mount", "-t", "fuse", f"{fuse.binary()}#{image('handmade-rock')}", here, "-o", "ro,noauto,user,norock"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, timeout=20)
        try:
            equal(done.returncode, 0, f"exit status ({fuse.text(done.stderr).strip()})")
            expect("file.txt" in os.listdir(here), "it is mounted")
        finally:
            subprocess.run(["umount", here], check=False, stderr=subprocess.DEVNULL)


# --- files that are sent ahead


def small_file_images():
    if not shutil.which("genisoimage"):
        raise Skip("no genisoimage")
    return small_files.Images()


def test_small_files_in_every_order():
    with small_file_images() as made:
        for path in made.images:
            for order in small_files.ORDERS:
                with fuse.Mount(path) as mount:
                    equal(small_files.read_and_compare(made.tree, mount, order), [], f"wrong files in the order: {order}")
            with fuse.Mount(path) as mount:
                equal(small_files.read_in_threads(made.tree, mount, small_files.ORDERS), [], "wrong files with many readers")


def test_small_files_are_sent_ahead():
    """Most of them are then read without a request, in the order of the listing and in that of the disc; none on a plain walk."""
    everything = small_files.DIRECTORIES * small_files.FILES
    with small_file_images() as made, tempfile.TemporaryDirectory(prefix="isofuse-log-") as here:
        for order, most in (("listing", everything // 5), ("disc", everything // 4), (None, 0)):
            mount, log = os.path.join(here, "mount"), os.path.join(here, f"{order}.log")
            os.mkdir(mount)
            with open(log, "wb") as out:
                process = subprocess.Popen([fuse.binary(), "-f", "-d", made.images[0], mount], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
            until(lambda: fuse.is_mounted(mount), "it is mounted")
            if order is None:
                for path in pathlib.Path(mount).rglob("*"):
                    path.lstat()
            else:
                equal(small_files.read_and_compare(made.tree, mount, order), [], "wrong files")
            fuse.unmount(mount)
            equal(process.wait(10), 0, "exit status")
            os.rmdir(mount)
            requests = pathlib.Path(log).read_text(encoding="utf-8", errors="replace").count("opcode: READ (")
            expect(requests <= most, f"{requests} requests to read {everything} files ({order})")


def test_terminated_while_files_are_sent_ahead():
    """The order in which its threads end must leave neither the daemon nor the reader behind."""
    with small_file_images() as made:
        for attempt in range(8):
            with fuse.Mount(made.images[0]) as mount:
                daemon = daemon_of(mount)
                reader = subprocess.Popen(["sh", "-c", f"while cat {mount}/d*/* ; do :; done"], stdin=subprocess.DEVNULL,
                                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(0.02 * attempt)
                os.kill(daemon, signal.SIGTERM)
                until(lambda: daemon not in fuse.daemons(), "the daemon ends")
                reader.wait(10)  # its cat fails once the mount is gone


def main():
    pattern = sys.argv[2] if len(sys.argv) > 2 else "*"
    who = "root" if os.getuid() == 0 else "user"
    # As root only what an unprivileged user cannot do.
    root_only = {"test_auto_unmount", "test_no_fuse_device", "test_block_device", "test_mount_helper",
                 *(name for module in MODULES for name in getattr(module, "ROOT_ONLY", ()))}
    functions = [*globals().items(), *(item for module in MODULES for item in vars(module).items())]
    passed = run_tests("mount", [item for item in functions if (item[0] in root_only) == (who == "root")], pattern=pattern)
    left = fuse.wait_for_daemons()
    print(f"FAIL mount: nothing is left behind as {who} ({left})" if left else f"ok mount: nothing is left behind as {who}")
    return 0 if passed and not left else 1


if __name__ == "__main__":
    sys.exit(main())
