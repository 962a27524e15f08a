#!/usr/bin/env python3
"""Reads the same pages with this project's reader and with others, in turn, one thread each: pages a processor second and 4-gram F1.

    cargo build --release -p watchkeeper-article --example pages
    cargo build --release --manifest-path benches/vs_extractors/peers/Cargo.toml
    benches/vs_extractors/run.py FOLDER SCORER [--own PATH] [--peers PATH] [--rounds 3]

FOLDER holds `in.jsonl` and `gold.jsonl` of the benchmark `clean` and its pages, SCORER is its `score_clean.py`. Needs Python with
`trafilatura` and `resiliparse`. Pages are unpacked before the time runs, and each reader reads one before it. What is read: this project
reads text, headline, authors, days and language, masks debris and maps all to the bytes; trafilatura (Python and Rust, both favouring
precision) and dom_smoothie text and metadata; resiliparse main text alone. Processor time is fair on a busy machine.
"""
import argparse
import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def program(command, rows, out):
    said = subprocess.run([*command, rows, out], check=True, capture_output=True, text=True).stdout
    return float(re.search(r"([\d.]+) a second", said).group(1))


def within(read, pages, out):
    read(next(iter(pages.values())))
    spent, lines = 0.0, []
    for name, page in pages.items():
        start = time.process_time()
        text = read(page)
        spent += time.process_time() - start
        lines.append(json.dumps({"id": name, "text": text or ""}) + "\n")
    with open(out, "w", encoding="utf-8") as file:
        file.writelines(lines)
    return len(pages) / spent


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("scorer")
    parser.add_argument("--own", default=os.path.join(ROOT, "target/release/examples/pages"))
    parser.add_argument("--peers", default=os.path.join(ROOT, "benches/vs_extractors/peers/target/release/watchkeeper-peers"))
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    import trafilatura
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    rows = os.path.join(given.folder, "in.jsonl")
    with open(rows, encoding="utf-8") as lines:
        named = [json.loads(line) for line in lines]
    pages = {row["id"]: gzip.open(os.path.join(given.folder, row["html_path"])).read() for row in named}

    def python(page):
        read = trafilatura.bare_extraction(page, favor_precision=True, with_metadata=True)
        return read and (read["text"] if isinstance(read, dict) else read.text)

    def resiliparse(page):
        return extract_plain_text(bytes_to_str(page, detect_encoding(page)), main_content=True)

    readers = {
        "watchkeeper": lambda out: program([given.own], rows, out),
        "resiliparse": lambda out: within(resiliparse, pages, out),
        "dom_smoothie": lambda out: program([given.peers, "dom_smoothie"], rows, out),
        "trafilatura (Rust)": lambda out: program([given.peers, "trafilatura"], rows, out),
        "trafilatura (Python)": lambda out: within(python, pages, out),
    }
    speeds = {name: [] for name in readers}
    with tempfile.TemporaryDirectory() as folder:
        outs = {name: os.path.join(folder, f"{at}.jsonl") for at, name in enumerate(readers)}
        for _ in range(given.rounds):
            for name, read in readers.items():
                speeds[name].append(read(outs[name]))
        gold = os.path.join(given.folder, "gold.jsonl")
        for name, figures in speeds.items():
            said = subprocess.run([sys.executable, given.scorer, gold, outs[name]], capture_output=True, text=True)
            print(f"{name:22s} {statistics.median(figures):7.1f} pages a processor second "
                  f"({min(figures):.1f}-{max(figures):.1f})\n{said.stdout}{said.stderr}")


if __name__ == "__main__":
    sys.exit(main())
