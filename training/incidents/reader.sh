#!/bin/sh
# Makes weights/incidents-fast.wkw and weights/incidents-deep.wkw and prints their out-of-fold figures. Run from the root of the repository,
# beside the evaluation data, after a change of crates/extraction/src/incident, of the language weights or of the role taggers;
# then write digests and sizes into weights.toml.
#   training/incidents/reader.sh [DATA] [WORK]   (WORK: where encoder.sh has left marginals.jsonl)
set -eu
data=${1:-../shared/data}
work=${2:-target/incidents}
cargo build --release -p watchkeeper-eval
run=${CARGO_TARGET_DIR:-target}/release/watchkeeper-eval
"$run" train muc4 --data "$data" --output weights/incidents-fast.wkw
"$run" train muc4 --data "$data" --marginals "$work/marginals.jsonl" --output weights/incidents-deep.wkw
"$run" cv muc4 --data "$data" --ablate
"$run" cv muc4 --data "$data" --marginals "$work/marginals.jsonl"
sha256sum weights/incidents-*.wkw
wc -c weights/incidents-*.wkw
