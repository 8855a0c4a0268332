"""The table of images: how each is made, from what, and what is expected of it."""

import dataclasses
import shutil
import typing

# Options under which an image is compared with the kernel. Each list starts with the default mount.
ONLY_DEFAULT = [""]
NAMES = ["", "map=off", "map=acorn", "check=relaxed", "check=strict"]
TREES = ["", "norock", "nojoliet", "norock,nojoliet"]
ALL = TREES + ["norock,nojoliet,map=off", "norock,nojoliet,map=acorn", "norock,nojoliet,check=relaxed", "check=strict",
               "hide", "showassoc", "uid=12,gid=34,mode=0640,dmode=0750", "norock,mode=0444,dmode=0111",
               "overriderockperm,mode=0400,dmode=0500", "cruft"]



def kernel_options(options):
    return "iocharset=utf8" + ("," + options if options else "")


RECIPES: dict[str, "Recipe"] = {}


@dataclasses.dataclass
class Recipe:
    name: str
    make: typing.Callable    # make(recipe, source directory or None, output path, work directory)
    tree: str | None = None  # of trees.py
    # How the image is compared with its source tree or manifest:
    #   posix     names, types, modes, owners, times, link targets, devices, contents
    #   names     names, types, contents
    #   contents  only the contents, as a set (the tool had to change names)
    #   manifest  the maker writes the manifest itself
    #   None      only with the kernel
    expect: str | None = None
    # Each a string, for isofuse and, behind its own defaults, for the kernel; or a triple: options of
    # isofuse, file system of the kernel, options of the kernel.
    options: list = dataclasses.field(default_factory=lambda: ONLY_DEFAULT)
    needs: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()  # fields that this tool cannot keep
    kernel: bool = True           # whether the kernel can say anything sensible about it
    mutate: bool = False          # a seed for test/malformed/mutate.py
    malformed: bool = False       # test/malformed/run.py asks that mounting and walking it ends, nothing else
    filesystem: str = "iso9660"   # the kernel's name of it
    # What the kernel writes into the image afterwards: steps for test/kernel/filler.py, where "SOURCE"
    # stands for the tree, and its mount options.
    fill: list = dataclasses.field(default_factory=list)
    fill_options: str = ""
    after: typing.Callable | None = None  # after(recipe, image path), when the kernel has written it

    def jobs(self):
        """(options of isofuse, file system of the kernel, options of the kernel) of every comparison."""
        return [(option, self.filesystem, kernel_options(option)) if isinstance(option, str) else option for option in self.options]

    def missing(self):
        for need in self.needs:
            if need.startswith("python:"):
                try:
                    __import__(need[7:])
                except ImportError:
                    return f"python3-{need[7:]} is not installed"
            elif not shutil.which(need):
                return f"{need} is not installed"
        return None


def add(recipe):
    assert recipe.name not in RECIPES, recipe.name
    RECIPES[recipe.name] = recipe
    return recipe
