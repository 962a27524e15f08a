#!/usr/bin/env python3
"""Tests of the scorer: a reading made from the expectations themselves scores full marks, a spoilt one does not.

    python3 training/examples/test_score_expect.py
"""

import re
import unittest

from expectlib import SPEAKERS, as_list, find_all, interval, load
from score_expect import Reading, Scorer, Tally, decoy_events


def first(value):
    return as_list(value)[0]


class Oracle:
    """Makes the reading that a set of expectations asks for."""

    def __init__(self, text, table):
        self.text, self.table = text, table
        self.data = {"document": {"text": text, "origin": None, "title": table.get("title"), "byline": table.get("byline", []),
                                  "outlet": table.get("outlet"), "masked": []},
                     "actors": [], "places": [], "times": [], "events": [], "relations": [], "control": [], "statements": [],
                     "incidents": []}
        self.ids = {}

    def span(self, quote, occurrence=None):
        start, end = find_all(self.text, quote)[(occurrence or 1) - 1]
        return {"start": start, "end": end, "quote": self.text[start:end]}

    def word(self, row, word):
        span = self.span(row["quote"], row.get("occurrence"))
        at = re.search(r"\s+".join(map(re.escape, word.split())), span["quote"], re.IGNORECASE).start() + span["start"]
        return {"start": at, "end": at + len(word), "quote": self.text[at:at + len(word)]}

    def put(self, kind, record):
        record["id"] = f"{kind[0]}{len(self.data[kind]) + 1}"
        self.data[kind].append(record)
        return record["id"]

    def actor(self, name, **more):
        if ("actor", name) not in self.ids:
            self.ids["actor", name] = self.put("actors", {"name": name, "mentions": [{"quote": name}], **more})
        return self.ids["actor", name]

    def place(self, name):
        if ("place", name) not in self.ids:
            self.ids["place", name] = self.put("places", {"name": name, "mentions": []})
        return self.ids["place", name]

    def time(self, value):
        start, end = interval(first(value))
        return self.put("times", {"start": str(start), "end": str(end)})

    def toll(self, row):
        return {k: {"low": row[k].get("low"), "best": row[k].get("best"), "high": row[k].get("high")}
                for k in ("killed", "wounded", "abducted", "arrested", "displaced") if k in row}

    def build(self):
        for row in self.table.get("actor", []):
            self.actor(row["name"], kind=first(row["kind"]), country=row.get("country"), aliases=row.get("aliases", []),
                       private=row.get("private", False))
        for row in self.table.get("event", []):
            self.put("events", {
                "category": first(row["category"]), "realis": first(row["realis"]), "mode": first(row.get("mode", "")) or None,
                "incident_type": first(row["incident_type"]) if "incident_type" in row else None,
                "background": first(row.get("background", False)), "trigger": self.word(row, first(row["trigger"])),
                "actors": [self.actor(first(row["actor"]))] if "actor" in row else [],
                "recipients": [self.actor(first(row["recipient"]))] if "recipient" in row else [],
                "place": self.place(first(row["place"])) if "place" in row else None,
                "time": self.time(row["time"]) if "time" in row else None, "toll": self.toll(row),
                "weapons": [{"type": t} for t in row.get("weapons", [])], "targets": [{"type": t} for t in row.get("targets", [])],
                "evidence": [self.span(row["quote"], row.get("occurrence"))]})
        for row in self.table.get("relation", []):
            self.put("relations", {"kind": first(row["kind"]), "from": self.actor(first(row["from"])), "to": self.actor(first(row["to"])),
                                   "realis": first(row["realis"]), "since": row.get("since"), "until": row.get("until"),
                                   "evidence": [self.span(row["quote"], row.get("occurrence"))]})
        for row in self.table.get("control", []):
            self.put("control", {"status": first(row["status"]), "place": self.place(first(row["place"])),
                                 "holder": self.actor(first(row["holder"])), "realis": first(row.get("realis", "actual")),
                                 "counterpart": self.actor(first(row["counterpart"])) if "counterpart" in row else None,
                                 "time": self.time(row["time"]) if "time" in row else None,
                                 "evidence": [self.span(row["quote"], row.get("occurrence"))]})
        for row in self.table.get("statement", []):
            who = first(row["speaker"])
            self.put("statements", {
                "kind": first(row["kind"]), "polarity": row.get("polarity", "affirms"), "content": self.span(row["content"], row.get("occurrence")),
                "speaker": {"author": who == "author", "anonymous": who == "anonymous", "actor": None if who in SPEAKERS else self.actor(who)},
                "cue": {"start": 0, "end": 0, "quote": first(row["cue"])} if "cue" in row else None,
                "certainty": {"words": first(row["certainty_words"])} if "certainty_words" in row else None,
                "threat": {"words": first(row["threat_words"])} if "threat_words" in row else None,
                "about": [self.actor(a) for a in as_list(row.get("about"))], "evidence": [self.span(row["content"])]})
        for row in self.table.get("incident", []):
            perpetrators = [{"actor": self.actor(first(row["perpetrator"])), "claim": first(row.get("claim", "unknown"))}] \
                if "perpetrator" in row or "claim" in row and "perpetrator" in row else []
            if "claim" in row and not perpetrators:
                perpetrators = [{"actor": None, "claim": first(row["claim"])}]
            self.put("incidents", {"type": first(row["type"]), "place": self.place(first(row["place"])) if "place" in row else None,
                                   "time": self.time(row["time"]) if "time" in row else None, "toll": self.toll(row),
                                   "perpetrators": perpetrators, "events": ["none"] * row.get("n_events", 0)})
        for row in self.table.get("masked", []):
            self.data["document"]["masked"].append({**self.span(row["quote"], row.get("occurrence")), "kind": first(row["kind"])})
        return self.data


def score(data, slug, table):
    tally = Tally()
    Scorer(slug, table, Reading(data), tally).run()
    return tally


class TheScorer(unittest.TestCase):
    def test_gives_full_marks_to_what_is_expected(self):
        for slug, text, table in load():
            with self.subTest(slug):
                tally = score(Oracle(text, table).build(), slug, table)
                self.assertEqual(tally.misses, [])
                self.assertEqual(tally.violations, [])

    def test_counts_unreal_things_told_as_real(self):
        spoilt = 0
        for slug, text, table in load():
            data = Oracle(text, table).build()
            for event in data["events"]:
                event.update(realis="actual", background=False, category="ASSAULT")
            spoilt += len(score(data, slug, table).violations)
        self.assertGreater(spoilt, 40)

    def test_finds_nothing_in_an_empty_reading(self):
        for slug, text, table in load():
            tally = score({"document": {"text": text}}, slug, table)
            for kind, fields in tally.counts.items():
                if kind not in ("never",):
                    self.assertEqual(fields.get("found", [0])[0], 0, (slug, kind))
            self.assertEqual(tally.violations, [])

    def test_a_trigger_in_a_metaphor_is_a_violation_and_a_decoy_event(self):
        slug, text, table = next(item for item in load() if item[2].get("decoy"))
        quote = next(r["quote"] for r in table["never"] if r["type"] == "event" and "ASSAULT" in as_list(r.get("category")))
        oracle = Oracle(text, table)
        data = oracle.build()
        trigger = oracle.word({"quote": quote}, quote.split()[1])
        oracle.put("events", {"category": "ASSAULT", "realis": "actual", "background": False, "trigger": trigger, "evidence": [trigger]})
        self.assertEqual(len(score(data, slug, table).violations), 1)
        self.assertTrue(any(e["category"] == "ASSAULT" for e in decoy_events(Reading(data))))


if __name__ == "__main__":
    unittest.main()
