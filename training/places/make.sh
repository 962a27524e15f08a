#!/bin/sh
# Makes weights/places-en.wkw and prints its out-of-fold figures. Run from the root of the repository, beside the evaluation data.
#   training/places/make.sh [DATA]     (DATA: folder of the evaluation data)
set -eu
data=${1:-../shared/data}
cargo build --release -p watchkeeper-eval
run=${CARGO_TARGET_DIR:-target}/release/watchkeeper-eval
"$run" train toponyms --data "$data" --output weights/places-en.wkw
"$run" cv toponyms --data "$data" --ablate
