#!/usr/bin/python3
"""Random trees, mastered with random options, for the comparison with their source and with the kernel's driver.

  random_images.py OUT [--count N] [--seed S]

Makes OUT/random-S-I.iso (and .json, .manifest, as test/images/build.py does) for I from 0 to N-1. The same seed makes the
same images: a difference that is found is repeated with --seed S.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LISTING = HERE.parent / "support" / "listing.py"
EPOCH = 1_600_000_000
TOOL_LIMIT_S = 60
WORDS = ["boot", "README", "data", "Setup", "index", "LICENSE", "src", "a", "B", "image", "kernel", "config"]
ENDINGS = ["", ".txt", ".TXT", ".tar.gz", ".c", ".verylongending", ".b.c.d", "."]
FOREIGN = ["ä", "ß", "é", "日本", "Ω", "ñandú", "привет"]
MOUNTS = ["", "norock", "nojoliet", "norock,nojoliet", "check=relaxed", "check=strict", "norock,nojoliet,map=off",
          "norock,nojoliet,map=acorn", "uid=12,gid=34,mode=0640,dmode=0750", "overriderockperm,mode=0400,dmode=0500",
          "norock,mode=0444,dmode=0111", "cruft", "hide", "showassoc"]


def random_name(rng):
    kind = rng.random()
    if kind < 0.55:
        return rng.choice(WORDS) + str(rng.randrange(1000)) + rng.choice(ENDINGS)
    if kind < 0.7:
        return "".join(rng.choice("abcXYZ019 -_+=~#,!$%&()@[]{}^") for _ in range(rng.randrange(1, 24))).strip() or "x"
    if kind < 0.8:
        return rng.choice(FOREIGN) + rng.choice(WORDS) + rng.choice(ENDINGS)
    if kind < 0.9:
        return "." + rng.choice(WORDS) + str(rng.randrange(100))
    return (rng.choice(WORDS) * 60)[:rng.randrange(30, 120)] + str(rng.randrange(100))


def random_tree(rng, root):
    directories, files = [(root, 0)], []
    for _ in range(rng.randrange(1, 9)):
        parent, depth = rng.choice(directories)
        if depth > 10:
            continue
        path = os.path.join(parent, random_name(rng))
        if not os.path.exists(path):
            os.mkdir(path)
            directories.append((path, depth + 1))
    for _ in range(rng.randrange(0, 40)):
        parent, _ = rng.choice(directories)
        path = os.path.join(parent, random_name(rng))
        if os.path.lexists(path):
            continue
        kind = rng.random()
        if kind < 0.1:
            os.symlink(rng.choice(["..", "/", "a/b", "../" + rng.choice(WORDS), "x" * rng.randrange(1, 200)]), path)
        elif kind < 0.2 and files:
            os.link(rng.choice(files), path)  # of files with contents: empty ones cannot be told apart
        else:
            size = rng.choice([0, 1, 2047, 2048, 2049, rng.randrange(5000), rng.randrange(200_000)])
            with open(path, "wb") as file:
                file.write(rng.randbytes(min(size, 4096)) * (size // 4096 + 1) if rng.random() < 0.5 else bytes(size))
            os.chmod(path, rng.choice([0o644, 0o755, 0o600, 0o444, 0o4755]))
            if size > 0:
                files.append(path)
    for parent, folders, names in os.walk(root, topdown=False):
        for name in names + folders:
            stamp = EPOCH + rng.randrange(-400_000_000, 400_000_000)
            os.utime(os.path.join(parent, name), (stamp, stamp), follow_symlinks=False)
        os.chmod(parent, rng.choice([0o755, 0o700, 0o555]))
    os.utime(root, (EPOCH, EPOCH))


def random_mastering(rng, tree, out):
    """(command, what is expected against the source)."""
    rock = rng.choice(["", "-R", "-R", "-r"])
    joliet = rng.random() < 0.5
    level = rng.choice([1, 2, 3, 3])
    expect = "posix" if rock == "-R" else None
    if rng.random() < 0.5:
        command = ["genisoimage", "-quiet", "-input-charset", "utf-8", "-iso-level", str(level), "-o", out]
        command += ["-J"] + (["-joliet-long"] if rng.random() < 0.7 else []) if joliet else []
        command += [rock] if rock else []
        for option, chance in (("-D", 0.2), ("-l", 0.2), ("-T", 0.1), ("-N", 0.1), ("-d", 0.1), ("-udf", 0.25), ("-no-pad", 0.2),
                               ("-allow-lowercase", 0.1), ("-relaxed-filenames", 0.1)):
            if rng.random() < chance:
                command.append(option)
        if not rock:
            command.append("-D")  # it refuses deep trees else
        if "-T" in command:
            expect = None  # it adds files
        return command + [tree], expect
    command = ["xorriso", "-as", "mkisofs", "-quiet", "-iso-level", str(level), "-o", out]
    command += ["-J", "-joliet-long"] if joliet else []
    command += [rock] if rock else ["--norock"]
    for option, chance in (("-D", 0.2), ("-U", 0.1 if not rock else 0), ("-no-pad", 0.2), ("-joliet-utf16", 0.2 if joliet else 0)):
        if rng.random() < chance:
            command.append(option)
    return command + [tree], expect


def make(seed, number, out):
    rng = random.Random(f"{seed}-{number}")
    name = f"random-{seed}-{number}"
    target = out / f"{name}.iso"
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="isofuse-random-") as work:
        tree = os.path.join(work, "tree")
        os.mkdir(tree)
        random_tree(rng, tree)
        command, expect = random_mastering(rng, tree, str(target))
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              timeout=TOOL_LIMIT_S, env={**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH), "TZ": "UTC", "LC_ALL": "C.UTF-8"})
        if done.returncode != 0 or not target.exists():
            target.unlink(missing_ok=True)
            return f"not made: {name}: {command[0]} refuses: {done.stdout.decode(errors='replace').strip().splitlines()[-1:]}"
        subprocess.run([sys.executable, "-I", "-B", str(LISTING), tree, str(out / f"{name}.manifest")], check=True)
    options = ["", *rng.sample(MOUNTS[1:], 2)]
    jobs = [(option, "iso9660", "iocharset=utf8" + ("," + option if option else "")) for option in options]
    if "-udf" in command:
        jobs = [("view=rockridge" if "-R" in command or "-r" in command else "view=iso", "iso9660",
                 "iocharset=utf8" + ("" if "-R" in command or "-r" in command else ",norock,nojoliet")), ("view=udf", "udf", "")]
        expect = None
    facts = {"options": jobs, "expect": expect, "ignore": [], "kernel": True, "command": command[:-1]}
    (out / f"{name}.json").write_text(json.dumps(facts))
    return None


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("out")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=9660)
    chosen = parser.parse_args()
    out = pathlib.Path(chosen.out)
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("random-*"):
        old.unlink()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [problem for problem in pool.map(lambda i: make(chosen.seed, i, out), range(chosen.count)) if problem]
    print("\n".join(problems))
    print(f"random images: {chosen.count - len(problems)} of {chosen.count}, seed {chosen.seed}")


if __name__ == "__main__":
    main()
