#!/usr/bin/env python3
"""Checks examples/reports: every expectation file well-formed, every value one the reading knows, every quote in its text.

    python3 training/examples/check_expect.py [FOLDER]
    python3 training/examples/check_expect.py --list      # a line a report: path and publication day, for a loop over a reader

Prints one line a fault and a summary; exit code 1 if there is a fault. Standard library only (Python 3.11).
"""

import os
import sys
import tomllib
from pathlib import Path

from expectlib import (ACTORS, CLAIMS, CONTROL, INCIDENT_TYPES, MASKS, MODES, NEVER, REALIS, RELATIONS, REPORTS,
                       SPEAKERS, STATEMENTS, TARGETS, WEAPONS, as_list, find_all, interval, load)

TOLLS = ("killed", "wounded", "abducted", "arrested", "displaced")
TOP = {"published", "genre", "decoy", "title", "byline", "dateline", "outlet",
       "event", "relation", "control", "statement", "actor", "incident", "never", "masked"}
KEYS = {
    "event": ({"category", "realis", "trigger", "quote"},
              {"mode", "incident_type", "background", "actor", "recipient", "place", "time", "weapons", "targets",
               "optional", "occurrence", "why", *TOLLS}),
    "relation": ({"kind", "from", "to", "realis", "quote"}, {"since", "until", "optional", "occurrence", "why"}),
    "control": ({"place", "status", "holder", "quote"}, {"counterpart", "time", "realis", "optional", "occurrence", "why"}),
    "statement": ({"kind", "speaker", "content"},
                  {"cue", "threat_words", "certainty_words", "about", "polarity", "optional", "occurrence", "why"}),
    "actor": ({"name", "kind"}, {"country", "aliases", "private", "optional", "why"}),
    "incident": ({"type"}, {"place", "time", "killed", "wounded", "abducted", "perpetrator", "claim", "n_events",
                            "passages", "optional", "why"}),
    "never": ({"type"}, {"quote", "name", "realis", "category", "kind", "background", "occurrence", "optional", "why"}),
    "masked": ({"quote", "kind"}, {"occurrence", "optional", "why"}),
}


class Faults:
    """Collects faults of one file under its name."""

    def __init__(self, slug):
        self.slug = slug
        self.lines = []

    def add(self, where, message):
        self.lines.append(f"{self.slug}: {where}: {message}")

    def one_of(self, where, key, value, allowed):
        for item in as_list(value):
            if item not in allowed:
                self.add(where, f"{key} = {item!r} is not one of {', '.join(map(str, allowed))}")


def check_quote(faults, where, text, row, key="quote"):
    """The quote stands in the text, once, or `occurrence` says which one is meant. Returns its range or None."""
    quote = row.get(key)
    if not isinstance(quote, str) or not quote.strip():
        faults.add(where, f"{key} is empty")
        return None
    found = find_all(text, quote)
    if not found:
        faults.add(where, f"{key} not in the text: {quote!r}")
        return None
    occurrence = row.get("occurrence")
    if occurrence is None:
        if len(found) > 1:
            faults.add(where, f"{key} stands {len(found)} times in the text, give occurrence: {quote!r}")
        return found[0]
    if not 1 <= occurrence <= len(found):
        faults.add(where, f"occurrence {occurrence} of {len(found)}: {quote!r}")
        return None
    return found[occurrence - 1]


def check_toll(faults, where, key, value):
    if not isinstance(value, dict) or not value or set(value) - {"low", "best", "high"}:
        faults.add(where, f"{key} is not a table of low, best, high")
        return
    numbers = [value[k] for k in ("low", "best", "high") if k in value]
    if not all(isinstance(n, int) and n >= 0 for n in numbers) or numbers != sorted(numbers):
        faults.add(where, f"{key} out of order: {value}")


def check_words(faults, where, text, key, value):
    """Any one of the words given must stand in the text."""
    for item in as_list(value):
        if item and item.lower() not in " ".join(text.lower().split()):
            faults.add(where, f"{key} not in the text: {item!r}")


def check_event(faults, where, text, row, span):
    faults.one_of(where, "category", row.get("category"), list(MODES))
    modes = [m for c in as_list(row.get("category")) for m in MODES.get(c, [])]
    faults.one_of(where, "mode", row.get("mode"), modes + [""])
    faults.one_of(where, "incident_type", row.get("incident_type"), INCIDENT_TYPES)
    faults.one_of(where, "realis", row.get("realis"), REALIS)
    faults.one_of(where, "weapons", row.get("weapons"), WEAPONS)
    faults.one_of(where, "targets", row.get("targets"), TARGETS)
    for key in ("actor", "recipient", "place"):
        check_words(faults, where, text, key, row.get(key))
    if span:
        passage = " ".join(text[span[0]:span[1]].lower().split())
        for word in as_list(row.get("trigger")):
            if word.lower() not in passage:
                faults.add(where, f"trigger {word!r} not in its quote")


def check_row(faults, kind, number, text, row):
    where = f"{kind} {number}"
    need, may = KEYS[kind]
    for key in sorted(need - set(row)):
        faults.add(where, f"{key} is missing")
    for key in sorted(set(row) - need - may):
        faults.add(where, f"unknown key {key}")
    span = None
    if "quote" in row:
        span = check_quote(faults, where, text, row)
    for key in TOLLS:
        if key in row:
            check_toll(faults, where, key, row[key])
    for key in ("time", "since", "until"):
        for value in as_list(row.get(key)):
            try:
                first, last = interval(value)
                if first > last:
                    faults.add(where, f"{key} runs backwards: {value}")
            except (ValueError, TypeError, AttributeError):
                faults.add(where, f"{key} is not a date or range: {value!r}")
    if kind == "event":
        check_event(faults, where, text, row, span)
    elif kind == "relation":
        faults.one_of(where, "kind", row.get("kind"), RELATIONS)
        faults.one_of(where, "realis", row.get("realis"), REALIS)
        check_words(faults, where, text, "from", row.get("from"))
        check_words(faults, where, text, "to", row.get("to"))
    elif kind == "control":
        faults.one_of(where, "status", row.get("status"), CONTROL)
        faults.one_of(where, "realis", row.get("realis"), REALIS)
        for key in ("place", "holder", "counterpart"):
            check_words(faults, where, text, key, row.get(key))
    elif kind == "statement":
        faults.one_of(where, "kind", row.get("kind"), STATEMENTS)
        check_quote(faults, where, text, row, "content")
        check_words(faults, where, text, "speaker", [s for s in as_list(row.get("speaker")) if s not in SPEAKERS])
        for key in ("cue", "threat_words", "certainty_words", "about"):
            check_words(faults, where, text, key, row.get(key))
    elif kind == "actor":
        faults.one_of(where, "kind", row.get("kind"), ACTORS)
        check_words(faults, where, text, "name", row.get("name"))
        check_words(faults, where, text, "aliases", row.get("aliases"))
        country = row.get("country")
        if country is not None and not (isinstance(country, str) and len(country) == 3 and country.isupper()):
            faults.add(where, f"country is not an alpha-3 code: {country!r}")
    elif kind == "incident":
        faults.one_of(where, "type", row.get("type"), INCIDENT_TYPES)
        faults.one_of(where, "claim", row.get("claim"), CLAIMS)
        check_words(faults, where, text, "place", row.get("place"))
        check_words(faults, where, text, "perpetrator", row.get("perpetrator"))
        for passage in row.get("passages", []):
            if len(find_all(text, passage)) != 1:
                faults.add(where, f"passage stands {len(find_all(text, passage))} times in the text: {passage!r}")
    elif kind == "never":
        faults.one_of(where, "type", row.get("type"), NEVER)
        faults.one_of(where, "realis", row.get("realis"), REALIS)
        faults.one_of(where, "category", row.get("category"), list(MODES))
        faults.one_of(where, "kind", row.get("kind"), RELATIONS + CONTROL + STATEMENTS + ACTORS)
        if "quote" not in row and "name" not in row:
            faults.add(where, "neither quote nor name")
        if "name" in row:
            check_words(faults, where, text, "name", row["name"])
    elif kind == "masked":
        faults.one_of(where, "kind", row.get("kind"), MASKS)


def check_file(path):
    """Checks one expectation file; returns (faults, counts by kind, words of the text)."""
    slug = path.name[: -len(".expect.toml")]
    faults = Faults(slug)
    counts = {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.add("file", f"not TOML: {error}")
        return faults.lines, counts, 0
    report = path.with_name(slug + ".txt")
    if not report.exists():
        faults.add("file", f"{report.name} is missing")
        return faults.lines, counts, 0
    text = report.read_text(encoding="utf-8")
    for key in sorted(set(table) - TOP):
        faults.add("file", f"unknown key {key}")
    if "published" in table:
        try:
            first, last = interval(table["published"])
            if first != last:
                faults.add("file", "published is not a day")
        except (ValueError, TypeError, AttributeError):
            faults.add("file", f"published is not a date: {table['published']!r}")
    for key in ("title", "byline", "dateline", "outlet"):
        check_words(faults, "file", text, key, table.get(key))
    for kind in KEYS:
        rows = table.get(kind, [])
        if not isinstance(rows, list):
            faults.add("file", f"{kind} is not a list of tables")
            continue
        counts[kind] = len(rows)
        for number, row in enumerate(rows, 1):
            check_row(faults, kind, number, text, row)
    words = len(text.split())
    if not 150 <= words <= 750:
        faults.add("file", f"{words} words; 150 to 750 are meant")
    return faults.lines, counts, words


def main():
    if "--list" in sys.argv[1:]:
        for slug, _, table in load():
            print(os.path.relpath(REPORTS / (slug + ".txt")), table.get("published", ""))
        return 0
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REPORTS
    paths = sorted(folder.glob("*.expect.toml"))
    texts = {p.name[: -len(".txt")] for p in folder.glob("*.txt")}
    lines = [f"{slug}: no expectations" for slug in sorted(texts - {p.name[: -len(".expect.toml")] for p in paths})]
    totals = dict.fromkeys(KEYS, 0)
    words = 0
    for path in paths:
        faults, counts, n = check_file(path)
        lines += faults
        words += n
        for kind, count in counts.items():
            totals[kind] += count
    for line in lines:
        print(line)
    summary = ", ".join(f"{count} {kind}" for kind, count in totals.items())
    print(f"{len(paths)} reports, {words} words: {summary}; {len(lines)} faults")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
