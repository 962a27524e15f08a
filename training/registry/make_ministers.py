#!/usr/bin/env python3
"""Makes data/registry/ministers.tsv from Phoenix.Countries.actors.txt (Open Event Data Alliance, MIT licence).

usage: make_ministers.py PHOENIX_COUNTRIES OUT

Carried: the persons of its country blocks whose codes have days of office (state GOV, MIL, LEG, JUD, SPY, COP, or REB).
Left out: undated persons, words of other kinds, codes of former elites (the program infers them from the end of a term).
The keys are those of `holders::spelling` in crates/linkage/src/registry/holders.rs; a test there compares every row.
"""
import re
import sys
import unicodedata

MOHAMED = {"mohammed", "mohammad", "mohamed", "mohamad", "muhammad", "muhammed", "mohamud", "muhamad"}
TWO = {"ph": "f", "dj": "j", "ks": "x", "ou": "u", "oo": "u", "ee": "i", "ei": "i", "ey": "i", "ck": "k"}
ONE = {"q": "k", "y": "i"}
CARRIED = ("GOV", "MIL", "LEG", "JUD", "SPY", "COP", "REB")
SECOND = {"MIL": "MIL", "JUD": "JUD", "SPY": "SPY", "COP": "COP", "EDU": "EDU", "AGR": "AGR", "LAB": "LAB", "HLH": "MED", "MED": "JRN", "REF": "REF"}
TITLES = set(
    "president king queen prime chancellor bundeskanzler kanzler minister general mr mrs us the vice german french british american "
    "russian iraqi sheikh sheik secretary premier colonel senator governor ambassador leader dictator emir sultan prince crown".split()
)
ISO = {"SUN": "RUS", "DDR": "DEU", "KNT": "KNA", "KSV": "XKX", "ROM": "ROU", "ZAR": "COD", "TMP": "TLS", "MTN": "MNE", "PAL": "PSE"}


def pieces(name):
    name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower()
    return re.findall(r"[a-z0-9]+", re.sub(r"['`’]", "", name))


def sound(piece):
    if piece in MOHAMED:
        return "mohamed"
    out, at = "", 0
    while at < len(piece):
        two = piece[at : at + 2]
        letter, width = (TWO[two], 2) if two in TWO else (ONE.get(piece[at], piece[at]), 1)
        if not out.endswith(letter):
            out += letter
        at += width
    return out


def spelling(parts):
    kept = [p for p in parts if not (p in ("al", "el", "s") and len(parts) > 1)]
    return " ".join(sound(p) for p in kept)


def day(text):
    if len(text) == 8:
        year, rest = int(text[:4]), text[4:]
    else:
        year, rest = int(text[:2]), text[2:]
        year += 2000 if year < 20 else 1900
    month, number = int(rest[:2]), int(rest[2:])
    if not 1 <= month <= 12 or not 1 <= number <= 31:
        return None
    return "%04d-%02d-%02d" % (year, month, number)


def month(text):
    return text and text[:7]


def terms(codes):
    country, out = None, []
    for code in codes:
        match = re.match(r"([A-Z]{3})([A-Z]{3})([A-Z]{3})?[A-Z]*\s*(?:([<>])?\s*(\d{6,8})(?:\s*-\s*(\d{6,8}))?)?$", code.strip())
        if not match:
            continue
        state, first, second, sign, start, end = match.groups()
        if first not in CARRIED or not start:
            continue
        low, high = day(start), day(end) if end else None
        if low is None or (end and high is None) or sign == "<":
            continue
        country = ISO.get(state, state)
        label = first + ("+" + SECOND[second] if second in SECOND and SECOND[second] != first else "")
        out.append((month(low), month(high) or "", label))
    out.sort()
    merged = []
    for low, high, label in out:
        # Terms of one kind that meet are one.
        if merged and merged[-1][2] == label and merged[-1][1] and low <= next_month(merged[-1][1]):
            merged[-1] = (merged[-1][0], max(merged[-1][1], high) if high else "", label)
        else:
            merged.append((low, high, label))
    return country, "; ".join("%s %s..%s" % (label, low, high) for low, high, label in merged)


def next_month(text):
    year, number = int(text[:4]), int(text[5:7])
    return "%04d-%02d" % (year + number // 12, number % 12 + 1)


def main():
    source, target = sys.argv[1:]
    rows, current = set(), None
    blocks = []
    for line in open(source, encoding="latin-1"):
        text = line.split(";")[0].split("#")[0].strip()
        if not text:
            continue
        if text.startswith("["):
            if current:
                current[1].append(text.strip("[] "))
        elif text.startswith("+"):
            if current:
                current[0].append(text[1:].strip())
        else:
            match = re.match(r"^(.*?)\s*(?:\[(.*)\])?$", text)
            current = ([match.group(1).strip()], [match.group(2)] if match.group(2) else [])
            blocks.append(current)
    for names, codes in blocks:
        country, text = (None, "") if not codes else terms(codes) if terms(codes) else (None, "")
        if not country or not text:
            continue
        shown = None
        for name in names:
            plain = name.strip("_ ").replace("_", " ").strip()
            parts = pieces(plain)
            # One word is no name to find somebody by, and titles are stripped before the look-up.
            if len(parts) < 2 or TITLES & set(parts):
                continue
            shown = shown or " ".join(w if len(w) <= 2 and w.isupper() and w not in ("AL", "EL", "BIN") else w.capitalize() for w in plain.split())
            rows.add((spelling(parts), shown, country, text))
    with open(target, "w", encoding="utf-8") as out:
        out.write("# Made by training/registry/make_ministers.py from the Phoenix dictionary of countries' actors (CountryInfo.140130). Do not edit.\n")
        out.write("# Source: Open Event Data Alliance, openeventdata/Dictionaries, Phoenix.Countries.actors.txt (generated January 2014, completed to 2015). Licence: MIT, Copyright (c) 2014 Open Event Data Alliance; changed: keys, form, months for days, fields of office.\n")
        out.write("# Sorted by key (crates/linkage/src/registry/holders.rs, `spelling`); searched in place. Open terms are known until the end of 2014 only.\n")
        out.write("key\tname\tcountry\tterms\n")
        for row in sorted(rows, key=lambda r: (r[0].encode(), r)):
            out.write("\t".join(row) + "\n")


main()
