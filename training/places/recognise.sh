#!/bin/sh
# Makes weights/places-recognise.wkw and prints its out-of-fold figures. Run from the root of the repository, beside the evaluation data,
# after a change of the gazetteer, of crates/extraction/src/place or of the language weights; then write digest and size into weights.toml.
#   training/places/recognise.sh [DATA]     (DATA: folder of the evaluation data)
set -eu
data=${1:-../shared/data}
cargo build --release -p watchkeeper-eval
run=${CARGO_TARGET_DIR:-target}/release/watchkeeper-eval
"$run" train recognition --data "$data" --output weights/places-recognise.wkw
"$run" cv recognition --data "$data"
sha256sum weights/places-recognise.wkw
wc -c weights/places-recognise.wkw
