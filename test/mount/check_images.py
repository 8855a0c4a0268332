#!/usr/bin/python3
"""Compares what isofuse shows of every image with its source and with the kernel's driver.

  check_images.py jobs IMAGES OUT [PATTERN]   writes OUT/jobs.json: what is to be mounted, with which options
  check_images.py kernel OUT                  lets the kernel list them
  check_images.py judge OUT USER              prints a line for each; USER is who ran walk_images.py
  check_images.py manifests OUT               judges the images themselves: what the kernel shows of each against
                                              its source; for who writes images, not part of test/run

The mounts that walk_images.py makes in between are listed in OUT/isofuse, the kernel's in OUT/kernel.
"""

import fnmatch
import glob
import json
import os
import pathlib
import pwd
import sys
import types

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "kernel")]
import compare  # noqa: E402
import known_differences  # noqa: E402
import oracle  # noqa: E402

# Real images, of Debian packages.
REAL = ["/usr/lib/ipxe/ipxe.iso", "/usr/lib/memtest86+/memtest86+ia32.iso", "/usr/lib/memtest86+/memtest86+x64.iso",
        "/usr/lib/grub-rescue/grub-rescue-cdrom.iso"]
# Part of some versions of debian-installer-12-netboot-amd64.
REAL += sorted(glob.glob("/usr/lib/debian-installer/images/*/*/**/mini.iso", recursive=True))
REAL_OPTIONS = ["", "norock", "nojoliet", "norock,nojoliet"]
ROCK_SIGNS = (b"RRIP_1991A", b"IEEE_P1282", b"IEEE_1282")
SHOWN_MAX = 12  # differences that are printed of one image


def records_owners(image, options):
    """Whether the tree that is shown is Rock Ridge's."""
    if {"norock", "view=iso", "view=joliet"} & set(options.split(",")):
        return False
    with open(image, "rb") as file:
        head = file.read(4 << 20)
    return any(sign in head for sign in ROCK_SIGNS)


def write_jobs(images, out, pattern):
    jobs = []
    for facts_path in sorted(pathlib.Path(images).glob("*.json")):
        name = facts_path.stem
        image = facts_path.with_suffix(".iso")
        if not image.exists() or not fnmatch.fnmatch(name, pattern):
            continue
        facts = json.loads(facts_path.read_text())
        jobs += [{"name": name, "image": str(image), "options": options, "filesystem": filesystem, "kernel_options": kernel_options,
                  "expect": facts["expect"], "ignore": facts["ignore"], "kernel": facts["kernel"],
                  "manifest": str(facts_path.with_suffix(".manifest"))} for options, filesystem, kernel_options in facts["options"]]
    for path in REAL:
        if os.path.exists(path) and fnmatch.fnmatch("real-" + pathlib.Path(path).stem, pattern):
            jobs += [{"name": "real-" + pathlib.Path(path).stem, "image": path, "options": options, "filesystem": "iso9660",
                      "kernel_options": "iocharset=utf8" + ("," + options if options else ""), "expect": None, "ignore": [],
                      "kernel": True} for options in REAL_OPTIONS]
    for job in jobs:
        key = job["name"] + "@" + job["options"]
        job["out"] = str(pathlib.Path(out) / "isofuse" / key)
        job["kernel_out"] = str(pathlib.Path(out) / "kernel" / key)
    for folder in ("isofuse", "kernel"):
        (pathlib.Path(out) / folder).mkdir(parents=True, exist_ok=True)
    (pathlib.Path(out) / "jobs.json").write_text(json.dumps(jobs))


def ask_kernel(out):
    jobs = json.loads((pathlib.Path(out) / "jobs.json").read_text())
    made = oracle.list_images([(job["image"], job["filesystem"], job["kernel_options"], job["kernel_out"]) for job in jobs if job["kernel"]])
    print(f"  kernel listings made: {made}")


def judge_one(job, who, with_kernel):
    """(differences that nothing explains, names of the rules that explained others)."""
    got = compare.load(job["out"])
    context = types.SimpleNamespace(uid=who.pw_uid, gid=who.pw_gid,
                                    rock=job["filesystem"] == "iso9660" and records_owners(job["image"], job["options"]))
    problems, rules = [], set()
    if job["expect"] and not job["options"]:
        source = compare.load(job["manifest"])
        problems += [f"source: {difference}" for difference in
                     compare.compare_with_source(job["expect"], source, got, tuple(job["ignore"]))]
    if job["kernel"] and with_kernel:
        kernel = compare.load(job["kernel_out"])
        context.paths = {entry["path"] for entry in kernel + got}
        context.kernel_errors = {entry["path"]: entry["error"] for entry in kernel if "error" in entry}
        context.kernel_enoent = {entry["path"] for entry in kernel if entry.get("error") == "stat: ENOENT"}
        for difference in compare.compare(kernel, got):
            rule = known_differences.explain(job["name"], job["filesystem"], job["options"], difference, context)
            if rule:
                rules.add(rule.name)
            else:
                problems.append(f"kernel: {difference}")
    return problems, rules


def judge_manifests(out):
    for job in json.loads((pathlib.Path(out) / "jobs.json").read_text()):
        if job["expect"] and job["kernel"] and not job["options"]:
            problems = compare.compare_with_source(job["expect"], compare.load(job["manifest"]), compare.load(job["kernel_out"]), tuple(job["ignore"]))
            print(f"{'differs' if problems else 'equal'} {job['name']}")
            for problem in problems[:SHOWN_MAX]:
                print(f"     {problem}")


def judge(out, user):
    out = pathlib.Path(out)
    jobs = json.loads((out / "jobs.json").read_text())
    who = pwd.getpwnam(user)
    why_no_kernel = oracle.unavailable()
    used = {}
    if not any(job["image"].endswith("mini.iso") for job in jobs):
        print("skip image real-mini (debian-installer-12-netboot-amd64 is not installed, or has no mini.iso)")
    for path in REAL:
        if not os.path.exists(path):
            print(f"skip image real-{pathlib.Path(path).stem} (its package is not installed)")
    for job in jobs:
        name = f"image {job['name']} [{job['options']}]"
        if why_no_kernel and not (job["expect"] and not job["options"]):
            print(f"skip {name} ({why_no_kernel})")
            continue
        try:
            problems, rules = judge_one(job, who, not why_no_kernel)
        except (OSError, ValueError) as error:
            problems, rules = [f"no listing: {error}"], set()
        for rule in rules:
            used[rule] = used.get(rule, 0) + 1
        if problems:
            print(f"FAIL {name} ({len(problems)} differences)")
            for problem in problems[:SHOWN_MAX]:
                print(f"     {problem}")
        else:
            print(f"ok {name}" + (f" (but for: {', '.join(sorted(rules))})" if rules else ""))
    for rule in known_differences.RULES:
        print(f"  known difference {rule.name}: {used.get(rule.name, 0)} mounts")


if __name__ == "__main__":
    if sys.argv[1] == "jobs":
        write_jobs(sys.argv[2], sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else "*")
    elif sys.argv[1] == "kernel":
        ask_kernel(sys.argv[2])
    elif sys.argv[1] == "manifests":
        judge_manifests(sys.argv[2])
    else:
        judge(sys.argv[2], sys.argv[3])
