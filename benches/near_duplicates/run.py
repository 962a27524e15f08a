#!/usr/bin/env python3
"""Finds copies in the same documents with watchkeeper, rensa and datasketch, each alone on one core, and prints documents a second.

Needs the PyPI packages rensa and datasketch and `cargo build --release -p watchkeeper-article --example near_speed`.

    benches/near_duplicates/run.py [--binary PATH] [--copies 20] [--synthetic 20000] [DOCS.jsonl]

DOCS.jsonl (`{id, text}` a line) is repeated under new ids; the second collection is made by the example's own generator. The two
libraries get what their READMEs show: MinHash of 128 permutations over five-word shingles, LSH with threshold 0.5, a query before
each insert. Neither compares texts word by word, tells standing text from stories or makes clusters; watchkeeper's seconds hold all that.
"""
import argparse
import json
import os
import re
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORD = re.compile(r"\w+")


def shingles(text):
    words = WORD.findall(text.lower())
    return [" ".join(words[at:at + 5]) for at in range(max(1, len(words) - 4))]


def with_rensa(texts):
    from rensa import RMinHash, RMinHashLSH
    lsh = RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32)
    start, found = time.process_time(), 0
    for at, text in enumerate(texts):
        sketch = RMinHash(num_perm=128, seed=42)
        sketch.update(shingles(text))
        found += bool(lsh.query(sketch))
        lsh.insert(at, sketch)
    return time.process_time() - start, found


def with_datasketch(texts):
    from datasketch import MinHash, MinHashLSH
    lsh = MinHashLSH(threshold=0.5, num_perm=128)
    start, found = time.process_time(), 0
    for at, text in enumerate(texts):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])
        found += bool(lsh.query(sketch))
        lsh.insert(str(at), sketch)
    return time.process_time() - start, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("docs", nargs="?")
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--synthetic", type=int, default=20000)
    parser.add_argument("--binary", default=os.path.join(ROOT, "target/release/examples/near_speed"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = os.path.join(folder, "synthetic.jsonl")
        subprocess.run([args.binary, "synthetic", str(args.synthetic), "write", made], check=True)
        sets = [("synthetic", made, 1)] + ([("repeated", args.docs, args.copies)] if args.docs else [])
        print("| collection | documents | watchkeeper, documents/s (copies) | rensa | datasketch |\n| --- | --- | --- | --- | --- |")
        for name, path, copies in sets:
            texts = [json.loads(line)["text"] for line in open(path, encoding="utf-8")] * copies
            ours = json.loads(subprocess.run([args.binary, "repeat", path, str(copies)], check=True, capture_output=True, text=True).stdout)
            cells = [f"{ours['documents_per_s']:.0f} ({ours['copies_at_once']})"]
            # datasketch is slow: a part is enough for its rate.
            for method, most in ((with_rensa, 40000), (with_datasketch, 2000)):
                seconds, found = method(texts[:most])
                cells.append(f"{min(most, len(texts)) / seconds:.0f} ({found} of {min(most, len(texts))})")
            print(f"| {name} | {len(texts)} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
