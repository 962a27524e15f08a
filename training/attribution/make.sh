#!/bin/sh
# Makes weights/statements-en.wkw and prints its out-of-fold and development figures. Run from the root of the repository, beside the
# evaluation data, after a change of crates/extraction/src/attribution, of its lexicons or of the language weights; then write digest and
# size into weights.toml. data/lexicon/en/senses.tsv is made by training/attribution/make_senses.py.
#   training/attribution/make.sh [DATA]     (DATA: folder of the evaluation data)
set -eu
data=${1:-../shared/data}
cargo build --release -p watchkeeper-eval
run=${CARGO_TARGET_DIR:-target}/release/watchkeeper-eval
"$run" train attribution --data "$data" --output weights/statements-en.wkw
sha256sum weights/statements-en.wkw
wc -c weights/statements-en.wkw
