#!/usr/bin/python3
"""As the unprivileged user: mounts each image of a job with isofuse and writes its listing.

  walk_images.py JOB    JOB: [{"image", "options", "out"}]
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import fuse  # noqa: E402

LISTING = HERE.parent / "support" / "listing.py"
WALK_LIMIT_S = 120


def walk(job):
    pathlib.Path(job["out"]).unlink(missing_ok=True)
    try:
        with fuse.Mount(job["image"], job["options"]) as path:
            # A process of its own: a hanging mount is then killed and unmounted.
            done = subprocess.run([sys.executable, "-I", "-B", str(LISTING), path, job["out"]], stderr=subprocess.PIPE,
                                  timeout=WALK_LIMIT_S, check=False)
            if done.returncode != 0:
                raise RuntimeError("the listing failed: " + fuse.text(done.stderr).strip()[-300:])
    except Exception as error:  # becomes the result of this image
        with open(job["out"], "w", encoding="ascii") as out:
            out.write(json.dumps({"path": ".", "type": "?", "error": f"mount: {error}"}) + "\n")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        jobs = json.load(file)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(walk, jobs))
    left = fuse.wait_for_daemons()
    if left:
        print(f"left behind: {len(left)} daemons {left}")
        sys.exit(1)


if __name__ == "__main__":
    main()
