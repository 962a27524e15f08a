#!/bin/sh
# Makes weights/merge-en.wkw and prints the figures out of fold. Run from the root of the repository, beside the evaluation data, after a change of
# crates/linkage/src/merge or crates/eval/src/boost.rs; then write digest and size into weights.toml.
#   training/merge/make.sh [DATA]     (DATA: folder of the evaluation data)
set -eu
data=${1:-../shared/data}
cargo build --release -p watchkeeper-eval
run=${CARGO_TARGET_DIR:-target}/release/watchkeeper-eval
"$run" cv merge --data "$data"
"$run" train merge --data "$data" --output weights/merge-en.wkw
sha256sum weights/merge-en.wkw
wc -c weights/merge-en.wkw
