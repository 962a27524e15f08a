#!/usr/bin/env python3
"""Adds invented reports to one growing record, part by part, beside reading parts of them: processor time, memory and size of each step.

    cargo build --release -p watchkeeper-cli -p xtask
    benches/record/run.py [--count 100000] [--step 10000] [--reads 3] [--jobs 2] [--program P] [--xtask X] [--plot FILE.svg] [--keep FILE.db]

Reports are those of `cargo xtask reports` (mean length is printed). A part is read by `read --json` in as many of the steps as
`--reads` says, just before it is added, so both meet the same load. What merging costs by the size of the record is seen in the processor
time of `add` over steps of one size: near linear means near level. Python's standard library alone.
"""
import argparse
import csv
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def measured(command):
    """Processor seconds (user and system), seconds on the wall, resident memory at most in MB."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)}: {said}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1024


def plot(rows, path):
    width, height, left, bottom = 640, 320, 60, 40
    most_x, most_y = rows[-1]["documents"], max(row["add_cpu"] for row in rows) * 1.2
    at = lambda row: (left + (width - left - 20) * row["documents"] / most_x, (height - bottom) * (1 - row["add_cpu"] / most_y) + 10)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(at, rows))
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in map(at, rows))
    texts = "".join(
        f'<text x="{at(row)[0]:.0f}" y="{height - 20}" text-anchor="middle">{row["documents"] // 1000}k</text>' for row in rows
    )
    marks = "".join(
        f'<text x="{left - 6}" y="{(height - bottom) * (1 - share) + 14:.0f}" text-anchor="end">{most_y * share:.0f}</text>' for share in (0, 0.5, 1)
    )
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">'
        f'<title>Processor seconds of add for each further {rows[0]["documents"]} documents</title><rect width="100%" height="100%" fill="#fff"/>'
        f'<polyline points="{points}" fill="none" stroke="#225" stroke-width="2"/>{dots}{texts}{marks}'
        f'<text x="{width // 2}" y="{height - 4}" text-anchor="middle">documents in the record after the step</text>'
        f'<text x="{left}" y="10">processor seconds of add a step</text></svg>\n'
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--step", type=int, default=10_000, help="documents a step, at most 10,000")
    parser.add_argument("--reads", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--program", default=str(ROOT / "target/release/watchkeeper"))
    parser.add_argument("--xtask", default=str(ROOT / "target/release/xtask"))
    parser.add_argument("--plot", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path, help="where the record is written; else it is thrown away")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([options.xtask, "reports", "--count", str(options.count), "--to", folder], check=True, capture_output=True, text=True)
        print(made.stdout.replace(f" in {folder}", "").strip(), flush=True)
        whole = [row for file in sorted(pathlib.Path(folder).glob("*.csv")) for row in csv.reader(file.open(newline=""))]
        head, rows = whole[0], [row for row in whole if row != whole[0]]
        database = options.keep or pathlib.Path(folder) / "record.db"
        parts = [rows[at : at + options.step] for at in range(0, len(rows), options.step)]
        read_at = {round(at * (len(parts) - 1) / max(options.reads - 1, 1)) for at in range(options.reads)}
        found = []
        print("documents  add_cpu_s  add_wall_s  add_MB  read_cpu_s  read_wall_s  read_MB  bytes_a_document", flush=True)
        for number, part in enumerate(parts):
            path = pathlib.Path(folder) / "part.csv"
            with path.open("w", newline="") as file:
                csv.writer(file).writerows([head, *part])
            common = ["--jobs", str(options.jobs), str(path)]
            read = measured([options.program, "read", "--json", *common]) if number in read_at else None
            added = measured([options.program, "add", "--db", str(database), *common])
            documents = min((number + 1) * options.step, len(rows))
            size = database.stat().st_size / documents
            told = "  ".join(f"{figure:.1f}" for figure in read) if read else "-  -  -"
            print(f"{documents}  {added[0]:.1f}  {added[1]:.1f}  {added[2]:.0f}  {told}  {size:.0f}", flush=True)
            found.append({"documents": documents, "add_cpu": added[0], "ratio": (read[0] / added[0], read[1] / added[1]) if read else None})
        for which, name in enumerate(("processor", "wall")):
            ratios = sorted(row["ratio"][which] for row in found if row["ratio"])
            if ratios:
                print(f"rate of add over read, {name} time, by step: " + " ".join(f"{ratio:.2f}" for ratio in ratios))
        print(f"add, first step against last: {found[0]['add_cpu']:.1f} s and {found[-1]['add_cpu']:.1f} s of processor time")
        if options.plot:
            plot(found, options.plot)


if __name__ == "__main__":
    main()
