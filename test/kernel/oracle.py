"""Asks the Linux kernel's own drivers, in User Mode Linux, what they show of many images in one boot;
or lets the udf driver fill images."""

import concurrent.futures
import glob
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
GUEST = HERE / "guest.py"
FILLER = HERE / "filler.py"
LISTING = HERE.parent / "support" / "listing.py"
WIDE_REGISTERS = HERE / "wide_registers.c"
# In the order in which they need each other.
MODULES = ["cdrom", "nls_utf8", "nls_iso8859-1", "nls_cp437", "nls_koi8-r", "zlib_inflate", "isofs",
           "crc_itu_t", "udf", "loop"]
BOOT_LIMIT_S = 900
JOB_LIMIT_S = 120  # longer than any image takes


def unavailable():
    """Why there is no oracle on this machine, or None."""
    if not shutil.which("linux.uml"):
        return "user-mode-linux is not installed"
    if not module_paths().get("isofs"):
        return "the modules of user-mode-linux were not found"
    return None


def module_paths():
    found = {}
    for path in glob.glob("/usr/lib/uml/modules/*/kernel/**/*.ko", recursive=True):
        found[os.path.basename(path)[:-3].replace("-", "_")] = path
    return {name: found.get(name.replace("-", "_")) for name in MODULES}


def stamp(image, filesystem, options):
    """Changes whenever a listing has to be made anew."""
    state = os.stat(image)
    digest = hashlib.sha256()
    for part in (str(state.st_size), str(state.st_mtime_ns), filesystem, options):
        digest.update(part.encode() + b"\0")
    for program in (GUEST, LISTING):
        digest.update(program.read_bytes())
    return digest.hexdigest()


def list_images(jobs):
    """`jobs`: (image, file system, options, out path). Makes the listings that are missing or out of
    date; returns how many were made. Raises RuntimeError where the guest did not do its work."""
    wanted = []
    for image, filesystem, options, out in jobs:
        mark = pathlib.Path(str(out) + ".stamp")
        now = stamp(image, filesystem, options)
        if not (os.path.exists(out) and mark.exists() and mark.read_text() == now):
            wanted.append((image, filesystem, options, out, mark, now))
    if not wanted:
        return 0
    for *_, out, mark, _ in wanted:
        for path in (out, mark):
            if os.path.exists(path):
                os.remove(path)
    boot_all([{"image": str(pathlib.Path(image).resolve()), "filesystem": filesystem, "options": options,
               "out": str(pathlib.Path(out).resolve())} for image, filesystem, options, out, *_ in wanted])
    missing = [out for *_, out, _, _ in wanted if not os.path.exists(out)]
    if missing:
        raise RuntimeError(f"the kernel gave no listing for {len(missing)} images, first {missing[0]}")
    for *_, mark, now in wanted:
        mark.write_text(now)
    return len(wanted)


def fill_images(jobs):
    """`jobs`: (image, options, steps for filler.py). Lets the kernel's udf write them. Returns image ->
    why it could not be filled, for those that could not."""
    with tempfile.TemporaryDirectory(prefix="isofuse-fill-") as work:
        todo = [{"image": str(image), "filesystem": "udf", "options": options, "fill": steps,
                 "out": os.path.join(work, str(number))} for number, (image, options, steps) in enumerate(jobs)]
        boot_all(todo)
        failed = {}
        for job in todo:
            reason = "the guest did not come to it"
            if os.path.exists(job["out"]):
                with open(job["out"], encoding="ascii") as file:
                    reason = json.load(file)
            if reason:
                failed[job["image"]] = "filling by the kernel: " + reason
    return failed


def boot_all(jobs):
    """Several guests where there is enough to do."""
    guests = os.cpu_count() if len(jobs) > 20 else 1
    with tempfile.TemporaryDirectory(prefix="isofuse-preload-") as work, concurrent.futures.ThreadPoolExecutor(guests) as pool:
        preload = os.path.join(work, "wide_registers.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", preload, WIDE_REGISTERS], check=True)
        list(pool.map(lambda share: boot(share, preload), [jobs[start::guests] for start in range(guests)]))


def boot(jobs, preload):
    """Does the jobs in one guest; where one makes its kernel hang, in as many as it takes. What hangs
    leaves its result in place of a listing."""
    deadline = time.monotonic() + BOOT_LIMIT_S
    while jobs:
        done, hung = boot_once(jobs, deadline, preload)
        if hung:
            print(f"  the kernel hangs: {jobs[done]['image']} ({jobs[done]['options']})")
            hang = "the kernel hangs" if "fill" in jobs[done] else {"path": ".", "type": "?", "error": "mount: the kernel hangs"}
            with open(jobs[done]["out"], "w", encoding="ascii") as out:
                out.write(json.dumps(hang) + "\n")
            done += 1
        jobs = jobs[done:]


def boot_once(jobs, deadline, preload):
    """(how many jobs were done, whether the next one hangs)."""
    with tempfile.TemporaryDirectory(prefix="isofuse-uml-") as work:
        job_path, progress = os.path.join(work, "job.json"), os.path.join(work, "progress")
        with open(job_path, "w", encoding="utf-8") as file:
            json.dump({"modules": [path for path in module_paths().values() if path], "progress": progress, "jobs": jobs}, file)
        init = os.path.join(work, "init")
        with open(init, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\nexec /usr/bin/python3 -I -B {GUEST} {job_path}\n")
        os.chmod(init, 0o755)
        log = os.path.join(work, "log")
        with open(log, "wb") as output:
            guest = subprocess.Popen(
                ["linux.uml", "mem=512M", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "rw",
                 f"init={init}", "con=null", "con0=fd:0,fd:1", "quiet", f"uml_dir={work}"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "LD_PRELOAD": preload},
                start_new_session=True)  # its helper processes go with it
            at, since, hung = -1, time.monotonic(), False
            while guest.poll() is None:
                try:
                    guest.wait(timeout=1)
                except subprocess.TimeoutExpired:
                    pass
                if (now_at := started(progress)) != at:
                    at, since = now_at, time.monotonic()
                if time.monotonic() > deadline or time.monotonic() - since > JOB_LIMIT_S:
                    os.killpg(guest.pid, 9)
                    guest.wait()
                    hung = True
            if hung and at < 0 or time.monotonic() > deadline:
                raise RuntimeError("the guest did not end in time")
        with open(log, encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith(("guest:", "Traceback", "  File")) or "Error" in line:
                    print("  " + line.rstrip())
        return (at, True) if hung else (len(jobs), False)


def started(progress):
    """The number of the job that a guest works at."""
    try:
        with open(progress, encoding="ascii") as file:
            return int(file.read() or -1)
    except FileNotFoundError:
        return -1
