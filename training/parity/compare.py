#!/usr/bin/env python3
"""Counts every difference between two annotations of the same documents; exits 1 when there is any.

Compared: token boundaries and spaces, lexical attributes (where both files have them), tag, POS, morph, lemma, head,
label, sentence start, entity spans. A difference is listed apart, and does not count, where the reference took a decision
with a margin below its limit: the tag of that token (and what follows from it), or the tree or the entities of a
document with such a decision.
"""
import argparse
import gzip
import json
import sys
from collections import Counter

FIELDS = ["tag", "pos", "morph", "lemma", "head", "dep", "sent_start"]
NAMES = ["ORTH", "NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IS_SPACE"]


def rows(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference")
    parser.add_argument("ours")
    parser.add_argument("--show", type=int, default=20, help="differences to print")
    args = parser.parse_args()
    counts, apart, shown = Counter(), Counter(), 0
    totals = Counter()
    reference, ours = list(rows(args.reference)), list(rows(args.ours))
    if [row["id"] for row in reference] != [row["id"] for row in ours]:
        sys.exit("the files do not hold the same documents in the same order")

    def differ(kind, row, what, excused):
        nonlocal shown
        (apart if excused else counts)[kind] += 1
        if not excused and shown < args.show:
            shown += 1
            print(f"{kind}: document {row['id']}: {what}")

    for ref, our in zip(reference, ours):
        totals["documents"] += 1
        totals["tokens"] += len(ref["start"])
        totals["sentences"] += sum(ref["sent_start"])
        totals["entities"] += len(ref["ents"])
        low = ref.get("low_margin", {})
        low_tags = set(low.get("tagger", ()))
        low_tree = (low.get("parser") or [0])[0] > 0
        low_ents = low_tree or (low.get("ner") or [0])[0] > 0
        totals["low-margin tagger decisions"] += len(low_tags)
        for name in ("parser", "ner"):
            totals[f"low-margin {name} decisions"] += (low.get(name) or [0])[0]
        spans = [list(zip(row["start"], row["len"], row["space_after"])) for row in (ref, our)]
        if spans[0] != spans[1]:
            for span in sorted(set(spans[0]) ^ set(spans[1]))[:50]:
                differ("token", ref, f"{span} only in {'reference' if span in spans[0] else 'ours'}", False)
            continue
        if "attrs" in ref and "attrs" in our:
            for i, (a, b) in enumerate(zip(ref["attrs"], our["attrs"])):
                for name, x, y in zip(NAMES, a, b):
                    if x != y:
                        differ(name, ref, f"token {i}: {x} / {y}", False)
        for field in FIELDS:
            for i, (x, y) in enumerate(zip(ref[field], our[field])):
                if x != y:
                    excused = (i in low_tags and field in FIELDS[:4]) or low_tree
                    differ(field, ref, f"token {i}: {x!r} / {y!r}", excused)
        for ent in sorted(set(map(tuple, ref["ents"])) ^ set(map(tuple, our["ents"]))):
            differ("entity", ref, f"{ent} only in {'reference' if list(ent) in ref['ents'] else 'ours'}", low_ents)
    print(", ".join(f"{value} {name}" for name, value in totals.items()))
    print("differences:", dict(counts) if counts else "0 in everything")
    if apart:
        print("apart (low margin):", dict(apart))
    sys.exit(1 if counts else 0)


if __name__ == "__main__":
    main()
