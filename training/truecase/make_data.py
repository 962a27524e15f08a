#!/usr/bin/env python3
"""Collects properly cased text for the truecaser: train.txt and test.txt, one paragraph a line.

Sources (see CARD.md for licences; only numbers learned from them are shipped, no text):
  - the news texts among the evaluation data (folder --data), a tenth of the documents (by digest of the text) held out;
  - English Wikipedia articles from the test data of gensim 4.3.3 (PyPI);
  - names: GeoNames cities of 15,000 people or more, admin regions and countries, and the actor registry (data/registry), in short frames.
The Lee news corpus (also gensim's) is a test text of another outlet; it is not trained on.
"""
import argparse
import bz2
import csv
import gzip
import hashlib
import html
import json
import os
import random
import re
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "parity"))
from make_corpus import gensim_wheel, lee  # noqa: E402

NEWS = [
    "attribution/train300.in.jsonl", "attribution/dev.in.jsonl", "duplicates/docs.in.jsonl", "merge/dev.in.jsonl",
    "plover/dev.in.jsonl", "re3d/dev.in.jsonl", "timex/aquaint.in.jsonl", "timex/meantime_a.in.jsonl",
    "timex/timebank.in.jsonl", "toponyms/geovirus.in.jsonl", "toponyms/lgl.in.jsonl", "clean/scrapinghub/gold.jsonl",
]
WIKI = "gensim/test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
REGISTRY = ["states", "organs", "groups", "international", "media", "communities", "ucdp"]
ACRONYM_FRAMES = ["the {} said", "of the {} in", "the {} had", "with {} in", "and {} to", "by {}, the", "that {} was", "group ({}) and"]
# A dateline's place stands in capitals in running text; it is no example of a word in capitals.
DATELINE = re.compile(r"^[A-Z][A-Z .'-]+[A-Z](?=(?:,[^–—-]{0,40})? *(?:\([^)]*\))? *(?:–|—|--| - ))")
FRAMES = ["in {}, the", "near {}.", "from {} to {}", "the {} area", "to {} on", "of {} said", "{} and {}", "at {},", "outside {} in", "{} province"]


def paragraphs(text):
    for line in text.splitlines():
        line = DATELINE.sub("", " ".join(line.split()))
        if len(line) > 20:
            yield line


def wiki(path):
    with zipfile.ZipFile(gensim_wheel(path)) as wheel:
        xml = bz2.decompress(wheel.read(WIKI)).decode("utf-8")
    for body in re.findall(r"<text[^>]*>(.*?)</text>", xml, re.S):
        text = html.unescape(html.unescape(body))
        if text.startswith("#REDIRECT"):
            continue
        text = re.sub(r"<!--.*?-->|<ref[^>]*/>|<ref.*?</ref>|<math>.*?</math>|<[^>]+>", "", text, flags=re.S)
        for _ in range(4):
            text = re.sub(r"\{\{[^{}]*\}\}|\{\|[^{}]*\|\}", "", text, flags=re.S)
        text = re.sub(r"\[\[(?:File|Image|Category|[a-z-]{2,12}):[^\[\]]*(?:\[\[[^\]]*\]\][^\[\]]*)*\]\]", "", text)
        text = re.sub(r"\[\[(?:[^\]|]*\|)?([^\]|]*)\]\]", r"\1", text)
        text = re.sub(r"\[https?://\S+ ?([^\]]*)\]", r"\1", text)
        text = re.sub(r"'{2,}", "", text)
        for line in paragraphs(text):
            if line[0].isalpha() and len(line) > 120 and "|" not in line:
                yield line


def registry(root):
    """Names and aliases of the project's own actor registry; acronyms, which few texts hold, three times."""
    for name in REGISTRY:
        with open(os.path.join(root, "data", "registry", f"{name}.tsv"), encoding="utf-8") as file:
            rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
            for row in rows:
                for alias in [row.get("name") or "", *(row.get("aliases") or "").split("|")]:
                    alias = alias.split("@")[0].strip()
                    if not alias.endswith("~~"):
                        yield alias.rstrip("~")


def names(data):
    def table(name):
        with gzip.open(os.path.join(data, "gazetteer", name), "rt", encoding="utf-8") as file:
            yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)

    found = set()
    for row in table("cities500.tsv.gz"):
        if int(row["population"] or 0) >= 15000:
            found.add(row["name"])
    for name in ("admin1.tsv.gz", "countries.tsv.gz"):
        for row in table(name):
            found.add(row["name"])
    return sorted(name for name in found if 2 < len(name) < 60 and not name.isupper())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="the folder with the evaluation data")
    parser.add_argument("--output", required=True)
    parser.add_argument("--gensim-wheel")
    args = parser.parse_args()
    os.makedirs(args.output, exist_ok=True)
    rng = random.Random(5)
    train, test, seen = [], [], set()
    for name in NEWS:
        with open(os.path.join(args.data, name), encoding="utf-8") as file:
            for line in file:
                text = json.loads(line)["text"]
                for paragraph in paragraphs(text):
                    # The same story stands in several sets: hold paragraphs out by their own digest and keep one copy.
                    digest = hashlib.sha256(paragraph.encode()).digest()
                    if digest not in seen:
                        seen.add(digest)
                        (test if hashlib.sha256(text[:200].encode()).digest()[0] < 26 else train).append(paragraph)
    news = len(train)
    train += wiki(args.gensim_wheel)
    wikis = len(train) - news
    frames = []
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    for name in sorted(set(registry(root))):
        acronym = name.isupper() and name.isalpha()
        for frame in rng.sample(ACRONYM_FRAMES, 3) if acronym else [rng.choice(FRAMES)]:
            if len(name) > 2 or acronym:
                frames.append(frame.replace("{}", name))
    actors = len(frames)
    frames += [rng.choice(FRAMES).replace("{}", name) for name in names(args.data)]
    train += frames
    for name, rows in (("train.txt", train), ("test.txt", test), ("lee.txt", list(lee(args.gensim_wheel)))):
        with open(os.path.join(args.output, name), "w", encoding="utf-8") as out:
            out.writelines(row + "\n" for row in rows)
        print(f"{name}: {len(rows)} paragraphs, {sum(len(row.split()) for row in rows)} words")
    print(f"news {news}, encyclopaedia {wikis}, names {len(frames)} ({actors} of actors) paragraphs")


if __name__ == "__main__":
    main()
