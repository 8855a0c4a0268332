"""At home on the system: mount(8) by type and by fstab, as root and as the user of a line, and as a service."""

import contextlib
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import textwrap

import fuse
from expectations import Skip, daemon_of, equal, expect, image, until

# mount(8) looks for helpers in /sbin, and gives them no PATH: mount.fuse3's shell then has one of its own.
LINKS = [pathlib.Path("/sbin/mount.isofuse"), pathlib.Path("/usr/local/bin/isofuse")]
FSTAB = pathlib.Path("/etc/fstab")
NOTED = pathlib.Path("/run/mount/utab")
USER = "isofuse-test"
SYSTEMD = "/usr/lib/systemd/systemd"
UNIT_DIRECTORY = pathlib.Path(__file__).resolve().parents[1] / "systemd"  # in a checkout: test/run copies it there
LIMIT_S = 30
KINDS = ("fuse.isofuse", "isofuse")


def command(*arguments, **more):
    """(exit status, what was said on both)."""
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          **{"check": False, "timeout": LIMIT_S, **more})
    return done.returncode, fuse.text(done.stdout)


def succeeds(*arguments, **more):
    status, said = command(*arguments, **more)
    equal(status, 0, f"exit status of {arguments} ({said.strip()})")
    return said


@contextlib.contextmanager
def installed():
    """The program where mount(8) finds it, by both its names, for as long as this lasts."""
    with contextlib.ExitStack() as stack:
        for link in LINKS:
            if os.path.lexists(link):
                raise Skip(f"{link} is there already")
            link.symlink_to(fuse.binary())
            stack.callback(link.unlink)
        yield


@contextlib.contextmanager
def place(owner=None):
    """A folder with a mount point "d"; what is left mounted below it is taken away."""
    with tempfile.TemporaryDirectory(prefix="isofuse-sys-") as here:
        os.chmod(here, 0o755)
        os.mkdir(here + "/d")
        if owner:
            os.chown(here + "/d", owner.pw_uid, owner.pw_gid)
        try:
            yield here
        finally:
            for entry in os.scandir(here):
                if fuse.is_mounted(entry.path):
                    fuse.unmount(entry.path)


def as_user(*arguments):
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *arguments]


def as_nobody(*arguments):
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *arguments]


def mount_fact(path, column):
    return succeeds("findmnt", "-n", "-o", column, "--mountpoint", path).strip()


def disc():
    return image("handmade-rock")


# --- mount(8)

def test_mount_by_type():
    with installed(), place() as here:
        for kind in KINDS:
            succeeds("mount", "-t", kind, disc(), here + "/d", "-o", "norock")
            expect("file.txt" in os.listdir(here + "/d"), f"{kind}: its options reach isofuse: {os.listdir(here + '/d')}")
            equal(mount_fact(here + "/d", "FSTYPE,SOURCE").split(), ["fuse.isofuse", disc()], f"{kind}: type and source")
            succeeds("umount", here + "/d")
            equal(fuse.wait_for_daemons(), [], f"{kind}: processes after umount")
        said = succeeds("mount", "-v", "-n", "-t", "isofuse", disc(), here + "/d")
        expect(f"{disc()} mounted on {here}/d" in said, f"-v tells: {said!r}")
        # What was not asked for on the command line is not said on it either: no warning about "rw".
        equal(len(said.strip().splitlines()), 1, f"lines of -v ({said!r})")


def test_mount_fake_and_sloppy():
    with installed(), place() as here:
        succeeds("mount", "-f", "-t", "isofuse", disc(), here + "/d")
        expect(not fuse.is_mounted(here + "/d"), "-f mounts nothing")
        equal(command("mount", "-f", "-t", "isofuse", "/etc/passwd", here + "/d")[0], 32, "-f of what is no disc")
        status, said = command("mount", "-t", "isofuse", disc(), here + "/d", "-o", "nonsense")
        equal(status, 1, f"an unknown option ({said.strip()})")
        expect("nonsense" in said, f"it is named: {said!r}")
        succeeds("mount", "-s", "-t", "isofuse", disc(), here + "/d", "-o", "nonsense")
        expect(fuse.is_mounted(here + "/d"), "with -s it is mounted")


def test_mount_statuses():
    """mount(8) hands on what its helper says: bits, which isofuse's own statuses would set at random."""
    with installed(), place() as here:
        for what, options, wanted in (("/etc/passwd", "ro", 32), (here + "/absent.iso", "ro", 32), (disc(), "map=sideways", 1),
                                      (disc(), f"setuid={USER}", 1), (disc(), "drop_privileges", 1)):
            status, said = command("mount", "-t", "isofuse", what, here + "/d", "-o", options)
            equal(status, wanted, f"{what} with {options} ({said.strip()})")
            expect(said.startswith("isofuse: "), f"why: {said!r}")
            expect(not fuse.is_mounted(here + "/d"), "nothing is mounted")


def test_mount_in_another_namespace():
    with installed(), place() as here:
        other = subprocess.Popen(["unshare", "-m", "sh", "-c", "echo ready; exec sleep 60"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        try:
            other.stdout.readline()
            succeeds("mount", "-N", str(other.pid), "-t", "isofuse", disc(), here + "/d")
            expect(not fuse.is_mounted(here + "/d"), "it is not mounted here")
            seen = succeeds("nsenter", "-t", str(other.pid), "-m", "ls", here + "/d")
            expect("A File.txt" in seen, f"it is mounted there: {seen!r}")
            succeeds("nsenter", "-t", str(other.pid), "-m", "umount", here + "/d")
            equal(fuse.wait_for_daemons(), [], "processes after umount")
        finally:
            other.kill()
            other.communicate()


def test_mount_options_of_fstab():
    """What mount(8), fstab(5), systemd and desktops write there. What the kernel should then know of it is seen in its table."""
    # Of dev and suid mount(8) tells a helper only that they are excluded; mount.fuse3 takes silence for yes.
    lists = (("dev,suid", None, "nosuid nodev"), ("nodev,nosuid", "nosuid nodev", ""), ("noexec", "noexec", ""), ("exec", "", "noexec"),
             ("relatime,_netdev,nofail,noauto,x-systemd.automount,x-gvfs-show,x-gvfs-name=A%20disc,X-mount.note,comment=hello", "ro", "comment x-"),
             ("user,uhelper=isofuse", "ro", ""), ("users", "ro", ""), ("owner,group,defaults", "ro", ""), ("context=system_u:object_r:iso9660_t:s0", "ro", ""),
             ("noatime,nodiratime,lazytime,sync", "ro", ""), ("allow_other", "allow_other default_permissions", ""))
    with installed(), place() as here:
        for kind in KINDS:
            for options, has, has_not in lists:
                succeeds("mount", "-t", kind, disc(), here + "/d", "-o", "ro," + options)
                shown = pathlib.Path("/proc/self/mounts").read_text(encoding="utf-8").split(f" {here}/d fuse.isofuse ")[1].split(" ")[0]
                words = set(shown.split(","))
                if has is None:
                    has, has_not = ("", has_not) if kind == "fuse.isofuse" else (has_not, "")
                expect(set(has.split()) <= words, f"{kind} {options}: {has} is in {shown}")
                expect(not any(word.startswith(tuple(has_not.split())) for word in words), f"{kind} {options}: {has_not} is not in {shown}")
                succeeds("umount", here + "/d")


def test_mount_of_an_absent_image():
    """nofail: no error for what is not there, as fstab(5) says; what is there and no disc is one."""
    with installed(), place() as here:
        equal(command("mount", "-t", "isofuse", here + "/absent", here + "/d", "-o", "nofail"), (0, ""), "an absent image")
        equal(command("mount", "-t", "isofuse", "/etc/passwd", here + "/d", "-o", "nofail")[0], 32, "what is no disc")


def test_mount_all():
    """mount -a: both types; what is there is not mounted again; nofail; noauto."""
    with installed(), place() as here:
        shutil.copy(disc(), here + "/my disc.iso")
        for name in "abcef":
            os.mkdir(f"{here}/{name}")
        spaced = (here + "/my disc.iso").replace(" ", "\\040")
        pathlib.Path(here, "fstab").write_text(textwrap.dedent(f"""\
            {disc()} {here}/a fuse.isofuse ro,nosuid,nodev,allow_other,nofail 0 0
            {spaced} {here}/b isofuse      ro,norock                          0 0
            {spaced} {here}/c fuse.isofuse ro,user,exec,x-gvfs-show           0 0
            {disc()} {here}/d fuse.isofuse ro,noauto                          0 0
            {here}/absent {here}/e isofuse ro,nofail                          0 0
            """), encoding="utf-8")
        for _ in range(2):
            status, said = command("mount", "-a", "-T", here + "/fstab")
            equal(status, 0, f"exit status of mount -a ({said.strip()})")
            equal([name for name in "abcde" if fuse.is_mounted(f"{here}/{name}")], ["a", "b", "c"], "what is mounted")
        equal(sum(line.split()[1].startswith(here) for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()), 3, "mounts")
        expect("file.txt" in os.listdir(here + "/b") and "A File.txt" in os.listdir(here + "/c"), "the options of each line")
        with open(here + "/fstab", "a", encoding="utf-8") as table:
            table.write(f"/etc/passwd {here}/f isofuse ro 0 0\n")
        equal(command("mount", "-a", "-T", here + "/fstab")[0], 64, "mount -a where one of several fails")
        for name in "abc":
            succeeds("umount", f"{here}/{name}")
        equal(fuse.wait_for_daemons(), [], "processes after umount")


def test_mount_with_less_rights():
    """drop_privileges: mount.fuse3 mounts and hands over /dev/fd/N. setuid=: it becomes that user."""
    user = user_of_lines()
    with installed(), place(owner=user) as here:
        def owner_and_caps():
            process = next(int(entry) for entry in os.listdir("/proc") if entry.isdigit() and comm(entry) == "isofuse-disc" and
                           exe(entry) == os.path.realpath(fuse.binary()))
            status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines() if ":\t" in line)
            return int(status["Uid"].split()[0]), status["NoNewPrivs"], int(status["CapBnd"], 16)
        succeeds("mount", "-t", "fuse.isofuse", disc(), here + "/d", "-o", "ro,drop_privileges")
        expect("A File.txt" in os.listdir(here + "/d"), "drop_privileges: it is mounted")
        expect('"format": "ISO 9660' in fuse.run(["--status", "--json", here + "/d"])[1], "drop_privileges: --status knows it")
        equal(owner_and_caps(), (0, "1", 0), "drop_privileges: user, no_new_privs, capabilities")
        succeeds("umount", here + "/d")
        equal(fuse.wait_for_daemons(), [], "drop_privileges: processes after umount")
        # What root has mounted needs no user_allow_other.
        succeeds("mount", "-t", "fuse.isofuse", disc(), here + "/d", "-o", f"ro,drop_privileges,setuid={USER},allow_other,fsname={disc()}")
        equal(owner_and_caps(), (user.pw_uid, "1", 0), "both: user, no_new_privs, capabilities")
        equal(mount_fact(here + "/d", "SOURCE"), disc(), "both: fsname=")
        succeeds(*as_nobody("ls", here + "/d"))
        succeeds("umount", here + "/d")
        until(lambda: not processes_of(user), "both: processes after umount")
        succeeds("mount", "-t", "fuse.isofuse", disc(), here + "/d", "-o", f"ro,setuid={USER}")
        equal(owner_and_caps()[0], user.pw_uid, "setuid=: user")
        succeeds(*as_user("ls", here + "/d"))
        succeeds("umount", here + "/d")
        until(lambda: not processes_of(user), "setuid=: processes after umount")


def comm(process):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
    return ""


def exe(process):
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{process}/exe")
    return ""


def processes_of(user):
    """isofuse's, of this run."""
    out = []
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            if entry.isdigit() and os.stat(f"/proc/{entry}").st_uid == user.pw_uid and exe(entry) == os.path.realpath(fuse.binary()):
                out.append(int(entry))
    return out


# --- the user of a line

def user_of_lines():
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        raise Skip(f"there is no user {USER}") from None


@contextlib.contextmanager
def line_of_fstab(line):
    """Only /etc/fstab counts for users. The line, and nothing else, is taken away again."""
    before = FSTAB.read_bytes() if FSTAB.exists() else None
    added = (b"" if not before or before.endswith(b"\n") else b"\n") + os.fsencode(line) + b"\n"
    with open(FSTAB, "ab") as table:
        table.write(added)
    try:
        yield
    finally:
        now = FSTAB.read_bytes()
        at = now.rindex(added)
        rest = now[:at] + now[at + len(added):]
        FSTAB.write_bytes(rest)
        if before is None and not rest:
            FSTAB.unlink()


def test_user_of_a_line():
    """He mounts and unmounts by mount(8) and umount(8), which are set-user-ID; another user can do neither."""
    user = user_of_lines()
    for path in ("/bin/mount", "/bin/umount"):
        if not os.stat(path).st_mode & 0o4000:
            raise Skip(f"{path} is not set-user-ID")
    table = FSTAB.read_bytes() if FSTAB.exists() else None
    used = []
    with installed():
        for kind in KINDS:
            for word in ("user", "users"):
                with place(owner=user) as here, line_of_fstab(f"{disc()} {here}/d {kind} ro,{word},noauto 0 0"):
                    which = f"{kind} {word}: "
                    used.append(here)
                    succeeds(*as_user("mount", here + "/d"))
                    shown = mount_fact(here + "/d", "OPTIONS").split(",")
                    expect({f"user_id={user.pw_uid}", "noexec", "nosuid", "nodev"} <= set(shown), f"{which}options: {shown}")
                    succeeds(*as_user("cat", here + "/d/A File.txt"))
                    expect(command(*as_nobody("ls", here + "/d"))[0] != 0, which + "another user may not look")
                    expect(command("ls", here + "/d")[0] != 0, which + "nor may root")
                    # With "users" everybody may unmount what one of them has mounted: fstab(5) says so.
                    equal(command(*as_nobody("umount", here + "/d"))[0] == 0, word == "users", which + "whether another user may unmount")
                    equal(fuse.is_mounted(here + "/d"), word == "user", which + "whether it is mounted still")
                    if word == "user":
                        succeeds(*as_user("umount", here + "/d"))
                    expect(not fuse.is_mounted(here + "/d"), which + "it is unmounted")
                    until(lambda: not processes_of(user), which + "processes after umount")
                    # By its image, and with isofuse's own hand.
                    succeeds(*as_user("mount", disc()))
                    succeeds(*as_user(fuse.binary(), "-u", here + "/d"))
                    until(lambda: not processes_of(user), which + "processes after isofuse -u")
                    succeeds("umount", "--fake", here + "/d")  # what mount(8) has noted stays otherwise
                    # mount(8) knows who mounted, but not whose folder it is: FUSE asks that.
                    status, said = command(*as_nobody("mount", here + "/d"))
                    expect(status != 0 and "may not mount here" in said, f"{which}in a folder of another: {status} {said!r}")
    equal(FSTAB.read_bytes() if FSTAB.exists() else None, table, "/etc/fstab")
    noted = NOTED.read_text(encoding="utf-8") if NOTED.exists() else ""
    expect(not any(here in noted for here in used), f"nothing is left in {NOTED}: {noted}")


# --- the helper by itself, as anybody

def test_helper():
    with tempfile.TemporaryDirectory(prefix="isofuse-helper-") as here:
        helper = here + "/mount.isofuse"
        os.symlink(fuse.binary(), helper)
        os.mkdir(here + "/d")
        for arguments, status, mounted in (([disc(), here + "/d", "-o", "rw,norock"], 0, True), ([disc(), here + "/d", "-sfnv", "-o", "x=y"], 0, False),
                                           ([disc(), here + "/d", "-t", "fuse.isofuse", "-n"], 0, True), ([disc(), here + "/d", "-t", "isofuse.x"], 1, False),
                                           ([disc()], 1, False), (["/etc/passwd", here + "/d"], 32, False), ([disc(), here + "/absent"], 32, False),
                                           ([disc(), here + "/d", "-N", here], 32, False), ([disc(), here + "/d", "-o", "drop_privileges"], 1, False)):
            got, said = command(helper, *arguments)
            equal((got, fuse.is_mounted(here + "/d")), (status, mounted), f"status and whether it is mounted: {arguments} ({said.strip()})")
            equal(len(said.splitlines()), 0 if status == 0 else 1, f"lines said: {arguments} ({said!r})")
            fuse.unmount(here + "/d")


# --- a service

class Manager:
    """The socket of a manager of services."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address.replace("@", "\0", 1) if address.startswith("@") else address)
        self.socket.settimeout(10)
        self.environment = {**os.environ, "NOTIFY_SOCKET": address}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def told(self):
        return fuse.text(self.socket.recv(4096))

    def told_nothing(self):
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            raise AssertionError(f"the manager was told {self.socket.recv(4096)!r}")


def test_service_is_ready():
    with place() as here:
        for address in (here + "/socket", f"@isofuse-test-{os.getpid()}"):
            for end in ("signal", "unmount"):
                with Manager(address) as manager:
                    process = subprocess.Popen([fuse.binary(), "-f", disc(), here + "/d"], env=manager.environment, stdin=subprocess.DEVNULL)
                    try:
                        equal(manager.told(), f"STATUS={disc()} is mounted on {here}/d", "the status")
                        equal(manager.told(), "READY=1", "what follows")
                        expect("A File.txt" in os.listdir(here + "/d"), "it is ready")
                        equal(number_of_sockets(here), 1, "sockets of the process that reads the disc")
                        if end == "signal":
                            process.terminate()
                        else:
                            fuse.unmount(here + "/d")
                        equal(manager.told(), "STOPPING=1", "at the end")
                        equal(process.wait(10), 0, "exit status")
                        manager.told_nothing()
                    finally:
                        fuse.unmount(here + "/d")
                        process.wait(10)
                if os.path.exists(here + "/socket"):
                    os.unlink(here + "/socket")


def number_of_sockets(here):
    """Of the process that reads the disc: the line to its supervisor, and nothing else."""
    process = daemon_of(here + "/d")
    return sum(os.readlink(f"/proc/{process}/fd/{number}").startswith("socket:") for number in os.listdir(f"/proc/{process}/fd"))


def test_service_fails():
    with tempfile.TemporaryDirectory(prefix="isofuse-service-") as here, Manager(here + "/socket") as manager:
        name = here + "/line\nREADY=1"
        pathlib.Path(name).write_text("no disc\n" * 5000, encoding="ascii")
        equal(fuse.run(["-f", name, here], env=manager.environment)[0], 30, "exit status")
        said = manager.told()
        expect(said.startswith(f"STATUS={here}/line READY=1: ") and "\n" not in said, f"the status, one variable: {said!r}")
        manager.told_nothing()


def test_service_in_the_background():
    """A command that a service calls does not speak for the service. And no socket, or a bad one, is no error."""
    with place() as here, Manager(here + "/socket") as manager:
        for address in (here + "/socket", here + "/absent", "", "relative", "/" + "x" * 200):
            status, _, err = fuse.run([disc(), here + "/d"], env={**manager.environment, "NOTIFY_SOCKET": address})
            equal(status, 0, f"exit status ({err})")
            fuse.unmount(here + "/d")
        manager.told_nothing()
        process = subprocess.Popen([fuse.binary(), "-f", disc(), here + "/d"], env={**os.environ, "NOTIFY_SOCKET": here + "/absent"}, stdin=subprocess.DEVNULL)
        until(lambda: fuse.is_mounted(here + "/d"), "it is mounted")
        process.terminate()
        equal(process.wait(10), 0, "exit status")


def unit(name):
    path = UNIT_DIRECTORY / name
    if not path.exists():
        raise Skip(f"{path} is not there; test/run copies it")
    return path.read_text(encoding="utf-8").replace("@bindir@/isofuse", fuse.binary())


PRETEND_BOOTED = "mount -t tmpfs none /run && mkdir -p /run/systemd/system && "  # what systemd's programs look for


def test_units():
    """systemd reads them without a complaint."""
    if not shutil.which("systemd-analyze"):
        raise Skip("no systemd-analyze")
    with tempfile.TemporaryDirectory(prefix="isofuse-units-") as here:
        for name in ("isofuse@.service", "mnt-debian.mount", "mnt-debian.automount"):
            pathlib.Path(here, name).write_text(unit(name + ".in" if "@" in name else name), encoding="utf-8")
        for arguments in ("--user isofuse@srv-a.iso.service", "mnt-debian.mount", "mnt-debian.automount"):
            said = succeeds("unshare", "-m", "sh", "-c", PRETEND_BOOTED + f"cd {here} && exec systemd-analyze --man=no verify " +
                            arguments.replace("isofuse@", "./isofuse@").replace("mnt", "./mnt"), env={**os.environ, "XDG_RUNTIME_DIR": here})
            equal(said, "", f"what systemd-analyze says of {arguments}")


def test_user_service():
    """A manager of a user's own: started and stopped, with what is seen where it fails."""
    user = user_of_lines()
    for program in (SYSTEMD, "/usr/bin/dbus-daemon", "/usr/bin/systemctl", "/usr/bin/systemd-escape"):
        if not os.path.exists(program):
            raise Skip(f"no {program}")
    with place() as here, groups_of_processes(user) as groups:
        for folder in ("run", "conf/systemd/user"):
            os.makedirs(f"{here}/{folder}")
        pathlib.Path(here, "conf/systemd/user/isofuse@.service").write_text(unit("isofuse@.service.in"), encoding="utf-8")
        shutil.copy(disc(), here + "/it's $my disc.iso")
        pathlib.Path(here, "script").write_text(textwrap.dedent(r"""
            bus=$(dbus-daemon --session --address="unix:path=$XDG_RUNTIME_DIR/bus" --fork --print-pid)
            """ + SYSTEMD + r""" --user >/dev/null 2>&1 &
            manager=$!
            trap 'kill $manager; wait $manager; kill $bus' EXIT
            for i in $(seq 50); do systemctl --user is-system-running >/dev/null 2>&1 && break; sleep 0.1; done
            systemctl --user is-system-running >/dev/null 2>&1 || { echo "no manager"; exit; }
            unit="isofuse@$(systemd-escape --path "$1").service"
            systemctl --user start "$unit"; echo "start $?"
            systemctl --user show -P StatusText "$unit"
            ls "$XDG_RUNTIME_DIR/isofuse/it's \$my disc"
            systemctl --user stop "$unit"; echo "stop $?"
            systemctl --user is-failed "$unit"
            echo "left: $(ls "$XDG_RUNTIME_DIR/isofuse")"
            unit="isofuse@$(systemd-escape --path /etc/passwd).service"
            systemctl --user start "$unit" 2>/dev/null; echo "start $?"
            systemctl --user is-failed "$unit"
            systemctl --user show -P StatusText "$unit"
            """), encoding="utf-8")
        os.chown(here + "/run", user.pw_uid, user.pw_gid)
        os.chmod(here + "/run", 0o700)
        join = "".join(f"echo $$ >{group}/cgroup.procs && " for group in groups)
        said = succeeds("unshare", "-m", "sh", "-c", PRETEND_BOOTED + join + 'exec "$@"', "-", *as_user(
            "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", f"HOME={here}", f"XDG_RUNTIME_DIR={here}/run",
            f"XDG_CONFIG_HOME={here}/conf", f"DBUS_SESSION_BUS_ADDRESS=unix:path={here}/run/bus", "sh", here + "/script",
            here + "/it's $my disc.iso"), timeout=60)
        if "no manager" in said:
            raise Skip("systemd --user does not start here: its control groups or D-Bus are missing")
        equal(said.splitlines(), ["start 0", f"{here}/it's $my disc.iso is mounted on {here}/run/isofuse/it's $my disc",
                                  "A Directory", "A File.txt", "tool", "stop 0", "inactive", "left: ", "start 1", "failed",
                                  "/etc/passwd: not a disc image that isofuse can read: it is a text file"], "what happened")
        until(lambda: not processes_of(user), "processes afterwards")


# A system manager in name spaces of its own, where it can change nothing of this machine.
SYSTEM_MANAGER = PRETEND_BOOTED + textwrap.dedent("""\
    cp "$1"/units/* /run/systemd/system/ &&
    mount -t proc proc /proc && mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys &&
    mount --bind /etc /etc && mount -o remount,bind,ro /etc &&
    exec env container=other """ + SYSTEMD + """ --system --unit=trial.target --show-status=false --log-target=null
    """)
TRIAL = textwrap.dedent("""\
    exec >"$1/said" 2>&1
    PATH=/usr/sbin:/usr/bin:/sbin:/bin
    kinds() { findmnt -n -o FSTYPE --mountpoint "$1/d" | tr '\\n' ' '; echo; }
    kinds "$1"
    ls "$1/d"
    kinds "$1"
    systemctl is-active "$2"
    for i in $(seq 80); do systemctl is-active -q "$2" || break; sleep 0.1; done
    kinds "$1"
    kill -s RTMIN+5 1  # halt
    """)


def test_system_automount():
    """The example of an automount, by a system's manager: mounted when somebody looks, unmounted when nobody has looked for a time."""
    if not os.path.exists(SYSTEMD):
        raise Skip("no " + SYSTEMD)
    root = pwd.getpwuid(0)
    with installed(), place() as here, groups_of_processes(root) as groups:
        os.mkdir(here + "/units")
        name = subprocess.run(["systemd-escape", "--path", here + "/d"], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
        for kind in ("mount", "automount"):
            text = unit("mnt-debian." + kind).replace("/srv/debian.iso", disc()).replace("=/mnt/debian", f"={here}/d")
            text = text.replace("TimeoutIdleSec=10min", "TimeoutIdleSec=1").replace("[Unit]\n", "[Unit]\nDefaultDependencies=no\n")
            pathlib.Path(here, "units", f"{name}.{kind}").write_text(text, encoding="utf-8")
        pathlib.Path(here, "script").write_text(TRIAL, encoding="utf-8")
        pathlib.Path(here, "units/trial.target").write_text("[Unit]\nDefaultDependencies=no\nWants=trial.service\n", encoding="utf-8")
        pathlib.Path(here, "units/trial.service").write_text(
            f"[Unit]\nDefaultDependencies=no\nRequires={name}.automount\nAfter={name}.automount\n"
            f"[Service]\nType=oneshot\nExecStart=/bin/sh {here}/script {here} {name.replace(chr(92), chr(92) * 2)}.mount\n", encoding="utf-8")
        join = "".join(f"echo $$ >{group}/cgroup.procs && " for group in groups)
        with contextlib.suppress(subprocess.TimeoutExpired):
            command("sh", "-c", join + 'exec unshare -fpmCnu --kill-child "$@"', "-", "sh", "-c", SYSTEM_MANAGER, "-", here)
        said = pathlib.Path(here, "said")
        if not said.exists():
            raise Skip("systemd does not run in name spaces here")
        equal([line.strip() for line in said.read_text(encoding="utf-8").splitlines()],
              ["autofs", "A Directory", "A File.txt", "tool", "autofs fuse.isofuse", "active", "autofs"], "what happened")
        equal(fuse.wait_for_daemons(), [], "processes afterwards")


@contextlib.contextmanager
def groups_of_processes(user):
    """Control groups that the user's manager may divide, wherever this system has them."""
    made = []
    for root in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"):
        if os.path.exists(root + "/cgroup.procs"):
            group = f"{root}/isofuse-test-{os.getpid()}"
            with contextlib.suppress(OSError):
                os.mkdir(group)
                made.append(group)
                for path in (group, *(entry.path for entry in os.scandir(group) if entry.name.startswith("cgroup."))):
                    os.chown(path, user.pw_uid, user.pw_gid)
    try:
        yield made
    finally:
        for group in made:
            for folder, _, _ in os.walk(group, topdown=False):
                until(lambda folder=folder: remove(folder), f"{folder} is empty")


def remove(folder):
    with contextlib.suppress(OSError):
        os.rmdir(folder)
    return not os.path.exists(folder)


ROOT_ONLY = ("test_mount_by_type", "test_mount_fake_and_sloppy", "test_mount_statuses", "test_mount_in_another_namespace",
             "test_mount_options_of_fstab", "test_mount_of_an_absent_image", "test_mount_all",
             "test_mount_with_less_rights", "test_user_of_a_line", "test_units",
             "test_user_service", "test_system_automount")
