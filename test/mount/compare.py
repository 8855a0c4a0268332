"""Compares two listings (test/support/listing.py) entry by entry and names every difference."""

import dataclasses
import json


@dataclasses.dataclass(frozen=True)
class Difference:
    path: str
    field: str        # or "missing" / "extra" / "repeated" for a whole entry
    expected: object
    got: object

    def __str__(self):
        path = self.path.encode("utf-8", "backslashreplace").decode()
        path = repr(path) if len(path) < 90 else repr(path[:40]) + f"...({len(self.path)} chars)"
        if self.field in ("missing", "extra", "repeated"):
            return f"{path}: {self.field} ({brief(self.expected or self.got)})"
        return f"{path}: {self.field}: expected {brief(self.expected)}, got {brief(self.got)}"


def brief(value):
    shown = json.dumps(value) if not isinstance(value, str) else repr(value)
    return shown if len(shown) < 160 else shown[:150] + "..."


def load(path):
    with open(path, encoding="ascii") as file:
        return [json.loads(line) for line in file]


def by_path(entries):
    """Path -> entries; more than one where a directory lists a name twice."""
    found = {}
    for entry in entries:
        found.setdefault(entry["path"], []).append(entry)
    return found


def refusal(entries):
    """The error of a listing that consists of a mount that failed."""
    error = entries[0].get("error", "") if len(entries) == 1 else ""
    return error if error.startswith("mount") else None


ABSENT_IS = {"mtime_ns": 0, "atime_ns": 0, "ctime_ns": 0}


def compare(expected, got, fields=None, ignore=()):
    """All differences. `fields` None: every member that the expected entry has or should have."""
    refused, also = refusal(expected), refusal(got)
    if refused or also:
        return [] if refused and also else [Difference(".", "mount", refused or "mounted", also or "mounted")]
    left, right = by_path(expected), by_path(got)
    differences = []
    for path in sorted(left.keys() | right.keys()):
        if path == "" and (path not in left or path not in right):
            continue  # a manifest says nothing of the volume
        ours, theirs = left.get(path, []), right.get(path, [])
        for entry in ours[len(theirs):]:
            differences.append(Difference(path, "repeated" if theirs else "missing", entry, None))
        for entry in theirs[len(ours):]:
            differences.append(Difference(path, "extra", None, entry))
        for one, other in zip(ours, theirs):
            differences += compare_entry(path, one, other, fields, ignore)
    return differences


def compare_entry(path, one, other, fields, ignore):
    found = []
    for field in sorted((one.keys() | other.keys()) if fields is None else fields):
        if field == "path" or field in ignore:
            continue
        # What was sampled on one side only cannot be compared that way.
        default = ABSENT_IS.get(field)
        if one.get(field, default) != other.get(field, default):
            found.append(Difference(path, field, one.get(field, default), other.get(field, default)))
    return found


# What each kind of expectation (recipe.py) looks at, by type of entry.
POSIX = {"f": ("type", "mode", "uid", "gid", "size", "mtime", "nlink", "sha256", "sample", "xattr", "ino", "error"),
         "d": ("type", "mode", "uid", "gid", "mtime", "xattr", "error"),
         "l": ("type", "uid", "gid", "mtime", "target", "error"),
         "c": ("type", "mode", "uid", "gid", "mtime", "rdev", "error"),
         "b": ("type", "mode", "uid", "gid", "mtime", "rdev", "error"),
         "p": ("type", "mode", "uid", "gid", "mtime", "error"),
         "s": ("type", "mode", "uid", "gid", "mtime", "error")}
NAMES = {"f": ("type", "size", "sha256", "sample", "error"), "d": ("type", "error")}


# Where tools put directories that lie too deep; not part of the source.
RELOCATED = ("rr_moved", ".rr_moved", "moved")
# What xorriso adds to every file, for its own use.
TOOL_ATTRIBUTES = ("user.isofs.",)


def without_tool_attributes(entry):
    kept = {key: value for key, value in entry.get("xattr", {}).items() if not key.startswith(TOOL_ATTRIBUTES)}
    rest = {key: value for key, value in entry.items() if key != "xattr"}
    return {**rest, "xattr": kept} if kept else rest


def compare_with_source(expect, source, got, ignore=()):
    """How an image differs from the tree it was made from, or from the manifest of a made-up image."""
    if refusal(got):
        return [Difference(".", "mount", "mounted", refusal(got))]
    if expect == "contents":
        ours = sorted(entry["sha256"] for entry in source if "sha256" in entry)
        theirs = sorted(entry.get("sha256", "") for entry in got if entry["type"] == "f")
        return [] if ours == theirs else [
            Difference("*", "contents", f"{len(ours)} files", f"{len(theirs)} files, or others")]
    if expect == "manifest":
        left, right = by_path(source), by_path(got)
        differences = [Difference(path, "extra", None, right[path][0])
                       for path in sorted(right.keys() - left.keys()) if path]
        for path, entries in left.items():
            if len(entries) != len(right.get(path, [])):
                differences.append(Difference(path, "missing", entries[0], None))
                continue
            for one, other in zip(entries, right[path]):
                differences += compare_entry(path, one, other, one.keys(), ignore)
        return differences
    got = [entry for entry in got if entry["path"].split("/")[0] not in RELOCATED]
    table = POSIX if expect == "posix" else NAMES
    left, right = by_path(source), by_path(got)
    differences = [Difference(path, "extra", None, right[path][0]) for path in sorted(right.keys() - left.keys()) if path]
    for path, entries in left.items():
        if not path:
            continue
        if path not in right:
            if expect == "posix" or entries[0]["type"] in table:
                differences.append(Difference(path, "missing", entries[0], None))
            continue
        if path == ".":
            continue  # the tools make their own root
        differences += compare_entry(path, entries[0], without_tool_attributes(right[path][0]), table.get(entries[0]["type"], ()), ignore)
    return differences
