#!/usr/bin/env python3
"""Compares readings with the expectations in examples/reports.

    python3 training/examples/score_expect.py READINGS.jsonl [-v] [-vv] [--only SLUG …] [--json]

How to make READINGS.jsonl stands in examples/reports/README.md. A reading belongs to the report whose file name is that of its
`document.origin`. Prints, for each kind of record, how many of the expected rows are found and how many of the found ones have each
field right; the records that must not be there (violations); and for the decoys how many actual, non-background events a reading has.
-v names the misses, -vv also the ASSAULT events that no row expects (many of these are right: a report tells a happening more than
once). Standard library only (Python 3.11).
"""

import argparse
import json
import re
import sys
from pathlib import PurePosixPath

from expectlib import as_list, find_all, interval, load

CONFLICT = ("ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "SANCTION", "THREATEN")
TOLLS = ("killed", "wounded", "abducted", "arrested", "displaced")


def overlap(a, b):
    """Length in code points of what two ranges share."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def rng(span):
    """A span object as a range, or None."""
    return (span["start"], span["end"]) if span else None


def evidence_ranges(record):
    return [rng(s) for s in record.get("evidence") or [] if s]


def touches(record, where):
    return any(overlap(r, where) for r in evidence_ranges(record))


def name_in(wanted, strings):
    """One of the wanted names begins at a word of one of the strings; names of up to three letters have to be a whole word."""
    for want in as_list(wanted):
        end = r"(?!\w)" if len(want) <= 3 else ""
        pattern = re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, want.casefold().split())) + end)
        if any(pattern.search(s.casefold()) for s in strings if s):
            return True
    return False


class Reading:
    """One reading with its records looked up by id, and the places of quotes in its own text."""

    def __init__(self, data):
        self.data = data
        self.text = data["document"]["text"]
        self.actors = {a["id"]: a for a in data.get("actors") or []}
        self.places = {p["id"]: p for p in data.get("places") or []}
        self.times = {t["id"]: t for t in data.get("times") or []}
        self.matched = {}

    def records(self, kind):
        name = {"control": "control"}.get(kind, kind + "s")
        return self.data.get(name) or []

    def where(self, quote, occurrence=None):
        found = find_all(self.text, quote)
        if not found:
            return None
        return found[min(occurrence or 1, len(found)) - 1]

    def actor_strings(self, ident):
        actor = self.actors.get(ident)
        if not actor:
            return []
        return [actor.get("name"), *(actor.get("aliases") or []), *(m["quote"] for m in actor.get("mentions") or [])]

    def place_strings(self, ident):
        place = self.places.get(ident)
        if not place:
            return []
        return [place.get("name"), *(m["quote"] for m in place.get("mentions") or [])]

    def actor_ok(self, wanted, idents):
        return any(name_in(wanted, self.actor_strings(i)) for i in as_list(idents))

    def place_ok(self, wanted, ident):
        return bool(ident) and name_in(wanted, self.place_strings(ident))

    def time_ok(self, wanted, ident):
        """The reading's interval lies in the expected one (or, with several, in one of them)."""
        return dates_ok(wanted, self.times.get(ident, ident) if isinstance(ident, str) else ident)


def dates_ok(wanted, time):
    if isinstance(time, str):
        time = {"start": time, "end": time}
    if not time or not time.get("start"):
        return False
    try:
        first, last = interval(time["start"][:10])[0], interval((time.get("end") or time["start"])[:10])[1]
    except ValueError:  # not a date
        return False
    return any(lo <= first and last <= hi for lo, hi in map(interval, as_list(wanted)))


def toll_ok(wanted, count):
    """The best count is the expected one; where the expected row has none, the lower bound is ("over 300": 300 or 301)."""
    if not count:
        return False
    if "best" in wanted:
        return count.get("best") == wanted["best"]
    return count.get("low") in (wanted["low"], wanted["low"] + 1)


class Tally:
    """Counts of right and expected, by kind of record and field, with the misses."""

    def __init__(self):
        self.counts = {}
        self.misses = []
        self.violations = []
        self.missing = []

    def add(self, kind, field, right, slug, label):
        cell = self.counts.setdefault(kind, {}).setdefault(field, [0, 0])
        cell[1] += 1
        cell[0] += bool(right)
        if not right:
            self.misses.append((slug, kind, field, label))


def assign(rows, records, weigh):
    """Pairs rows with records one to one, the heaviest pairs first; a weight of 0 or less never pairs. Returns {row: record}."""
    pairs = []
    for i, row in enumerate(rows):
        for j, record in enumerate(records):
            weight = weigh(row, record)
            if weight > 0:
                pairs.append((-weight, i, j))
    taken, result = set(), {}
    for _, i, j in sorted(pairs):
        if i not in result and j not in taken:
            result[i] = records[j]
            taken.add(j)
    return result


def label(row):
    return (row.get("quote") or row.get("content") or row.get("name") or str(row.get("type")))[:90]


class Scorer:
    """Scores one reading against one table of expectations."""

    def __init__(self, slug, table, reading, tally):
        self.slug, self.table, self.reading, self.tally = slug, table, reading, tally
        self.accepted = set()

    def put(self, kind, field, right, row, got=None):
        text = label(row)
        if not right and got is not None:
            text += f"  [got {got}]"
        self.tally.add(kind, field, right, self.slug, text)

    def run(self):
        self.document()
        self.events()
        self.relations()
        self.control()
        self.statements()
        self.actors()
        self.incidents()
        self.masked()
        self.never()

    def rows(self, kind):
        """The rows of a kind; the optional ones are matched too, but only counted where they are found."""
        return self.table.get(kind, [])

    def found(self, kind, row, record):
        """Counts a row as found or missed; False if its fields are not to be counted."""
        if record is None and row.get("optional"):
            return False
        if row.get("optional"):
            self.tally.add(kind + " (optional)", "found", True, self.slug, label(row))
            return False
        self.put(kind, "found", record is not None, row)
        return record is not None

    def document(self):
        doc = self.reading.data["document"]
        squash = lambda s: " ".join((s or "").casefold().split())
        if "title" in self.table:
            self.tally.add("document", "title", squash(doc.get("title")) == squash(self.table["title"]), self.slug,
                           f"{self.table['title']!r}  [got {doc.get('title')!r}]")
        for name in self.table.get("byline", []):
            self.tally.add("document", "byline", name_in(name, doc.get("byline") or []), self.slug,
                           f"{name!r}  [got {doc.get('byline')!r}]")
        if "outlet" in self.table:
            self.tally.add("document", "outlet", name_in(self.table["outlet"], [doc.get("outlet")]), self.slug,
                           f"{self.table['outlet']!r}  [got {doc.get('outlet')!r}]")

    def events(self):
        reading, rows = self.reading, self.rows("event")
        places = [reading.where(r["quote"], r.get("occurrence")) for r in rows]
        where = {id(r): p for r, p in zip(rows, places)}

        def weigh(row, event):
            span, trigger = where[id(row)], rng(event.get("trigger"))
            if not span:
                return 0
            right = event.get("category") in as_list(row["category"])
            inside = trigger and overlap(trigger, span)
            if not inside and not (right and touches(event, span)):
                return 0
            weight = 4 if inside else 1
            word = (event.get("trigger") or {}).get("quote", "").casefold()
            if inside and any(word and (word in t.casefold() or t.casefold() in word) for t in as_list(row["trigger"])):
                weight += 3
            weight += 4 * right
            weight += event.get("realis") in as_list(row["realis"])
            weight += 0.5 * ("actor" in row and reading.actor_ok(row["actor"], event.get("actors")))
            return weight

        pairs = assign(rows, reading.records("event"), weigh)
        for i, row in enumerate(rows):
            event = pairs.get(i)
            if event and event.get("category") in as_list(row["category"]) and event.get("realis") in as_list(row["realis"]):
                self.accepted.add(("event", event["id"], event["realis"]))
            if not self.found("event", row, event):
                continue
            put = lambda field, right, got=None: self.put("event", field, right, row, got)
            put("category", event.get("category") in as_list(row["category"]), event.get("category"))
            put("realis", event.get("realis") in as_list(row["realis"]), event.get("realis"))
            put("background", event.get("background", False) in as_list(row.get("background", False)), event.get("background"))
            if "mode" in row:
                put("mode", (event.get("mode") or "") in as_list(row["mode"]), event.get("mode"))
            if "incident_type" in row:
                put("incident_type", event.get("incident_type") in as_list(row["incident_type"]), event.get("incident_type"))
            for field, key in (("actor", "actors"), ("recipient", "recipients")):
                if field in row:
                    got = [reading.actors[i]["name"] for i in event.get(key) or [] if i in reading.actors]
                    put(field, reading.actor_ok(row[field], event.get(key)), got)
            if "place" in row:
                put("place", reading.place_ok(row["place"], event.get("place")), reading.place_strings(event.get("place"))[:1])
            if "time" in row:
                time = reading.times.get(event.get("time")) or {}
                put("time", reading.time_ok(row["time"], event.get("time")), f"{time.get('start')}/{time.get('end')}")
            for field in TOLLS:
                if field in row:
                    got = (event.get("toll") or {}).get(field)
                    put("toll", toll_ok(row[field], got), got and {k: got.get(k) for k in ("low", "best", "high")})
            for field in ("weapons", "targets"):
                if field in row:
                    got = {w.get("type") for w in event.get(field) or []}
                    put(field, set(row[field]) <= got, sorted(filter(None, got)))

    def relations(self):
        reading, rows = self.reading, self.rows("relation")

        def ends(row, rel):
            return reading.actor_ok(row["from"], rel.get("from")), reading.actor_ok(row["to"], rel.get("to"))

        def weigh(row, rel):
            span = reading.where(row["quote"], row.get("occurrence"))
            if not span or not touches(rel, span):
                return 0
            return 1 + 4 * (rel.get("kind") in as_list(row["kind"])) + sum(ends(row, rel))

        pairs = assign(rows, reading.records("relation"), weigh)
        for i, row in enumerate(rows):
            rel = pairs.get(i)
            kind_right = rel is not None and rel.get("kind") in as_list(row["kind"])
            if kind_right and rel.get("realis") in as_list(row["realis"]):
                self.accepted.add(("relation", rel["id"], rel["realis"]))
            if not self.found("relation", row, rel if kind_right else None):
                continue
            first, second = ends(row, rel)
            names = [(reading.actor_strings(rel.get(k)) or [None])[0] for k in ("from", "to")]
            self.put("relation", "from", first, row, names[0])
            self.put("relation", "to", second, row, names[1])
            self.put("relation", "realis", rel.get("realis") in as_list(row["realis"]), row, rel.get("realis"))
            for field in ("since", "until"):
                if field in row:
                    self.put("relation", field, reading.time_ok(row[field], rel.get(field)), row, rel.get(field))

    def control(self):
        reading, rows = self.reading, self.rows("control")

        def sides(row, rec):
            """(status right, holder right, counterpart right), also told from the other side: A lost it is B gained it."""
            direct = (rec.get("status") in as_list(row["status"]), reading.actor_ok(row["holder"], rec.get("holder")),
                      "counterpart" not in row or reading.actor_ok(row["counterpart"], rec.get("counterpart")))
            flip = {"lost": "gained", "gained": "lost"}.get(rec.get("status"))
            if flip is None:
                return direct
            other = (flip in as_list(row["status"]), reading.actor_ok(row["holder"], rec.get("counterpart")),
                     "counterpart" not in row or reading.actor_ok(row["counterpart"], rec.get("holder")))
            return max(direct, other, key=lambda s: (s[0] and s[1], sum(s)))

        def weigh(row, rec):
            span = reading.where(row["quote"], row.get("occurrence"))
            if not span or not touches(rec, span):
                return 0
            return 1 + 2 * sum(sides(row, rec)) + 3 * reading.place_ok(row["place"], rec.get("place"))

        pairs = assign(rows, reading.records("control"), weigh)
        for i, row in enumerate(rows):
            rec = pairs.get(i)
            realis = as_list(row.get("realis", "actual"))
            if rec and rec.get("realis") in realis:
                self.accepted.add(("control", rec["id"], rec["realis"]))
            if not self.found("control", row, rec):
                continue
            status, holder, counterpart = sides(row, rec)
            self.put("control", "place", reading.place_ok(row["place"], rec.get("place")), row,
                     reading.place_strings(rec.get("place"))[:1])
            self.put("control", "status", status, row, rec.get("status"))
            self.put("control", "holder", holder, row, reading.actor_strings(rec.get("holder"))[:1])
            self.put("control", "realis", rec.get("realis") in realis, row, rec.get("realis"))
            if "counterpart" in row:
                self.put("control", "counterpart", counterpart, row, reading.actor_strings(rec.get("counterpart"))[:1])
            if "time" in row:
                self.put("control", "time", reading.time_ok(row["time"], rec.get("time")), row, rec.get("time"))

    def speaker_ok(self, wanted, speaker):
        for want in as_list(wanted):
            if want == "author" and speaker.get("author"):
                return True
            if want == "anonymous" and speaker.get("anonymous"):
                return True
        strings = self.reading.actor_strings(speaker.get("actor")) + [(speaker.get("span") or {}).get("quote")]
        return name_in([w for w in as_list(wanted) if w not in ("author", "anonymous")], strings)

    def statements(self):
        reading, rows = self.reading, self.rows("statement")

        def weigh(row, st):
            span = reading.where(row["content"], row.get("occurrence"))
            content = rng(st.get("content"))
            if not span or not content:
                return 0
            share = overlap(span, content) / (span[1] - span[0])
            if share < 0.5:
                return 0
            return share + 3 * (st.get("kind") in as_list(row["kind"])) + self.speaker_ok(row["speaker"], st.get("speaker") or {})

        pairs = assign(rows, reading.records("statement"), weigh)
        for i, row in enumerate(rows):
            st = pairs.get(i)
            if st and st.get("kind") in as_list(row["kind"]):
                self.accepted.add(("statement", st["id"], st.get("kind")))
            if not self.found("statement", row, st):
                continue
            put = lambda field, right, got=None: self.put("statement", field, right, row, got)
            speaker = st.get("speaker") or {}
            put("kind", st.get("kind") in as_list(row["kind"]), st.get("kind"))
            got = "author" if speaker.get("author") else "anonymous" if speaker.get("anonymous") else reading.actor_strings(speaker.get("actor"))[:1]
            put("speaker", self.speaker_ok(row["speaker"], speaker), got)
            if "cue" in row:
                cue = ((st.get("cue") or {}).get("quote") or "").casefold()
                put("cue", any(c.casefold() in cue or (cue and cue in c.casefold()) for c in as_list(row["cue"])), cue)
            for field, key in (("certainty_words", "certainty"), ("threat_words", "threat")):
                if field in row:
                    words = ((st.get(key) or {}).get("words") or "").casefold()
                    put(field, any(w.casefold() in words or (words and words in w.casefold()) for w in as_list(row[field])), words)
            if "polarity" in row:
                put("polarity", st.get("polarity") == row["polarity"], st.get("polarity"))
            if "about" in row:
                put("about", all(reading.actor_ok(a, st.get("about")) for a in as_list(row["about"])))

    def actors(self):
        reading = self.reading
        for row in self.rows("actor"):
            fits = [a for a in reading.actors.values() if name_in(row["name"], [a.get("name"), *(a.get("aliases") or [])])]
            fits = fits or [a for a in reading.actors.values() if name_in(row["name"], reading.actor_strings(a["id"]))]
            fits.sort(key=lambda a: (a.get("kind") not in as_list(row["kind"]), len(a.get("name") or "")))
            actor = fits[0] if fits else None
            if not self.found("actor", row, actor):
                continue
            self.put("actor", "kind", actor.get("kind") in as_list(row["kind"]), row, actor.get("kind"))
            if "country" in row:
                self.put("actor", "country", actor.get("country") in as_list(row["country"]), row, actor.get("country"))
            for alias in row.get("aliases", []):
                self.put("actor", "alias", name_in(alias, reading.actor_strings(actor["id"])), row, f"without {alias}")
            if "private" in row:
                self.put("actor", "private", bool(actor.get("private")) == row["private"], row, actor.get("private"))

    def perpetrator_strings(self, incident):
        for p in incident.get("perpetrators") or []:
            yield from self.reading.actor_strings(p.get("actor"))
            yield from (s.get("quote") for s in p.get("spans") or [])

    def tellers(self, row):
        """Ids of the incidents with an event whose trigger lies in a passage that tells the row's happening."""
        reading = self.reading
        spans = [span for quote in row.get("passages", []) for span in find_all(reading.text, quote)]
        events = {e["id"] for e in reading.records("event")
                  if any(overlap(rng(e.get("trigger")) or (0, 0), span) for span in spans)}
        return {i["id"] for i in reading.records("incident") if events & set(i.get("events") or [])}

    def incidents(self):
        reading, rows = self.reading, self.rows("incident")
        tolls = ("killed", "wounded", "abducted")

        def parts(row, inc):
            yield "type", inc.get("type") in as_list(row["type"]), inc.get("type")
            if "place" in row:
                yield "place", reading.place_ok(row["place"], inc.get("place")), reading.place_strings(inc.get("place"))[:1]
            if "time" in row:
                yield "time", reading.time_ok(row["time"], inc.get("time")), inc.get("time")
            for key in tolls:
                if key in row:
                    got = (inc.get("toll") or {}).get(key)
                    yield "toll", toll_ok(row[key], got), got and got.get("best")
            if "perpetrator" in row:
                got = sorted(set(filter(None, self.perpetrator_strings(inc))))
                yield "perpetrator", name_in(row["perpetrator"], got), got[:3]
            if "claim" in row:
                got = {p.get("claim") for p in inc.get("perpetrators") or []}
                yield "claim", bool(got & set(as_list(row["claim"]))) or (not got and "unknown" in as_list(row["claim"])), sorted(filter(None, got))
            if "n_events" in row:
                yield "n_events", len(inc.get("events") or []) >= row["n_events"], len(inc.get("events") or [])

        told = [self.tellers(row) for row in rows]
        for i, row in enumerate(rows):
            if told[i]:
                where = {"name": f"{as_list(row['type'])} at {row.get('place')}"}
                self.put("incident", "whole", len(told[i]) == 1, where, sorted(told[i]))
                mixed = told[i] & set().union(*(t for j, t in enumerate(told) if j != i))
                self.put("incident", "apart", not mixed, where, sorted(mixed))

        def weigh(row, inc):
            right = {}
            for field, ok, _ in parts(row, inc):
                right[field] = right.get(field, False) or ok
            anchors = [f for f in ("place", "toll", "perpetrator") if right.get(f)]
            wanted = [f for f in ("place", "toll", "perpetrator") if f in right]
            if not right["type"] or (wanted and not anchors):
                return 0
            return sum(right.values()) + right.get("place", False) + right.get("toll", False)

        pairs = assign(rows, reading.records("incident"), weigh)
        for i, row in enumerate(rows):
            inc = pairs.get(i)
            if inc:
                self.accepted.add(("incident", inc["id"], None))
            if self.found("incident", row, inc):
                for field, ok, got in parts(row, inc):
                    self.put("incident", field, ok, {"name": f"{row['type']} at {row.get('place')}"}, got)

    def masked(self):
        masks = [(rng(m), m.get("kind")) for m in self.reading.data["document"].get("masked") or []]
        for row in self.rows("masked"):
            span = self.reading.where(row["quote"], row.get("occurrence"))
            covering = [(overlap(span, r), kind) for r, kind in masks if overlap(span, r)] if span else []
            covered = sum(n for n, _ in covering) >= 0.8 * (span[1] - span[0]) if span else False
            if self.found("masked", row, covering if covered else None):
                self.put("masked", "kind", any(kind in as_list(row["kind"]) for _, kind in covering), row,
                         sorted({k for _, k in covering if k}))

    def never(self):
        for row in self.rows("never"):
            if row.get("optional"):
                continue
            hits = [h for h in self.reading.records(row["type"]) if self.violates(row, h)]
            self.tally.add("never", "kept", not hits, self.slug, f"{row['type']}: {label(row)}")
            for hit in hits:
                what = (hit.get("trigger") or hit.get("cue") or {}).get("quote") or hit.get("name") or hit.get("kind") or hit.get("type")
                kind = hit.get("category") or hit.get("kind") or hit.get("status") or hit.get("type")
                self.tally.violations.append((self.slug, row["type"], f"{kind} {hit.get('realis', '')} {what!r} in: {label(row)}"))

    def violates(self, row, hit):
        kind = row["type"]
        if "realis" in row and "realis" in hit and hit["realis"] not in as_list(row["realis"]):
            return False
        if "category" in row and hit.get("category") not in as_list(row["category"]):
            return False
        if "kind" in row and hit.get("status" if kind == "control" else "kind") not in as_list(row["kind"]):
            return False
        if "background" in row and bool(hit.get("background")) != row["background"]:
            return False
        if kind == "actor":
            return (hit.get("name") or "").casefold() == row["name"].casefold()
        key = {"statement": hit.get("kind"), "incident": None}.get(kind, hit.get("realis"))
        if kind not in ("event", "incident") and (kind, hit.get("id"), key) in self.accepted:
            return False
        spans = [s for s in find_all(self.reading.text, row["quote"])]
        if "occurrence" in row:
            spans = spans[row["occurrence"] - 1:row["occurrence"]]
        if kind == "event":
            if ("event", hit.get("id"), hit.get("realis")) in self.accepted and "background" not in row:
                return False
            points = [rng(hit.get("trigger"))]
        elif kind == "statement":
            points = [rng(hit.get("cue") or hit.get("content"))]
        elif kind == "incident":
            members = {e["id"]: e for e in self.reading.records("event")}
            points = [rng(members[i].get("trigger")) for i in hit.get("events") or [] if i in members]
        else:
            points = evidence_ranges(hit)
        return any(p and overlap(p, s) for p in points for s in spans)


def decoy_events(reading):
    return [e for e in reading.records("event") if e.get("realis") == "actual" and not e.get("background")]


def unexpected(table, reading):
    """Actual, non-background ASSAULT events whose trigger lies in no expected quote and not in the title."""
    known = [reading.where(r["quote"], r.get("occurrence")) for r in table.get("event", [])]
    known += find_all(reading.text, table.get("title", ""))
    for event in decoy_events(reading):
        trigger = rng(event.get("trigger"))
        if event.get("category") == "ASSAULT" and trigger and not any(k and overlap(trigger, k) for k in known):
            yield event


def percent(cell):
    return f"{cell[0]:4}/{cell[1]:<4} {100 * cell[0] / cell[1]:5.1f} %" if cell[1] else "   0/0"


def report(tally, decoys, extra, options):
    order = ["document", "masked", "event", "relation", "control", "statement", "actor", "incident", "never"]
    for kind in sorted(tally.counts, key=lambda k: (order.index(k.split()[0]), k)):
        fields = tally.counts[kind]
        print(kind)
        total = fields.get("found", [0, 0])[1]
        for field, cell in sorted(fields.items(), key=lambda item: (item[0] != "found", item[0])):
            note = ""
            if kind == "event" and field in ("category", "realis"):
                note = f"   of all expected {100 * cell[0] / total:5.1f} %" if total else ""
            print(f"  {field:16} {percent(cell)}{note}")
    print(f"never: {len(tally.violations)} violations")
    for slug, kind, text in tally.violations:
        print(f"  {slug}: {text}")
    print("decoys: actual, non-background events")
    for slug, events in decoys:
        conflict = [e for e in events if e.get("category") in CONFLICT]
        print(f"  {slug:34} {len(events):3} in all, {len(conflict):3} of conflict, "
              f"{sum(e.get('category') == 'ASSAULT' for e in events):3} ASSAULT")
        if options.verbose:
            for e in conflict:
                print(f"      {e.get('category')} {(e.get('trigger') or {}).get('quote')!r}: {snippet(e)}")
    print(f"ASSAULT events, actual and not background, that no row expects (all but decoys): {len(extra)}")
    if options.verbose > 1:
        for slug, event in extra:
            print(f"  {slug}: {(event.get('trigger') or {}).get('quote')!r}: {snippet(event)}")
    if options.verbose:
        print("misses")
        for slug, kind, field, text in tally.misses:
            if kind != "never":
                print(f"  {slug}: {kind}.{field}: {text}")
    for slug in tally.missing:
        print(f"no reading for {slug}")


def snippet(event):
    first = (event.get("evidence") or [{}])[0]
    return " ".join((first.get("quote") or "").split())[:100]


def main():
    parser = argparse.ArgumentParser(description="Compares readings with the expectations in examples/reports.")
    parser.add_argument("readings", help="JSON lines, one reading a line")
    parser.add_argument("-v", "--verbose", action="count", default=0)
    parser.add_argument("--only", nargs="*", help="only these reports")
    parser.add_argument("--json", action="store_true", help="the counts as JSON")
    options = parser.parse_args()
    readings = {}
    with open(options.readings, encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                data = json.loads(line)
                origin = (data.get("document") or {}).get("origin") or ""
                readings[PurePosixPath(origin.replace("\\", "/")).name.removesuffix(".txt")] = Reading(data)
    tally, decoys, extra = Tally(), [], []
    for slug, _, table in load():
        if options.only and slug not in options.only:
            continue
        reading = readings.get(slug)
        if reading is None:
            tally.missing.append(slug)
            continue
        Scorer(slug, table, reading, tally).run()
        if table.get("decoy"):
            decoys.append((slug, decoy_events(reading)))
        else:
            extra += [(slug, e) for e in unexpected(table, reading)]
    if options.json:
        print(json.dumps({"counts": tally.counts, "violations": len(tally.violations), "unexpected_assaults": len(extra),
                          "decoys": {slug: len(events) for slug, events in decoys}, "missing": tally.missing}, indent=1))
    else:
        report(tally, decoys, extra, options)
    return 1 if tally.missing else 0


if __name__ == "__main__":
    sys.exit(main())
