#!/usr/bin/env python3
"""Reads the same pages with this project's reader, trafilatura and resiliparse, in turn, one thread each: pages a processor second.

Needs Python with `trafilatura`, `lxml_html_clean` and `resiliparse`, and `cargo build --release -p watchkeeper-article --example pages`.

    benches/vs_extractors/run.py FOLDER [--binary PATH] [--rounds 3]

FOLDER holds `in.jsonl` of the benchmark `clean` and its pages. Processor seconds are fair on a busy machine. Counted is the reading of pages
already unpacked for the Python libraries (decoding, text and metadata for trafilatura; decoding and main text for resiliparse); for this
project the whole process, with start, unpacking and writing, so its figure is a floor.
"""
import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def own(binary, folder, count):
    with tempfile.NamedTemporaryFile() as out:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([binary, os.path.join(folder, "in.jsonl"), out.name], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return count / (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def timed(read, pages):
    start = time.process_time()
    for page in pages:
        read(page)
    return len(pages) / (time.process_time() - start)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--binary", default=os.path.join(ROOT, "target", "release", "examples", "pages"))
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    import trafilatura
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    with open(os.path.join(given.folder, "in.jsonl"), encoding="utf-8") as rows:
        paths = [os.path.join(given.folder, json.loads(row)["html_path"]) for row in rows]
    pages = [gzip.open(path).read() for path in paths]

    def resiliparse(page):
        return extract_plain_text(bytes_to_str(page, detect_encoding(page)), main_content=True)

    readers = {
        "watchkeeper (whole process)": lambda: own(given.binary, given.folder, len(pages)),
        "resiliparse": lambda: timed(resiliparse, pages),
        "trafilatura": lambda: timed(lambda page: trafilatura.bare_extraction(page, with_metadata=True), pages),
    }
    results = {name: [] for name in readers}
    for _ in range(given.rounds):
        for name, read in readers.items():
            results[name].append(read())
    for name, figures in results.items():
        print(f"{name:28s} {statistics.median(figures):7.1f} pages a processor second ({min(figures):.1f}-{max(figures):.1f})")


if __name__ == "__main__":
    sys.exit(main())
