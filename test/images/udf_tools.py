"""UDF by the tools that there are: mkudffs, filled by the kernel's own driver; genisoimage's bridges.

What mkudffs formats for media that are written once (VAT) the kernel does not write: those images
hold the root directory only, and the kernel's listing judges them.
"""

from recipe import Recipe, add
from tools import run

MIB = 1 << 20
COPY = ["copy", "SOURCE"]
# Labels and times are in no listing, so the uuid is the only thing that changes from run to run.
UUID = "--uuid=0123456789abcdef"


def mkudffs(name, arguments, size_bytes=16 * MIB, tree=None, fill=(), **rest):
    """`arguments` as one string. Filled images are formatted in a sparse file of `size_bytes`."""
    words = arguments.split()
    block_bytes = next((int(word.split("=")[1]) for word in words if word.startswith("--blocksize=")), 2048)
    if block_bytes == 2048 and "--blocksize=2048" not in words:
        words.append("--blocksize=2048")  # media types have defaults that differ

    def make(recipe, source, out, work):
        run(["mkudffs", "--utf8", "--new-file", UUID, *words, out, str(size_bytes // block_bytes)], work)
    add(Recipe(f"mkudffs-{name}", make, tree, needs=("mkudffs",), filesystem="udf", fill=list(fill), **rest))


def with_disc(name, arguments, **rest):
    """Of everything something, and it all has to be there."""
    mkudffs(name, arguments, tree="disc", expect="posix", fill=[COPY], **rest)


# Every revision in every block size.
for revision in ("1.02", "1.50", "2.00", "2.01"):
    for block in (512, 1024, 2048, 4096):
        with_disc(f"hd-{revision.replace('.', '')}-{block}", f"--media-type=hd --udfrev={revision} --blocksize={block}",
                  size_bytes=8 * MIB)

# Every medium that the kernel writes.
for medium, revisions in (("dvdram", ("1.02", "2.01")), ("dvdrw", ("1.50", "2.01")), ("cdrw", ("1.50", "2.00", "2.01"))):
    for revision in revisions:
        with_disc(f"{medium}-{revision.replace('.', '')}", f"--media-type={medium} --udfrev={revision}")

# And those that it does not.
for medium, revisions in (("dvd", ("1.02", "2.01")), ("cd", ("1.50", "2.01")), ("worm", ("1.02", "1.50", "2.01")), ("dvdr", ("1.50", "2.00", "2.50", "2.60")),
                          ("cdr", ("1.50", "2.00", "2.01", "2.50")), ("bdr", ("2.50", "2.60"))):
    for revision in revisions:
        mkudffs(f"{medium}-{revision.replace('.', '')}", f"--media-type={medium} --udfrev={revision}", size_bytes=4 * MIB)
mkudffs("cdr-closed", "--media-type=cdr --udfrev=2.01 --closed", size_bytes=4 * MIB, mutate=True)
mkudffs("dvdr-closed", "--media-type=dvdr --udfrev=1.50 --closed", size_bytes=3 * MIB, mutate=True)
mkudffs("hd-vat", "--media-type=hd --udfrev=2.01 --vat", size_bytes=3 * MIB)

# How free space is kept, and what the root directory's extents look like.
for space in ("freedbitmap", "freedtable"):  # the kernel mounts these read-only
    mkudffs(f"space-{space}", f"--media-type=hd --udfrev=1.50 --space={space}", size_bytes=4 * MIB)
for space in ("unallocbitmap", "unalloctable"):
    with_disc(f"space-{space}", f"--media-type=hd --udfrev=1.50 --space={space}", size_bytes=8 * MIB)
for kind in ("inicb", "short", "long"):
    with_disc(f"ad-{kind}", f"--media-type=hd --udfrev=2.01 --ad={kind}", size_bytes=8 * MIB)
# How the kernel is to write extents of files and directories.
for option in ("noadinicb", "noadinicb,shortad", "shortad", "longad"):
    for revision in ("1.02", "2.01"):
        with_disc(f"mounted-{option.replace(',', '-')}-{revision.replace('.', '')}", f"--media-type=hd --udfrev={revision}", size_bytes=8 * MIB,
                  fill_options=option)

with_disc("strategy-4096", "--media-type=hd --udfrev=1.50 --strategy=4096", size_bytes=8 * MIB)
with_disc("noefe", "--media-type=hd --udfrev=2.01 --noefe", size_bytes=8 * MIB)
with_disc("spartable-4", "--media-type=cdrw --udfrev=2.01 --spartable=4 --sparspace=512 --packetlen=32")
with_disc("hd-spartable", "--media-type=hd --udfrev=2.01 --spartable=1 --packetlen=16")
with_disc("bootarea-mbr", "--media-type=hd --udfrev=2.01 --bootarea=mbr --blocksize=512", size_bytes=8 * MIB)
with_disc("label-8-bit", "--media-type=hd --label=Grüße", size_bytes=8 * MIB)
with_disc("label-16-bit", "--media-type=hd --label=日本語のラベル --vid=другое", size_bytes=8 * MIB)
with_disc("owner-named", "--media-type=hd --udfrev=2.01 --owner=somebody --organization=ёлка --contact=nowhere", size_bytes=8 * MIB)
mkudffs("root-not-owned", "--media-type=hd --uid=-1 --gid=-1 --mode=0700", size_bytes=4 * MIB, mutate=True)
mkudffs("read-only", "--media-type=hd --udfrev=2.01 --read-only", size_bytes=4 * MIB)
mkudffs("startblock", "--media-type=cdr --udfrev=2.01 --startblock=16 --closed", size_bytes=4 * MIB)

# What trees are good at.
PLACES = ["", "uid=12,gid=34", "umask=077", "mode=0640,dmode=0750", "undelete", "unhide", "bs=2048", "uid=ignore,gid=ignore", "uid=forget,gid=forget",
          "uid=7,gid=8,umask=0222", "nostrict", "novrs", "anchor=256", "volume=0,partition=0", "lastblock=4095"]
mkudffs("posix", "--media-type=hd --udfrev=2.01", tree="disc", expect="posix", fill=[COPY], options=PLACES, size_bytes=8 * MIB)
mkudffs("small", "--media-type=hd --udfrev=1.02 --blocksize=512", tree="posix_small", expect="posix", fill=[COPY], size_bytes=2 * MIB, mutate=True)
mkudffs("small-201", "--media-type=hd --udfrev=2.01", tree="posix_small", expect="posix", fill=[COPY], size_bytes=3 * MIB, mutate=True)
mkudffs("small-cdrw", "--media-type=cdrw --udfrev=1.50 --sparspace=32", tree="posix_small", expect="posix", fill=[COPY], size_bytes=7 * MIB // 2,
        mutate=True)
for revision in ("1.02", "2.01"):
    # "..a" comes out with the kernel's sum in it: another rule than names of this kind need.
    mkudffs(f"names-{revision.replace('.', '')}", f"--media-type=hd --udfrev={revision}", tree="udf_names", fill=[COPY])
mkudffs("names-512", "--media-type=hd --udfrev=2.01 --blocksize=512", tree="udf_short_names", expect="posix", fill=[COPY], size_bytes=8 * MIB)
mkudffs("deep", "--media-type=hd --udfrev=2.01", tree="deep", expect="posix", fill=[COPY])
mkudffs("deep-512", "--media-type=hd --udfrev=1.02 --blocksize=512", tree="deep", expect="posix", fill=[COPY], size_bytes=8 * MIB)
mkudffs("times", "--media-type=hd --udfrev=2.01", tree="times", expect="posix", fill=[COPY])
mkudffs("zeros", "--media-type=hd --udfrev=2.01", tree="zeros", expect="posix", fill=[COPY])
mkudffs("wide", "--media-type=hd --udfrev=2.01", fill=[["wide"]], size_bytes=32 * MIB)
mkudffs("churn", "--media-type=hd --udfrev=2.01", fill=[["churn"]], options=["", "undelete", "unhide,undelete"], size_bytes=8 * MIB)
mkudffs("churn-512", "--media-type=hd --udfrev=1.02 --blocksize=512", fill=[["churn"]], options=["", "undelete"], size_bytes=8 * MIB)
mkudffs("holes", "--media-type=hd --udfrev=2.01", fill=[["holes"]], size_bytes=32 * MIB)
mkudffs("holes-512-102", "--media-type=hd --udfrev=1.02 --blocksize=512", fill=[["holes", 512]], size_bytes=32 * MIB)
mkudffs("holes-noadinicb", "--media-type=hd --udfrev=2.01", fill=[["holes"]], fill_options="noadinicb,shortad", size_bytes=32 * MIB)
mkudffs("fragmented", "--media-type=hd --udfrev=2.01", fill=[["fragment", 4, 300]], size_bytes=16 * MIB)
mkudffs("fragmented-512", "--media-type=hd --udfrev=1.50 --blocksize=512", fill=[["fragment", 4, 200, 512]], fill_options="shortad", size_bytes=8 * MIB)
mkudffs("large", "--media-type=hd --udfrev=2.01", fill=[["large"]], size_bytes=64 * MIB)
mkudffs("large-512", "--media-type=hd --udfrev=1.02 --blocksize=512", fill=[["large"]], size_bytes=64 * MIB)
mkudffs("huge-volume", "--media-type=hd --udfrev=2.01", tree="disc", expect="posix", fill=[COPY], size_bytes=20 << 30)


# --- newfs_udf of UDFclient: another hand that formats, the kernel fills

def newfs_udf(name, arguments, sectors, **rest):
    def make(recipe, source, out, work):
        run(["newfs_udf", "-L", "UDFclient", "-P", "disc", "-s", str(sectors), *arguments, out], work)
    add(Recipe(f"newfs-{name}", make, "disc", needs=("newfs_udf",), filesystem="udf", expect="posix", fill=[COPY], **rest))


for size in (512, 1024, 2048):  # newfs_udf dies of 4096
    newfs_udf(f"{size}", ["-b", str(size)], 12 * MIB // size)
newfs_udf("descriptors-2", ["-2", "-b", "2048"], 6000)


# --- bridges: ISO 9660 and UDF on one disc, judged on both sides

def on(*sides):
    """Triples of a bridge. `default`: which of them is shown when nothing is asked for."""
    kernel = {"udf": ("udf", "iocharset=utf8"), "rockridge": ("iso9660", "iocharset=utf8"), "joliet": ("iso9660", "iocharset=utf8,norock"),
              "iso": ("iso9660", "iocharset=utf8,norock,nojoliet")}
    default, *others = sides
    return [("", *kernel[default])] + [(f"view={side}", *kernel[side]) for side in (default, *others)]


def bridge(name, tree, arguments, sides, **rest):
    def make(recipe, source, out, work):
        run(["genisoimage", "-quiet", "-o", out, "-input-charset", "utf-8", "-udf", *arguments, str(source)], work)
    add(Recipe(f"bridge-{name}", make, tree, needs=("genisoimage",), options=on(*sides), filesystem="udf", **rest))


bridge("udf", "plain", [], ["udf", "iso"], mutate=True)
bridge("udf-r", "plain", ["-R"], ["rockridge", "udf"], expect="posix")
bridge("udf-j", "plain", ["-J"], ["udf", "joliet", "iso"])
bridge("udf-rj", "plain", ["-R", "-J"], ["rockridge", "udf", "joliet"], expect="posix")
bridge("udf-rj-posix", "posix", ["-R", "-J"], ["rockridge", "udf", "joliet"], expect="posix")
bridge("udf-rj-unicode", "bmp", ["-R", "-J", "-joliet-long"], ["rockridge", "udf", "joliet"], expect="posix")
bridge("udf-deep", "deep", ["-R"], ["rockridge", "udf"], expect="posix")
bridge("udf-many", "many", ["-R", "-J"], ["rockridge", "udf"], expect="posix")
bridge("udf-level3", "zeros", ["-iso-level", "3", "-J"], ["udf", "joliet"])
bridge("udf-no-pad", "plain", ["-no-pad"], ["udf", "iso"])
bridge("dvd-video", "dvd_video", [], ["udf", "iso"])


def large_bridge(recipe, source, out, work):
    """A file of more than 4 GiB on both sides, through dd so that the image is a sparse file."""
    run(["bash", "-o", "pipefail", "-c", f"genisoimage -quiet -R -J -udf -allow-limited-size -iso-level 3 -o - '{source}' | "
         f"dd of='{out}' bs=64K iflag=fullblock conv=sparse"], work)


add(Recipe("bridge-udf-large", large_bridge, "large", needs=("genisoimage",), options=on("rockridge", "udf")))
