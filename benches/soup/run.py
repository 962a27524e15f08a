#!/usr/bin/env python3
"""Whether reading takes time in proportion to the text, whatever the text is.

    benches/soup/run.py PROGRAM [--words 8000 32000] [--only KIND] [--after KIND]

Texts of one kind of matter each, made here, at growing numbers of words, are read by `PROGRAM read --json` with no bound on words, each in a
process of its own: processor seconds, megabytes, and how the time grew beside the text between the first and the last (1 is linear; the
start of the program, measured on one sentence, is taken off). Kinds that grow faster than 1.25 are marked.
"""
import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile

TOWNS = "Gao Kano Kabul Mosul Odesa Goma Tripoli Maiduguri Kunduz Raqqa Aden Herat".split()
SIDES = ["Gunmen", "Taliban fighters", "The army", "Boko Haram militants", "Police", "Rebels", "Russian troops", "M23 rebels"]
DOES = "killed attacked wounded abducted shelled arrested threatened bombed".split()
WHOM = ["four soldiers", "a village", "12 civilians", "the convoy", "two policemen", "aid workers", "a market", "the mayor"]
DAYS = ["on Monday", "on 3 May 2021", "last week", "yesterday", "in June 2019", "on Friday", "two days earlier"]
PARTS = "ba ko ri sa lu me ta no di fa gu ha je ma wo zi".split()


def pick(of, at, salt):
    return of[((at + 1) * 0x9E3779B97F4A7C15 >> (7 * salt)) % len(of)]


def word(n):
    return "".join(PARTS[n >> 4 * part & 15] for part in range(3)).capitalize()


def name(at):
    return word(at * 2654435761 >> 3) + " " + word(at * 40503 >> 1)


def event(at):
    return f"{pick(SIDES, at, 1)} {pick(DOES, at, 2)} {pick(WHOM, at, 3)} in {pick(TOWNS, at, 4)} {pick(DAYS, at, 5)}, officials said."


# Kind: words of a piece, the piece by its number.
KINDS = {
    "report": (14, lambda n: event(n) + ("\n\n" if n % 5 == 4 else " ")),
    "one paragraph": (14, lambda n: event(n) + " "),
    "same event": (9, lambda n: "Gunmen killed four soldiers near Gao on Tuesday morning.\n\n"),
    "new names": (8, lambda n: f"{name(n)} met {name(n + 7)} at {name(n + 99)} on Monday. "),
    "names alone": (2, lambda n: name(n) + ", "),
    "names in a row": (2, lambda n: name(n) + " "),
    "towns": (1, lambda n: pick(TOWNS, n, 1) + " "),
    "Khan of Kabul": (4, lambda n: "Ali Khan of Kabul, "),
    "sayings": (6, lambda n: "He said that she said that "),
    "sayings quoted": (12, lambda n: f"“We will attack {pick(TOWNS, n, 1)} again,” the leader of the rebels warned. "),
    "pronouns": (6, lambda n: "He told them that they hit him. "),
    "nested": (4, lambda n: "who killed those who "),
    "endless word": (1, lambda n: "abcdefgh"),
    "endless capitals": (1, lambda n: "ABCDEFGH"),
    "endless digits": (1, lambda n: "12345678"),
    "no stop": (3, lambda n: "troops came and "),
    "of the": (2, lambda n: "of the "),
    "commas": (1, lambda n: "killed, "),
    "shouting": (8, lambda n: event(n).upper() + " "),
    "capital words": (1, lambda n: "TROOPS "),
    "initials": (1, lambda n: "A. "),
    "abbreviations": (2, lambda n: "U.S. Gen. "),
    "dates": (4, lambda n: "on Monday, 3 May 2021, "),
    "days": (2, lambda n: "last Tuesday "),
    "numbers": (1, lambda n: f"{n * 37 % 9973} "),
    "deaths": (3, lambda n: f"{n % 90 + 2} people killed, "),
    "decimals": (1, lambda n: f"{n % 90}.{n % 7},{n % 1000} "),
    "quotes": (2, lambda n: "“Fire, ” he “"),
    "straight quotes": (2, lambda n: '"fire "he '),
    "single quotes": (2, lambda n: "'fire ’he "),
    "brackets": (2, lambda n: "(the [army "),
    "dashes": (2, lambda n: "army — rebels -- "),
    "hyphens": (2, lambda n: "army-rebel-"),
    "apostrophes": (1, lambda n: "don't'll've "),
    "slashes": (2, lambda n: "army/rebel/"),
    "addresses": (1, lambda n: f"http://a{n}.example/b/c?d=e "),
    "mail addresses": (1, lambda n: f"a{n}@b.example "),
    "tiny sentences": (2, lambda n: "Go on. "),
    "stops": (1, lambda n: "go."),
    "tiny paragraphs": (2, lambda n: "He died.\n\n"),
    "tiny lines": (2, lambda n: "He died\n"),
    "headings": (2, lambda n: f"{pick(TOWNS, n, 1)} Raid\n\n"),
    "same headings": (2, lambda n: "Kano Raid\n\n"),
    "bullets": (4, lambda n: f"• {pick(WHOM, n, 1)} in {pick(TOWNS, n, 2)}\n"),
    "numbered": (3, lambda n: f"{n + 1}. Shells hit {pick(TOWNS, n, 2)}\n"),
    "bylines": (3, lambda n: f"By {name(n)}\n\n"),
    "datelines": (4, lambda n: f"{pick(TOWNS, n, 1).upper()}, May 3 (AP) — Troops came.\n\n"),
    "plugs": (6, lambda n: "ALSO READ: Bomb kills 12 in Selva\n\n"),
    "plugs in line": (5, lambda n: "Bomb kills 12 in SelvaMORE "),
    "tags": (2, lambda n: "army <b> rebels "),
    "table": (4, lambda n: f"| {pick(TOWNS, n, 1)} | {n % 50} | 3 | 4 |\n"),
    "semicolons": (1, lambda n: "killed; "),
    "chinese": (1, lambda n: "troops 軍は "),
    "accents": (1, lambda n: "a\u0301\u0302rmy "),
    "emoji": (1, lambda n: "army🙂 "),
    "hidden marks": (1, lambda n: "a\u200br\u00admy "),
    "wide spaces": (1, lambda n: "army" + " " * 40),
    "offices": (4, lambda n: f"President {name(n % 300)} of Mali "),
    "groups": (6, lambda n: f"the {word(n * 77)} Liberation Front of {pick(TOWNS, n, 1)}, "),
    "acronyms": (3, lambda n: f"{name(n)} ({word(n * 91).upper()}) "),
    "near": (4, lambda n: f"near {pick(TOWNS, n, 1)} in {pick(TOWNS, n, 2)} "),
    "provinces": (4, lambda n: f"{pick(TOWNS, n, 2)}, Kunduz province, Afghanistan; "),
    "passives": (8, lambda n: f"{pick(WHOM, n, 1)} were {pick(DOES, n, 2)} by {pick(SIDES, n, 3)} in {pick(TOWNS, n, 4)}. "),
    "claims": (9, lambda n: f"{pick(SIDES, n, 1)} claimed responsibility for the attack in {pick(TOWNS, n, 2)}. "),
    "control": (8, lambda n: f"{pick(SIDES, n, 1)} captured {pick(TOWNS, n, 2)} from {pick(SIDES, n, 3)}. "),
    "ties": (8, lambda n: f"{name(n)}, leader of {pick(SIDES, n, 3)}, which is backed by Iran. "),
    "the attack": (5, lambda n: "The attack killed the attackers. "),
    "nouns": (3, lambda n: "attack bombing raid "),
    "verbs": (3, lambda n: "kill bombed attacking "),
}
SECONDS_MAX = 20
OPENING = "Troops crossed the river on Monday, the ministry said, and two people were killed.\n\n"


def cost(program, text):
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        command = [program, "read", "--json", "--jobs", "1", "--words-max", "100000000", "--published", "2021-05-03", file.name]
        hold = lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=hold)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = status
        return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--words", type=int, nargs="+", default=[8000, 32000])
    parser.add_argument("--only")
    parser.add_argument("--after")
    given = parser.parse_args()
    start, _, _ = cost(given.program, OPENING)
    print(f"start {start:.2f} s\n{'kind':<18}" + "".join(f"{words:>9} w {'MB':>6}" for words in given.words) + "  growth")
    kinds = list(KINDS.items())
    first = next((at + 1 for at, (kind, _) in enumerate(kinds) if kind == given.after), 0)
    for kind, (words, say) in kinds[first:]:
        if given.only and not kind.startswith(given.only):
            continue
        line, times = f"{kind:<18}", []
        for size in given.words:
            seconds, megabytes, code = cost(given.program, OPENING + "".join(say(n) for n in range(size // words)))
            times.append(max(seconds - start, 0.01))
            line += f"{seconds:>9.2f} s {megabytes:>6.0f}" + (f" exit {code}" if code else "")
        growth = math.log(times[-1] / times[0]) / math.log(given.words[-1] / given.words[0]) if len(times) > 1 else 1
        print(f"{line}  {growth:.2f}{' <' if growth > 1.25 else ''}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
