#!/usr/bin/env python3
"""Full matches by construction, and what kinds of errors there are, for predictions of the task attribution.

    python3 training/attribution/errors.py GOLD.jsonl PREDICTED.jsonl [TOOLS]    (TOOLS: folder of score_attribution.py)

Prints counts only, never text. Constructions, by the gold (recall) and by the prediction (precision): no source; according to; direct
(the content's pieces all lie in quotation marks); mixed (some of it does); indirect. Standard library only.
"""
import collections
import pathlib
import re
import sys

sys.path.insert(0, sys.argv[3] if len(sys.argv) > 3 else "../shared/tools")
import score_attribution as scorer  # noqa: E402

MARK = re.compile("[\"“”«»]|''|``")


def quoted(text):
    """Characters in quotation marks, block by block; a mark without a partner quotes to the end of its block."""
    inside = [False] * len(text)
    for block in re.finditer(r"[^\n]+", text):
        opened = False
        at = block.start()
        for mark in MARK.finditer(text, block.start(), block.end()):
            for k in range(at, mark.start()):
                inside[k] = opened
            opened = True if mark.group() in "“«" else False if mark.group() in "”»" else not opened
            at = mark.end()
        for k in range(at, block.end()):
            inside[k] = opened
    return inside


def construction(text, inside, one):
    cue = " ".join(text[s:e].lower() for s, e in one["cue"])
    letters = [inside[k] for s, e in one["content"] for k in range(s, e) if text[k].isalnum()]
    share = sum(letters) / max(1, len(letters))
    if not one["source"]:
        return "no source"
    if cue.startswith("according"):
        return "according to"
    return "direct" if share > 0.95 else "mixed" if share > 0.05 else "indirect"


def main():
    gold, predicted = scorer.load(sys.argv[1]), scorer.load(sys.argv[2])
    recall, precision = collections.Counter(), collections.Counter()
    missed, wrong = collections.Counter(), collections.Counter()
    for key, line in gold.items():
        text = line["text"]
        inside = quoted(text)
        tokens = [(m.start(), m.end()) for m in re.finditer(r"\w+", text)]
        told = predicted.get(key, {}).get("attributions") or []
        parts = lambda one: {k: scorer.tokset(tokens, one.get(k) or []) for k in scorer.PARTS}  # noqa: E731
        G, P = [parts(a) for a in line["attributions"]], [parts(a) for a in told]
        like = lambda p, g: scorer.jac(p["content"], g["content"])  # noqa: E731
        source = lambda p, g: bool(p["source"] & g["source"]) or not (p["source"] or g["source"])  # noqa: E731
        pairs = scorer.pairs(P, G, like, lambda p, g: like(p, g) >= 0.5 and source(p, g))
        found, right = {g for _, g in pairs}, {p for p, _ in pairs}
        for number, g in enumerate(G):
            name = construction(text, inside, line["attributions"][number])
            recall[name, number in found] += 1
            if number in found:
                continue
            cues = [p for p in P if p["cue"] & g["cue"]]
            if any(like(p, g) >= 0.5 for p in cues):
                missed["cue and content found, another source"] += 1
            elif cues:
                missed["cue found, another content"] += 1
            elif any(like(p, g) >= 0.5 for p in P):
                missed["content found, under another cue"] += 1
            elif any(p["content"] & g["cue"] for p in P):
                missed["cue inside the content of another"] += 1
            else:
                missed["cue not found"] += 1
        for number, p in enumerate(P):
            precision[construction(text, inside, told[number]), number in right] += 1
            if number not in right:
                if any(p["cue"] & g["cue"] for g in G):
                    wrong["cue of the gold, another content or source"] += 1
                elif any(p["cue"] & g["content"] for g in G):
                    wrong["inside a content of the gold"] += 1
                else:
                    wrong["nowhere in the gold"] += 1
    print("construction    gold  found  recall   told  right  precision")
    for name in ("direct", "mixed", "indirect", "according to", "no source"):
        hit, all_gold = recall[name, True], recall[name, True] + recall[name, False]
        ok, all_told = precision[name, True], precision[name, True] + precision[name, False]
        print(f"{name:14} {all_gold:5} {hit:6} {hit / max(1, all_gold):7.3f} {all_told:6} {ok:6} {ok / max(1, all_told):10.3f}")
    print("missed:", dict(missed.most_common()))
    print("wrong:", dict(wrong.most_common()))


if __name__ == "__main__":
    main()
