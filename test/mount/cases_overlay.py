"""A disc as the lower layer of overlayfs, for root and in a user's name space, and of fuse-overlayfs."""

import contextlib
import ctypes
import errno
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import textwrap

import fuse
from expectations import Skip, equal, error_of, expect, image, until

LIMIT_S = 60
NAMES_OF_ATTRIBUTES = ("user.comment", "user.binary", "user.empty", "user.large")


@contextlib.contextmanager
def layers(image_path, options=""):
    """A mounted disc, and folders "upper", "work" and "merged" beside it. The upper layer lies on a tmpfs for root, as the
    file system of /tmp may itself be an overlay, which cannot be one."""
    with tempfile.TemporaryDirectory(prefix="isofuse-overlay-") as here, fuse.Mount(image_path, options) as lower:
        if os.getuid() == 0:
            subprocess.run(["mount", "-t", "tmpfs", "tmpfs", here], check=True)
        try:
            for name in ("upper", "work", "merged"):
                os.mkdir(f"{here}/{name}")
            yield lower, here
        finally:
            if os.getuid() == 0:
                subprocess.run(["umount", here], check=False)


@contextlib.contextmanager
def overlayfs(lower, here, options=""):
    """The path where the layers are seen as one."""
    if "\toverlay\n" not in pathlib.Path("/proc/filesystems").read_text(encoding="ascii"):
        subprocess.run(["modprobe", "overlay"], stderr=subprocess.DEVNULL, check=False)
        if "\toverlay\n" not in pathlib.Path("/proc/filesystems").read_text(encoding="ascii"):
            raise Skip("this kernel has no overlayfs")
    wanted = f"lowerdir={lower},upperdir={here}/upper,workdir={here}/work" + ("," + options if options else "")
    done = subprocess.run(["mount", "-t", "overlay", "overlay", "-o", wanted, here + "/merged"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    equal(done.returncode, 0, f"exit status of mount -t overlay -o {wanted} ({fuse.text(done.stdout).strip()})")
    try:
        yield here + "/merged"
    finally:
        subprocess.run(["umount", here + "/merged"], check=True)


@contextlib.contextmanager
def fuse_overlayfs(lower, here, options=""):
    if not shutil.which("fuse-overlayfs"):
        raise Skip("no fuse-overlayfs")
    wanted = f"lowerdir={lower},upperdir={here}/upper,workdir={here}/work" + ("," + options if options else "")
    done = subprocess.run(["fuse-overlayfs", "-o", wanted, here + "/merged"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=LIMIT_S)
    equal(done.returncode, 0, f"exit status of fuse-overlayfs -o {wanted} ({fuse.text(done.stdout).strip()})")
    try:
        yield here + "/merged"
    finally:
        equal(fuse.unmount(here + "/merged"), None, "unmounting")


def tree(path):
    """What is in it: kind, mode, owner, size, time, and contents or target, by path."""
    out = {}
    for folder, folders, files in os.walk(path):
        for name in folders + files:
            entry = os.path.join(folder, name)
            st = os.lstat(entry)
            what = (os.readlink(entry) if stat.S_ISLNK(st.st_mode) else
                    pathlib.Path(entry).read_bytes() if stat.S_ISREG(st.st_mode) else None)
            size = st.st_size if stat.S_ISREG(st.st_mode) else None
            out[os.path.relpath(entry, path)] = (st.st_mode, st.st_uid, st.st_gid, size, st.st_mtime_ns, what)
    return out


def numbers(path):
    return {os.path.relpath(os.path.join(folder, name), path): os.lstat(os.path.join(folder, name)).st_ino
            for folder, folders, files in os.walk(path) for name in folders + files}


# --- what is done to a disc, whatever lays it over

def change_a_disc(lower, merged, upper):
    """Reads, writes, deletes, renames: each is seen, and the disc stays as it was."""
    before = tree(lower)
    equal(tree(merged), before, "what is read through")
    file, folder = "A File.txt", "A Directory"
    with open(f"{merged}/{file}", "ab") as out:
        out.write(b"more\n")
    equal(pathlib.Path(merged, file).read_bytes(), before[file][5] + b"more\n", "a file of the disc that was written to")
    expect(os.path.exists(f"{upper}/{file}"), "its copy is in the upper layer")
    os.unlink(f"{merged}/tool")
    equal(error_of(os.stat, f"{merged}/tool"), errno.ENOENT, "a file of the disc that was deleted")
    os.rename(f"{merged}/{file}", f"{merged}/{folder}/renamed")
    equal(sorted(os.listdir(f"{merged}/{folder}")), ["leaf", "renamed"], "names after a rename")
    # A directory that is deleted and made again must not show what the disc has in it: it is opaque.
    shutil.rmtree(f"{merged}/{folder}")
    os.mkdir(f"{merged}/{folder}")
    equal(os.listdir(f"{merged}/{folder}"), [], "names in a directory that was made anew")
    pathlib.Path(merged, folder, "new").write_bytes(b"new")
    os.symlink("new", f"{merged}/{folder}/link")
    equal(pathlib.Path(merged, folder, "link").read_bytes(), b"new", "a new link")
    equal(tree(lower), before, "the disc")
    return tree(merged)


def test_overlayfs_changes():
    with layers(image("handmade-rock")) as (lower, here):
        with overlayfs(lower, here) as merged:
            after = change_a_disc(lower, merged, here + "/upper")
            expect(stat.S_ISCHR(os.stat(here + "/upper/tool").st_mode), "what was deleted is a whiteout")
            equal(os.getxattr(here + "/upper/A Directory", "trusted.overlay.opaque"), b"y", "what was made anew is opaque")
        with overlayfs(lower, here) as merged:
            equal(tree(merged), after, "after unmounting and mounting")


def mine():
    """Options by which who mounts owns everything and may write: of what is another's nobody makes a copy of his own."""
    return f"uid={os.getuid()},gid={os.getgid()},overriderockperm,mode=0644,dmode=0755"


def test_fuse_overlayfs_changes():
    def without_times(entries):  # it writes those of a new file back later
        return {path: what[:4] + what[5:] for path, what in entries.items()}
    with layers(image("handmade-rock"), mine()) as (lower, here):
        with fuse_overlayfs(lower, here) as merged:
            after = without_times(change_a_disc(lower, merged, here + "/upper"))
        with fuse_overlayfs(lower, here) as merged:
            equal(without_times(tree(merged)), after, "after unmounting and mounting")


def change_attributes(merged):
    for name in NAMES_OF_ATTRIBUTES:
        expect(name in os.listxattr(merged + "/attributed"), f"{name} is listed")
    before = {name: os.getxattr(merged + "/attributed", name) for name in NAMES_OF_ATTRIBUTES}
    with open(merged + "/attributed", "ab") as out:
        out.write(b"more")
    os.setxattr(merged + "/attributed", "user.new", b"new")
    equal({name: os.getxattr(merged + "/attributed", name) for name in NAMES_OF_ATTRIBUTES}, before, "attributes of a file that was copied up")
    equal(os.getxattr(merged + "/attributed", "user.new"), b"new", "a new attribute")


def access_list(path):
    return subprocess.run(["getfacl", "-cpn", path], stdout=subprocess.PIPE, check=True).stdout.decode()


def test_overlayfs_attributes():
    """Attributes and access control lists (AAIP) are copied up."""
    with layers(image("xorriso-attributes")) as (lower, here), overlayfs(lower, here) as merged:
        change_attributes(merged)
        lists = {name: access_list(f"{lower}/{name}") for name in ("listed", "dir")}
        expect("user:1234:rwx" in lists["listed"] and "default:user:2:rw-" in lists["dir"], f"lists of the disc: {lists}")
        equal({name: access_list(f"{merged}/{name}") for name in lists}, lists, "access lists seen through")
        os.utime(merged + "/listed")
        pathlib.Path(merged, "dir", "new").write_bytes(b"")
        for name in lists:
            expect(os.path.exists(f"{here}/upper/{name}"), f"{name} was copied up")
        equal({name: access_list(f"{merged}/{name}") for name in lists}, lists, "access lists of what was copied up")
        expect("user:2:rw-" in access_list(merged + "/dir/new"), "a new file has the default list of the disc's directory")


def test_fuse_overlayfs_attributes():
    with layers(image("xorriso-attributes"), mine()) as (lower, here), fuse_overlayfs(lower, here) as merged:
        change_attributes(merged)


@contextlib.contextmanager
def scratch():
    """A tmpfs with folders for all layers, which outlives mounts of the disc; and the end of what is mounted on it."""
    with tempfile.TemporaryDirectory(prefix="isofuse-overlay-") as here:
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", here], check=True)
        try:
            for folder in ("upper", "work", "merged", "lower"):
                os.mkdir(f"{here}/{folder}")
            yield here
        finally:
            fuse.unmount(here + "/lower")
            fuse.wait_for_daemons()
            subprocess.run(["umount", here], check=True)


def test_overlayfs_node_numbers():
    """A number stays the same when its file is copied up; with one of the options that let overlayfs look behind the upper layer,
    which it does not do by itself for a lower layer without a UUID, across mounts too, of the disc also; with xino=on for
    directories too, and all on one device."""
    for options in ("", "index=on", "xino=on", "xino=on,index=on"):
        with scratch() as here:
            seen = []
            for _ in range(2):
                equal(fuse.run([image("handmade-rock"), here + "/lower"])[0], 0, "exit status")
                with overlayfs(here + "/lower", here, options) as merged:
                    # Without xino overlayfs promises nothing for directories.
                    wanted = [path for path in numbers(merged) if "xino" in options or not os.path.isdir(f"{merged}/{path}")]
                    seen.append({path: numbers(merged)[path] for path in wanted})
                    os.utime(merged + "/A File.txt")
                    os.chmod(merged + "/A Directory", 0o700)
                    seen.append({path: numbers(merged)[path] for path in wanted})
                    if "xino" in options:
                        equal({os.lstat(f"{merged}/{path}").st_dev for path in wanted}, {os.stat(merged).st_dev}, f"devices with {options}")
                equal(fuse.unmount(here + "/lower"), None, "unmounting")
            for earlier, later in zip(seen, seen[1:]) if options else [seen[:2], seen[2:]]:
                equal(later, earlier, f"node numbers with {options or 'no options'}")
            equal(len(set(seen[0].values())), len(seen[0]), "distinct numbers")


def test_overlayfs_hard_links():
    """A write through one name of a file of the disc. On UDF, where the names share one node, index=on keeps them together;
    on ISO 9660 each name is a node of its own, as in the kernel's driver, and the write is seen by its own name only."""
    for name, folder, index, together in (("mkudffs-ad-long", "posix/hard", "on", True), ("mkudffs-ad-long", "posix/hard", "off", False),
                                          ("xorriso-hardlinks", "hard", "on", False)):
        with layers(image(name)) as (lower, here), overlayfs(lower, here, f"index={index}") as merged:
            one, other = f"{merged}/{folder}/first", f"{merged}/{folder}/second"
            equal((os.stat(one).st_nlink, os.stat(one).st_ino), (4, os.stat(other).st_ino), f"{name}: links and number of a file of several names")
            before = pathlib.Path(other).read_bytes()
            with open(one, "ab") as out:
                out.write(b"more\n")
            equal(pathlib.Path(one).read_bytes(), before + b"more\n", f"{name}: the name that was written to")
            equal(pathlib.Path(other).read_bytes(), before + (b"more\n" if together else b""), f"{name}: the other name with index={index}")


def test_overlayfs_features():
    """redirect_dir: a directory of the disc is renamed and not copied. metacopy: chmod does not copy contents. volatile. Two discs."""
    with layers(image("handmade-rock")) as (lower, here):
        with overlayfs(lower, here, "redirect_dir=on,metacopy=on,volatile") as merged:
            os.rename(merged + "/A Directory", merged + "/moved")
            equal(os.listdir(merged + "/moved"), ["leaf"], "names in a directory that was renamed")
            equal(os.listdir(here + "/upper/moved"), [], "what of it is in the upper layer")
            os.chmod(merged + "/A File.txt", 0o600)
            equal(os.stat(here + "/upper/A File.txt").st_blocks, 0, "blocks of what was not copied")
            equal(pathlib.Path(merged, "A File.txt").read_bytes(), b"file\n", "its contents")
        with fuse.Mount(image("xorriso-attributes")) as second:
            done = subprocess.run(["mount", "-t", "overlay", "overlay", "-o", f"lowerdir={lower}:{second}", here + "/merged"], check=False)
            equal(done.returncode, 0, "two discs, one over the other")
            equal(sorted(os.listdir(here + "/merged")), sorted({*os.listdir(lower), *os.listdir(second)}), "names of both")
            subprocess.run(["umount", here + "/merged"], check=True)


def handle_of(libc, path):
    handle = ctypes.create_string_buffer(8 + 128)
    handle[0:4] = (128).to_bytes(4, "little")
    mount_id = ctypes.c_int()
    if libc.name_to_handle_at(-100, os.fsencode(path), handle, ctypes.byref(mount_id), 0) != 0:
        raise OSError(ctypes.get_errno(), "name_to_handle_at")
    return handle


def test_overlayfs_for_nfs():
    """nfs_export=on: handles of files of the disc stay good when all has been unmounted, and when they were copied up."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = None
    with scratch() as here:
        for step in ("first", "again", "copied"):
            equal(fuse.run([image("handmade-rock"), here + "/lower"])[0], 0, "exit status")
            with overlayfs(here + "/lower", here, "index=on,nfs_export=on") as merged:
                if handle is None:
                    handle = handle_of(libc, merged + "/A Directory/leaf")
                elif step == "copied":
                    os.utime(merged + "/A Directory/leaf")
                top = os.open(merged, os.O_RDONLY)
                file = libc.open_by_handle_at(top, handle, os.O_RDONLY)
                number = ctypes.get_errno()
                os.close(top)
                expect(file >= 0, f"open_by_handle_at ({step}): {errno.errorcode.get(number, number)}")
                equal(os.read(file, 100), pathlib.Path(merged, "A Directory/leaf").read_bytes(), f"contents ({step})")
                os.close(file)
            equal(fuse.unmount(here + "/lower"), None, "unmounting")


def test_overlayfs_on_udf():
    with layers(image("bridge-udf"), "view=udf") as (lower, here), overlayfs(lower, here, "xino=on,index=on") as merged:
        before = tree(lower)
        equal(tree(merged), before, "what is read through")
        file = next(path for path, what in before.items() if stat.S_ISREG(what[0]))
        os.chmod(f"{merged}/{file}", 0o600)
        equal(pathlib.Path(merged, file).read_bytes(), before[file][5], "a file that was copied up")
        os.unlink(f"{merged}/{file}")
        expect(file not in tree(merged) and tree(lower) == before, "it is deleted, and not from the disc")


IN_A_NAME_SPACE = textwrap.dedent("""\
    import os, pathlib, subprocess, sys
    sys.path.insert(0, sys.argv[2])
    import cases_overlay, fuse
    here, program = sys.argv[3], os.environ["ISOFUSE"]
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", here], check=True)
    for name in ("upper", "work", "merged", "lower"):
        os.mkdir(f"{here}/{name}")
    # What belongs to a user who has no number in here overlayfs refuses to copy (EOVERFLOW).
    subprocess.run([program, "-o", "uid=0,gid=0", sys.argv[4], here + "/lower"], check=True)
    options = f"lowerdir={here}/lower,upperdir={here}/upper,workdir={here}/work,userxattr"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, here + "/merged"], check=True)
    cases_overlay.change_a_disc(here + "/lower", here + "/merged", here + "/upper")
    print(os.getxattr(here + "/upper/A Directory", "user.overlay.opaque"))
    subprocess.run(["umount", here + "/merged"], check=True)
    subprocess.run(["umount", here + "/lower"], check=True)
    """)


def test_overlayfs_without_root():
    """In a user's own name space of users and mounts: all of it, mounting the disc too, without fusermount3."""
    if subprocess.run(["unshare", "-rmpf", "--mount-proc", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        raise Skip("this system does not let users make name spaces")
    with tempfile.TemporaryDirectory(prefix="isofuse-userns-") as here:
        name = image("handmade-rock")
        done = subprocess.run(["unshare", "-rmpf", "--kill-child", "--mount-proc", sys.executable, "-B", "-c", IN_A_NAME_SPACE,
                               os.path.dirname(name), os.path.dirname(os.path.abspath(__file__)), here, name],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=LIMIT_S)
        equal((done.returncode, done.stdout), (0, b"b'y'\n"), f"exit status ({fuse.text(done.stderr).strip()[-500:]})")
        until(lambda: not fuse.daemons(), "processes afterwards")


ROOT_ONLY = ("test_overlayfs_changes", "test_overlayfs_attributes", "test_overlayfs_node_numbers", "test_overlayfs_hard_links",
             "test_overlayfs_features", "test_overlayfs_for_nfs", "test_overlayfs_on_udf")
