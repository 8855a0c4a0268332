#!/usr/bin/python3
"""The file managers, for real: Thunar, PCManFM, and the menus of four more, under Xvfb with a session bus, gvfs and gio. For an ordinary user.

  run.py PREFIX OUT   PREFIX is an installation ("meson install") of which bin/ and share/ are used; screenshots and
                      logs go to OUT. Prints one line for each test.
"""

import colorsys
import contextlib
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from runner import Skip, equal, expect, run_tests  # noqa: E402

LABEL = "Holiday 2026"
FILES, PICTURES = 5000, 24
SCREEN = (1000, 560)
LIMIT_S = 300
IN_SESSION = "ISOFUSE_DESKTOP"  # the folder of the session, for the process that runs in it
PROGRAMS = ("Xvfb", "dbus-run-session", "thunar", "pcmanfm", "gio", "xdg-open", "xdg-mime", "xdotool", "import", "xorriso",
            "desktop-file-validate", "update-desktop-database", "update-mime-database", "notify-send", "xclip", "xfconf-query")
TYPES = ("application/x-cd-image", "application/vnd.efi.iso", "application/x-udf-image", "application/x-cue")


def until(condition, what, limit_s=30):
    end = time.monotonic() + limit_s
    while not (found := condition()):
        expect(time.monotonic() < end, f"never: {what}")
        time.sleep(0.1)
    return found


def run(*command, check=True, limit_s=30, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=limit_s,
                          check=False, text=True, errors="replace", **more)
    if check:
        expect(done.returncode == 0, f"{' '.join(command)}: exit status {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout.strip()


# --- the disc

def colour(number):
    """Bright colours, which no theme has by the thousand."""
    return tuple(round(255 * part) for part in colorsys.hsv_to_rgb(number / PICTURES, 1, 1))


def picture(number, width=320, height=240):
    """A PNG of one colour with a darker disc in it."""
    bright, dark = bytes(colour(number)), bytes(part // 2 for part in colour(number))
    rows = bytearray()
    for y in range(height):
        reach = int(max(0, 80 ** 2 - (y - height // 2) ** 2) ** 0.5)
        edge = width // 2 - reach
        rows += b"\0" + bright * edge + dark * (2 * reach) + bright * (width - edge - 2 * reach)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b""))


def make_disc(folder):
    tree, image = folder / "tree", folder / "holiday.iso"
    (tree / "Notes").mkdir(parents=True)
    for number in range(PICTURES):
        (tree / f"Picture {number + 1:02}.png").write_bytes(picture(number))
    for number in range(FILES - PICTURES):
        (tree / "Notes" / f"note {number:04}.txt").write_text(f"This is note {number}.\n", encoding="ascii")
    run("xorriso", "-as", "mkisofs", "-quiet", "-R", "-J", "-V", LABEL, "-o", str(image), str(tree), limit_s=120)
    shutil.rmtree(tree)
    return image


# --- the desk

def mounts_below(folder):
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        paths = [line.split()[1].encode().decode("unicode_escape") for line in mounts if " fuse.isofuse " in line]
    return [path for path in paths if path.startswith(f"{folder}/")]


class Notifications:
    """Takes the place of a notification daemon on the bus, and keeps what it is told."""

    SERVICE = """
import sys
from gi.repository import Gio, GLib
node = Gio.DBusNodeInfo.new_for_xml('''<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method></interface></node>''')
def call(bus, sender, path, interface, method, arguments, invocation):
    if method == "Notify":
        print("\\t".join((arguments[0], arguments[2], arguments[3], arguments[4])), flush=True)
        invocation.return_value(GLib.Variant("(u)", (1,)))
    elif method == "GetCapabilities":
        invocation.return_value(GLib.Variant("(as)", (["body", "body-markup"],)))
    else:
        invocation.return_value(GLib.Variant("(ssss)", ("test", "isofuse", "1", "1.2")))
def ready(bus, name):
    bus.register_object("/org/freedesktop/Notifications", node.interfaces[0], call, None, None)
    print("ready", flush=True)
Gio.bus_own_name(Gio.BusType.SESSION, "org.freedesktop.Notifications", Gio.BusNameOwnerFlags.NONE, ready, None, None)
GLib.MainLoop().run()
"""

    def __init__(self, environment):
        self.process = subprocess.Popen(["/usr/bin/python3", "-c", self.SERVICE], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=environment)
        if self.process.stdout.readline() != "ready\n":
            raise Skip("no notification service: " + self.process.stderr.read().strip()[-200:])

    def next(self):
        return self.process.stdout.readline().rstrip("\n").split("\t")

    def end(self):
        self.process.kill()
        self.process.communicate()


def environment_in(root, prefix, display):
    """A home and an installation of its own. What the bus starts (gvfs, thumbnails) must see them, too."""
    for folder in ("home", "run"):
        (root / folder).mkdir(mode=0o700)
    shutil.copytree(prefix / "share", root / "share")
    return {
        "PATH": f"{prefix}/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": f"{root}/home", "XDG_RUNTIME_DIR": f"{root}/run", "TMPDIR": str(root),
        "XDG_DATA_DIRS": f"{root}/share:/usr/local/share:/usr/share", "DISPLAY": display, "LC_ALL": "C.UTF-8", "GTK_THEME": "Adwaita",
        "NO_AT_BRIDGE": "1", "GVFS_DISABLE_FUSE": "1", "GSK_RENDERER": "cairo",  # there is no graphics card
        **{name: value for name, value in os.environ.items() if name == "DBUS_SYSTEM_BUS_ADDRESS"},
    }


class Desk:
    def __init__(self, root, out):
        self.out, self.home, self.share = out, root / "home", root / "share"
        self.environment = dict(os.environ)
        self.images = self.home / "Images"
        self.images.mkdir()
        self.image = make_disc(self.images)
        self.mount_point = str(self.home / "isofuse" / LABEL)

    def run(self, *command, **more):
        return run(*command, env={**self.environment, **more.pop("env", {})}, cwd=self.home, **more)

    def double_click(self, path):
        """What a file manager does: the type's default program is started, by GIO."""
        self.run("gio", "open", str(path))

    def file_manager(self, name):
        self.run("xdg-mime", "default", f"{name}.desktop", "inode/directory")

    def window(self, title):
        def search():
            found = self.run("xdotool", "search", "--onlyvisible", "--name", title, check=False)
            return found.split()[-1] if found else None
        return until(search, f"a window called {title!r}")

    def arrange(self, window):
        for command in (("windowmove", window, "0", "0"), ("windowsize", window, *map(str, SCREEN))):
            self.run("xdotool", *command)

    def screen(self):
        """The screen as (width, height, its pixels in RGB)."""
        raw = subprocess.run(["import", "-window", "root", "-depth", "8", "ppm:-"], stdout=subprocess.PIPE, check=True, env=self.environment, timeout=30).stdout
        head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", raw)
        return int(head[1]), int(head[2]), raw[head.end():]

    def pictures_seen(self):
        """How many of the disc's pictures are on the screen, by their colours."""
        _, _, pixels = self.screen()
        counts = {}
        for at in range(0, len(pixels) - 2, 3 * 7):  # every seventh pixel is enough
            key = pixels[at:at + 3]
            counts[key] = counts.get(key, 0) + 1
        return sum(counts.get(bytes(colour(number)), 0) >= 20 for number in range(PICTURES))

    def save_screen(self, name):
        self.run("import", "-window", "root", "-depth", "8", "+dither", "-colors", "200", f"png8:{self.out / name}")

    def unmount_by_menu(self, program, *keys, pointer=None):
        """Chooses the entry by these keys in the context menu of the image, the only file in its folder. The menu is called by
        the keyboard, or by the mouse where the file manager shows the image there."""
        if shutil.which(program) is None:
            raise Skip(f"{program} is not installed")
        self.run("isofuse", "--open", str(self.image))
        manager = subprocess.Popen([program, str(self.images)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=self.environment)
        try:
            window = self.window(self.images.name)
            time.sleep(2)  # until its files are there
            # Without a window manager another window can have the keyboard, or this one can find its size late.
            for _ in range(4):
                self.arrange(window)
                self.run("xdotool", "windowraise", window, "windowfocus", "--sync", window, "sleep", "0.5")
                call = ("mousemove", *map(str, pointer), "click", "3") if pointer else ("key", "ctrl+a", "sleep", "0.5", "key", "shift+F10")
                self.run("xdotool", *call, "sleep", "1.5")
                self.run("xdotool", *(word for key in keys for word in ("key", key, "sleep", "0.5")))
                self.save_screen(f"{program}-menu.png")
                self.run("xdotool", "key", "Return")
                with contextlib.suppress(AssertionError):
                    until(lambda: not mounts_below(self.home), "unmounted", 5)
                    return
                self.run("xdotool", "key", "Escape", "key", "Escape")
            raise AssertionError(f"never unmounted from the menu of {program}")
        finally:
            self.run("xdotool", "key", "Escape", "key", "Escape", check=False)
            manager.terminate()
            manager.wait(10)

    def end(self):
        for path in mounts_below(self.home):
            subprocess.run(["fusermount3", "-uz", path], check=False, timeout=10)


# --- the tests

def all_are_shown(desk, title, count):
    """Selects everything in a window, copies it, and counts what was copied."""
    window = desk.window(title)
    desk.arrange(window)

    def copied():
        desk.run("xdotool", "windowfocus", "--sync", window, "key", "ctrl+a", "ctrl+c", check=False)
        try:
            return desk.run("xclip", "-o", "-selection", "clipboard", "-t", "x-special/gnome-copied-files", check=False, limit_s=5).count("file://")
        except subprocess.TimeoutExpired:
            return 0
    most = 0
    end = time.monotonic() + 20
    while most != count and time.monotonic() < end:
        most = max(most, copied())
        time.sleep(0.2)
    equal(most, count, "files that the window shows")


def expect_pictures(desk, screenshot):
    """Most pictures of the disc get onto the screen, of which a picture is kept."""
    seen = 0

    def enough():
        nonlocal seen
        seen = max(seen, desk.pictures_seen())
        return seen >= PICTURES * 3 // 4
    try:
        until(enough, "three of four pictures are on the screen", 40)
        time.sleep(2)  # for the others
    finally:
        seen = max(seen, desk.pictures_seen())
        desk.save_screen(screenshot)
    print(f"  {seen} of {PICTURES} pictures on the screen")


def test_types(desk):
    """The files that are installed are valid, and every type leads to isofuse."""
    for name in ("applications/isofuse.desktop", "Thunar/sendto/isofuse-unmount.desktop"):
        equal(desk.run("desktop-file-validate", str(desk.share / name)), "", f"what desktop-file-validate says of {name}")
    for name in ("mime/packages/isofuse.xml", "icons/hicolor/scalable/apps/isofuse.svg"):
        xml.etree.ElementTree.parse(desk.share / name)
    equal(desk.run("update-mime-database", str(desk.share / "mime")), "", "what update-mime-database says")
    desk.run("update-desktop-database", str(desk.share / "applications"))
    for name in TYPES:
        equal(desk.run("xdg-mime", "query", "default", name), "isofuse.desktop", f"the program for {name}")
    gnome = {"XDG_CURRENT_DESKTOP": "GNOME"}  # else xdg-mime asks file(1), which knows nothing of these files
    for name, expected in ((desk.image.name, TYPES[:2]), ("disc.udf", TYPES[2:3]), ("disc.cue", TYPES[3:])):
        path = desk.image if name == desk.image.name else desk.home / name
        if path != desk.image:
            path.write_bytes(bytes(range(256)))  # of an empty file GIO says that it is text
        found = desk.run("xdg-mime", "query", "filetype", str(path), env=gnome)
        expect(found in expected, f"the type of {name} is {found}")
        told = desk.run("gio", "mime", found)
        expect("isofuse.desktop" in told, f"gio mime {found}: {told}")


def test_double_click_shows_the_disc(desk):
    desk.file_manager("thunar")
    desk.run("xfconf-query", "-c", "thunar", "-p", "/last-location-bar", "-n", "-t", "string", "-s", "ThunarLocationButtons")
    desk.double_click(desk.image)
    until(lambda: mounts_below(desk.home), "it is mounted")
    equal(mounts_below(desk.home), [desk.mount_point], "mounts")
    window = desk.window(LABEL)
    desk.arrange(window)
    expect_pictures(desk, "thunar.png")


def test_gio_sees_the_mount(desk):
    listed = re.compile(rf"^Mount\(\d+\): {LABEL} -> file://\S*/isofuse/\S+\n  Type: (.*)$", re.MULTILINE)
    told = until(lambda: listed.search(desk.run("gio", "mount", "-l")), "gio lists the mount")
    print(f"  listed by {told[1]}")
    info = desk.run("gio", "info", desk.mount_point)
    expect("standard::type: 2" in info or "type: directory" in info, info)
    expect(re.search(r"unix::is-mountpoint: TRUE", info), f"no mount point: {info}")
    about = desk.run("gio", "info", "-f", desk.mount_point)
    expect("filesystem::readonly: TRUE" in about and "filesystem::type: fuse" in about, about)
    listed = desk.run("gio", "list", desk.mount_point + "/Notes").splitlines()
    equal(len(listed), FILES - PICTURES, "files that gio lists")
    equal(desk.run("gio", "cat", f"{desk.mount_point}/Notes/note 0042.txt"), "This is note 42.", "a file")


def test_second_double_click_shows_the_same(desk):
    desk.double_click(desk.image)
    desk.run("isofuse", "--open", str(desk.image))
    equal(mounts_below(desk.home), [desk.mount_point], "mounts")


def test_thunar_shows_thousands(desk):
    desk.run("thunar", desk.mount_point + "/Notes")
    try:
        all_are_shown(desk, "Notes", FILES - PICTURES)
        time.sleep(2)
        desk.save_screen("thunar-notes.png")
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            desk.run("thunar", "--quit", check=False, limit_s=10)
    until(lambda: not desk.run("xdotool", "search", "--onlyvisible", "--name", LABEL, check=False), "Thunar ends")


def test_unmount_from_the_side_bar(desk):
    """What the side bar's button does. gvfs unmounts by umount(8); the directory and the folder go, too."""
    desk.run("gio", "mount", "-u", desk.mount_point)
    until(lambda: not mounts_below(desk.home), "it is unmounted")
    until(lambda: not (desk.home / "isofuse").exists(), "the folder is removed")


def test_pcmanfm_shows_the_disc(desk):
    desk.file_manager("pcmanfm")
    desk.double_click(desk.image)
    window = desk.window(LABEL)
    desk.arrange(window)
    expect_pictures(desk, "pcmanfm.png")


def test_pcmanfm_shows_thousands(desk):
    desk.run("pcmanfm", desk.mount_point + "/Notes")
    all_are_shown(desk, "Notes", FILES - PICTURES)
    desk.save_screen("pcmanfm-notes.png")


def test_menu_of_the_image_unmounts(desk):
    """As the entries of the file managers' menus call it."""
    command = re.search(r"^Exec=(.*)$", (desk.share / "file-manager/actions/isofuse-unmount.desktop").read_text(encoding="utf-8"), re.MULTILINE)[1]
    words = [word.replace("%f", str(desk.image)) for word in command.split()]
    file = os.open(f"{desk.mount_point}/Picture 01.png", os.O_RDONLY)
    service = Notifications(desk.environment)
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=desk.environment, check=False, timeout=30)
        equal(done.returncode, 51, "exit status while a file is open")
        program, icon, title, text = service.next()
        equal((program, icon, title), ("isofuse", "isofuse", "The disc image stays mounted"), "the notification")
        expect("in use" in text, text)
    finally:
        os.close(file)
        service.end()
    def unmounted():
        return subprocess.run(words, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=desk.environment, check=False, timeout=30).returncode == 0
    until(unmounted, "it can be unmounted")
    until(lambda: not (desk.home / "isofuse").exists(), "the folder is removed")


def test_failure_becomes_a_notification(desk):
    wrong = desk.home / "not <really> & a disc.iso"
    wrong.write_text("hello", encoding="ascii")
    service = Notifications(desk.environment)
    try:
        desk.double_click(wrong)
        program, _, title, text = service.next()
        equal((program, title), ("isofuse", "The disc image cannot be shown"), "the notification")
        expect("not &lt;really&gt; &amp; a disc.iso: not a disc image" in text, text)
    finally:
        service.end()
    expect(not (desk.home / "isofuse").exists(), "a folder was made")


def test_menu_of_pcmanfm_unmounts(desk):
    if not list(pathlib.Path("/usr/lib").glob("*/libfm/modules/gtk-menu-actions.so")):
        raise Skip("libfm-modules is not installed")
    desk.unmount_by_menu("pcmanfm", "Up", "Up")


def test_menu_of_thunar_unmounts(desk):
    desk.unmount_by_menu("thunar", "Down", "Down", "Down", "Down", "Right", "Up")


def test_menu_of_nemo_unmounts(desk):
    desk.unmount_by_menu("nemo", "Down", "Down", "Down", "Down")


def test_menu_of_caja_unmounts(desk):
    desk.unmount_by_menu("caja", "Up", "Up", "Right")


def test_menu_of_dolphin_unmounts(desk):
    desk.unmount_by_menu("dolphin", "Up", "Up", pointer=(325, 119))


def test_menu_of_nautilus_unmounts(desk):
    desk.unmount_by_menu("nautilus", "Up", "Up", pointer=(372, 150))


def test_nothing_is_left(desk):
    def ours():
        found = []
        for entry in os.listdir("/proc"):
            with contextlib.suppress(OSError):
                if entry.isdigit() and os.stat(f"/proc/{entry}").st_uid == os.getuid() and os.readlink(f"/proc/{entry}/exe").endswith("/isofuse"):
                    found.append(entry)
        return found
    until(lambda: not ours(), "no process of isofuse is left", 10)
    equal(mounts_below(desk.home), [], "mounts")


def tests(root, out):
    desk = Desk(root, out)
    passed = run_tests("desktop", list(globals().items()), desk)
    desk.end()
    return 0 if passed else 1


def in_session(prefix, out, display):
    """The tests, in a session with a bus of its own, which ends with them."""
    with tempfile.TemporaryDirectory(prefix="isofuse-desktop-", ignore_cleanup_errors=True) as root:
        environment = {**environment_in(pathlib.Path(root), prefix, display), IN_SESSION: root}
        with open(out / "desktop.log", "wb") as log:
            session = subprocess.Popen(["dbus-run-session", "--", sys.executable, "-B", __file__, str(prefix), str(out)], stdin=subprocess.DEVNULL,
                                       stderr=log, start_new_session=True, env=environment)
        try:
            return session.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            print(f"FAIL desktop (no end within {LIMIT_S} s)")
            return 1
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(session.pid, signal.SIGTERM)
            for path in mounts_below(root):
                subprocess.run(["fusermount3", "-uz", path], check=False, timeout=10)


def main():
    prefix, out = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
    if IN_SESSION in os.environ:
        return tests(pathlib.Path(os.environ[IN_SESSION]), out)
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        print(f"skip desktop (not installed: {' '.join(missing)})")
        return 0
    reader, writer = os.pipe()
    with open(out / "xvfb.log", "wb") as log:
        server = subprocess.Popen(["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{SCREEN[0]}x{SCREEN[1]}x24", "-nolisten", "tcp"],
                                  pass_fds=[writer], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    os.close(writer)
    with open(reader, encoding="ascii") as numbers:
        display = numbers.readline().strip()  # nothing where the server ends
    if not display:
        print(f"skip desktop (Xvfb does not start; see {out / 'xvfb.log'})")
        return 0
    try:
        return in_session(prefix, out, f":{display}")
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    sys.exit(main())
