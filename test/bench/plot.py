#!/usr/bin/python3
"""test/bench/plot.py RUN.json DIRECTORY: draws throughput.svg and metadata.svg from what test/bench/run --json has kept, and
prints the table of it for README.md.

Needs Debian's python3-matplotlib. Each bar is a median; more is better.
"""

import json
import pathlib
import statistics
import sys

import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "isofuse"  # the same figures make the same file
from matplotlib import pyplot  # noqa: E402

GIB, SMALL = 1.0, 20000
COLOURS = {"limit": "#9a9a9a", "isofuse": "#c0392b", "fuseiso": "#2e6da4", "fuseiso9660": "#7fb2d9", "erofs": "#5a9e6f"}
# load -> (what it is called, how much it does)
THROUGHPUT = {"1 GiB in sequence": ("in sequence", GIB), "1 GiB, two readers": ("two readers", GIB),
              "1 GiB again": ("again, from the cache", GIB)}
METADATA = {"cold walk": ("cold walk", 70203), "stat 10,000 of 50,000": ("stat by name", 10000), "read": ("read in order", SMALL),
            "tar": ("tar", SMALL), "grep -r": ("grep -r", SMALL), "cp -r": ("cp -r", SMALL), "sha256sum": ("sha256sum", SMALL),
            "rsync": ("rsync", SMALL)}


def draw(document, loads, unit, scale, path):
    figures = document["figures"]
    shown = [load for load in loads if load in figures]
    names = [name for name in document["columns"] if any(name in figures[load] for load in shown)]
    figure, axes = pyplot.subplots(figsize=(9, 3.6))
    width = 0.8 / max(1, len(names))
    for at, name in enumerate(names):
        speeds = [loads[load][1] / statistics.median(figures[load][name]) / scale if name in figures[load] else 0 for load in shown]
        axes.bar([i + (at - (len(names) - 1) / 2) * width for i in range(len(shown))], speeds, width, label=name, color=COLOURS[name])
    axes.set_xticks(range(len(shown)), [loads[load][0] for load in shown])
    axes.set_ylabel(unit)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def print_table(document):
    """Medians of isofuse, and of every column the ratio to limit, round by round."""
    figures, names = document["figures"], document["columns"]
    print("| load | isofuse |", " | ".join(f"{name} / limit" for name in names[1:]), "|")
    print("|---|---|" + "---|" * (len(names) - 1))
    for load, columns in figures.items():
        if load.startswith("cpu") or "isofuse" not in columns:
            continue
        middle = statistics.median(columns["isofuse"])
        cells = [f"{middle:.1f} MiB" if "memory" in load else f"{middle * 1000:.0f} ms"]
        for name in names[1:]:
            base, mine = columns.get(names[0]), columns.get(name)
            comparable = base and mine and "memory" not in load
            cells.append(f"{statistics.median(a / b for a, b in zip(mine, base)):.2f}" if comparable else "")
        print(f"| {load} |", " | ".join(cells), "|")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    document = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    out = pathlib.Path(sys.argv[2])
    print_table(document)
    draw(document, THROUGHPUT, "GiB/s", 1, out / "throughput.svg")
    draw(document, METADATA, "thousand files/s", 1000, out / "metadata.svg")


if __name__ == "__main__":
    main()
