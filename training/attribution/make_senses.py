#!/usr/bin/env python3
"""Writes data/lexicon/en/senses.tsv: how much of a word's use is in which broad sense, after WordNet 3.0.

    python3 training/attribution/make_senses.py [FOLDER]    (FOLDER: WordNet's dict files, /usr/share/wordnet of Debian's wordnet-base)

Of each single word: the share, in tenths, of the senses of a lexicographer's file, each sense weighed by its count in the sense-tagged
texts and by its rank. Words without any share of two tenths in these files are left out; of nouns those without a tagged sense, unless
persons or groups. Standard library only.
"""
import collections
import pathlib
import re
import sys

FILES = {
    "v": {31: "cognition", 32: "communication", 37: "emotion", 39: "perception", 41: "social"},
    "n": {18: "person", 14: "group", 10: "communication", 9: "cognition", 12: "feeling", 4: "act"},
}
HEADER = """# How much of a word's use is in which broad sense: word, v or n, six digits of tenths.
# v: cognition communication emotion perception social 0; n: person group communication cognition feeling act
# Source: WordNet 3.0, Princeton University (Debian package wordnet-base); made by training/attribution/make_senses.py.
# Licence: WordNet 3.0 licence: use, copy, modify and distribute freely with this notice: "WordNet 3.0 Copyright 2006 by Princeton
# University. All rights reserved. THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR
# WARRANTIES, EXPRESS OR IMPLIED."
"""


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/wordnet")
    counts = {}
    for line in (folder / "cntlist.rev").read_text().splitlines():
        key, _, count = line.split()
        counts[key] = int(count)
    rows = []
    for letter, name in (("v", "verb"), ("n", "noun")):
        file_of, words = {}, collections.defaultdict(list)
        for line in (folder / f"data.{name}").read_text().splitlines():
            if not line.startswith("  "):
                part = line.split()
                ids = [(part[4 + 2 * i].lower(), part[5 + 2 * i]) for i in range(int(part[3], 16))]
                file_of[part[0]] = (int(part[1]), dict(ids))
        for line in (folder / f"index.{name}").read_text().splitlines():
            part = line.split()
            if line.startswith(" ") or not re.fullmatch("[a-z]+(-[a-z]+)?", part[0]):
                continue
            senses = int(part[2])
            kind = {"v": 2, "n": 1}[letter]
            shares, total, tagged = collections.Counter(), 0.0, 0
            for rank, offset in enumerate(part[-senses:], 1):
                number, ids = file_of[offset]
                key = f"{part[0]}%{kind}:{number:02d}:{int(ids.get(part[0], '0'), 16):02d}::"
                count = counts.get(key, 0)
                tagged += count
                weight = count + 1.0 / rank
                shares[number] += weight
                total += weight
            tenths = [min(9, round(10 * shares[number] / total)) for number in FILES[letter]]
            if max(tenths) < 2 or letter == "n" and not tagged and max(tenths[:2]) < 5:
                continue
            rows.append(f"{part[0]}\t{letter}\t{''.join(map(str, tenths)):0<6}")
    target = pathlib.Path("data/lexicon/en/senses.tsv")
    target.write_text(HEADER + "\n".join(sorted(rows)) + "\n")
    print(len(rows), "rows", target.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
