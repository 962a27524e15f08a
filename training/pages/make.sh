#!/bin/sh
# Makes weights/pages.wkw and prints its out-of-fold figures. Run from the root of the repository, beside the evaluation data, after a
# change of crates/article/src/html (parse, block, features, context) or data/lexicon/pages.toml; then write digest and size into
# weights.toml. About four minutes of one core.
#   training/pages/make.sh [DATA]     (DATA: folder of the benchmark `clean`)
set -eu
data=${1:-../shared/data/clean}
TREES=180 cargo run --release -p watchkeeper-article --example pages_train -- "$data" weights/pages.wkw
sha256sum weights/pages.wkw
wc -c weights/pages.wkw
