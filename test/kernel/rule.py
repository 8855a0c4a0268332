"""One case in which isofuse is meant to show something else than the kernel."""

import dataclasses
import fnmatch
import typing

ANY = "*"


@dataclasses.dataclass(frozen=True)
class Rule:
    name: str
    images: tuple[str, ...]
    fields: tuple[str, ...]
    reason: str
    # (difference, context) -> bool; context: .uid and .gid of who mounts, .rock (whether owners are
    # recorded), .paths (of both listings)
    when: typing.Callable = lambda difference, context: True
    options: str = ANY
    filesystem: str = "iso9660"  # which of the kernel's drivers is the other side

    def covers(self, image, filesystem, options, difference, context):
        return (filesystem == self.filesystem and any(fnmatch.fnmatchcase(image, pattern) for pattern in self.images) and
                difference.field in self.fields and fnmatch.fnmatchcase(options, self.options) and
                self.when(difference, context))
