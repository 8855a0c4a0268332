"""Images by pycdlib, a mastering library of its own."""

import io

from recipe import ALL, NAMES, ONLY_DEFAULT, TREES, Recipe, add


def pycdlib_image(name, arguments, fill, options=TREES, **rest):
    def make(recipe, source, out, work):
        import pycdlib
        iso = pycdlib.PyCdlib()
        iso.new(**arguments)
        fill(iso)
        iso.write(out)
        iso.close()
    add(Recipe(f"pycdlib-{name}", make, None, options=options, needs=("python:pycdlib",), **rest))


def put(iso, data, path=None, **names):
    iso.add_fp(io.BytesIO(data), len(data), path, **names)


def plain(iso):
    put(iso, b"hello\n", "/HELLO.TXT;1")
    put(iso, b"", "/EMPTY.;1")
    iso.add_directory("/DIR1")
    put(iso, b"inner\n", "/DIR1/INNER.DAT;1")
    put(iso, b"v" * 5000, "/DIR1/OTHER.DAT;1")


def rock(iso):
    put(iso, b"hello\n", "/HELLO.TXT;1", rr_name="hello there.txt", file_mode=0o100640)
    put(iso, b"", "/EMPTY.;1", rr_name="empty")
    put(iso, b"long", "/LONG.;1", rr_name="n" * 240)
    iso.add_directory("/DIR1", rr_name="a directory")
    put(iso, b"inner\n", "/DIR1/INNER.DAT;1", rr_name="inner")
    iso.add_symlink("/SYM.;1", "sym", "a directory/inner")
    iso.add_symlink("/SYM2.;1", "abs", "/etc/../etc//passwd")
    iso.add_hard_link(iso_old_path="/HELLO.TXT;1", iso_new_path="/HARD.TXT;1", rr_name="hard")


def rock_deep(iso):
    path = ""
    for depth in range(1, 11):
        path += f"/DIR{depth}"
        iso.add_directory(path, rr_name=f"dir{depth}")
    put(iso, b"deep\n", path + "/DEEP.TXT;1", rr_name="deep.txt")


def rock_many(iso):
    for number in range(300):
        put(iso, b"%d" % number, f"/F{number:05d}.;1", rr_name=f"a file with a number {number}")


def joliet(iso):
    put(iso, b"hello\n", "/HELLO.TXT;1", joliet_path="/hello there.txt")
    put(iso, b"u", "/U.;1", joliet_path="/ünï-日本.txt")
    iso.add_directory("/DIR1", joliet_path="/a directory")
    put(iso, b"inner\n", "/DIR1/INNER.DAT;1", joliet_path="/a directory/inner")


def joliet_rock(iso):
    put(iso, b"hello\n", "/HELLO.TXT;1", joliet_path="/joliet.txt", rr_name="rock.txt")
    iso.add_directory("/DIR1", joliet_path="/jdir", rr_name="rdir")
    put(iso, b"inner\n", "/DIR1/INNER.DAT;1", joliet_path="/jdir/inner", rr_name="inner")


def boot(iso):
    plain(iso)
    put(iso, b"\xfa" * 2048, "/BOOT.;1")
    iso.add_eltorito("/BOOT.;1", bootcatfile="/BOOT.CAT;1")


pycdlib_image("plain", {}, plain, ALL, mutate=True)
for level in (1, 2, 3, 4):
    pycdlib_image(f"level{level}", {"interchange_level": level}, plain, NAMES)
for version in ("1.09", "1.10", "1.12"):
    pycdlib_image(f"rock-{version}", {"rock_ridge": version}, rock, mutate=version == "1.12")
    pycdlib_image(f"rock-deep-{version}", {"rock_ridge": version}, rock_deep)
pycdlib_image("rock-many", {"rock_ridge": "1.09"}, rock_many)
for joliet_level in (1, 2, 3):
    pycdlib_image(f"joliet{joliet_level}", {"joliet": joliet_level}, joliet)
pycdlib_image("joliet-rock", {"joliet": 3, "rock_ridge": "1.09"}, joliet_rock, ALL)
pycdlib_image("rock-xa", {"rock_ridge": "1.09", "xa": True}, rock)
pycdlib_image("xa", {"xa": True}, plain, NAMES)
pycdlib_image("boot", {}, boot, ONLY_DEFAULT)


def bridge(iso):
    """A file on both sides, one on each, and a link on the side of UDF."""
    put(iso, b"hello\n", "/HELLO.TXT;1", udf_path="/hello both sides.txt")
    put(iso, b"iso", "/ISO.TXT;1")
    put(iso, b"v" * 5000, udf_path="/only udf: \u65e5\u672c")
    iso.add_directory("/DIR1", udf_path="/a directory")
    put(iso, b"inner\n", "/DIR1/INNER.DAT;1", udf_path="/a directory/inner")
    iso.add_symlink(udf_symlink_path="/link", udf_target="a directory/inner")


UDF = ("udf", "iocharset=utf8")
ISO = ("iso9660", "iocharset=utf8,norock,nojoliet")
pycdlib_image("udf-bridge", {"udf": "2.60"}, bridge, [("", *UDF), ("view=udf", *UDF), ("view=iso", *ISO)], filesystem="udf")
