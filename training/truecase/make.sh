#!/bin/sh
# Makes weights/truecase-en.wkw and prints its scores. Run from the root of the repository, beside the evaluation data.
#   training/truecase/make.sh DATA WORK     (DATA: folder of the evaluation data, WORK: folder for the texts)
set -eu
data=$1
work=$2
python3 training/truecase/make_data.py --data "$data" --output "$work"
cargo build --release -p watchkeeper-nlp --example truecase
run=${CARGO_TARGET_DIR:-target}/release/examples/truecase
"$run" train "$work/train.txt" weights/truecase-en.wkw 20 5
"$run" score weights/truecase-en.wkw "$work/test.txt"
"$run" score weights/truecase-en.wkw "$work/lee.txt"
"$run" agree weights/truecase-en.wkw weights/en_core_web_sm-3.8.0.wkw "$work/lee.txt"
