"""Images by the usual mastering tools."""

import os
import subprocess

from recipe import ALL, NAMES, ONLY_DEFAULT, TREES, Recipe, add

TOOL_LIMIT_S = 60  # genisoimage is known not to end on some link targets
EPOCH = "1700000000"
# Volume times and, where a tool has no better idea, file times.
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "TZ": "UTC", "LC_ALL": "C.UTF-8"}


def run(command, work, limit_s=TOOL_LIMIT_S, **extra):
    done = subprocess.run(command, cwd=work, env={**ENVIRONMENT, **extra}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=limit_s)
    if done.returncode != 0:
        tail = done.stdout.decode(errors="replace").strip().splitlines()[-3:]
        raise RuntimeError(f"{command[0]} failed ({done.returncode}): " + " | ".join(tail))


# --- genisoimage

def genisoimage(name, tree, arguments, **rest):
    def make(recipe, source, out, work):
        charset = [] if "-input-charset" in arguments else ["-input-charset", "utf-8"]
        run(["genisoimage", "-quiet", "-o", out] + charset + arguments + [str(source)], work)
    add(Recipe(f"genisoimage-{name}", make, tree, needs=("genisoimage",), **rest))


# What genisoimage cannot do with UTF-8: HFS, ISO 9660:1999.
LATIN = ["-input-charset", "iso8859-1"]
for level in (1, 2, 3, 4):
    only = LATIN if level == 4 else []
    genisoimage(f"level{level}", "plain", only + ["-iso-level", str(level)], expect="contents", options=ALL, mutate=level == 1)
    genisoimage(f"level{level}-rr", "posix", only + ["-iso-level", str(level), "-R"], expect="posix", options=TREES)
    genisoimage(f"level{level}-joliet", "plain", only + ["-iso-level", str(level), "-J"], expect="contents", options=TREES)
genisoimage("rr", "plain", ["-R"], expect="posix", options=ALL)
genisoimage("rr-rationalised", "posix", ["-r"], expect="posix", options=TREES, ignore=("mode", "uid", "gid"))
genisoimage("joliet", "bmp", ["-J"], options=ALL, mutate=True)
genisoimage("joliet-long", "bmp", ["-J", "-joliet-long"], options=TREES)
genisoimage("rr-joliet", "bmp", ["-R", "-J", "-joliet-long"], expect="posix", options=ALL, mutate=True)
genisoimage("rr-joliet-posix", "posix", ["-R", "-J"], expect="posix", options=TREES)
genisoimage("deep", "deep", ["-R"], expect="posix", options=TREES)
genisoimage("deep-hidden-moved", "deep", ["-R", "-hide-rr-moved"], expect="posix", options=TREES)
genisoimage("deep-not-relocated", "deep", ["-R", "-D"], expect="posix", options=TREES)
genisoimage("deep-joliet", "deep", ["-R", "-J"], expect="posix", options=TREES)
genisoimage("deep-plain", "deep", ["-D"], expect="contents")
genisoimage("longnames", "longnames", ["-R"], expect="posix", options=TREES)
genisoimage("longnames-joliet", "longnames", ["-R", "-J", "-joliet-long"], expect="posix", options=TREES)
genisoimage("many", "many", ["-R", "-J"], expect="posix", options=["", "norock"])
genisoimage("bytes-names", "bytes_names", ["-R", "-input-charset", "iso8859-1"], options=TREES)
genisoimage("bytes-raw", "bytes_names", ["-R", "-input-charset", "default"], options=TREES)
genisoimage("charset-cp437", "plain", ["-J", "-input-charset", "cp437", "-output-charset", "cp437"], options=TREES)
genisoimage("untranslated", "plain", ["-U"], expect="contents", options=ALL)
genisoimage("relaxed", "plain", ["-relaxed-filenames", "-allow-lowercase", "-allow-multidot"], expect="contents", options=NAMES)
genisoimage("no-iso-translate", "plain", ["-no-iso-translate", "-l"], expect="contents", options=NAMES)
genisoimage("omit-version", "plain", ["-N", "-l"], expect="contents", options=NAMES)
genisoimage("omit-period", "plain", ["-d", "-l"], expect="contents", options=NAMES)
genisoimage("leading-dots", "plain", ["-ldots", "-l"], expect="contents", options=NAMES)
genisoimage("max-names", "plain", ["-max-iso9660-filenames"], expect="contents", options=NAMES)
genisoimage("trans-tbl", "plain", ["-T", "-J", "-l"], options=TREES)
genisoimage("rr-trans-tbl", "posix", ["-T", "-R"], options=TREES)
genisoimage("hidden", "plain", ["-R", "-J", "-hidden", "lower.txt", "-hidden", "sub", "-hidden", "s2048"], expect="posix",
            options=["", "hide", "norock,hide", "norock,nojoliet,hide", "unhide", "showassoc,hide"])
genisoimage("hide-joliet", "plain", ["-R", "-J", "-hide-joliet", "sub"], expect="posix", options=TREES)
genisoimage("hide-iso", "plain", ["-R", "-J", "-hide", "sub", "-hide", "lower.txt"], options=TREES)
genisoimage("hide-all-iso", "plain", ["-R", "-J", "-hide", "*"], options=TREES)
genisoimage("owner-mode", "plain", ["-R", "-uid", "7", "-gid", "8", "-file-mode", "0604", "-dir-mode", "0705"],
            expect="posix", ignore=("mode", "uid", "gid"))
genisoimage("times", "times", ["-R"], expect="posix", options=TREES)
genisoimage("hfs", "plain", LATIN + ["-hfs", "-R", "-J"], options=TREES)
genisoimage("hfs-plain", "plain", LATIN + ["-hfs"], options=TREES + ["showassoc"])
genisoimage("apple", "plain", LATIN + ["-apple", "-R"], options=TREES)
genisoimage("no-pad", "plain", ["-no-pad", "-R"], expect="posix")
genisoimage("boot", "boot", ["-R", "-J", "-b", "boot/loader.img", "-no-emul-boot", "-boot-load-size", "4", "-c", "boot/boot.cat"],
            options=TREES)
genisoimage("boot-floppy", "boot", ["-R", "-b", "boot/floppy.img", "-c", "boot/boot.cat"], options=ONLY_DEFAULT)
genisoimage("boot-alternative", "boot", ["-R", "-b", "boot/loader.img", "-no-emul-boot", "-c", "boot/boot.cat",
                                         "-eltorito-alt-boot", "-b", "boot/efi.img", "-no-emul-boot"], options=ONLY_DEFAULT)


def zisofs_by_mkzftree(recipe, source, out, work):
    squeezed = os.path.join(work, "squeezed")
    run(["mkzftree", str(source), squeezed], work)
    run(["genisoimage", "-quiet", "-z", "-R", "-o", out, squeezed], work)


add(Recipe("genisoimage-zisofs", zisofs_by_mkzftree, "zeros", expect="posix", ignore=("mtime",), options=["", "nocompress", "norock"],
           needs=("genisoimage", "mkzftree"), mutate=True))


def grown(first, second, arguments):
    """Two sessions in one image, the second one behind the first, as on a disc written twice."""
    def make(recipe, source, out, work):
        base = os.path.dirname(str(source))
        run(["genisoimage", "-quiet", "-o", out] + arguments + [os.path.join(base, first)], work)
        sectors = os.path.getsize(out) // 2048
        more = os.path.join(work, "second.iso")
        run(["genisoimage", "-quiet", "-C", f"0,{sectors}", "-M", out, "-o", more] + arguments +
            [os.path.join(base, second)], work)
        with open(out, "ab") as image, open(more, "rb") as addition:
            image.write(addition.read())
        with open(os.path.join(work, "sector"), "w", encoding="ascii") as file:
            file.write(str(sectors))
    return make


# session= of the kernel needs a drive; sbsector= works on any image. {second} is filled in by build.py.
add(Recipe("genisoimage-sessions", grown("plain", "posix", ["-R"]), "posix",
           options=["", "sbsector={second}"], needs=("genisoimage",)))
add(Recipe("genisoimage-sessions-joliet", grown("plain", "zeros", ["-J"]), "zeros",
           options=["", "sbsector={second}"], needs=("genisoimage",)))


# --- xorriso

def xorrisofs(name, tree, arguments, **rest):
    """xorriso in its mkisofs manner."""
    def make(recipe, source, out, work):
        run(["xorriso", "-as", "mkisofs", "-quiet", "-o", out] + arguments + [str(source)], work)
    add(Recipe(f"xorriso-{name}", make, tree, needs=("xorriso",), **rest))


def xorriso(name, tree, commands, **rest):
    """xorriso in its own language; SOURCE stands for the tree."""
    def make(recipe, source, out, work):
        run(["xorriso", "-outdev", f"stdio:{out}"] + [part.replace("SOURCE", str(source)) for part in commands], work)
    add(Recipe(f"xorriso-{name}", make, tree, needs=("xorriso",), **rest))


for level in (1, 2, 3):
    xorrisofs(f"level{level}", "plain", ["-iso-level", str(level), "--norock"], expect="contents", options=ALL)
    xorrisofs(f"level{level}-rr", "posix", ["-iso-level", str(level), "-R"], expect="posix", options=TREES)
    xorrisofs(f"level{level}-joliet", "plain", ["-iso-level", str(level), "--norock", "-J"], expect="contents", options=TREES)
xorrisofs("rr-joliet", "unicode", ["-R", "-J", "-joliet-long"], expect="posix", options=ALL, mutate=True)
xorrisofs("joliet-utf16", "unicode", ["-J", "-joliet-long", "-joliet-utf16"], options=TREES)
xorrisofs("rationalised", "posix", ["-r", "-J"], expect="posix", options=TREES, ignore=("mode", "uid", "gid"))
xorrisofs("deep", "deep", ["-R", "-J"], expect="posix", options=TREES)
xorriso("deep-off", "deep", ["-compliance", "deep_paths_off", "-joliet", "on", "-rr_reloc_dir", "moved", "-map", "SOURCE", "/"],
        expect="posix", options=TREES, ignore=("nlink",))
xorriso("deep-root", "deep", ["-compliance", "deep_paths_off", "-map", "SOURCE", "/"], expect="posix",
        options=TREES, mutate=True)
xorrisofs("longnames", "longnames", ["-R", "-J", "-joliet-long"], expect="posix", options=TREES)
xorrisofs("longlinks", "longlinks", ["-R"], expect="posix")
xorrisofs("iso1999", "plain", ["-R", "-iso-level", "4"], expect="posix", options=ALL)
xorrisofs("iso1999-plain", "unicode", ["--norock", "-iso-level", "4"], options=ALL)
xorrisofs("iso1999-joliet", "unicode", ["--norock", "-J", "-iso-level", "4"], options=ALL)
xorrisofs("bytes-names", "bytes_names", ["-R"], expect="posix", options=TREES)
xorrisofs("untranslated", "plain", ["--norock", "-U"], expect="contents", options=NAMES)
xorrisofs("relaxed", "plain", ["--norock", "-relaxed-filenames", "-allow-lowercase", "-allow-multidot"], expect="contents", options=NAMES)
xorrisofs("omit-version", "plain", ["--norock", "-N", "-d"], expect="contents", options=NAMES)
xorrisofs("hidden", "plain", ["-R", "-J", "-hide", "lower.txt", "-hide-joliet", "noext"], options=TREES)
xorriso("hardlinks", "posix", ["-hardlinks", "on", "-joliet", "on", "-map", "SOURCE", "/"], expect="posix", options=TREES)
xorriso("rrip-1.10", "posix", ["-compliance", "new_rr_off", "-map", "SOURCE", "/"], expect="posix", options=TREES)
xorriso("rrip-1.12", "posix", ["-compliance", "new_rr", "-hardlinks", "on", "-map", "SOURCE", "/"], expect="posix", options=TREES)
xorriso("aaip-susp-1.10", "posix", ["-compliance", "aaip_susp_1_10", "-map", "SOURCE", "/"], expect="posix")
xorriso("attributes", "attributes", ["-acl", "on", "-xattr", "on", "-map", "SOURCE", "/"], expect="posix", mutate=True)
xorriso("attributes-any", "attributes", ["-acl", "on", "-xattr", "any", "-joliet", "on", "-map", "SOURCE", "/"], expect="posix")
xorriso("md5", "plain", ["-md5", "on", "-map", "SOURCE", "/"], expect="posix")
xorriso("always-gmt", "times", ["-compliance", "always_gmt", "-map", "SOURCE", "/"], expect="posix")
xorriso("only-iso-version", "plain", ["-compliance", "only_iso_version:no_j_force_dots", "-joliet", "on", "-map", "SOURCE", "/"],
        expect="posix", options=TREES)
xorriso("local-charset", "unicode", ["-in_charset", "UTF-8", "-out_charset", "ISO-8859-1", "-joliet", "on", "-map", "SOURCE", "/"],
        options=TREES)
xorriso("padding", "plain", ["-padding", "0", "-map", "SOURCE", "/"], expect="posix")
xorriso("partition-offset", "plain", ["-boot_image", "any", "partition_offset=16", "-joliet", "on", "-map", "SOURCE", "/"],
        expect="posix", options=TREES)
xorriso("appended-partition", "boot", ["-append_partition", "2", "0xef", "SOURCE/boot/efi.img", "-map", "SOURCE", "/"], expect="posix")
xorriso("gpt", "boot", ["-boot_image", "any", "appended_part_as=gpt", "-append_partition", "2", "0xef", "SOURCE/boot/efi.img",
                        "-map", "SOURCE", "/"], expect="posix")
xorriso("boot", "boot", ["-map", "SOURCE", "/", "-boot_image", "any", "bin_path=/boot/loader.img",
                         "-boot_image", "any", "cat_path=/boot/boot.cat", "-boot_image", "any", "load_size=2048",
                         "-boot_image", "any", "next", "-boot_image", "any", "efi_path=/boot/efi.img"], mutate=True)
xorriso("zisofs1", "zeros", ["-map", "SOURCE", "/", "-set_filter_r", "--zisofs", "/", "--"], expect="posix",
        options=["", "nocompress", "norock"])
xorriso("zisofs1-128k", "zeros", ["-zisofs", "level=9:block_size=128k", "-map", "SOURCE", "/", "-set_filter_r", "--zisofs", "/", "--"],
        expect="posix", options=["", "nocompress"])
xorriso("zisofs1-64k", "zeros", ["-zisofs", "block_size=64k", "-map", "SOURCE", "/", "-set_filter_r", "--zisofs", "/", "--"], expect="posix")
xorriso("zisofs2", "zeros", ["-zisofs", "version_2=on:block_size_v2=64k", "-map", "SOURCE", "/",
                             "-set_filter_r", "--zisofs", "/", "--"], expect="posix", options=["", "nocompress"], mutate=True)
xorriso("zisofs2-1m", "zeros", ["-zisofs", "version_2=on:block_size_v2=1m", "-map", "SOURCE", "/",
                                "-set_filter_r", "--zisofs", "/", "--"], expect="posix")
xorriso("zisofs2-susp", "zeros", ["-zisofs", "version_2=as_needed:susp_z2=on", "-map", "SOURCE", "/",
                                  "-set_filter_r", "--zisofs", "/", "--"], expect="posix")
xorriso("zisofs2-z2", "zeros", ["-zisofs", "version_2=on:susp_z2=on:block_size_v2=32k", "-map", "SOURCE", "/",
                                "-set_filter_r", "--zisofs", "/", "--"], expect="posix")


def sparse_large(recipe, source, out, work):
    """More than 4 GiB, piped through dd so that the image is a sparse file."""
    run(["bash", "-o", "pipefail", "-c", f"xorriso -as mkisofs -quiet -R -J -iso-level 3 -o - '{source}' | dd of='{out}' bs=64K iflag=fullblock conv=sparse"], work, limit_s=300)


add(Recipe("xorriso-large", sparse_large, "large", expect="posix", options=["", "norock"], needs=("xorriso",)))


def xorriso_sessions(recipe, source, out, work):
    base = os.path.dirname(str(source))
    for tree, target in (("plain", "/first"), ("posix", "/second"), ("unicode", "/third")):
        run(["xorriso", "-dev", f"stdio:{out}", "-joliet", "on", "-map", os.path.join(base, tree), target], work)
    with open(os.path.join(work, "sector"), "w", encoding="ascii") as file:
        file.write("32")


# On a plain file xorriso's second session overwrites the descriptors at sector 16 and keeps those of
# the first behind them, at 32 + 16: both mounts have to work.
add(Recipe("xorriso-sessions", xorriso_sessions, "plain", options=["", "norock", "sbsector={second}"], needs=("xorriso",)))


# --- bsdtar (libarchive)

def bsdtar(name, tree, how, **rest):
    def make(recipe, source, out, work):
        run(["bsdtar", "-c", "--format", "iso9660", "--options", how, "-f", out, "-C", str(source), "."], work)
    add(Recipe(f"bsdtar-{name}", make, tree, needs=("bsdtar",), **rest))


for level in (1, 2, 3, 4):
    bsdtar(f"level{level}", "plain", f"iso-level={level},!joliet,!rockridge", expect="contents", options=ALL)
bsdtar("default", "posix", "pad", expect="posix", options=TREES, ignore=("mode", "uid", "gid"))
bsdtar("strict", "posix", "rockridge=strict,!joliet", expect="posix", options=TREES)
bsdtar("useful", "posix", "rockridge=useful", expect="posix", options=TREES, ignore=("mode", "uid", "gid"))
bsdtar("joliet-long", "bmp", "joliet=long,!rockridge", options=TREES)
bsdtar("unicode", "unicode", "joliet,rockridge=strict", expect="posix", options=TREES)
bsdtar("deep", "nine", "rockridge=strict", expect="posix", options=TREES)
bsdtar("longnames", "longnames", "rockridge=strict", expect="posix", options=TREES)
# libarchive joins components wrongly where a target needs a second SL entry: only the kernel can judge.
bsdtar("longlinks", "longlinks", "rockridge=strict")
bsdtar("no-vernum", "plain", "!rockridge,!joliet,!allow-vernum", expect="contents", options=NAMES)
bsdtar("bytes-names", "bytes_names", "rockridge=strict,!joliet", options=TREES)
# Blocks of noise come out damaged: libarchive cannot read them either.
bsdtar("zisofs", "zeros", "zisofs=direct,rockridge=strict", options=["", "nocompress"])
bsdtar("many", "many", "rockridge=strict", expect="posix")
bsdtar("boot", "boot", "boot=boot/loader.img,boot-type=no-emulation,rockridge=strict", options=ONLY_DEFAULT)
bsdtar("times", "times", "rockridge=strict", expect="posix")


# --- makefs (NetBSD)

def makefs(name, tree, how, **rest):
    def make(recipe, source, out, work):
        run(["makefs", "-t", "cd9660", "-T", EPOCH, "-o", how, out, str(source)], work)
    add(Recipe(f"makefs-{name}", make, tree, needs=("makefs",), **rest))


for level in (1, 2):
    makefs(f"level{level}", "plain", f"isolevel={level}", options=NAMES)
makefs("nine", "nine", "rockridge", options=TREES)
makefs("rr-plain", "plain", "rockridge", options=ALL, mutate=True)
makefs("deep", "deep", "rockridge", options=TREES)
makefs("deep-allowed", "deep", "rockridge,allow-deep-trees", options=TREES)
makefs("names", "plain", "isolevel=2,allow-max-name,allow-lowercase,allow-multidot,allow-illegal-chars,omit-trailing-period", options=NAMES)
makefs("longnames", "longnames", "rockridge", options=TREES)
makefs("many", "many", "rockridge")
