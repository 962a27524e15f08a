#!/usr/bin/env python3
"""Goodness of fit of a power law beside PyPI's `powerlaw`, both scanning for the smallest size, exact discrete likelihoods, in one run.

    cargo build --release -p watchkeeper-forecast --example severity_bench
    python3 benches/severity/run.py target/release/examples/severity_bench VALUES.jsonl [ROUNDS]

VALUES.jsonl is a file of {id, values}; its first line is used. The Python side does ROUNDS bootstraps (default 5) on one core and is scaled;
ours does 1,000 on two threads and on one. Needs numpy, scipy and powerlaw.
"""
import json, subprocess, sys, time, warnings

import numpy as np
import powerlaw

warnings.simplefilter("ignore")
program, path = sys.argv[1], sys.argv[2]
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
with open(path, encoding="utf8") as file:
    values = np.array(json.loads(file.readline())["values"])


def fit(sample):
    return powerlaw.Fit(sample, discrete=True, estimate_discrete=False, verbose=0)


begun = time.process_time()
found = fit(values)
single = time.process_time() - begun
alpha, xmin = found.power_law.alpha, int(found.power_law.xmin)
print(f"powerlaw {powerlaw.__version__ if hasattr(powerlaw, '__version__') else ''}: alpha {alpha:.4f} xmin {xmin}, one scan {single:.2f} CPU s")
rng = np.random.default_rng(1)
body, tail = values[values < xmin], values[values >= xmin]
spent = 0.0
for _ in range(rounds):
    count = rng.binomial(len(values), len(tail) / len(values))
    drawn = np.concatenate([rng.choice(body, len(values) - count), found.power_law.generate_random(count).astype(int)])
    begun = time.process_time()
    fit(drawn)
    spent += time.process_time() - begun
print(f"powerlaw: {rounds} bootstraps {spent:.2f} CPU s, so 1,000 would take {spent / rounds * 1000:.0f} CPU s")
for threads in (2, 1):
    print(subprocess.run([program, path, str(threads)], check=True, capture_output=True, text=True).stdout, end="")
