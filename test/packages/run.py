"""run.py TREE BUILD OUT IMAGES: what is installed, and the packages that are made of it, tried as their users would.

TREE is the checkout, BUILD a meson build directory of it, OUT a directory to work in. Prints a line for each test. As
root; what packagers do is done as an ordinary user where their tools want that."""

import fnmatch
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from runner import Skip, equal, expect, run_tests  # noqa: E402

TREE, BUILD, OUT, IMAGES = (pathlib.Path(argument).resolve() for argument in sys.argv[1:5])
PATTERN = sys.argv[5] if len(sys.argv) > 5 else "*"
VERSION = re.search(r"version: '([^']+)'", (TREE / "meson.build").read_text(encoding="utf-8")).group(1)  # packages have to agree
PACKAGER = "isofuse-test"
BUILD_LIMIT_S = 1500


def run(command, log=None, limit_s=120, **more):
    """What a command prints; fails where it does."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=limit_s, check=False, **more)
    if log:
        (OUT / log).write_text(done.stdout, encoding="utf-8")
    expect(done.returncode == 0, f"{' '.join(map(str, command))}: status {done.returncode}; {' | '.join(done.stdout.splitlines()[-3:])}")
    return done.stdout


def needs(*programs):
    for program in programs:
        if shutil.which(program) is None:
            raise Skip(f"{program} is not installed")


def image():
    path = IMAGES / "handmade-plain.iso"
    if not path.exists():
        raise Skip("the image handmade-plain was not made")
    return path


def installed():
    """Everything, in a directory of its own."""
    root = OUT / "root"
    if not root.exists():
        run(["meson", "install", "-C", BUILD, "--no-rebuild"], "install.log", env={**os.environ, "DESTDIR": str(root)})
    return root


def files_below(root):
    return {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir() or path.is_symlink()}


# --- meson install

def test_installed_files():
    """Each thing in its folder, and no other."""
    there = files_below(installed())
    wanted = [
        "usr/local/bin/isofuse", "usr/local/sbin/mount.isofuse", "usr/local/lib/*/libisofuse.so", "usr/local/lib/*/libisofuse.so.0",
        f"usr/local/lib/*/libisofuse.so.{VERSION}", "usr/local/lib/*/pkgconfig/libisofuse.pc", "usr/local/include/isofuse/open.h",
        "usr/local/share/man/man1/isofuse.1", "usr/local/share/man/man8/mount.isofuse.8", "usr/local/lib/systemd/user/isofuse@.service",
        "usr/local/share/bash-completion/completions/isofuse", "usr/local/share/zsh/site-functions/_isofuse",
        "usr/local/share/fish/vendor_completions.d/isofuse.fish", "usr/local/share/applications/isofuse.desktop",
        "usr/local/share/icons/hicolor/scalable/apps/isofuse.svg", "usr/local/share/mime/packages/isofuse.xml",
    ]
    for name in wanted:
        expect(fnmatch.filter(there, name), f"{name} is not installed: {sorted(there)}")
    expect(all(name.startswith("usr/local/") for name in there), f"something lies elsewhere: {sorted(there)}")
    headers = {path.name for path in (TREE / "include/isofuse").iterdir()}
    equal({pathlib.Path(name).name for name in there if "/include/" in name}, headers, "headers")


def test_uninstall():
    """Nothing is left of an installation."""
    place = OUT / "uninstalled"
    run(["meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", place], "uninstall.log")
    expect(files_below(place), "something was installed")
    run(["ninja", "-C", BUILD, "uninstall"], "uninstall.log")
    equal(files_below(place), set(), "what is left")


# --- the library

def compiler_flags():
    """As pkg-config tells a program's build."""
    root = installed()
    description = next(root.glob("usr/local/lib/*/pkgconfig"), None) or next(root.glob("usr/local/lib/pkgconfig"))
    environment = {**os.environ, "PKG_CONFIG_PATH": str(description), "PKG_CONFIG_SYSROOT_DIR": ""}
    # The prefix is that of the installation; here it lies below a directory.
    prefix = f"--define-variable=prefix={root}/usr/local"
    flags = run(["pkg-config", prefix, "--cflags", "--libs", "libisofuse"], env=environment).split()
    equal(run(["pkg-config", "--modversion", "libisofuse"], env=environment).strip(), VERSION, "version")
    return flags, description.parent


def test_examples_against_the_installed_library():
    flags, folder = compiler_flags()
    environment = {**os.environ, "LD_LIBRARY_PATH": str(folder)}
    for name in ("list", "cat"):
        run(["c++", "-std=c++20", "-Wall", "-Wextra", "-Werror", TREE / f"examples/{name}.cc", *flags, "-o", OUT / f"example-{name}"], "examples.log")
    program = BUILD / "src/app/isofuse"
    said = run([OUT / "example-list", image()], env=environment)
    paths = {re.sub(r"^ *\d+ /", "", line) for line in said.splitlines() if not line.startswith("#")}
    equal(paths, set(run([program, "--list", "--names", image()]).split("\n")) - {""}, "paths")
    facts = json.loads(run([program, "--info", "--json", image()]))
    expect(said.startswith(f"# {facts['volume']['label']}, ISO 9660"), f"its first line: {said.splitlines()[0]}")
    entries = [json.loads(line) for line in run([program, "--list", "--json", image()]).splitlines()]
    file = max((entry for entry in entries if entry["type"] == "file"), key=lambda entry: entry["size_bytes"])["path"]
    ours = subprocess.run([program, "--cat", image(), file], stdout=subprocess.PIPE, check=True).stdout
    theirs = subprocess.run([OUT / "example-cat", image(), file], stdout=subprocess.PIPE, check=True, env=environment).stdout
    expect(ours == theirs and ours, f"contents of {file}")


def test_examples_refuse():
    """No disc, no file: one line, and a status that is not 0. Silent, but for that."""
    _, folder = compiler_flags()
    environment = {**os.environ, "LD_LIBRARY_PATH": str(folder)}
    for command in (["example-list", "/etc/passwd"], ["example-list", "/no/such"], ["example-cat", image(), "no/such"], ["example-cat", "/etc/passwd", "a"]):
        program = BUILD / "examples" / command[0]
        done = subprocess.run([program, *command[1:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, env=environment)
        equal((done.returncode, done.stdout, len(done.stderr.splitlines())), (1, "", 1), f"{command}: {done.stderr}")


def test_headers_stand_alone():
    for header in sorted((TREE / "include/isofuse").glob("*.h")):
        source = OUT / "header.cc"
        source.write_text(f"#include <isofuse/{header.name}>\n", encoding="utf-8")
        run(["c++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", TREE / "include", source], "headers.log")


def test_symbols():
    """Only what the headers promise, and all of it."""
    library = BUILD / "src/libisofuse.so.0"
    symbols = [line.split(" ", 2)[2] if line[0] != " " else line.split(None, 1)[1] for line in run(["nm", "-DC", "--defined-only", library]).splitlines()]
    symbols = [symbol for symbol in symbols if not symbol.startswith("ISOFUSE_")]
    foreign = [symbol for symbol in symbols if "isofuse::" not in symbol]
    equal(foreign, [], "symbols of others")
    inner = [symbol for symbol in symbols if re.search(r"isofuse::(iso9660|udf|test|app|fuse)::", symbol)]
    equal(inner, [], "symbols that are nobody's business")
    for name in ("open_image", "open_filesystem", "open_filesystems", "identify", "partitions", "read_bytes", "read_pieces", "set_message_handler",
                 "describe", "Directory::entry", "Directory::find"):
        expect(any(re.match(rf"isofuse::{name}(\[abi:cxx11\])?\(", symbol) for symbol in symbols), f"{name} is not exported")


# --- completions

def completion(shell):
    return {"bash": "share/bash-completion/completions/isofuse", "zsh": "share/zsh/site-functions/_isofuse",
            "fish": "share/fish/vendor_completions.d/isofuse.fish"}[shell]


def offered_by_bash(line):
    script = """source "$1"; COMP_LINE=$2; COMP_POINT=${#2}; eval "COMP_WORDS=($2)"; [[ $2 == *' ' ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); compopt() { :; }; _isofuse; printf '%s\\n' "${COMPREPLY[@]}" """
    return set(run(["bash", "-c", script, "bash", installed() / "usr/local" / completion("bash"), line]).split("\n")) - {""}


def test_completion_of_bash():
    """What is left of a word behind '=' is what bash replaces."""
    needs("bash")
    equal(offered_by_bash("isofuse --in"), {"--info"}, "a flag")
    expect({"--list", "--status", "-u", "-o"} <= offered_by_bash("isofuse -"), "all flags")
    equal(offered_by_bash("isofuse -o nos"), {"nosandbox", "nosuid"}, "an option")
    equal(offered_by_bash("isofuse -o ro,nosa"), {"ro,nosandbox"}, "a further option")
    equal(offered_by_bash("isofuse -o view=r"), {"rockridge"}, "a value")
    equal(offered_by_bash("isofuse -o ro,view=u"), {"udf"}, "a value of a further option")
    equal(offered_by_bash("isofuse --completion "), {"bash", "zsh", "fish"}, "a choice")
    equal(offered_by_bash(f"isofuse {TREE}/READ"), {f"{TREE}/README.md"}, "a file")


def test_completion_of_zsh():
    """In a terminal of zsh's own (zpty), since completions work nowhere else."""
    needs("zsh")
    script = """zmodload zsh/zpty; zpty z zsh -f -i; zpty -w z "PS1='%'; fpath=($1 \\$fpath); autoload -U compinit; compinit -u -D; LISTMAX=999; echo re''ady"
zpty -r z line '*ready*'; zpty -n -w z "isofuse $2"$'\\t\\t'; sleep 2; while zpty -r -t z line; do said+=$line; done; print -r -- $said; zpty -d z"""
    folder = installed() / "usr/local/share/zsh/site-functions"
    expect("--info" in run(["zsh", "-f", "-c", script, "zsh", folder, "--inf"]), "a flag")
    expect("nosandbox" in run(["zsh", "-f", "-c", script, "zsh", folder, "-o nosan"]), "an option")
    expect("rockridge" in run(["zsh", "-f", "-c", script, "zsh", folder, "-o view=roc"]), "a value")


def test_completion_of_fish():
    needs("fish")
    def offered(line):
        said = run(["fish", "--no-config", "-c", f"source {installed() / 'usr/local' / completion('fish')}; complete -C '{line}'"],
                   env={**os.environ, "HOME": str(OUT), "XDG_CONFIG_HOME": str(OUT), "XDG_DATA_HOME": str(OUT)})
        return {line.split("\t")[0] for line in said.splitlines()}
    equal(offered("isofuse --in"), {"--info"}, "a flag")
    equal(offered("isofuse -o nosa"), {"nosandbox"}, "an option")
    equal(offered("isofuse -o ro,nosa"), {"ro,nosandbox"}, "a further option")
    expect("view=udf" in offered("isofuse -o view="), "a value")
    equal(offered("isofuse --completion z"), {"zsh"}, "a choice")


def test_completions_know_every_option():
    """All that the program's own help lists."""
    words = set(re.findall(r"(?<=[ ,])--?[a-zA-Z0-9][a-z0-9-]*", run([BUILD / "src/app/isofuse", "--help"])))
    for shell in ("bash", "zsh"):
        text = (installed() / "usr/local" / completion(shell)).read_text(encoding="utf-8")
        missing = [word for word in words if word not in text and len(word) > 2]
        equal(missing, [], f"{shell} does not know")


# --- packages

def source_tree(where):
    """What a release holds: what is in the checkout, without what was built."""
    tree = where / f"isofuse-{VERSION}"
    shutil.rmtree(where, ignore_errors=True)
    shutil.copytree(TREE, tree, symlinks=True, ignore=lambda folder, names: [name for name in names if name == ".git" or
                    (pathlib.Path(folder) == TREE and name.startswith("build"))])
    return tree


def tarball(where):
    tree = source_tree(where)
    file = where / f"isofuse-{VERSION}.tar.gz"
    run(["tar", "-C", where, "-czf", file, tree.name])
    return file


def test_debian_packages():
    needs("dpkg-buildpackage", "dh")
    tree = source_tree(OUT / "debian")
    run(["dpkg-buildpackage", "-us", "-uc", "-b"], "debian.log", BUILD_LIMIT_S, cwd=tree, env={**os.environ, "DEB_BUILD_OPTIONS": "nocheck parallel=2"})
    packages = {path.name.split("_")[0]: path for path in (OUT / "debian").glob("*.deb") if "dbgsym" not in path.name}
    equal(sorted(packages), ["isofuse", "libisofuse-dev", "libisofuse0"], "packages")
    unpacked = OUT / "debian/unpacked"
    for path in packages.values():
        run(["dpkg-deb", "-x", path, unpacked])
    there = files_below(unpacked)
    for name in ("usr/bin/isofuse", "sbin/mount.isofuse", "usr/lib/*/libisofuse.so.0", "usr/lib/*/pkgconfig/libisofuse.pc", "usr/share/man/man1/isofuse.1.gz",
                 "usr/share/doc/libisofuse-dev/examples/list.cc"):
        expect(fnmatch.filter(there, name), f"{name} is in no package")
    depends = run(["dpkg-deb", "-f", packages["isofuse"], "Depends"])
    expect("fuse3" in depends and "libdeflate0" in depends, f"what isofuse depends on: {depends}")
    equal(run([unpacked / "usr/bin/isofuse", "--version"]).strip(), f"isofuse {VERSION}", "the packaged program")
    expect(run([unpacked / "usr/bin/isofuse", "--list", "--names", image()]), "the packaged program lists")


def test_lintian():
    needs("lintian")
    changes = next((OUT / "debian").glob("*.changes"), None)
    if changes is None:
        raise Skip("there is no package")
    said = run(["lintian", "--allow-root", "--fail-on", "error,warning", changes], "lintian.log", 600)
    expect(not re.search(r"^[EW]:", said, re.MULTILINE), said)


def test_rpm_packages():
    needs("rpmbuild", "rpm")
    top = OUT / "rpm"
    tarball(top / "SOURCES")
    said = run(["rpmbuild", "--nodeps", "--define", f"_topdir {top}", "--define", "_smp_build_ncpus 2", "-bb", TREE / "packaging/rpm/isofuse.spec"],
               "rpm.log", BUILD_LIMIT_S)
    packages = sorted(top.glob("RPMS/*/*.rpm"))
    names = {run(["rpm", "-qp", "--qf", "%{NAME}", path]) for path in packages}
    expect({"isofuse", "libisofuse", "libisofuse-devel"} <= names, f"packages: {names}; {said[-300:]}")
    listed = "\n".join(run(["rpm", "-qlp", path]) for path in packages)
    for name in ("/usr/bin/isofuse", "/usr/sbin/mount.isofuse", "libisofuse.so.0", "libisofuse.pc"):
        expect(name in listed, f"{name} is in no package")


def test_arch_package():
    needs("makepkg", "bsdtar")
    where = OUT / "arch"
    tarball(where)
    shutil.copy(TREE / "packaging/arch/PKGBUILD", where)
    shutil.chown(where, PACKAGER)
    # makepkg refuses to be root.
    run(["setpriv", "--reuid", PACKAGER, "--regid", PACKAGER, "--clear-groups", "env", f"HOME={where}", "PKGEXT=.pkg.tar.zst", "makepkg", "-d", "--nocheck"],
        "arch.log", BUILD_LIMIT_S, cwd=where)
    package = next(where.glob("*.pkg.tar.zst"), None)
    expect(package, "there is a package")
    listed = run(["bsdtar", "-tf", package])
    for name in ("usr/bin/isofuse", "usr/bin/mount.isofuse", "usr/lib/libisofuse.so.0", "usr/share/licenses/isofuse/LICENSE"):
        expect(re.search(rf"^{re.escape(name)}$", listed, re.MULTILINE) or name.endswith(".so.0") and name.split("/")[-1] in listed, f"{name} is not in it")


def test_package_lists_agree():
    """What has to be installed for a build is said in several places."""
    def words(path, pattern):
        found = re.search(pattern, (TREE / path).read_text(encoding="utf-8"), re.DOTALL)
        return {word for word in re.split(r"[\s\\,]+", found.group(1)) if re.fullmatch(r"lib[a-z0-9-]+-dev|nlohmann-json3-dev", word)}
    wanted = words("packaging/quickstart", r"build_packages=\((.*?)\)")
    equal(words("Containerfile", r"RUN apt-get update(.*?)COPY"), wanted, "Containerfile")
    equal(words("debian/control", r"Build-Depends:(.*?)Standards-Version") - {"zlib1g-dev"}, wanted, "debian/control")
    equal(words("test/run", r"build_packages=\((.*?)\n\)") - {"zlib1g-dev", "libclang-rt-14-dev"}, wanted, "test/run")


if __name__ == "__main__":
    sys.exit(0 if run_tests("packages", list(globals().items()), pattern=f"*{PATTERN}*") else 1)
