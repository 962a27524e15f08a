#!/usr/bin/env python3
"""The whole command `watchkeeper forecast` on a made-up world: 190 countries, 400 months, 14 months ahead, 1,000 draws a cell.

    cargo build --release -p watchkeeper-cli
    python3 benches/forecast/run.py target/release/watchkeeper [TIMES]

Makes the panel itself (seeded; no shared data): a fifth of the countries are at war most of the time, wars break out and fade. Names are codes of
countries, so that neighbours weigh as they do in use. Times the process from start to end, reading and writing included, TIMES times (default 5)
on all cores and on one (where `taskset` is there); prints the median, all times and the load. Standard library alone.
"""
import os, pathlib, random, resource, shutil, statistics, subprocess, sys, tempfile, time

UNITS, MONTHS, HORIZON, DRAWS = 190, 400, 14, 1000
program = sys.argv[1]
times = int(sys.argv[2]) if len(sys.argv) > 2 else 5
root = pathlib.Path(__file__).resolve().parents[2]
rows = [line.split("\t") for line in (root / "data/codebook/countries.tsv").read_text(encoding="utf8").splitlines()]
codes = sorted({cell for row in rows if not row[0].startswith("#") for cell in row if len(cell) == 3 and cell.isupper() and cell.isascii()})
if len(codes) < UNITS:
    sys.exit(f"only {len(codes)} codes of countries in data/codebook/countries.tsv")
random.seed(1)


def panel(file):
    file.write("unit,month,value\n")
    for number, code in enumerate(random.sample(codes, UNITS)):
        usual = 30 * random.gammavariate(0.5, 1) if number % 5 == 0 else 0.0
        level = usual
        for month in range(MONTHS):
            if random.random() < 0.003:
                level = 50 * random.gammavariate(0.4, 1)
            else:
                level = 0.9 * level * 2.718281828 ** random.gauss(0, 0.3) + 0.1 * usual
            count = max(0, round(random.gauss(level, level**0.5))) if level > 0.1 else int(random.random() < level)
            file.write(f"{code},{1990 + month // 12}-{month % 12 + 1:02},{count}\n")


def measure(command):
    spent, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    cells = done.stdout.count('"horizon":')
    if cells != UNITS * HORIZON:
        sys.exit(f"{cells} cells where {UNITS * HORIZON} were asked for")
    return wall, after.ru_utime + after.ru_stime - spent.ru_utime - spent.ru_stime


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "panel.csv")
    with open(path, "w", encoding="utf8") as file:
        panel(file)
    command = [program, "forecast", path, "--horizon", str(HORIZON), "--draws", str(DRAWS), "--json"]
    ways = [(f"{os.cpu_count()} cores", command)]
    if shutil.which("taskset"):
        ways.append(("1 core", ["taskset", "-c", "0", *command]))
    for name, command in ways:
        load = os.getloadavg()[0]
        measured = [measure(command) for _ in range(times)]
        wall, spent = (statistics.median(part) for part in zip(*measured))
        told = " ".join(f"{one:.2f}" for one, _ in measured)
        print(f"{UNITS} countries x {HORIZON} months x {DRAWS} draws, {name}: median {wall:.2f} s on the wall ({told}), {spent:.2f} s of processor time; load before {load:.1f}")
